// What must not happen twice, and what must not be lost: several instances, dead and late runs, doubled webhooks, races.

import { afterEach, describe, expect, it } from "vitest";
import { FULL_NAME } from "../../demo/world.ts";
import { openStage, ref, type Stage } from "./stage.ts";

let stage: Stage;
afterEach(() => stage.close());

const TIMES = { title: "Another one", body: "Please look at the cart again." };

/** Runs of the thin workflow, newest first. */
async function runs() {
  const { data } = await stage.alice.rest.actions.listWorkflowRunsForRepo({ ...ref, event: "workflow_dispatch" });
  return data.workflow_runs;
}

async function movesOf(issue: number): Promise<readonly string[]> {
  return (await stage.ledger(issue)).map(({ move }) => move);
}

it("two app instances on one repository make one claim, one dispatch and one comment of each kind", async () => {
  stage = await openStage({ apps: 2 });
  const hold = stage.hub.actions.holdJob(() => true);
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  for (const { app } of stage.world.apps) await app.queue.add(`${FULL_NAME}#${issue}`);
  await stage.reaches(issue, "claimed");
  await Promise.all(stage.world.apps.map(({ app }) => app.queue.idle()));
  expect(await movesOf(issue)).toEqual(["queue", "claim"]);
  expect(await runs()).toHaveLength(1);
  expect((await stage.ownComments(issue)).map(({ is }) => is).toSorted()).toEqual(["claim", "status"]);
  hold.release();
  await stage.reaches(issue, "review");
  await stage.settle(issue);
});

it("the same webhook delivered five times has one effect", async () => {
  stage = await openStage();
  const hold = stage.hub.actions.holdJob(() => true);
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  await stage.reaches(issue, "claimed");
  const delivery = stage.hub.deliveries.find(({ event, action }) => event === "issues" && action === "labeled");
  for (let time = 0; time < 5; time += 1) await stage.hub.redeliver(delivery?.guid ?? "");
  await stage.world.app.app.queue.idle();
  expect(await movesOf(issue)).toEqual(["queue", "claim"]);
  expect(await runs()).toHaveLength(1);
  expect((await stage.ownComments(issue)).map(({ is }) => is).toSorted()).toEqual(["claim", "status"]);
  hold.release();
  await stage.reaches(issue, "review");
});

it("G01 G02 a run whose machine is lost is given up, and a second attempt does the work", async () => {
  stage = await openStage();
  const hold = stage.hub.actions.holdJob(({ step }) => step === "Keep the result");
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  const { run } = await stage.boundRun(issue);
  const held = await hold.reached;
  stage.hub.actions.loseMachine(held.jobId);
  hold.release();
  await stage.until("GitHub gives the run up", async () => {
    stage.hub.clock.advance(60_000);
    const { data } = await stage.alice.rest.actions.getWorkflowRun({ ...ref, run_id: run.id });
    return data.status === "completed" ? data : null;
  });
  await stage.until("the claim is given up", async () => ((await movesOf(issue)).length > 3 ? true : null));
  expect((await stage.ledger(issue))[3]).toMatchObject({ state: "queued", data: { to: "queued" } });
  stage.hub.clock.advance(60_000);
  await stage.world.app.app.queue.add(`${FULL_NAME}#${issue}`);
  await stage.reaches(issue, "review");
  await stage.settle(issue);
  expect((await movesOf(issue)).slice(4)).toEqual(["claim", "bind", "submit"]);
  expect(await runs()).toHaveLength(2);
});

it("a stale run that publishes late is refused, and nothing that anybody can see changes", async () => {
  stage = await openStage();
  const hold = stage.hub.actions.holdJob(({ job, step }) => job.includes("publish") && step === null);
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  await hold.reached;
  await stage.comment(issue, "/task hold wait");
  await stage.comment(issue, "/task release not now");
  await stage.reaches(issue, "blocked");
  await stage.world.app.app.queue.idle();
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

it("a setting that is changed while a run works does not fence it: its publish still lands", async () => {
  stage = await openStage();
  const hold = stage.hub.actions.holdJob(({ job, step }) => job.includes("publish") && step === null);
  const issue = await stage.openIssue();
  await stage.label(issue, "task:queued");
  await hold.reached;
  await stage.comment(issue, "/task set priority p0");
  await stage.until("the setting is noted", async () => ((await movesOf(issue)).includes("note") ? true : null));
  hold.release();
  await stage.reaches(issue, "review");
  expect(await movesOf(issue)).toEqual(["queue", "claim", "bind", "note", "submit"]);
  await stage.settle(issue);
});

describe("two tasks race", () => {
  const race = async () => {
    const hold = stage.hub.actions.holdJob(() => true);
    const issues = [await stage.openIssue(), await stage.openIssue(TIMES)];
    await Promise.all(issues.map((issue) => stage.label(issue, "task:queued")));
    for (const { app } of stage.world.apps) for (const issue of issues) await app.queue.add(`${FULL_NAME}#${issue}`);
    await stage.until("both are queued", async () => {
      const known = await Promise.all(issues.map((issue) => movesOf(issue).catch(() => [])));
      return known.every((moves) => moves.length > 0) ? true : null;
    });
    await Promise.all(stage.world.apps.map(({ app }) => app.queue.idle()));
    const claims = (await Promise.all(issues.map(movesOf))).flat().filter((move) => move === "claim");
    expect(claims).toHaveLength(1);
    expect((await stage.repositoryState()).admissions).toHaveLength(1);
    hold.release();
    return issues;
  };

  it("B15 for the last free slot: one gets it, and the other follows", async () => {
    stage = await openStage({ apps: 2, config: "checks: [{ name: test, run: npm test }]\nlimits: { claimed: 1 }\n" });
    const issues = await race();
    for (const issue of issues) await stage.reaches(issue, "review");
    await stage.settle(...issues);
  });

  it("for the last dollar: one gets it, and the other waits for another day", async () => {
    stage = await openStage({
      apps: 2,
      config: "checks: [{ name: test, run: npm test }]\nbudget: { task: 5, day: 2.51 }\n",
    });
    const [first = 0, second = 0] = await race();
    await stage.until("one is in review", async () => {
      const now = await Promise.all([first, second].map(stage.issueNow));
      return now.some(({ labels }) => labels.includes("task:review")) ? true : null;
    });
    await stage.settle(first, second);
    const labels = (await Promise.all([first, second].map(stage.issueNow))).flatMap((now) => now.labels);
    expect(labels.toSorted()).toEqual(["task:queued", "task:review"]);
  });
});
