// Probe, area e: workflows, their runs, dispatches, and what belongs to them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

const AGENT_WORKFLOW = `name: agent
on:
  workflow_dispatch:
    inputs:
      issue: { required: true, type: string }
      mode: { type: choice, options: [fast, slow], default: fast }
jobs:
  work:
    runs-on: ubuntu-latest
    steps:
      - run: echo "issue \${{ inputs.issue }} in mode \${{ inputs.mode }}"
`;

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage({ actions: true });
  await stage.alice.rest.repos.createOrUpdateFileContents({
    ...REPO,
    path: ".github/workflows/agent.yml",
    message: "Add the agent workflow",
    content: Buffer.from(AGENT_WORKFLOW).toString("base64"),
  });
  await stage.hub.idle();
});
afterAll(() => stage.close());

const AGENT = { ...REPO, workflow_id: "agent.yml" } as const;

describe("e · Actions", () => {
  it("92 workflow file in .github/workflows is listed", async () => {
    const { data } = await stage.bot.rest.actions.listRepoWorkflows(REPO);
    expect(data).toMatchObject({
      total_count: 1,
      workflows: [{ name: "agent", path: ".github/workflows/agent.yml", state: "active" }],
    });
    expect((await stage.bot.rest.actions.getWorkflow(AGENT)).data.id).toBe(data.workflows[0]?.id);
  });

  it("93 POST workflow_dispatch -> 204 (or 200 with run id)", async () => {
    const before = await stage.mark();
    const silent = await stage.bot.rest.actions.createWorkflowDispatch({
      ...AGENT,
      ref: "main",
      inputs: { issue: "1" },
    });
    expect(silent.status).toBe(204);
    only(await stage.hooksSince(before), "workflow_dispatch");
    const told = await stage.bot.request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
      ...AGENT,
      ref: "main",
      inputs: { issue: "2" },
      return_run_details: true,
    });
    expect(told.status).toBe(200);
    expect(told.data).toMatchObject({
      workflow_run_id: expect.any(Number),
      html_url: expect.stringContaining("/actions/runs/"),
    });
    const dispatch = (inputs: Record<string, string>, ref = "main"): Promise<unknown> =>
      stage.bot.rest.actions.createWorkflowDispatch({ ...AGENT, ref, inputs });
    expect(await refused(dispatch({}))).toMatchObject({ status: 422, message: "Required input 'issue' not provided" });
    expect((await refused(dispatch({ issue: "1", colour: "red" }))).message).toBe(
      'Unexpected inputs provided: ["colour"]',
    );
    expect((await refused(dispatch({ issue: "1", mode: "warp" }))).status).toBe(422);
    expect(await refused(dispatch({ issue: "1" }, "nowhere"))).toMatchObject({
      status: 422,
      message: "No ref found for: nowhere",
    });
    const missing = stage.bot.rest.actions.createWorkflowDispatch({ ...AGENT, workflow_id: "none.yml", ref: "main" });
    expect((await refused(missing)).status).toBe(404);
  });

  it("94 POST repository_dispatch -> 204 + hook", async () => {
    const before = await stage.mark();
    const { status } = await stage.bot.rest.repos.createDispatchEvent({
      ...REPO,
      event_type: "look",
      client_payload: { at: "me" },
    });
    expect(status).toBe(204);
    expect(only(await stage.hooksSince(before), "repository_dispatch", "look").payload).toMatchObject({
      action: "look",
      branch: "main",
      client_payload: { at: "me" },
    });
  });

  it("95 runs list shows a queued run", async () => {
    await stage.hub.idle();
    const before = await stage.mark();
    const told = await stage.bot.request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
      ...AGENT,
      ref: "main",
      inputs: { issue: "95" },
      return_run_details: true,
    });
    const id = Number(Object(told.data).workflow_run_id);
    const { data } = await stage.bot.rest.actions.listWorkflowRunsForRepo({ ...REPO, event: "workflow_dispatch" });
    expect(data.workflow_runs[0]).toMatchObject({
      id,
      name: "agent",
      head_branch: "main",
      run_attempt: 1,
      actor: { login: "octoflow[bot]" },
    });
    expect(["queued", "in_progress"]).toContain(data.workflow_runs[0]?.status);
    const hooks = await stage.hooksSince(before);
    const runHooks = hooks.filter((hook) => hook.event === "workflow_run").map((hook) => hook.action);
    expect(runHooks).toEqual(["requested", "in_progress", "completed"]);
    const { data: run } = await stage.bot.rest.actions.getWorkflowRun({ ...REPO, run_id: id });
    expect(run).toMatchObject({ status: "completed", conclusion: "success", event: "workflow_dispatch" });
    const { data: jobs } = await stage.bot.rest.actions.listJobsForWorkflowRun({ ...REPO, run_id: id });
    expect(jobs.jobs).toMatchObject([{ name: "work", conclusion: "success" }]);
    const log = await stage.bot.rest.actions.downloadJobLogsForWorkflowRun({ ...REPO, job_id: jobs.jobs[0]?.id ?? 0 });
    expect(String(log.data)).toContain("issue 95 in mode fast");
  });

  it("96 registration token for self-hosted runner", async () => {
    const { status, data } = await stage.alice.rest.actions.createRegistrationTokenForRepo(REPO);
    expect(status).toBe(201);
    expect(data.token.length).toBeGreaterThan(10);
    expect(Date.parse(data.expires_at)).toBeGreaterThan(stage.hub.clock.now());
    expect((await refused(stage.bob.rest.actions.createRegistrationTokenForRepo(REPO))).status).toBe(403);
  });

  it("97 repo variables & secrets", async () => {
    const { status } = await stage.alice.rest.actions.createRepoVariable({ ...REPO, name: "COLOUR", value: "green" });
    expect(status).toBe(201);
    expect((await stage.alice.rest.actions.getRepoVariable({ ...REPO, name: "COLOUR" })).data.value).toBe("green");
    await stage.alice.rest.actions.updateRepoVariable({ ...REPO, name: "COLOUR", value: "blue" });
    const { data: variables } = await stage.alice.rest.actions.listRepoVariables(REPO);
    expect(variables.variables.map(({ name, value }) => [name, value])).toEqual([["COLOUR", "blue"]]);
    const { data: key } = await stage.alice.rest.actions.getRepoPublicKey(REPO);
    expect(key.key.length).toBeGreaterThan(20);
    const { data: secrets } = await stage.alice.rest.actions.listRepoSecrets(REPO);
    expect(secrets).toEqual({ total_count: 0, secrets: [] });
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
