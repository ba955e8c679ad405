// Who comes when: the order of the queue, its limits, and what a waiting task is told.

import { describe, expect, it } from "vitest";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { familyStage, TEXT } from "../support/family-stage.ts";

const ONE = { config: { checks: "none", limits: { claimed: 1 } } };

describe("the order of the queue", () => {
  it("B01 goes by priority: p0, p1, p2, whatever was queued first", async () => {
    const on = familyStage(ONE);
    const running = await on.queued();
    const order: number[] = [];
    const p2 = await on.queued({}, ["priority:p2"]);
    const p0 = await on.queued({}, ["priority:p0"]);
    const p1 = await on.queued({}, ["priority:p1"]);
    for (let now = running; order.length < 3; ) {
      await on.completed(now);
      now = [p0, p1, p2].find((issue) => on.shown(issue)[0] === "task:claimed") ?? 0;
      order.push(now);
    }
    expect(order).toEqual([p0, p1, p2]);
  });

  it("B02 goes by age inside one priority", async () => {
    const on = familyStage(ONE);
    const running = await on.queued();
    const [a, b, c] = [await on.queued(), await on.queued(), await on.queued()];
    await on.completed(running);
    expect([a, b, c].map((issue) => on.shown(issue)[0])).toEqual(["task:claimed", "task:queued", "task:queued"]);
    await on.completed(a);
    expect([b, c].map((issue) => on.shown(issue)[0])).toEqual(["task:claimed", "task:queued"]);
  });

  it("is fair: whose task is worked on already lets the first of somebody else go before", async () => {
    const on = familyStage({ config: { checks: "none", limits: { claimed: 2 } } });
    const running = await on.queued();
    await on.queued();
    const hers = await on.queued();
    const his = on.people.openIssue(on.carol, TEXT);
    on.people.addLabel(on.alice, his, "task:queued");
    await on.drain(his);
    await on.completed(running);
    expect([hers, his].map((issue) => on.shown(issue)[0])).toEqual(["task:queued", "task:claimed"]);
  });
});

describe("a claim", () => {
  it("B04 shows who holds it since when, and B05 is not given a second time", async () => {
    const on = familyStage();
    const issue = await on.queued();
    const first = await on.task(issue);
    expect(first?.lease).toMatchObject({ holder: { login: "signalbox[bot]" }, grantedAt: on.now(), attempt: 1 });
    await on.say(issue, "/task claim");
    expect(on.text(issue, "answer")[0]).toContain("`claimed`");
    expect((await on.task(issue))?.lease).toEqual(first?.lease);
  });

  it("B08 of two runners at the same time is for two different tasks", async () => {
    const on = familyStage();
    const issues = [on.open(), on.open()];
    for (const issue of issues) on.people.addLabel(on.alice, issue, "task:queued");
    await Promise.all(issues.map((issue) => reconcile(on.deps, { ...on.repository, issue }, [])));
    const tokens = await Promise.all(issues.map(async (issue) => (await on.task(issue))?.lease?.token));
    expect(new Set(tokens).size).toBe(2);
    expect(tokens).not.toContain(undefined);
  });

  it.each(["review", "done", "failed"] as const)("B13 is refused to a person on a task that is %s", async (state) => {
    const on = familyStage();
    on.people.setRole(on.alice, "maintain");
    const issue = await on.queued();
    if (state === "review") await on.attempt(issue);
    else await on.say(issue, `/task force ${state} for a test`);
    await on.say(issue, "/task claim");
    expect(on.text(issue, "answer").at(-1)).toContain(`\`${state}\``);
    expect((await on.task(issue))?.lease).toBeNull();
  });

  it("B15 waits at the limit of claims, says so, and is granted when one has ended", async () => {
    const on = familyStage(ONE);
    const first = await on.queued();
    const second = await on.queued();
    expect(on.text(second, "status")[0]).toContain("`limits.claimed` allows (1)");
    await on.attempt(first);
    expect(await on.stateOf(second)).toBe("claimed");
  });

  it("B16 waits while as many pull requests wait for review as the config allows", async () => {
    const on = familyStage({ config: { checks: "none", limits: { review: 1 } } });
    const first = await on.queued();
    await on.attempt(first);
    const second = await on.queued();
    expect(await on.task(second)).toMatchObject({ state: "queued", lease: null });
    expect(on.text(second, "status")[0]).toContain("`limits.review` allows (1)");
    await on.say(first, "/task accept");
    expect(await on.stateOf(second)).toBe("claimed");
  });
});

it("a waiting task is told its place, and as of when", async () => {
  const on = familyStage(ONE);
  await on.queued();
  const ahead = await on.queued();
  const last = await on.queued();
  expect(on.text(last, "status")[0]).not.toContain("place");
  await on.say(last, "/task status");
  expect(on.text(last, "answer")[0]).toContain("As of 2026-11-20 12:00 UTC: place 2 of 2 in the queue.");
  expect(on.text(last, "answer")[0]).toContain("`limits.claimed` allows (1)");
  on.pass(60_000);
  await on.say(ahead, "/task set priority p3");
  on.people.addLabel(on.alice, ahead, "priority:p3");
  await on.say(last, "/task why");
  expect(on.text(last, "answer")[1]).toContain("As of 2026-11-20 12:01 UTC: place 1 of 2 in the queue.");
});
