// Leases that lapse, runs that die or will not, and what of it is counted.

import { describe, expect, it } from "vitest";
import { type Stage, stage } from "../support/stage.ts";
import { claimedIssue, happened, queuedIssue, reviewedIssue, start } from "../support/tasks.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The newest run dies, and somebody looks. */
async function dies(on: Stage, issue: number, runId: number) {
  on.people.finishRun(runId, "failure");
  return (await on.look(issue)).task;
}

describe("leases", () => {
  it("G02 a task whose run died can be claimed again, by another attempt with another token", async () => {
    const on = stage();
    const { issue, runId, token } = await claimedIssue(on);
    await dies(on, issue, runId);
    on.pass(MINUTE);
    const again = await start(on, issue);
    expect(again.token).not.toBe(token);
    expect((await on.look(issue)).task?.lease).toMatchObject({ attempt: 2, run: { id: again.runId } });
  });

  it("G12 a setting that was noted meanwhile does not make a live run look dead", async () => {
    const on = stage();
    const { issue, runId } = await claimedIssue(on);
    on.people.comment(on.alice, issue, "/task set priority p0");
    await on.look(issue);
    on.pass(3 * HOUR);
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed", lease: { run: { id: runId } } });
    expect(happened(on, "dispatched")).toBe(1);
  });

  it("G05 a claim that no run ever took is given back without a charge; its late run is cancelled", async () => {
    const on = stage();
    const issue = queuedIssue(on);
    await on.look(issue);
    on.pass(15 * MINUTE);
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "queued", lease: null, spent: 0, counters: { attempts: 0 } });
    expect(task?.attempts).toMatchObject([{ end: "release", cost: 0 }]);
  });

  it("G06 a task in review that nobody looks at is left alone, however long it waits", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const before = await on.look(issue);
    on.pass(30 * 24 * HOUR);
    expect((await on.look(issue)).task?.tip).toBe(before.task?.tip);
  });

  it("G09 times are instants of GitHub's clock: a lease of one hour ends after one hour, over midnight too", async () => {
    const on = stage({ config: { checks: "none", runner: { "timeout-minutes": 60 } } });
    on.pass(11 * HOUR + 30 * MINUTE);
    const { issue } = await claimedIssue(on);
    const { task } = await on.look(issue);
    expect(task?.lease).toMatchObject({ grantedAt: on.now(), expiresAt: on.now() + 70 * MINUTE });
  });

  it("G10 of five claims exactly the three whose runs died are queued again", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 5 }, budget: { task: 5, day: 500 } } });
    const tasks: { readonly issue: number; readonly runId: number }[] = [];
    for (let count = 0; count < 5; count += 1) tasks.push(await claimedIssue(on));
    for (const { runId } of tasks.slice(0, 3)) on.people.finishRun(runId, "failure");
    const states: (string | undefined)[] = [];
    for (const { issue } of tasks) states.push((await on.look(issue)).task?.state);
    expect(states).toEqual(["queued", "queued", "queued", "claimed", "claimed"]);
  });

  it("G15 a run that lives is cancelled when somebody ends its claim, before the next attempt begins", async () => {
    const on = stage();
    const { issue, runId } = await claimedIssue(on);
    on.people.comment(on.alice, issue, "/task release wrong branch");
    await on.look(issue);
    expect(on.people.state().runs.get(runId)).toMatchObject({ status: "completed", conclusion: "cancelled" });
    const order = on.world.history.map(({ what }) => what);
    expect(order.indexOf("run-cancelled")).toBeLessThan(order.lastIndexOf("dispatched"));
  });

  it("G16 cancelling a run that is gone already counts as done", async () => {
    const on = stage();
    const { issue, runId } = await claimedIssue(on);
    on.people.finishRun(runId, "success");
    on.people.comment(on.alice, issue, "/task cancel");
    expect((await on.look(issue)).task?.state).toBe("cancelled");
    expect(happened(on, "run-cancelled")).toBe(0);
  });

  it("G17 the last attempt that dies asks a person instead of queueing", async () => {
    const on = stage({ config: { checks: "none", limits: { attempts: 2 } } });
    const { issue, runId } = await claimedIssue(on);
    expect((await dies(on, issue, runId))?.state).toBe("queued");
    on.pass(MINUTE);
    const again = await start(on, issue);
    expect(await dies(on, issue, again.runId)).toMatchObject({ state: "needs-human", counters: { attempts: 2 } });
    expect(on.comments(issue).filter(({ key }) => key === "need")).toHaveLength(1);
  });

  it("G18 with a limit of five the fourth death still queues", async () => {
    const on = stage({ config: { checks: "none", limits: { attempts: 5 }, budget: { task: 100, day: 1_000 } } });
    const issue = queuedIssue(on);
    const states: (string | undefined)[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { runId } = await start(on, issue);
      states.push((await dies(on, issue, runId))?.state);
      on.pass(20 * MINUTE);
    }
    expect(states).toEqual(["queued", "queued", "queued", "queued", "needs-human"]);
  });

  it("G19 a run that ends without any result asks a person, and is not stuck", async () => {
    const on = stage();
    const { issue, runId, token } = await claimedIssue(on);
    await on.publishNothing(issue, runId, token);
    expect((await on.look(issue)).task).toMatchObject({
      state: "needs-human",
      lease: null,
      need: { why: "the run ended without a result" },
    });
  });

  it("G21 two dispatches in a row that fail pause the repository, once; G22 a run that works forgets the first", async () => {
    let isDown = true;
    const faults = { isDown: () => isDown };
    const on = stage({ config: { checks: "none" }, refuseDispatch: faults.isDown });
    const issue = queuedIssue(on);
    expect((await on.look(issue)).task).toMatchObject({ state: "queued", counters: { attempts: 0 } });
    isDown = false;
    on.pass(MINUTE);
    const { token, runId } = await start(on, issue);
    await on.finish(issue, runId, token);
    on.people.finishRun(runId, "success");
    await on.look(issue);
    isDown = true;
    const other = queuedIssue(on);
    await on.look(other);
    on.pass(MINUTE);
    expect((await on.look(other)).task?.state).toBe("queued");
    on.pass(MINUTE);
    const { observation } = await on.look(other);
    const ledger = observation?.repositoryLedger;
    expect(ledger !== undefined && "state" in ledger ? ledger.state.paused : null).not.toBeNull();
  });
});
