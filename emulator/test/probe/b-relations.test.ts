// Probe, area b (third part): states, relations between issues, events, timeline and locks.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

interface Placed {
  readonly at: { owner: "acme"; repo: "app"; issue_number: number };
  readonly id: number;
}

async function newIssue(title = "An issue"): Promise<Placed> {
  const { data } = await stage.alice.rest.issues.create({ ...REPO, title });
  await stage.hub.idle();
  return { at: { ...REPO, issue_number: data.number }, id: data.id };
}

describe("b · states", () => {
  it("42 close with state_reason, closed_by; issues.closed hook", async () => {
    const { at } = await newIssue();
    const before = await stage.mark();
    const { data } = await stage.alice.rest.issues.update({ ...at, state: "closed", state_reason: "completed" });
    expect(data).toMatchObject({ state: "closed", state_reason: "completed", closed_by: { login: "alice" } });
    expect(data.closed_at).toMatch(/Z$/);
    expect(only(await stage.hooksSince(before), "issues", "closed").payload).toMatchObject({
      issue: { state: "closed" },
    });
  });

  it("43 reopen -> state_reason reopened", async () => {
    const { at } = await newIssue();
    await stage.alice.rest.issues.update({ ...at, state: "closed", state_reason: "not_planned" });
    await stage.hub.idle();
    const before = await stage.mark();
    const { data } = await stage.alice.rest.issues.update({ ...at, state: "open" });
    expect(data).toMatchObject({ state: "open", state_reason: "reopened", closed_at: null });
    only(await stage.hooksSince(before), "issues", "reopened");
  });

  it("44 issues.edited hook has changes", async () => {
    const { at } = await newIssue("Old title");
    const before = await stage.mark();
    await stage.alice.rest.issues.update({ ...at, title: "Better title", body: "and a body" });
    const hook = only(await stage.hooksSince(before), "issues", "edited");
    expect(hook.payload["changes"]).toMatchObject({ title: { from: "Old title" } });
    expect(hook.payload["changes"]).toHaveProperty("body");
  });

  it("52 lock -> comment by outsider 403, unlock", async () => {
    const { at } = await newIssue();
    expect((await stage.alice.rest.issues.lock({ ...at, lock_reason: "too heated" })).status).toBe(204);
    expect((await stage.alice.rest.issues.get(at)).data).toMatchObject({
      locked: true,
      active_lock_reason: "too heated",
    });
    expect((await refused(stage.carol.rest.issues.createComment({ ...at, body: "but" }))).status).toBe(403);
    expect((await stage.bob.rest.issues.createComment({ ...at, body: "calm" })).status).toBe(201);
    expect((await stage.alice.rest.issues.unlock(at)).status).toBe(204);
    expect((await stage.carol.rest.issues.createComment({ ...at, body: "thanks" })).status).toBe(201);
    const token = await stage.hub.tokenOf("alice");
    const withoutBody = await ask(stage.hub, "PUT", `/repos/acme/app/issues/${at.issue_number}/lock`, { token });
    expect(withoutBody.status).toBe(204);
  });
});

describe("b · relations", () => {
  it("45 sub-issues: add/list/parent/remove", async () => {
    const parent = await newIssue("Parent");
    const child = await newIssue("Child");
    const other = await newIssue("Second child");
    const before = await stage.mark();
    const added = await stage.alice.request("POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues", {
      ...parent.at,
      sub_issue_id: child.id,
    });
    expect(added.status).toBe(201);
    await stage.alice.request("POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues", {
      ...parent.at,
      sub_issue_id: other.id,
    });
    const hooks = await stage.hooksSince(before);
    expect(hooks.some((hook) => hook.event === "sub_issues" && hook.action === "sub_issue_added")).toBe(true);
    const list = async (): Promise<readonly string[]> =>
      (await stage.alice.request("GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues", parent.at)).data.map(
        (issue) => issue.title,
      );
    expect(await list()).toEqual(["Child", "Second child"]);
    await stage.alice.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}/sub_issues/priority", {
      ...parent.at,
      sub_issue_id: other.id,
      before_id: child.id,
    });
    expect(await list()).toEqual(["Second child", "Child"]);
    const up = await stage.alice.request("GET /repos/{owner}/{repo}/issues/{issue_number}/parent", child.at);
    expect(up.data.number).toBe(parent.at.issue_number);
    expect((await stage.alice.rest.issues.get(parent.at)).data.sub_issues_summary).toMatchObject({
      total: 2,
      completed: 0,
    });
    await stage.alice.request("DELETE /repos/{owner}/{repo}/issues/{issue_number}/sub_issue", {
      ...parent.at,
      sub_issue_id: child.id,
    });
    expect(await list()).toEqual(["Second child"]);
    const orphan = stage.alice.request("GET /repos/{owner}/{repo}/issues/{issue_number}/parent", child.at);
    expect((await refused(orphan)).status).toBe(404);
  });

  it("46 dependencies: blocked_by add/list/blocking/remove", async () => {
    const blocked = await newIssue("Blocked");
    const blocker = await newIssue("Blocker");
    const before = await stage.mark();
    const added = await stage.alice.request(
      "POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by",
      {
        ...blocked.at,
        issue_id: blocker.id,
      },
    );
    expect(added.status).toBe(201);
    const hooks = await stage.hooksSince(before);
    expect(hooks.some((hook) => hook.event === "issue_dependencies" && hook.action === "blocked_by_added")).toBe(true);
    const blockers = await stage.alice.request(
      "GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by",
      blocked.at,
    );
    expect(blockers.data.map((issue) => issue.title)).toEqual(["Blocker"]);
    const blocking = await stage.alice.request(
      "GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocking",
      blocker.at,
    );
    expect(blocking.data.map((issue) => issue.title)).toEqual(["Blocked"]);
    const removed = await stage.alice.request(
      "DELETE /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by/{issue_id}",
      {
        ...blocked.at,
        issue_id: blocker.id,
      },
    );
    expect(removed.status).toBe(200);
    const after = await stage.alice.request(
      "GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by",
      blocked.at,
    );
    expect(after.data).toEqual([]);
  });

  it("47 issue types (org) GET /orgs/{org}/issue-types", async () => {
    const { status, data } = await stage.alice.request("GET /orgs/{org}/issue-types", { org: "acme" });
    expect(status).toBe(200);
    expect(data.map((type) => type?.name)).toEqual(["Task", "Bug", "Feature"]);
  });
});

describe("b · events and timeline", () => {
  async function livedIssue(): Promise<Placed> {
    const issue = await newIssue("A life");
    await stage.alice.rest.issues.addLabels({ ...issue.at, labels: ["lived"] });
    await stage.alice.rest.issues.addAssignees({ ...issue.at, assignees: ["bob"] });
    await stage.bob.rest.issues.createComment({ ...issue.at, body: "hm" });
    await stage.alice.rest.issues.update({ ...issue.at, state: "closed" });
    return issue;
  }

  it('48 GET events (labeled/assigned/closed…, no bogus "opened")', async () => {
    const { at } = await livedIssue();
    const { data } = await stage.alice.rest.issues.listEvents(at);
    expect(data.map((event) => [event.event, event.actor?.login])).toEqual([
      ["labeled", "alice"],
      ["assigned", "alice"],
      ["closed", "alice"],
    ]);
    expect(data[0]).toMatchObject({ label: { name: "lived" }, id: expect.any(Number) });
  });

  it("49 GET timeline includes commented events", async () => {
    const { at } = await livedIssue();
    const { data } = await stage.alice.rest.issues.listEventsForTimeline(at);
    expect(data.map((entry) => entry.event)).toEqual(["labeled", "assigned", "commented", "closed"]);
    expect(data[2]).toMatchObject({ body: "hm", user: { login: "bob" } });
  });

  it("50 timeline cross-referenced on mention", async () => {
    const target = await newIssue("Mentioned");
    const source = await newIssue("Mentions");
    await stage.alice.rest.issues.createComment({ ...source.at, body: `see #${target.at.issue_number}` });
    const { data } = await stage.alice.rest.issues.listEventsForTimeline(target.at);
    expect(data.map((entry) => entry.event)).toContain("cross-referenced");
    expect(data.find((entry) => entry.event === "cross-referenced")).toMatchObject({
      actor: { login: "alice" },
      source: { type: "issue", issue: { number: source.at.issue_number } },
    });
  });

  it("51 GET repo issue events /issues/events", async () => {
    const { at } = await livedIssue();
    const { data } = await stage.alice.rest.issues.listEventsForRepo({ ...REPO, per_page: 3 });
    expect(data.map((event) => [event.event, event.issue?.number])).toEqual([
      ["closed", at.issue_number],
      ["assigned", at.issue_number],
      ["labeled", at.issue_number],
    ]);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
