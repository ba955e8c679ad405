// What a hostile work job may leave behind: each is refused with its reason, nothing of it is pushed, and the ledger hears of
// a failure instead.

import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPublishStage, type PublishStage, WRITE_TOKEN } from "../support/publish-stage.ts";

let stage: PublishStage;
beforeEach(() => {
  stage = createPublishStage();
});
afterEach(() => stage.close());

/** A commit that only another branch of the repository has. */
function foreignCommit(): string {
  const foreign = stage.commit({ "foreign.js": "1\n" });
  stage.pushTo("foreign");
  return foreign;
}

/** A commit whose tree git itself would not make. */
function commitOfTree(entries: string): string {
  return stage.git("commit-tree", stage.gitWith(entries, "mktree"), "-p", stage.repository.base, "-m", "x");
}

const blobOf = (content: string): string => stage.gitWith(content, "hash-object", "-w", "--stdin");

it.each<[what: string, prepare: () => void, reason: RegExp]>([
  [
    "a change of a workflow",
    () => stage.leaveWork(stage.commit({ ".github/workflows/ci.yml": "on: push\n" })),
    /^The change was not published: `\.github\/workflows\/ci\.yml` is protected/,
  ],
  [
    "a symbolic link",
    () => {
      symlinkSync("/etc/passwd", path.join(stage.work, "link"));
      stage.leaveWork(stage.commit({}));
    },
    /`link` is a symbolic link/,
  ],
  [
    "a submodule",
    () => {
      stage.git("update-index", "--add", "--cacheinfo", `160000,${stage.repository.base},sub`);
      stage.git("commit", "--quiet", "--message", "sub");
      stage.leaveWork(stage.git("rev-parse", "HEAD"));
    },
    /`sub` is a submodule/,
  ],
  [
    "a second commit that hides what the first one did",
    () => {
      stage.commit({ "key.txt": "AKIAIOSFODNN7EXAMPLE" });
      stage.leaveWork(stage.commit({ "key.txt": "nothing" }));
    },
    /it is not one commit on top of the base or of the task's branch/,
  ],
  [
    "a merge",
    () => {
      const one = stage.commit({ "one.js": "1\n" });
      stage.backToBase();
      stage.commit({ "two.js": "2\n" });
      stage.git("merge", "--quiet", "--no-edit", one);
      stage.leaveWork(stage.git("rev-parse", "HEAD"));
    },
    /it is not one commit/,
  ],
  [
    "a start from somebody else's branch",
    () => {
      const foreign = foreignCommit();
      const head = stage.commit({ "mine.js": "2\n" });
      stage.bundle(head, foreign);
      stage.leave(stage.resultOf(head));
    },
    /its bundle does not fit the repository/,
  ],
  [
    "a base that is not on the base branch",
    () => {
      const foreign = foreignCommit();
      const head = stage.commit({ "mine.js": "2\n" });
      stage.bundle(head, foreign);
      stage.leave(stage.resultOf(head, { baseSha: foreign }));
    },
    /it does not start from main/,
  ],
  [
    "a base branch that does not exist",
    () => stage.leaveWork(stage.commit({ "sum.js": "new\n" }), { base: "other" }),
    /its base branch other does not exist/,
  ],
  [
    "a base that is an option of git",
    () => stage.leaveWork(stage.commit({ "sum.js": "new\n" }), { base: "--upload-pack=touch x" }),
    /its base is no name of a branch/,
  ],
  [
    "a head that is not in the bundle",
    () => {
      stage.bundle(stage.commit({ "sum.js": "new\n" }));
      stage.leave(stage.resultOf("c".repeat(40)));
    },
    /its bundle holds another head/,
  ],
  [
    "a head without a bundle",
    () => stage.leave(stage.resultOf("c".repeat(40))),
    /its head is neither in a bundle nor on the task's branch/,
  ],
  [
    "a bundle with another ref",
    () => {
      const head = stage.commit({ "sum.js": "new\n" });
      stage.bundle(head, stage.repository.base, "refs/heads/main");
      stage.leave(stage.resultOf(head));
    },
    /its bundle does not hold exactly one head/,
  ],
  [
    "something that is no bundle",
    () => {
      writeFileSync(path.join(stage.artifact, "work.bundle"), "PK\n\n");
      stage.leave(stage.resultOf("c".repeat(40)));
    },
    /its bundle has no readable header/,
  ],
  [
    "a bundle that is a link",
    () => {
      symlinkSync("/etc/hostname", path.join(stage.artifact, "work.bundle"));
      stage.leave(stage.resultOf("c".repeat(40)));
    },
    /its head is neither in a bundle/,
  ],
  [
    "a bundle that is too large",
    () => {
      writeFileSync(path.join(stage.artifact, "work.bundle"), Buffer.alloc(9 * 1024 * 1024));
      stage.leave(stage.resultOf("c".repeat(40)));
    },
    /^The change is too large to be published\.$/,
  ],
  [
    "a bundle that breaks off",
    () => {
      const head = stage.commit({ "sum.js": "new\n" });
      const header = `# v2 git bundle\n-${stage.repository.base} Start\n${head} refs/signalbox/head\n\nPACK`;
      writeFileSync(path.join(stage.artifact, "work.bundle"), header);
      stage.leave(stage.resultOf(head));
    },
    /its bundle cannot be taken apart/,
  ],
  [
    "a tree with git's own directory in it",
    () => {
      const inner = stage.gitWith(`100644 blob ${blobOf("x")}\tconfig\n`, "mktree");
      stage.leaveWork(commitOfTree(`040000 tree ${inner}\t.git\n`));
    },
    /its bundle holds malformed objects/,
  ],
  [
    "a file that would lie outside of the repository",
    () => {
      const inner = stage.gitWith(`100644 blob ${blobOf("x")}\tpasswd\n`, "mktree");
      stage.leaveWork(commitOfTree(`040000 tree ${inner}\t..\n`));
    },
    /its bundle holds malformed objects/,
  ],
  [
    "words with a secret in them",
    () => stage.leaveWork(stage.commit({ "sum.js": "new\n" }), { summary: `Look: ${WRITE_TOKEN}` }),
    /^The run's own words were not published/,
  ],
])("%s", async (_what, prepare, reason) => {
  prepare();
  const { told } = await stage.run();
  expect(told).toMatchObject({
    staged: null,
    result: { exit: "failed", head: null, pullRequest: null, reason: expect.stringMatching(reason) },
  });
  expect(JSON.stringify(told)).not.toContain(WRITE_TOKEN);
  expect(stage.staged()).toBe("");
  expect(stage.events).toEqual(["entered", "told the app", "revoked"]);
});

it("what the configuration protects, and what the default protects when it has mistakes", async () => {
  stage.leaveWork(stage.commit({ "infra/main.tf": "x\n" }));
  const strict = await stage.run({ config: { paths: { protected: ["infra/**"] } } });
  expect(strict.told?.result?.reason).toMatch(/`infra\/main\.tf` is protected/);
  stage.backToBase();
  stage.leaveWork(stage.commit({ ".github/dependabot.yml": "x\n" }));
  const broken = await stage.run({ config: { paths: 5 } });
  expect(broken.told?.result?.reason).toMatch(/`\.github\/dependabot\.yml` is protected/);
});
