// Probe, area b (first part): issues, labels and assignees.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, namesOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
  for (const name of ["state:ready", "prio:high", "state:claimed"]) {
    await stage.alice.rest.issues.createLabel({ ...REPO, name, color: "ededed" });
  }
});
afterAll(() => stage.close());

async function newIssue(labels: readonly string[] = []): Promise<{ owner: "acme"; repo: "app"; issue_number: number }> {
  const { data } = await stage.alice.rest.issues.create({ ...REPO, title: "An issue", labels: [...labels] });
  await stage.hub.idle();
  return { ...REPO, issue_number: data.number };
}

const names = (labels: readonly (string | { name?: string })[]): readonly (string | undefined)[] =>
  labels.map((label) => (typeof label === "string" ? label : label.name));

describe("b · issues, labels, assignees", () => {
  it("16 POST issue with labels+assignee", async () => {
    const { status, data, headers } = await stage.alice.rest.issues.create({
      ...REPO,
      title: "First",
      body: "Words",
      labels: ["state:ready"],
      assignees: ["bob"],
    });
    expect(status).toBe(201);
    expect(headers.location).toBe(data.url);
    expect(names(data.labels)).toEqual(["state:ready"]);
    expect(data.assignees?.map((user) => user.login)).toEqual(["bob"]);
    expect(data).toMatchObject({
      state: "open",
      state_reason: null,
      comments: 0,
      author_association: "MEMBER",
      html_url: `${stage.hub.url}/acme/app/issues/${data.number}`,
    });
    expect(data.id).not.toBe(data.number);
  });

  it("23 second-granularity timestamps (…:SSZ, no ms)", async () => {
    const at = await newIssue();
    const { data } = await stage.alice.rest.issues.get(at);
    expect(data.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(data.updated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it("24 POST labels (add)", async () => {
    const at = await newIssue(["state:ready"]);
    const before = await stage.mark();
    const { status, data } = await stage.alice.rest.issues.addLabels({ ...at, labels: ["prio:high", "state:claimed"] });
    expect(status).toBe(200);
    expect(names(data)).toEqual(["state:ready", "prio:high", "state:claimed"]);
    const hooks = await stage.hooksSince(before);
    expect(hooks.map((hook) => hook.payload["label"])).toMatchObject([
      { name: "prio:high" },
      { name: "state:claimed" },
    ]);
    expect(namesOf(hooks)).toEqual(["issues.labeled", "issues.labeled"]);
  });

  it("24b adding labels that are there already says nothing", async () => {
    const at = await newIssue(["state:ready"]);
    const before = await stage.mark();
    await stage.alice.rest.issues.addLabels({ ...at, labels: ["state:ready"] });
    expect(namesOf(await stage.hooksSince(before))).toEqual([]);
  });

  it("25 DELETE label -> unlabeled hook with label", async () => {
    const at = await newIssue(["state:ready", "prio:high"]);
    const before = await stage.mark();
    const { status, data } = await stage.alice.rest.issues.removeLabel({ ...at, name: "state:ready" });
    expect(status).toBe(200);
    expect(names(data)).toEqual(["prio:high"]);
    expect(only(await stage.hooksSince(before), "issues", "unlabeled").payload).toMatchObject({
      label: { name: "state:ready" },
    });
  });

  it('26 DELETE absent label -> 404 "Label does not exist"', async () => {
    const at = await newIssue();
    expect(await refused(stage.alice.rest.issues.removeLabel({ ...at, name: "prio:high" }))).toMatchObject({
      status: 404,
      message: "Label does not exist",
    });
  });

  it("27 PUT labels (replace)", async () => {
    const at = await newIssue(["state:ready", "prio:high"]);
    const before = await stage.mark();
    const { data } = await stage.alice.rest.issues.setLabels({ ...at, labels: ["state:claimed", "prio:high"] });
    expect([...names(data)].sort()).toEqual(["prio:high", "state:claimed"]);
    expect([...namesOf(await stage.hooksSince(before))].sort()).toEqual(["issues.labeled", "issues.unlabeled"]);
  });

  it("28 label names case-insensitive", async () => {
    await stage.alice.rest.issues.createLabel({ ...REPO, name: "CamelCase", color: "ff0000" });
    const again = stage.alice.rest.issues.createLabel({ ...REPO, name: "camelcase", color: "ff0000" });
    expect(await refused(again)).toMatchObject({
      status: 422,
      body: { errors: [{ resource: "Label", code: "already_exists", field: "name" }] },
    });
    expect((await stage.alice.rest.issues.getLabel({ ...REPO, name: "CAMELCASE" })).data.name).toBe("CamelCase");
    const at = await newIssue(["camelcase"]);
    expect(names((await stage.alice.rest.issues.get(at)).data.labels)).toEqual(["CamelCase"]);
  });

  it("29 POST assignees -> 201 + assigned hook", async () => {
    const at = await newIssue();
    const before = await stage.mark();
    const { status, data } = await stage.alice.rest.issues.addAssignees({ ...at, assignees: ["bob", "alice"] });
    expect(status).toBe(201);
    expect(data.assignees?.map((user) => user.login)).toEqual(["bob", "alice"]);
    const hooks = await stage.hooksSince(before);
    expect(hooks.map((hook) => hook.payload["assignee"])).toMatchObject([{ login: "bob" }, { login: "alice" }]);
  });

  it("30 assigning unknown/non-collaborator silently ignored (201)", async () => {
    const at = await newIssue();
    const before = await stage.mark();
    const { status, data } = await stage.alice.rest.issues.addAssignees({
      ...at,
      assignees: ["carol", "nobody-at-all"],
    });
    expect(status).toBe(201);
    expect(data.assignees).toEqual([]);
    expect(namesOf(await stage.hooksSince(before))).toEqual([]);
  });

  it("31 assign an App bot (octoflow[bot]) silently ignored as on GitHub", async () => {
    const at = await newIssue();
    const { status, data } = await stage.alice.rest.issues.addAssignees({ ...at, assignees: ["octoflow[bot]"] });
    expect(status).toBe(201);
    expect(data.assignees).toEqual([]);
  });

  it("32 GET /assignees/{u} 204/404", async () => {
    expect((await stage.alice.rest.issues.checkUserCanBeAssigned({ ...REPO, assignee: "bob" })).status).toBe(204);
    expect((await refused(stage.alice.rest.issues.checkUserCanBeAssigned({ ...REPO, assignee: "carol" }))).status).toBe(
      404,
    );
    const { data } = await stage.alice.rest.issues.listAssignees(REPO);
    expect(data.map((user) => user.login).sort()).toEqual(["alice", "bob"]);
  });

  it("33 GET /issues/{n}/assignees/{u}", async () => {
    const at = await newIssue();
    const path = `/repos/acme/app/issues/${at.issue_number}/assignees`;
    const token = await stage.hub.tokenOf("alice");
    expect((await ask(stage.hub, "GET", `${path}/bob`, { token })).status).toBe(204);
    expect((await ask(stage.hub, "GET", `${path}/carol`, { token })).status).toBe(404);
  });

  it("34 DELETE assignees -> unassigned hook", async () => {
    const at = await newIssue();
    await stage.alice.rest.issues.addAssignees({ ...at, assignees: ["bob"] });
    await stage.hub.idle();
    const before = await stage.mark();
    const { status, data } = await stage.alice.rest.issues.removeAssignees({ ...at, assignees: ["bob"] });
    expect(status).toBe(200);
    expect(data.assignees).toEqual([]);
    expect(only(await stage.hooksSince(before), "issues", "unassigned").payload).toMatchObject({
      assignee: { login: "bob" },
    });
  });

  it("53 outsider (carol) cannot label: 403", async () => {
    const at = await newIssue();
    expect((await refused(stage.carol.rest.issues.addLabels({ ...at, labels: ["prio:high"] }))).status).toBe(403);
    const { data } = await stage.carol.rest.issues.create({
      ...REPO,
      title: "From outside",
      labels: ["prio:high"],
      assignees: ["bob"],
    });
    expect([data.labels, data.assignees]).toEqual([[], []]);
  });

  it("54 pin/milestone create + set on issue", async () => {
    const { status, data: milestone } = await stage.alice.rest.issues.createMilestone({ ...REPO, title: "v1" });
    expect(status).toBe(201);
    const at = await newIssue();
    const before = await stage.mark();
    const { data } = await stage.alice.rest.issues.update({ ...at, milestone: milestone.number });
    expect(data.milestone).toMatchObject({ title: "v1", number: milestone.number, open_issues: 1 });
    expect(only(await stage.hooksSince(before), "issues", "milestoned").payload).toMatchObject({
      milestone: { title: "v1" },
    });
  });

  it("55 list filters labels=,assignee=,state=,since=,sort=", async () => {
    await stage.alice.rest.issues.createLabel({ ...REPO, name: "filter-me", color: "123456" });
    const wanted = await newIssue(["filter-me", "prio:high"]);
    const closed = await newIssue(["filter-me"]);
    await stage.alice.rest.issues.addAssignees({ ...wanted, assignees: ["bob"] });
    await stage.alice.rest.issues.update({ ...closed, state: "closed" });
    const numbers = async (
      query: Parameters<typeof stage.alice.rest.issues.listForRepo>[0],
    ): Promise<readonly number[]> =>
      (await stage.alice.rest.issues.listForRepo(query)).data.map((issue) => issue.number);
    expect(await numbers({ ...REPO, labels: "filter-me" })).toEqual([wanted.issue_number]);
    expect(await numbers({ ...REPO, labels: "filter-me,prio:high" })).toEqual([wanted.issue_number]);
    expect(await numbers({ ...REPO, labels: "filter-me", state: "closed" })).toEqual([closed.issue_number]);
    expect(await numbers({ ...REPO, labels: "filter-me", state: "all", sort: "created", direction: "asc" })).toEqual([
      wanted.issue_number,
      closed.issue_number,
    ]);
    expect(await numbers({ ...REPO, labels: "filter-me", assignee: "bob" })).toEqual([wanted.issue_number]);
    expect(await numbers({ ...REPO, labels: "filter-me", assignee: "none" })).toEqual([]);
    const tomorrow = new Date(stage.hub.clock.now() + 86_400_000).toISOString();
    expect(await numbers({ ...REPO, state: "all", since: tomorrow })).toEqual([]);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
