// Claims under pressure: two app instances, dead runs, late runs, the last slot and the last dollar.

import { describe, expect, it } from "vitest";
import { publish } from "../../src/reconcile/publish.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type Stage, stage } from "../support/stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };
const HOUR = 3_600_000;

function queue(on: Stage): number {
  const issue = on.people.openIssue(on.alice, TEXT);
  on.people.addLabel(on.alice, issue, "task:queued");
  return issue;
}

function runs(on: Stage): readonly number[] {
  return [...on.people.state().runs.keys()];
}

async function boundRun(on: Stage, issue: number): Promise<{ readonly runId: number; readonly token: string }> {
  const { task } = await on.look(issue);
  const token = task?.lease?.token ?? "";
  const runId = runs(on).at(-1) ?? 0;
  on.people.startRun(runId);
  expect(await on.bind(issue, runId, token)).toEqual({ reply: "done" });
  return { runId, token };
}

describe("claims", () => {
  it("two app instances on one repository make one claim, one dispatch and one comment of each kind", async () => {
    const on = stage();
    const issue = queue(on);
    await Promise.all([1, 2].map(() => reconcile(on.deps, { ...on.repository, issue }, [])));
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "claimed", length: 2 });
    expect(runs(on)).toHaveLength(1);
    expect(on.comments(issue).map(({ key }) => key)).toEqual(["claim", "status"]);
  });

  it("G01 a run that died is taken over by a second attempt, which resumes; its whole reservation is charged", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = queue(on);
    const { runId } = await boundRun(on, issue);
    on.people.finishRun(runId, "failure");
    const expired = await on.look(issue);
    expect(expired.task).toMatchObject({ state: "queued", lease: null, spent: 2_500_000, counters: { attempts: 1 } });
    expect(on.issueOf(issue).labels).toEqual(["task:queued"]);
    on.pass(30_000);
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed", lease: { attempt: 2, reserved: 1_250_000 } });
  });

  it("G03 a run that lives is left alone, and G12 not even a lapsed lease takes it over", async () => {
    const on = stage();
    const issue = queue(on);
    const { runId } = await boundRun(on, issue);
    on.pass(2 * HOUR);
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed", lease: { run: { id: runId } } });
  });

  it("a stale run that publishes late is refused, and nothing that anybody can see changes", async () => {
    const on = stage();
    const issue = queue(on);
    const { runId, token } = await boundRun(on, issue);
    on.people.comment(on.alice, issue, "/task release wrong machine");
    on.pass(60_000);
    await on.look(issue);
    const before = on.world.history.length;
    const published = await on.finish(issue, runId, token);
    expect(published).toMatchObject({
      move: null,
      refusal: { reason: expect.stringMatching(/stale-token|wrong-state/) },
    });
    const visible = on.world.history.slice(before).filter(({ detail }) => !detail.includes("signalbox/staging"));
    expect(visible).toEqual([]);
  });

  it("a setting that changes while a run works fences nobody: its publish still lands", async () => {
    const on = stage();
    const issue = queue(on);
    const { runId, token } = await boundRun(on, issue);
    on.people.comment(on.alice, issue, "/task set priority p0");
    const changed = await on.look(issue);
    expect(changed.task).toMatchObject({ state: "claimed", settings: { priority: "p0" } });
    expect(await on.finish(issue, runId, token)).toMatchObject({ move: "submit", refusal: null });
  });

  it("a second run, and a second attempt of the same run, are not bound; the bound one may ask again", async () => {
    const on = stage();
    const issue = queue(on);
    const { runId, token } = await boundRun(on, issue);
    expect(await on.bind(issue, runId, token)).toEqual({ reply: "done" });
    expect(await on.bind(issue, runId + 1, token)).toMatchObject({
      reply: "refused",
      refusal: { reason: "already-bound", run: runId },
    });
    expect(await on.bind(issue, runId, token, 2)).toMatchObject({ reply: "refused" });
  });

  it("B15 two tasks race for the last slot: one gets it, the other waits and follows", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
    const [first, second] = [queue(on), queue(on)];
    await Promise.all([first, second].map((issue) => reconcile(on.deps, { ...on.repository, issue }, [])));
    const states = [first, second].map((issue) => on.issueOf(issue).labels);
    expect(states.flat().toSorted()).toEqual(["task:claimed", "task:queued"]);
    const winner = on.issueOf(first).labels[0] === "task:claimed" ? first : second;
    const loser = winner === first ? second : first;
    on.people.comment(on.alice, winner, "/task cancel");
    const ended = await on.look(winner);
    expect(ended.wake).toContain(loser);
    expect((await on.look(loser)).task?.state).toBe("claimed");
  });

  it("what is on its way to review needs room there: two claims never bring more than limits.review", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 2, review: 1 } } });
    const [first, second] = [queue(on), queue(on)];
    const { runId, token } = await boundRun(on, first);
    expect((await on.look(second)).task).toMatchObject({ state: "queued", lease: null });
    expect(await on.finish(first, runId, token)).toMatchObject({ move: "submit" });
    await on.look(first);
    expect((await on.look(second)).task).toMatchObject({ state: "queued" });
    on.people.comment(on.alice, first, "/task accept");
    on.people.finishRun(runId, "success");
    expect((await on.look(first)).task).toMatchObject({ state: "done" });
    expect((await on.look(second)).task).toMatchObject({ state: "claimed" });
  });

  it("two tasks race for the last dollar: one gets it", async () => {
    const on = stage({ config: { checks: "none", budget: { task: 5, day: 4 } } });
    const [first, second] = [queue(on), queue(on)];
    await Promise.all([first, second].map((issue) => reconcile(on.deps, { ...on.repository, issue }, [])));
    expect([first, second].flatMap((issue) => on.issueOf(issue).labels).toSorted()).toEqual([
      "task:claimed",
      "task:queued",
    ]);
  });

  it.each<[why: string, (on: Stage, issue: number) => void]>([
    ["whose text a stranger changed", (on, issue) => void on.people.editIssue(on.carol, issue, { body: "mine now" })],
    ["whose issue somebody without write closed", (on, issue) => void on.people.close(on.carol, issue)],
  ])("a task %s is shown as blocked, and nobody waits behind it", async (_why, spoil) => {
    const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
    const busy = queue(on);
    await on.look(busy);
    const [first, second] = [queue(on), queue(on)];
    await on.look(first);
    await on.look(second);
    spoil(on, first);
    await on.look(first);
    expect(on.issueOf(first).labels).toEqual(["task:blocked"]);
    on.people.comment(on.alice, busy, "/task cancel");
    await on.look(busy);
    expect((await on.look(second)).task).toMatchObject({ state: "claimed" });
  });

  it("G19 a run that leaves no result that can be read is charged what was reserved: nobody knows what it spent", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = queue(on);
    const { runId, token } = await boundRun(on, issue);
    const run = { id: runId, attempt: 1 };
    const left = { result: null, unreadable: "the result cannot be read", staged: null };
    const published = await publish(on.deps, { ...on.repository, issue }, { ...left, run, token });
    expect(published).toMatchObject({ move: "fail" });
    expect((await on.look(issue)).task).toMatchObject({ state: "needs-human", spent: 2_500_000 });
  });

  it("a claim whose dispatch nobody saw is dispatched again after a minute, and given back after fifteen", async () => {
    const on = stage({
      config: { checks: "none" },
      faults: (point) => (point.detail === "dispatch" ? "fail-before" : "none"),
    });
    const issue = queue(on);
    await expect(on.look(issue)).rejects.toThrow("dispatch");
    expect(runs(on)).toHaveLength(0);
    on.pass(15 * 60_000);
    await expect(on.look(issue)).resolves.toMatchObject({ task: { state: "queued", counters: { attempts: 0 } } });
  });
});

it("B15 a publish that ends a claim lets the next task in, although the app did not end it", async () => {
  const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
  const first = queue(on);
  const { runId, token } = await boundRun(on, first);
  const second = queue(on);
  expect((await on.look(second)).task?.state).toBe("queued");
  await on.finish(first, runId, token);
  expect((await on.look(first)).wake).toEqual([second]);
  expect((await on.look(second)).task?.state).toBe("claimed");
});
