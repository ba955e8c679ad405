// The publish job on real git: a bundle as the runner makes it is staged, and whatever differs from that is refused with its
// reason. What the ledger would be told is caught at the port.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGit } from "../../src/adapters/git/git-process.ts";
import type { RunResult } from "../../src/core/result.ts";
import { NO_USAGE } from "../../src/core/task.ts";
import type { PublishInput } from "../../src/reconcile/publish.ts";
import { publishRun } from "../../src/runner/publish-run.ts";
import { createRepository, type Repository } from "../support/runner-stage.ts";

const TOKEN = "a".repeat(40);
const WRITE_TOKEN = "ghs_thewritetoken0123456789abcdefghijklm";
const RUN = { id: 99, attempt: 1 };

let root: string;
let repository: Repository;
let work: string;
let artifact: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "signalbox-publish-"));
  repository = createRepository(root, { "sum.js": "old\n", ".github/signalbox.yml": "{}\n" });
  work = path.join(root, "work");
  artifact = path.join(root, "artifact");
  mkdirSync(artifact);
  execFileSync("git", ["clone", "--quiet", repository.url, work]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: string[]): string {
  return execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", "-C", work, ...args], {
    encoding: "utf8",
  }).trim();
}

/** Commits files on top of what is checked out. */
function commit(files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
    writeFileSync(path.join(work, name), content);
  }
  git("add", "--all", "--force");
  git("commit", "--quiet", "--allow-empty", "--message", "Work");
  return git("rev-parse", "HEAD");
}

function bundle(head: string, from: string = repository.base, ref = "refs/signalbox/head"): void {
  git("update-ref", ref, head);
  git("bundle", "create", "--quiet", path.join(artifact, "work.bundle"), ref, `^${from}`);
}

function resultOf(head: string | null, more: Partial<RunResult> = {}): RunResult {
  return {
    v: 1,
    repository: "acme/sum",
    issue: 7,
    token: TOKEN,
    run: RUN,
    exit: "done",
    reason: "",
    summary: "Did it.",
    question: null,
    phases: [],
    base: "main",
    baseSha: repository.base,
    head,
    evidence: [],
    usage: NO_USAGE,
    pullRequest: { title: "Do it", body: "Done." },
    ...more,
  };
}

function leave(result: unknown): void {
  writeFileSync(path.join(artifact, "result.json"), typeof result === "string" ? result : JSON.stringify(result));
}

/** Runs the job. @returns what the ledger is told, and what else happened */
async function run(
  config: unknown = {},
): Promise<{ told: PublishInput | null; events: readonly string[]; problem: string | null }> {
  let told: PublishInput | null = null;
  const events: string[] = [];
  const end = await publishRun(
    {
      git: createGit(process.env["PATH"] ?? ""),
      buyToken: async () => ({
        writeToken: WRITE_TOKEN,
        writer: { id: 1, login: "signalbox[bot]", isBot: true },
        config,
      }),
      remoteOf: () => ({ url: repository.url, credential: null }),
      enter: async (_grant, input) => {
        told = input;
        events.push("entered");
        return { move: "submit", pullRequest: 8, refusal: null };
      },
      tellPublished: async () => void events.push("told the app"),
      revoke: async (token) => void events.push(`revoked ${token === WRITE_TOKEN}`),
    },
    { repository: "acme/sum", issue: 7, token: TOKEN, run: RUN, artifact, root: path.join(root, "job") },
  );
  return { told, events, problem: "problem" in end ? end.problem : null };
}

const staged = (): string => repository.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/signalbox");

describe("published", () => {
  it("a change as the runner makes it", async () => {
    const head = commit({ "sum.js": "new\n" });
    bundle(head);
    leave(resultOf(head));
    const { told, events } = await run();
    expect(told).toMatchObject({
      result: { exit: "done", head },
      run: RUN,
      token: TOKEN,
      staged: { ref: "refs/signalbox/staging/99", head },
    });
    expect(staged()).toBe(`refs/signalbox/staging/99 ${head}`);
    expect(events).toEqual(["entered", "told the app", "revoked true"]);
  });

  it("a change on top of what an earlier attempt left on the task's branch", async () => {
    const first = commit({ "one.js": "1\n" });
    git("push", "--quiet", "origin", "HEAD:refs/heads/signalbox/task/7");
    const second = commit({ "two.js": "2\n" });
    bundle(second, first);
    leave(resultOf(second));
    expect((await run()).told).toMatchObject({ result: { exit: "done" }, staged: { head: second } });
  });

  it("earlier work that stays as it is, with nothing to push", async () => {
    const first = commit({ "one.js": "1\n" });
    git("push", "--quiet", "origin", "HEAD:refs/heads/signalbox/task/7");
    leave(resultOf(first));
    expect((await run()).told).toMatchObject({ result: { exit: "done", head: first }, staged: null });
    expect(staged()).toBe("");
  });

  it("a change whose base has moved on meanwhile", async () => {
    const head = commit({ "sum.js": "new\n" });
    bundle(head);
    git("checkout", "--quiet", "--detach", repository.base);
    commit({ ".github/workflows/ci.yml": "on: push\n" });
    git("push", "--quiet", "origin", "HEAD:refs/heads/main");
    leave(resultOf(head));
    expect((await run()).told).toMatchObject({ result: { exit: "done" }, staged: { head } });
  });

  it("a question, without any change", async () => {
    leave(resultOf(null, { exit: "asked", question: "Which?", reason: "the agent asks a question" }));
    expect((await run()).told).toMatchObject({ result: { exit: "asked", question: "Which?" }, staged: null });
  });
});

describe("no result", () => {
  it.each<[what: string, leave: () => void, problem: string]>([
    ["when there is none", () => undefined, "the work job left no result"],
    ["when it is no JSON", () => leave("{"), "the result cannot be read"],
    [
      "when it is huge",
      () => leave(`${JSON.stringify(resultOf(null))}${" ".repeat(1_000_000)}`),
      "the result is too large",
    ],
    [
      "when it is a link",
      () => symlinkSync("/etc/hostname", path.join(artifact, "result.json")),
      "the work job left no result",
    ],
    [
      "when it has a key too many",
      () => leave({ ...resultOf(null), __proto__: null, extra: 1 }),
      "the result cannot be read",
    ],
    ["when it is of another issue", () => leave(resultOf(null, { issue: 8 })), "the result is of another run"],
    [
      "when it is of another repository",
      () => leave(resultOf(null, { repository: "acme/other" })),
      "the result is of another run",
    ],
    [
      "when it is of another claim",
      () => leave(resultOf(null, { token: "b".repeat(40) })),
      "the result is of another run",
    ],
    [
      "when it is of a re-run",
      () => leave(resultOf(null, { run: { id: 99, attempt: 2 } })),
      "the result is of another run",
    ],
  ])("%s", async (_what, prepare, problem) => {
    prepare();
    const end = await run();
    expect(end).toMatchObject({ problem, told: { result: null, staged: null } });
    expect(end.events).toEqual(["entered", "told the app", "revoked true"]);
  });
});

describe("refused", () => {
  const refusals: readonly (readonly [what: string, prepare: () => void, reason: RegExp])[] = [
    [
      "a change of a workflow",
      () => {
        const head = commit({ ".github/workflows/ci.yml": "on: push\n" });
        bundle(head);
        leave(resultOf(head));
      },
      /^The change was not published: `\.github\/workflows\/ci\.yml` is protected/,
    ],
    [
      "a symbolic link",
      () => {
        symlinkSync("/etc/passwd", path.join(work, "link"));
        const head = commit({});
        bundle(head);
        leave(resultOf(head));
      },
      /`link` is a symbolic link/,
    ],
    [
      "a submodule",
      () => {
        git("update-index", "--add", "--cacheinfo", `160000,${repository.base},sub`);
        git("commit", "--quiet", "--message", "sub");
        bundle(git("rev-parse", "HEAD"));
        leave(resultOf(git("rev-parse", "HEAD")));
      },
      /`sub` is a submodule/,
    ],
    [
      "a second commit that hides what the first one did",
      () => {
        commit({ "key.txt": "AKIAIOSFODNN7EXAMPLE" });
        const head = commit({ "key.txt": "nothing" });
        bundle(head);
        leave(resultOf(head));
      },
      /it is not one commit on top of the base or of the task's branch/,
    ],
    [
      "a merge",
      () => {
        const one = commit({ "one.js": "1\n" });
        git("checkout", "--quiet", "--detach", repository.base);
        commit({ "two.js": "2\n" });
        git("merge", "--quiet", "--no-edit", one);
        const head = git("rev-parse", "HEAD");
        bundle(head);
        leave(resultOf(head));
      },
      /it is not one commit/,
    ],
    [
      "a start from somebody else's branch",
      () => {
        const foreign = commit({ "foreign.js": "1\n" });
        git("push", "--quiet", "origin", "HEAD:refs/heads/foreign");
        const head = commit({ "mine.js": "2\n" });
        bundle(head, foreign);
        leave(resultOf(head));
      },
      /its bundle does not fit the repository/,
    ],
    [
      "a base that is not on the base branch",
      () => {
        const foreign = commit({ "foreign.js": "1\n" });
        git("push", "--quiet", "origin", "HEAD:refs/heads/foreign");
        const head = commit({ "mine.js": "2\n" });
        bundle(head, foreign);
        leave(resultOf(head, { baseSha: foreign }));
      },
      /it does not start from main/,
    ],
    [
      "a base branch that does not exist",
      () => {
        const head = commit({ "sum.js": "new\n" });
        bundle(head);
        leave(resultOf(head, { base: "other" }));
      },
      /its base branch other does not exist/,
    ],
    [
      "a head that is not in the bundle",
      () => {
        bundle(commit({ "sum.js": "new\n" }));
        leave(resultOf("c".repeat(40)));
      },
      /its bundle holds another head/,
    ],
    [
      "a head without a bundle",
      () => leave(resultOf("c".repeat(40))),
      /its head is neither in a bundle nor on the task's branch/,
    ],
    [
      "a bundle with another ref",
      () => {
        const head = commit({ "sum.js": "new\n" });
        bundle(head, repository.base, "refs/heads/main");
        leave(resultOf(head));
      },
      /its bundle does not hold exactly one head/,
    ],
    [
      "something that is no bundle",
      () => {
        writeFileSync(path.join(artifact, "work.bundle"), "PK\n\n");
        leave(resultOf("c".repeat(40)));
      },
      /its bundle has no readable header/,
    ],
    [
      "a bundle that breaks off",
      () => {
        const head = commit({ "sum.js": "new\n" });
        writeFileSync(
          path.join(artifact, "work.bundle"),
          `# v2 git bundle\n-${repository.base} Start\n${head} refs/signalbox/head\n\nPACK`,
        );
        leave(resultOf(head));
      },
      /its bundle cannot be taken apart/,
    ],
    [
      "a tree with git's own directory in it",
      () => {
        const blob = execFileSync("git", ["-C", work, "hash-object", "-w", "--stdin"], {
          input: "x",
          encoding: "utf8",
        }).trim();
        const inner = execFileSync("git", ["-C", work, "mktree"], {
          input: `100644 blob ${blob}\tconfig\n`,
          encoding: "utf8",
        }).trim();
        const tree = execFileSync("git", ["-C", work, "mktree"], {
          input: `040000 tree ${inner}\t.git\n`,
          encoding: "utf8",
        }).trim();
        const head = git("commit-tree", tree, "-p", repository.base, "-m", "x");
        bundle(head);
        leave(resultOf(head));
      },
      /its bundle holds malformed objects/,
    ],
    [
      "words with a secret in them",
      () => {
        const head = commit({ "sum.js": "new\n" });
        bundle(head);
        leave(resultOf(head, { summary: `Look: ${WRITE_TOKEN}` }));
      },
      /The run's own words were not published/,
    ],
  ];

  it.each(refusals)("%s", async (_what, prepare, reason) => {
    prepare();
    const { told, events } = await run();
    expect(told).toMatchObject({
      staged: null,
      result: { exit: "failed", head: null, pullRequest: null, reason: expect.stringMatching(reason) },
    });
    expect(JSON.stringify(told)).not.toContain(WRITE_TOKEN);
    expect(staged()).toBe("");
    expect(events).toContain("revoked true");
  });

  it("what the configuration protects, and the default when it has mistakes", async () => {
    const head = commit({ "infra/main.tf": "x\n" });
    bundle(head);
    leave(resultOf(head));
    expect((await run({ paths: { protected: ["infra/**"] } })).told?.result?.reason).toMatch(
      /`infra\/main\.tf` is protected/,
    );
    git("checkout", "--quiet", "--detach", repository.base);
    const other = commit({ ".github/dependabot.yml": "x\n" });
    bundle(other);
    leave(resultOf(other));
    expect((await run({ paths: 5 })).told?.result?.reason).toMatch(/`\.github\/dependabot\.yml` is protected/);
  });
});

it("the token is given back when entering the ledger fails", async () => {
  const revoked: string[] = [];
  leave(resultOf(null, { exit: "failed", reason: "no" }));
  const job = publishRun(
    {
      git: createGit(process.env["PATH"] ?? ""),
      buyToken: async () => ({ writeToken: WRITE_TOKEN, writer: { id: 1, login: "b", isBot: true }, config: {} }),
      remoteOf: () => ({ url: repository.url, credential: null }),
      enter: async () => {
        throw new Error("GitHub is down");
      },
      tellPublished: async () => undefined,
      revoke: async (token) => void revoked.push(token),
    },
    { repository: "acme/sum", issue: 7, token: TOKEN, run: RUN, artifact, root: path.join(root, "job") },
  );
  await expect(job).rejects.toThrow("GitHub is down");
  expect(revoked).toEqual([WRITE_TOKEN]);
});
