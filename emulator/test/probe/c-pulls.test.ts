// Probe, area c (first part): opening pull requests and reading what they change.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchWith, openPull } from "./branches.ts";
import { ask, complaintsOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

describe("c · pull requests", () => {
  it("62 POST pulls", async () => {
    const head = await branchWith(stage, "c62", { "src/hello.ts": "hello\nworld\n" });
    const before = await stage.mark();
    const { status, data } = await stage.alice.rest.pulls.create({
      ...REPO,
      head: "c62",
      base: "main",
      title: "Add hello",
      body: "why",
    });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      head: { ref: "c62", sha: head },
      base: { ref: "main" },
      changed_files: 1,
      additions: 2,
      deletions: 0,
      commits: 1,
    });
    expect(data).toMatchObject({
      state: "open",
      draft: false,
      merged: false,
      html_url: `${stage.hub.url}/acme/app/pull/${data.number}`,
    });
    const hook = only(await stage.hooksSince(before), "pull_request", "opened");
    expect(hook.payload).toMatchObject({ number: data.number, pull_request: { head: { sha: head } } });
  });

  it("63 POST pulls same head again -> 422 already exists", async () => {
    await branchWith(stage, "c63", { "c63.txt": "x\n" });
    await openPull(stage, "c63");
    const again = await refused(stage.alice.rest.pulls.create({ ...REPO, head: "c63", base: "main", title: "Twice" }));
    expect(again).toMatchObject({
      status: 422,
      body: {
        errors: [{ resource: "PullRequest", code: "custom", message: "A pull request already exists for acme:c63." }],
      },
    });
  });

  it("64 POST pulls with unknown head -> 422 invalid head", async () => {
    const answer = await refused(
      stage.alice.rest.pulls.create({ ...REPO, head: "no-such-branch", base: "main", title: "Ghost" }),
    );
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ resource: "PullRequest", field: "head", code: "invalid" }] },
    });
  });

  it("65 GET pulls/{n}: additions/changed_files/mergeable", async () => {
    await branchWith(stage, "c65", { "src/index.js": "export const answer = 43;\n", "c65.txt": "a\nb\n" });
    const at = await openPull(stage, "c65");
    const { data } = await stage.alice.rest.pulls.get(at);
    expect(data).toMatchObject({
      additions: 3,
      deletions: 1,
      changed_files: 2,
      mergeable: true,
      mergeable_state: "clean",
      rebaseable: true,
    });
    expect(data.merge_commit_sha).toMatch(/^[0-9a-f]{40}$/);
  });

  it("66 GET pulls/{n}/files real patch", async () => {
    await branchWith(stage, "c66", { "src/index.js": "export const answer = 44;\n" });
    const at = await openPull(stage, "c66");
    const { data } = await stage.alice.rest.pulls.listFiles(at);
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      filename: "src/index.js",
      status: "modified",
      additions: 1,
      deletions: 1,
      changes: 2,
    });
    expect(data[0]?.patch).toBe("@@ -1 +1 @@\n-export const answer = 42;\n+export const answer = 44;");
  });

  it("67 GET pulls/{n} Accept: diff", async () => {
    await branchWith(stage, "c67", { "c67.txt": "one\n" });
    const at = await openPull(stage, "c67");
    const token = await stage.hub.tokenOf("alice");
    const diff = await ask(stage.hub, "GET", `/repos/acme/app/pulls/${at.pull_number}`, {
      token,
      headers: { accept: "application/vnd.github.diff" },
    });
    expect(diff.status).toBe(200);
    expect(diff.text).toContain("diff --git a/c67.txt b/c67.txt\nnew file mode 100644");
    expect(diff.text).toContain("+one");
  });

  it("68 GET pulls/{n}/commits", async () => {
    await branchWith(stage, "c68", { "c68.txt": "one\n" });
    const second = await branchWith(stage, "c68", { "c68.txt": "two\n" });
    const at = await openPull(stage, "c68");
    const { data } = await stage.alice.rest.pulls.listCommits(at);
    expect(data).toHaveLength(2);
    expect(data[1]?.sha).toBe(second);
    expect(data[1]?.parents[0]?.sha).toBe(data[0]?.sha);
  });

  it("69 GET compare files+patch", async () => {
    await branchWith(stage, "c69", { "src/hello69.ts": "hi\n" });
    const { data } = await stage.alice.rest.repos.compareCommitsWithBasehead({ ...REPO, basehead: "main...c69" });
    expect(data).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0, total_commits: 1 });
    expect(data.files?.map((file) => [file.filename, file.patch])).toEqual([["src/hello69.ts", "@@ -0,0 +1 @@\n+hi"]]);
  });

  it("70 PR is an issue: GET issues/{pr} with pull_request key", async () => {
    await branchWith(stage, "c70", { "c70.txt": "x\n" });
    const at = await openPull(stage, "c70");
    const { data } = await stage.alice.rest.issues.get({ ...REPO, issue_number: at.pull_number });
    expect(data.pull_request?.url).toBe(`${stage.hub.apiUrl}/repos/acme/app/pulls/${at.pull_number}`);
  });

  it("71 GET issues list includes PRs", async () => {
    await branchWith(stage, "c71", { "c71.txt": "x\n" });
    const at = await openPull(stage, "c71");
    const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Plain" });
    expect(issue.number).toBe(at.pull_number + 1);
    const { data } = await stage.alice.rest.issues.listForRepo({ ...REPO, per_page: 2 });
    expect(data.map((entry) => [entry.number, entry.pull_request !== undefined])).toEqual([
      [issue.number, false],
      [at.pull_number, true],
    ]);
  });

  it("72 label a PR -> pull_request.labeled hook", async () => {
    await branchWith(stage, "c72", { "c72.txt": "x\n" });
    const at = await openPull(stage, "c72");
    await stage.hub.idle();
    const before = await stage.mark();
    await stage.alice.rest.issues.addLabels({ ...REPO, issue_number: at.pull_number, labels: ["on-a-pull"] });
    const hooks = (await stage.hooksSince(before)).filter((hook) => hook.event !== "label");
    expect(hooks.map((hook) => [hook.event, hook.action])).toEqual([["pull_request", "labeled"]]);
    expect(hooks[0]?.payload).toMatchObject({ label: { name: "on-a-pull" }, pull_request: { number: at.pull_number } });
  });

  it("73 assign a PR via issues API", async () => {
    await branchWith(stage, "c73", { "c73.txt": "x\n" });
    const at = await openPull(stage, "c73");
    await stage.hub.idle();
    const before = await stage.mark();
    const { status } = await stage.alice.rest.issues.addAssignees({
      ...REPO,
      issue_number: at.pull_number,
      assignees: ["bob"],
    });
    expect(status).toBe(201);
    only(await stage.hooksSince(before), "pull_request", "assigned");
    expect((await stage.alice.rest.pulls.get(at)).data.assignees?.map((user) => user.login)).toEqual(["bob"]);
  });

  it("74 comment on PR -> issue_comment with issue.pull_request", async () => {
    await branchWith(stage, "c74", { "c74.txt": "x\n" });
    const at = await openPull(stage, "c74");
    await stage.hub.idle();
    const before = await stage.mark();
    await stage.bob.rest.issues.createComment({ ...REPO, issue_number: at.pull_number, body: "nice" });
    const hook = only(await stage.hooksSince(before), "issue_comment", "created");
    expect(hook.payload).toMatchObject({
      issue: { number: at.pull_number, pull_request: { html_url: `${stage.hub.url}/acme/app/pull/${at.pull_number}` } },
    });
  });

  it("75 push to head -> pull_request.synchronize + new head sha", async () => {
    const old = await branchWith(stage, "c75", { "c75.txt": "x\n" });
    const at = await openPull(stage, "c75");
    await stage.hub.idle();
    const before = await stage.mark();
    const fresh = await branchWith(stage, "c75", { "c75.txt": "y\n" });
    const hook = only(await stage.hooksSince(before), "pull_request", "synchronize");
    expect(hook.payload).toMatchObject({ before: old, after: fresh, pull_request: { head: { sha: fresh } } });
    expect((await stage.alice.rest.pulls.get(at)).data.head.sha).toBe(fresh);
  });

  it("80 requested_reviewers -> 201 + hook.requested_reviewer", async () => {
    await branchWith(stage, "c80", { "c80.txt": "x\n" });
    const at = await openPull(stage, "c80");
    await stage.hub.idle();
    const before = await stage.mark();
    const { status, data } = await stage.alice.rest.pulls.requestReviewers({ ...at, reviewers: ["bob"] });
    expect(status).toBe(201);
    expect(data.requested_reviewers?.map((user) => user.login)).toEqual(["bob"]);
    const hook = only(await stage.hooksSince(before), "pull_request", "review_requested");
    expect(hook.payload).toMatchObject({ requested_reviewer: { login: "bob" } });
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
