// Rulesets: a namespace of branches that only one app may write, and conditions of merges.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matchesRef } from "../../src/code/rulesets.ts";
import { branchWith } from "../probe/branches.ts";
import { complaintsOf, REPO, raiseStage, refused, type Stage } from "../probe/stage.ts";
import { createGitClient } from "./real-git.ts";

let stage: Stage;
let main: string;
const client = createGitClient();

beforeAll(async () => {
  stage = await raiseStage();
  main = (await stage.alice.rest.git.getRef({ ...REPO, ref: "heads/main" })).data.object.sha;
});
afterAll(async () => {
  await stage.close();
  client.remove();
});

describe("patterns", () => {
  it.each<[pattern: string, ref: string, matches: boolean]>([
    ["~ALL", "refs/heads/x", true],
    ["~DEFAULT_BRANCH", "refs/heads/main", true],
    ["~DEFAULT_BRANCH", "refs/heads/x", false],
    ["refs/heads/signalbox/*", "refs/heads/signalbox/a", true],
    ["refs/heads/signalbox/*", "refs/heads/signalbox/a/b", false],
    ["refs/heads/signalbox/**/*", "refs/heads/signalbox/a/b", true],
    ["refs/heads/signalbox/**/*", "refs/heads/signalbox/a", true],
    ["refs/heads/release-?.x", "refs/heads/release-1.x", true],
    ["refs/heads/release-?.x", "refs/heads/release-1yx", false],
  ])("%s and %s", (pattern, ref, matches) => expect(matchesRef(pattern, ref, "main")).toBe(matches));
});

describe("a namespace for one app", () => {
  beforeAll(async () => {
    const { status } = await stage.alice.rest.repos.createRepoRuleset({
      ...REPO,
      name: "ledgers",
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/heads/signalbox/**/*"], exclude: [] } },
      bypass_actors: [{ actor_id: stage.appId, actor_type: "Integration", bypass_mode: "always" }],
      rules: [{ type: "creation" }, { type: "update" }, { type: "deletion" }, { type: "non_fast_forward" }],
    });
    expect(status).toBe(201);
  });

  it("lets the app write and refuses everybody else, administrators too", async () => {
    await stage.bot.rest.git.createRef({ ...REPO, ref: "refs/heads/signalbox/ledger/1", sha: main });
    for (const person of [stage.alice, stage.bob]) {
      expect(
        await refused(person.rest.git.createRef({ ...REPO, ref: "refs/heads/signalbox/ledger/2", sha: main })),
      ).toMatchObject({
        status: 422,
        message: expect.stringContaining("Cannot create ref due to creations being restricted."),
      });
      expect(await refused(person.rest.git.deleteRef({ ...REPO, ref: "heads/signalbox/ledger/1" }))).toMatchObject({
        status: 422,
      });
    }
    const content = Buffer.from("x").toString("base64");
    const edit = stage.alice.rest.repos.createOrUpdateFileContents({
      ...REPO,
      path: "x",
      branch: "signalbox/ledger/1",
      message: "x",
      content,
    });
    expect((await refused(edit)).message).toContain("Cannot update this protected ref.");
  });

  it("refuses a push in GitHub's words", async () => {
    const url = stage.hub.url.replace("://", `://x-access-token:${stage.hub.tokenOf("alice")}@`);
    const clone = await client.clone(`${url}/acme/app.git`, "ruled");
    await expect(clone.git("push", "origin", "HEAD:refs/heads/signalbox/ledger/9")).rejects.toThrow(
      /GH013: Repository rule violations found for refs\/heads\/signalbox\/ledger\/9[\s\S]*push declined due to repository rule violations/,
    );
  });

  it("is shown for the branches that it covers", async () => {
    const of = async (branch: string) =>
      (await stage.bob.rest.repos.getBranchRules({ ...REPO, branch })).data.map((rule) => rule.type);
    expect(await of("signalbox/ledger/1")).toEqual(["creation", "update", "deletion", "non_fast_forward"]);
    expect(await of("main")).toEqual([]);
  });
});

describe("conditions of merges", () => {
  it("required checks and approvals of a ruleset hold, and an unsigned history is refused", async () => {
    const { data: ruleset } = await stage.alice.rest.repos.createRepoRuleset({
      ...REPO,
      name: "guard",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/heads/guarded"], exclude: [] } },
      rules: [
        { type: "required_signatures" },
        {
          type: "required_status_checks",
          parameters: { strict_required_status_checks_policy: true, required_status_checks: [{ context: "gate" }] },
        },
      ],
    });
    const head = await branchWith(stage, "work", { "w.txt": "w\n" });
    await stage.alice.rest.git.createRef({ ...REPO, ref: "refs/heads/guarded", sha: main });
    const { data: pull } = await stage.alice.rest.pulls.create({ ...REPO, head: "work", base: "guarded", title: "w" });
    const at = { ...REPO, pull_number: pull.number };
    expect((await refused(stage.bob.rest.pulls.merge(at))).message).toBe('Required status check "gate" is expected.');
    await stage.bot.rest.checks.create({ ...REPO, name: "gate", head_sha: head, conclusion: "success" });
    expect((await stage.bob.rest.pulls.merge(at)).data.merged).toBe(true);
    const unsigned = await stage.hub
      .git("acme/app")
      .commitFiles({ branch: "plain", message: "p", files: { p: "p" }, author: "bob" });
    expect(
      (await refused(stage.bob.rest.git.updateRef({ ...REPO, ref: "heads/guarded", sha: unsigned, force: true })))
        .status,
    ).toBe(422);
    await stage.alice.rest.repos.deleteRepoRuleset({ ...REPO, ruleset_id: ruleset.id });
    expect(
      (await stage.bob.rest.git.updateRef({ ...REPO, ref: "heads/guarded", sha: unsigned, force: true })).status,
    ).toBe(200);
  });

  it("a strict branch wants the head to be up to date", async () => {
    await stage.alice.rest.git.createRef({ ...REPO, ref: "refs/heads/strict", sha: main });
    await stage.alice.rest.repos.updateBranchProtection({
      ...REPO,
      branch: "strict",
      required_status_checks: { strict: true, contexts: [] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    await branchWith(stage, "behind", { "b.txt": "b\n" });
    const { data: pull } = await stage.alice.rest.pulls.create({ ...REPO, head: "behind", base: "strict", title: "b" });
    const at = { ...REPO, pull_number: pull.number };
    await stage.hub
      .git("acme/app")
      .commitFiles({ branch: "strict", message: "newer", files: { n: "n" }, author: "alice" });
    expect((await stage.bob.rest.pulls.get(at)).data.mergeable_state).toBe("behind");
    expect((await refused(stage.bob.rest.pulls.merge(at))).message).toContain("out of date");
    await stage.bob.rest.pulls.updateBranch(at);
    expect((await stage.bob.rest.pulls.merge(at)).data.merged).toBe(true);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
