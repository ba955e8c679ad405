// The stories of the machine without a server: one workflow in the repository, and the tokens of its own jobs.

import { afterEach, expect, it } from "vitest";
import { SHOP_SCRIPT } from "../../demo/script.ts";
import { FULL_NAME } from "../../demo/world.ts";
import { byPhase, call, type Script, say } from "../support/messages-server/script.ts";
import { isJobWrite, openStage, ref, type Stage, type StageOptions } from "./stage.ts";

let stage: Stage;
afterEach(() => stage.close());

/** Calls of the model, as it heard them. */
let heard: string[];

async function openWithoutServer({ script = SHOP_SCRIPT, ...options }: StageOptions = {}): Promise<void> {
  heard = [];
  const listening: Script = (request, count) => {
    heard.push(JSON.stringify(request.messages));
    return script(request, count);
  };
  stage = await openStage({ ...options, script: listening, apps: 0 });
}

async function movesOf(issue: number): Promise<readonly string[]> {
  return (await stage.ledger(issue)).map(({ move }) => move);
}

async function openPullRequest() {
  const { data } = await stage.alice.rest.pulls.list({ ...ref, state: "open" });
  const [pull] = data;
  if (pull === undefined) throw new Error("there is no open pull request");
  return pull;
}

/** Runs that wait because GITHUB_TOKEN opened the pull request. */
async function approveWaitingRuns(): Promise<number> {
  const { data } = await stage.alice.rest.actions.listWorkflowRunsForRepo({ ...ref, status: "action_required" });
  for (const { id } of data.workflow_runs) await stage.alice.rest.actions.approveWorkflowRun({ ...ref, run_id: id });
  return data.workflow_runs.length;
}

it("walks from a label to a merged pull request with nothing but a workflow in the repository", async () => {
  await openWithoutServer();
  const issue = await stage.openIssue();
  await stage.hub.idle();
  stage.hub.requests.clear();

  await stage.label(issue, "task:queued");
  await stage.reaches(issue, "review");
  await stage.settle(issue);

  expect((await stage.ledger(issue)).map(({ move, actor, state }) => [move, actor.kind, state])).toEqual([
    ["queue", "user", "queued"],
    ["claim", "app", "claimed"],
    ["bind", "run", "claimed"],
    ["submit", "run", "review"],
  ]);
  expect((await stage.ownComments(issue)).map(({ is }) => is).toSorted()).toEqual(["claim", "status"]);
  const pull = await openPullRequest();
  expect(pull).toMatchObject({
    head: { ref: `signalbox/task/${issue}` },
    user: { login: "github-actions[bot]" },
  });
  const { data: checks } = await stage.alice.rest.checks.listForRef({ ...ref, ref: pull.head.sha });
  expect(checks.check_runs.find(({ name }) => name === "signalbox")).toMatchObject({
    conclusion: "success",
    app: { slug: "github-actions" },
  });
  // What this mode does not promise: somebody has to let the checks of the pull request run.
  expect(checks.check_runs.some(({ name }) => name === "test")).toBe(false);
  expect(await approveWaitingRuns()).toBe(1);
  await stage.until("the checks of the pull request pass", async () => {
    const { data } = await stage.alice.rest.checks.listForRef({ ...ref, ref: pull.head.sha, check_name: "test" });
    return data.check_runs[0]?.conclusion === "success" ? true : null;
  });

  await stage.comment(pull.number, "/task accept");
  await stage.reaches(issue, "done");
  await stage.settle(issue);
  expect(await stage.issueNow(issue)).toMatchObject({ state: "closed", reason: "completed", labels: ["task:done"] });
  expect(await stage.hub.git(FULL_NAME).show("main", "cart.js")).toContain("sum + price, 0)");
  expect(await movesOf(issue)).toEqual(["queue", "claim", "bind", "submit", "accept", "done"]);
  expect(stage.hub.git(FULL_NAME).refs("refs/signalbox/staging/")).toEqual({});
  // Labels are made when they are first used: once per repository, and not at a task's cost. One more than with the app: the
  // dispatch that wakes the control job.
  const writes = stage.hub.requests.writes(isJobWrite).filter(({ operation }) => !operation.endsWith("/labels"));
  expect(writes.length, writes.map(({ method, operation }) => `${method} ${operation}`).join("\n")).toBeLessThanOrEqual(
    26,
  );
});

/** Runs of the workflow that work on a task, oldest first. */
async function taskRuns() {
  const { data } = await stage.alice.rest.actions.listWorkflowRunsForRepo({ ...ref, event: "workflow_dispatch" });
  return data.workflow_runs.filter(({ display_title: title }) => title.startsWith("signalbox ")).reverse();
}

const isPublishJob = ({ job, step }: { readonly job: string; readonly step: string | null }): boolean =>
  job.includes("Publish") && step === null;

const README = byPhase({
  plan: [say(call("submit_result", { summary: "The README lacks a word.", plan: "Add it." }))],
  build: [
    say(call("edit", { path: "README.md", old: "knows what it costs.", new: "knows what it costs; empty, nothing." })),
    say(call("submit_result", { title: "Say what an empty cart costs", body: "In the README.", summary: "Said it." })),
  ],
  review: [say(call("submit_result", { findings: [], summary: "The README says it." }))],
});
const afterRejection: Script = (request, count) =>
  (JSON.stringify(request.messages).includes("what an empty cart costs") ? README : SHOP_SCRIPT)(request, count);

it("what is rejected is worked on again, on the same pull request, with what the person said", async () => {
  await openWithoutServer({ script: afterRejection });
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  await stage.reaches(issue, "review");
  await stage.settle(issue);
  const first = await openPullRequest();
  await stage.comment(first.number, "/task reject the README must say what an empty cart costs");
  await stage.until("a second submission", async () =>
    (await movesOf(issue)).filter((move) => move === "submit").length === 2 ? true : null,
  );
  await stage.settle(issue);
  expect((await movesOf(issue)).slice(4)).toEqual(["reject", "claim", "bind", "submit"]);
  expect((await openPullRequest()).number).toBe(first.number);
  expect(await stage.hub.git(FULL_NAME).show(`signalbox/task/${issue}`, "README.md")).toContain("empty, nothing");
});

it("requests that come while a pass runs are all obeyed, although GitHub drops all but one of the runs that wait", async () => {
  await openWithoutServer({ config: "checks: [{ name: test, run: npm test }]\nlimits: { claimed: 1 }\n" });
  const hold = stage.hub.actions.holdJob(({ job, step }) => job === "signalbox-control" && step === null);
  const issues = [await stage.openIssue(), await stage.openIssue({ title: "Second", body: "Please look again." })];
  await hold.reached;
  for (const issue of issues) await stage.comment(issue, "/task queue");
  const [first = 0, second = 0] = issues;
  await stage.comment(second, "/task hold wait for me");
  await stage.comment(first, "/task set priority p0");
  hold.release();
  await stage.reaches(second, "blocked");
  await stage.reaches(first, "review");
  await stage.settle(...issues);
  expect(await movesOf(second)).toEqual(["queue", "hold"]);
  expect((await movesOf(first)).filter((move) => move !== "note")).toEqual(["queue", "claim", "bind", "submit"]);
  const { data } = await stage.alice.rest.actions.listWorkflowRunsForRepo({ ...ref, status: "cancelled" });
  expect(data.total_count).toBeGreaterThan(0);
});

it("a run that somebody starts with the same token finds another bound, and costs nothing", async () => {
  await openWithoutServer();
  const hold = stage.hub.actions.holdJob(isPublishJob);
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  await hold.reached;
  const [run] = await taskRuns();
  const token = run?.display_title.split(" ").at(-1) ?? "";
  const calls = heard.length;
  await stage.alice.rest.actions.createWorkflowDispatch({
    ...ref,
    workflow_id: "signalbox.yml",
    ref: "main",
    inputs: { repository: FULL_NAME, issue: String(issue), token },
  });
  await stage.until("the second run's work is over", async () => {
    const [, second] = await taskRuns();
    if (second === undefined) return null;
    const { data } = await stage.alice.rest.actions.listJobsForWorkflowRun({ ...ref, run_id: second.id });
    return data.jobs.some(({ name, status }) => name.includes("Work") && status === "completed") ? true : null;
  });
  hold.release();
  await stage.reaches(issue, "review");
  await stage.settle(issue);
  expect(heard).toHaveLength(calls);
  expect(await movesOf(issue)).toEqual(["queue", "claim", "bind", "submit"]);
  expect((await stage.ledger(issue))[2]).toMatchObject({ data: { run: { id: run?.id, attempt: 1 } } });
});

it("a run whose machine is lost is given up by the schedule, and a second attempt does the work", async () => {
  await openWithoutServer();
  const hold = stage.hub.actions.holdJob(({ step }) => step === "Keep the result");
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  const { run } = await stage.boundRun(issue);
  const held = await hold.reached;
  stage.hub.actions.loseMachine(held.jobId);
  hold.release();
  await stage.until("GitHub gives the machine up", async () => {
    const { data } = await stage.alice.rest.actions.listJobsForWorkflowRun({ ...ref, run_id: run.id });
    if (data.jobs.find(({ id }) => id === held.jobId)?.status === "completed") return true;
    stage.hub.clock.advance(60_000);
    return null;
  });
  await stage.until("the claim is given up", async () => ((await movesOf(issue)).includes("expire") ? true : null));
  await stage.hub.idle();
  stage.hub.clock.advance(60_000);
  await stage.hub.actions.runSchedules(FULL_NAME);
  await stage.reaches(issue, "review");
  await stage.settle(issue);
  expect(await movesOf(issue)).toEqual(["queue", "claim", "bind", "expire", "claim", "bind", "submit"]);
  expect(await taskRuns()).toHaveLength(2);
});

it("a stale run that publishes late is refused, and nothing that anybody can see changes", async () => {
  await openWithoutServer();
  const hold = stage.hub.actions.holdJob(isPublishJob);
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  await hold.reached;
  await stage.comment(issue, "/task hold wait");
  await stage.comment(issue, "/task release not now");
  await stage.reaches(issue, "blocked");
  const before = await stage.issueNow(issue);
  hold.release();
  await stage.hub.idle();
  expect(await stage.issueNow(issue)).toEqual(before);
  expect(await movesOf(issue)).toEqual(["queue", "claim", "bind", "hold", "release"]);
  expect(stage.hub.git(FULL_NAME).refs("refs/heads/signalbox/task/")).toEqual({});
  const { data } = await stage.alice.rest.pulls.list({ ...ref, state: "all" });
  expect(data).toEqual([]);
  await stage.settle(issue);
});
