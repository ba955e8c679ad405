// The stories of the machine without a server: one workflow in the repository, and the tokens of its own jobs.

import { afterEach, expect, it } from "vitest";
import { FULL_NAME } from "../../demo/world.ts";
import { isJobWrite, openStage, ref, type Stage, type StageOptions } from "./stage.ts";

let stage: Stage;
afterEach(() => stage.close());

const openWithoutServer = async (options: StageOptions = {}): Promise<void> => {
  stage = await openStage({ ...options, apps: 0 });
};

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
  await stage.createLabels();
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
  const writes = stage.hub.requests.writes(isJobWrite);
  expect(writes.length, writes.map(({ method, operation }) => `${method} ${operation}`).join("\n")).toBeLessThanOrEqual(
    27,
  );
});
