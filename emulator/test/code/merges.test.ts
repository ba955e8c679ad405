// Merges of pull requests: what each method makes, and every refusal on the way.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchWith, openPull } from "../probe/branches.ts";
import { complaintsOf, only, REPO, raiseStage, refused, type Stage } from "../probe/stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

const view = () => stage.hub.git("acme/app");

async function protect(
  branch: string,
  rules: { contexts?: string[]; approvals?: number; admins?: boolean },
): Promise<void> {
  await stage.alice.rest.repos.updateBranchProtection({
    ...REPO,
    branch,
    required_status_checks: rules.contexts === undefined ? null : { strict: false, contexts: rules.contexts },
    enforce_admins: rules.admins ?? true,
    required_pull_request_reviews:
      rules.approvals === undefined ? null : { required_approving_review_count: rules.approvals },
    restrictions: null,
  });
}

describe("methods", () => {
  it("merge: two parents, GitHub commits and signs, the merging person is the author", async () => {
    const head = await branchWith(stage, "m1", { "m1.txt": "1\n" });
    const at = await openPull(stage, "m1");
    const before = await view().resolve("main");
    const { data } = await stage.bob.rest.pulls.merge(at);
    const { data: commit } = await stage.alice.rest.repos.getCommit({ ...REPO, ref: data.sha });
    expect(commit.parents.map((parent) => parent.sha)).toEqual([before, head]);
    expect(commit.commit).toMatchObject({
      message: `Merge pull request #${at.pull_number} from acme/m1\n\nChange of m1`,
      author: { name: "bob" },
      committer: { name: "GitHub", email: "noreply@github.com" },
      verification: { verified: true },
    });
    expect(commit.committer?.login).toBe("web-flow");
  });

  it("squash: one parent, the author of the pull request, all messages in the body", async () => {
    await branchWith(stage, "m2", { "m2.txt": "1\n", "m2b.txt": "2\n" });
    const at = await openPull(stage, "m2");
    const before = await view().resolve("main");
    const { data } = await stage.bob.rest.pulls.merge({ ...at, merge_method: "squash" });
    const { data: commit } = await stage.alice.rest.repos.getCommit({ ...REPO, ref: data.sha });
    expect(commit.parents.map((parent) => parent.sha)).toEqual([before]);
    expect(commit.commit).toMatchObject({
      message: `Change of m2 (#${at.pull_number})\n\n* Write m2.txt\n\n* Write m2b.txt`,
      author: { name: "alice" },
      verification: { verified: true },
    });
    expect(commit.files?.map((file) => file.filename)).toEqual(["m2.txt", "m2b.txt"]);
  });

  it("rebase: one commit per commit, on top, unsigned", async () => {
    await branchWith(stage, "m3", { "m3.txt": "1\n", "m3b.txt": "2\n" });
    await branchWith(stage, "main", { "elsewhere.txt": "x\n" });
    const at = await openPull(stage, "m3");
    const before = await view().resolve("main");
    await stage.bob.rest.pulls.merge({ ...at, merge_method: "rebase" });
    const log = await view().log("main");
    expect(log.slice(0, 3).map((line) => line.message.trim())).toEqual([
      "Write m3b.txt",
      "Write m3.txt",
      "Write elsewhere.txt",
    ]);
    expect(log[2]?.sha).toBe(before);
    const { data: commit } = await stage.alice.rest.repos.getCommit({ ...REPO, ref: "main" });
    expect(commit.commit).toMatchObject({ committer: { name: "bob" }, verification: { verified: false } });
  });

  it("own title and message are used as they are", async () => {
    await branchWith(stage, "m4", { "m4.txt": "1\n" });
    const at = await openPull(stage, "m4");
    await stage.bob.rest.pulls.merge({
      ...at,
      merge_method: "squash",
      commit_title: "feat: four",
      commit_message: "because",
    });
    expect((await view().log("main"))[0]?.message).toBe("feat: four\n\nbecause");
  });
});

describe("refusals", () => {
  it("a head that moved is 409, a second merge 405, a method that is off 405", async () => {
    const old = await branchWith(stage, "r1", { "r1.txt": "1\n" });
    const at = await openPull(stage, "r1");
    await branchWith(stage, "r1", { "r1.txt": "2\n" });
    expect(await refused(stage.bob.rest.pulls.merge({ ...at, sha: old }))).toMatchObject({ status: 409 });
    await stage.alice.rest.repos.update({ ...REPO, allow_rebase_merge: false });
    expect(await refused(stage.bob.rest.pulls.merge({ ...at, merge_method: "rebase" }))).toMatchObject({
      status: 405,
      message: "Rebase merges are not allowed on this repository.",
    });
    await stage.alice.rest.repos.update({ ...REPO, allow_rebase_merge: true });
    await stage.bob.rest.pulls.merge(at);
    expect(await refused(stage.bob.rest.pulls.merge(at))).toMatchObject({
      status: 405,
      message: "Pull Request is not mergeable",
    });
  });

  it("of two merges of one pull request at once, one wins", async () => {
    await branchWith(stage, "r2", { "r2.txt": "1\n" });
    const at = await openPull(stage, "r2");
    const results = await Promise.allSettled([1, 2, 3].map(() => stage.bob.rest.pulls.merge(at)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });

  it("two pull requests merged at once both land, or one is told to try again", async () => {
    const pulls = [];
    for (const name of ["r3a", "r3b"]) {
      await branchWith(stage, name, { [`${name}.txt`]: "1\n" });
      pulls.push(await openPull(stage, name));
    }
    const results = await Promise.allSettled(pulls.map((at) => stage.bob.rest.pulls.merge(at)));
    for (const [index, result] of results.entries()) {
      const at = pulls[index];
      if (result.status === "rejected" && at !== undefined) {
        expect(String(result.reason)).toMatch(/Base branch was modified/);
        await stage.bob.rest.pulls.merge(at);
      }
    }
    expect([await view().show("main", "r3a.txt"), await view().show("main", "r3b.txt")]).toEqual(["1\n", "1\n"]);
  });

  it("a required check must be there and green; an administrator may be let past", async () => {
    await branchWith(stage, "guarded", { "g.txt": "g\n" });
    await protect("guarded", { contexts: ["gate"] });
    const head = await branchWith(stage, "r4", { "r4.txt": "1\n" });
    const { data: pull } = await stage.alice.rest.pulls.create({ ...REPO, head: "r4", base: "guarded", title: "r4" });
    const at = { ...REPO, pull_number: pull.number };
    const attempt = async () => (await refused(stage.bob.rest.pulls.merge(at))).message;
    expect(await attempt()).toBe('Required status check "gate" is expected.');
    const { data: run } = await stage.bot.rest.checks.create({
      ...REPO,
      name: "gate",
      head_sha: head,
      status: "in_progress",
    });
    expect(await attempt()).toBe('Required status check "gate" is expected.');
    await stage.bot.rest.checks.update({ ...REPO, check_run_id: run.id, conclusion: "failure" });
    expect(await attempt()).toBe('Required status check "gate" is failing.');
    await protect("guarded", { contexts: ["gate"], admins: false });
    expect(await attempt()).toBe('Required status check "gate" is failing.');
    expect((await stage.alice.rest.pulls.merge(at)).data.merged).toBe(true);
  });

  it("an app without the right to workflows cannot merge a pull request that changes one", async () => {
    await stage.hub.git("acme/app").commitFiles({
      branch: "r5",
      message: "ci",
      author: "alice",
      files: { ".github/workflows/ci.yml": "on: workflow_dispatch\njobs: {}\n" },
    });
    const at = await openPull(stage, "r5");
    expect(await refused(stage.bot.rest.pulls.merge(at))).toMatchObject({
      status: 403,
      message: expect.stringMatching(/refusing to allow a GitHub App to create or update workflow/),
    });
    expect((await stage.alice.rest.pulls.merge(at)).data.merged).toBe(true);
  });
});

describe("around a merge", () => {
  it("auto-merge waits for the last condition, then merges as whoever enabled it", async () => {
    await stage.alice.rest.repos.update({ ...REPO, allow_auto_merge: true });
    await branchWith(stage, "auto-base", { "a.txt": "a\n" });
    await protect("auto-base", { contexts: ["gate"], approvals: 1 });
    const head = await branchWith(stage, "a1", { "a1.txt": "1\n" });
    const { data: pull } = await stage.alice.rest.pulls.create({ ...REPO, head: "a1", base: "auto-base", title: "a1" });
    const at = { ...REPO, pull_number: pull.number };
    await stage.bob.graphql(
      "mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) { clientMutationId } }",
      { id: pull.node_id },
    );
    await stage.bot.rest.checks.create({ ...REPO, name: "gate", head_sha: head, conclusion: "success" });
    await stage.hub.idle();
    expect((await stage.alice.rest.pulls.get(at)).data.merged).toBe(false);
    await stage.bob.rest.pulls.createReview({ ...at, event: "APPROVE" });
    await stage.hub.idle();
    expect((await stage.alice.rest.pulls.get(at)).data).toMatchObject({ merged: true, merged_by: { login: "bob" } });
  });

  it("update-branch brings the base in, once, and only on the head that it expects", async () => {
    await branchWith(stage, "u1", { "u1.txt": "1\n" });
    const at = await openPull(stage, "u1");
    await branchWith(stage, "main", { "newer.txt": "n\n" });
    expect(
      await refused(stage.bob.rest.pulls.updateBranch({ ...at, expected_head_sha: "1".repeat(40) })),
    ).toMatchObject({ status: 422 });
    const mark = await stage.mark();
    expect((await stage.bob.rest.pulls.updateBranch(at)).status).toBe(202);
    only(await stage.hooksSince(mark), "pull_request", "synchronize");
    expect(await view().show("u1", "newer.txt")).toBe("n\n");
    expect(await refused(stage.bob.rest.pulls.updateBranch(at))).toMatchObject({ status: 422 });
  });

  it("a deleted head branch closes its pull request, and the branch must be back to reopen it", async () => {
    const sha = await branchWith(stage, "d1", { "d1.txt": "1\n" });
    const at = await openPull(stage, "d1");
    await stage.bob.rest.git.deleteRef({ ...REPO, ref: "heads/d1" });
    expect((await stage.alice.rest.pulls.get(at)).data).toMatchObject({ state: "closed", merged: false });
    expect(await refused(stage.alice.rest.pulls.update({ ...at, state: "open" }))).toMatchObject({ status: 422 });
    await stage.bob.rest.git.createRef({ ...REPO, ref: "refs/heads/d1", sha });
    expect((await stage.alice.rest.pulls.update({ ...at, state: "open" })).data.state).toBe("open");
  });

  it("delete_branch_on_merge deletes it", async () => {
    await stage.alice.rest.repos.update({ ...REPO, delete_branch_on_merge: true });
    await branchWith(stage, "d2", { "d2.txt": "1\n" });
    await stage.bob.rest.pulls.merge(await openPull(stage, "d2"));
    expect(await view().resolve("refs/heads/d2")).toBeNull();
    await stage.alice.rest.repos.update({ ...REPO, delete_branch_on_merge: false });
  });

  it("new commits dismiss approvals where the branch says so", async () => {
    await branchWith(stage, "strict", { "s.txt": "s\n" });
    await stage.alice.rest.repos.updateBranchProtection({
      ...REPO,
      branch: "strict",
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1, dismiss_stale_reviews: true },
      restrictions: null,
    });
    await branchWith(stage, "s1", { "s1.txt": "1\n" });
    const { data: pull } = await stage.alice.rest.pulls.create({ ...REPO, head: "s1", base: "strict", title: "s1" });
    const at = { ...REPO, pull_number: pull.number };
    await stage.bob.rest.pulls.createReview({ ...at, event: "APPROVE" });
    await branchWith(stage, "s1", { "s1.txt": "2\n" });
    expect((await stage.alice.rest.pulls.listReviews(at)).data.map((review) => review.state)).toEqual(["DISMISSED"]);
    expect((await refused(stage.bob.rest.pulls.merge(at))).message).toBe(
      "At least 1 approving review is required by reviewers with write access.",
    );
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
