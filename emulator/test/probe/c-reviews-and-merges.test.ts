// Probe, area c (second part): reviews, drafts, merges and their refusals.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchWith, openPull } from "./branches.ts";
import { complaintsOf, namesOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

describe("c · reviews", () => {
  it("76 review: author cannot approve own (422)", async () => {
    await branchWith(stage, "c76", { "c76.txt": "x\n" });
    const at = await openPull(stage, "c76");
    expect((await refused(stage.alice.rest.pulls.createReview({ ...at, event: "APPROVE" }))).status).toBe(422);
    expect(
      (await refused(stage.alice.rest.pulls.createReview({ ...at, event: "REQUEST_CHANGES", body: "no" }))).status,
    ).toBe(422);
    expect((await stage.alice.rest.pulls.createReview({ ...at, event: "COMMENT", body: "note" })).data.state).toBe(
      "COMMENTED",
    );
  });

  it("77 review REQUEST_CHANGES with inline comment -> hooks", async () => {
    await branchWith(stage, "c77", { "c77.txt": "one\ntwo\n" });
    const at = await openPull(stage, "c77");
    await stage.hub.idle();
    const before = await stage.mark();
    const { status, data } = await stage.bob.rest.pulls.createReview({
      ...at,
      event: "REQUEST_CHANGES",
      body: "Please",
      comments: [{ path: "c77.txt", line: 2, side: "RIGHT", body: "why two?" }],
    });
    expect(status).toBe(200);
    expect(data).toMatchObject({ state: "CHANGES_REQUESTED", user: { login: "bob" } });
    const hooks = await stage.hooksSince(before);
    expect([...namesOf(hooks)].sort()).toEqual([
      "pull_request_review.submitted",
      "pull_request_review_comment.created",
    ]);
    expect(only(hooks, "pull_request_review", "submitted").payload).toMatchObject({
      review: { state: "changes_requested", body: "Please" },
    });
    expect(only(hooks, "pull_request_review_comment", "created").payload).toMatchObject({
      comment: { path: "c77.txt", line: 2, body: "why two?" },
    });
  });

  it("78 review comments list/reply", async () => {
    const sha = await branchWith(stage, "c78", { "c78.txt": "one\n" });
    const at = await openPull(stage, "c78");
    const { status, data: comment } = await stage.bob.rest.pulls.createReviewComment({
      ...at,
      commit_id: sha,
      path: "c78.txt",
      line: 1,
      side: "RIGHT",
      body: "one?",
    });
    expect(status).toBe(201);
    const reply = await stage.alice.rest.pulls.createReplyForReviewComment({
      ...at,
      comment_id: comment.id,
      body: "one.",
    });
    expect(reply.status).toBe(201);
    expect(reply.data.in_reply_to_id).toBe(comment.id);
    const { data } = await stage.alice.rest.pulls.listReviewComments(at);
    expect(data.map((entry) => entry.body)).toEqual(["one?", "one."]);
    const nowhere = stage.bob.rest.pulls.createReviewComment({
      ...at,
      commit_id: sha,
      path: "c78.txt",
      line: 99,
      body: "?",
    });
    expect((await refused(nowhere)).status).toBe(422);
  });

  it("79 review APPROVE, list, dismiss", async () => {
    await branchWith(stage, "c79", { "c79.txt": "x\n" });
    const at = await openPull(stage, "c79");
    const { data: review } = await stage.bob.rest.pulls.createReview({ ...at, event: "APPROVE" });
    expect(review.state).toBe("APPROVED");
    expect(
      (await stage.alice.rest.pulls.listReviews(at)).data.map((entry) => [entry.user?.login, entry.state]),
    ).toEqual([["bob", "APPROVED"]]);
    await stage.hub.idle();
    const before = await stage.mark();
    const { data: dismissed } = await stage.alice.rest.pulls.dismissReview({
      ...at,
      review_id: review.id,
      message: "stale",
    });
    expect(dismissed.state).toBe("DISMISSED");
    only(await stage.hooksSince(before), "pull_request_review", "dismissed");
  });
});

describe("c · merging", () => {
  it("81 draft PR: merge refused, GraphQL markPullRequestReadyForReview", async () => {
    await branchWith(stage, "c81", { "c81.txt": "x\n" });
    const at = await openPull(stage, "c81", { draft: true });
    const { data: draft } = await stage.alice.rest.pulls.get(at);
    expect(draft.draft).toBe(true);
    expect((await refused(stage.alice.rest.pulls.merge(at))).status).toBe(405);
    await stage.hub.idle();
    const before = await stage.mark();
    const result = await stage.alice.graphql(
      "mutation($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { number isDraft } } }",
      { id: draft.node_id },
    );
    expect(result).toEqual({
      markPullRequestReadyForReview: { pullRequest: { number: at.pull_number, isDraft: false } },
    });
    only(await stage.hooksSince(before), "pull_request", "ready_for_review");
    expect((await stage.alice.rest.pulls.get(at)).data.draft).toBe(false);
  });

  it("82 merge conflict -> mergeable=false, merge 405", async () => {
    await branchWith(stage, "c82-a", { "c82.txt": "ours\n" });
    await branchWith(stage, "c82-b", { "c82.txt": "theirs\n" });
    const first = await openPull(stage, "c82-a");
    const second = await openPull(stage, "c82-b");
    await stage.alice.rest.pulls.merge(first);
    expect((await stage.alice.rest.pulls.get(second)).data).toMatchObject({
      mergeable: false,
      mergeable_state: "dirty",
    });
    expect(await refused(stage.alice.rest.pulls.merge(second))).toMatchObject({
      status: 405,
      message: "Pull Request is not mergeable",
    });
  });

  it("83 merge preserves base-only files (true 3-way)", async () => {
    await branchWith(stage, "c83-a", { "c83-a.txt": "a\n" });
    await branchWith(stage, "c83-b", { "c83-b.txt": "b\n" });
    const first = await openPull(stage, "c83-a");
    const second = await openPull(stage, "c83-b");
    await stage.alice.rest.pulls.merge({ ...first, merge_method: "squash" });
    await stage.alice.rest.pulls.merge({ ...second, merge_method: "merge" });
    const { data } = await stage.alice.rest.git.getTree({ ...REPO, tree_sha: "main" });
    const paths = data.tree.map((entry) => entry.path);
    expect(paths).toEqual(expect.arrayContaining(["README.md", "c83-a.txt", "c83-b.txt", "src"]));
  });

  it("84 merge with stale sha -> 409", async () => {
    const stale = await branchWith(stage, "c84", { "c84.txt": "x\n" });
    const at = await openPull(stage, "c84");
    await branchWith(stage, "c84", { "c84.txt": "y\n" });
    expect(await refused(stage.alice.rest.pulls.merge({ ...at, sha: stale }))).toMatchObject({
      status: 409,
      message: "Head branch was modified. Review and try the merge again.",
    });
  });

  it("85 merge: 200, pull_request.closed merged=true + push to main", async () => {
    await branchWith(stage, "c85", { "c85.txt": "x\n" });
    const at = await openPull(stage, "c85");
    await stage.hub.idle();
    const before = await stage.mark();
    const { status, data } = await stage.bob.rest.pulls.merge({ ...at, merge_method: "squash" });
    expect(status).toBe(200);
    expect(data).toMatchObject({ merged: true, message: "Pull Request successfully merged" });
    const hooks = await stage.hooksSince(before);
    expect(only(hooks, "pull_request", "closed").payload).toMatchObject({
      pull_request: { merged: true, merged_by: { login: "bob" }, merge_commit_sha: data.sha },
    });
    expect(only(hooks, "push").payload).toMatchObject({ ref: "refs/heads/main", after: data.sha });
    expect((await stage.alice.rest.pulls.checkIfMerged(at)).status).toBe(204);
  });

  it('86 closing keyword "Fixes #n" closed the issue', async () => {
    const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Broken" });
    await branchWith(stage, "c86", { "c86.txt": "x\n" });
    const at = await openPull(stage, "c86", { body: `Fixes #${issue.number}` });
    expect((await stage.alice.rest.issues.get({ ...REPO, issue_number: issue.number })).data.state).toBe("open");
    await stage.hub.idle();
    const before = await stage.mark();
    await stage.alice.rest.pulls.merge(at);
    expect(only(await stage.hooksSince(before), "issues", "closed").payload).toMatchObject({
      issue: { number: issue.number },
    });
    expect((await stage.alice.rest.issues.get({ ...REPO, issue_number: issue.number })).data).toMatchObject({
      state: "closed",
      state_reason: "completed",
    });
  });

  it("87 DELETE git ref head branch", async () => {
    await branchWith(stage, "c87", { "c87.txt": "x\n" });
    const at = await openPull(stage, "c87");
    await stage.alice.rest.pulls.merge(at);
    await stage.hub.idle();
    const before = await stage.mark();
    expect((await stage.alice.rest.git.deleteRef({ ...REPO, ref: "heads/c87" })).status).toBe(204);
    expect(only(await stage.hooksSince(before), "delete").payload).toMatchObject({ ref: "c87", ref_type: "branch" });
    expect((await refused(stage.alice.rest.git.getRef({ ...REPO, ref: "heads/c87" }))).status).toBe(404);
  });

  it("88 branch protection / merge blocked (405) via required reviews", async () => {
    await branchWith(stage, "c88-base", { "base.txt": "x\n" });
    await stage.alice.rest.repos.updateBranchProtection({
      ...REPO,
      branch: "c88-base",
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    await branchWith(stage, "c88", { "c88.txt": "x\n" });
    const { data: pull } = await stage.alice.rest.pulls.create({
      ...REPO,
      head: "c88",
      base: "c88-base",
      title: "Guarded",
    });
    const at = { ...REPO, pull_number: pull.number };
    expect((await refused(stage.alice.rest.pulls.merge(at))).status).toBe(405);
    expect((await stage.alice.rest.pulls.get(at)).data.mergeable_state).toBe("blocked");
    await stage.bob.rest.pulls.createReview({ ...at, event: "APPROVE" });
    expect((await stage.alice.rest.pulls.merge(at)).data.merged).toBe(true);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
