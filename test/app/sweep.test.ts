// What webhooks lost: open tasks of every repository, in turn, and deliveries that failed.

import { describe, expect, it } from "vitest";
import type { DeliveryAttempt } from "../../src/app/github.ts";
import { createSweep } from "../../src/app/sweep.ts";
import { nextInTurn } from "../../src/app/work.ts";
import { createManualClock } from "../adapters/queue/manual-clock.ts";
import { startApp } from "./app-under-test.ts";

const MINUTE = 60_000;

function setUp() {
  const clock = createManualClock();
  const began = clock.now();
  const state = {
    repositories: [{ owner: "acme", name: "shop" }],
    deliveries: [] as readonly DeliveryAttempt[],
    lists: 0,
    isAway: false,
  };
  const added: string[] = [];
  const redelivered: number[] = [];
  const since: number[] = [];
  const sweep = createSweep({
    github: {
      installations: async () => [],
      repositories: async () => {
        state.lists += 1;
        if (state.isAway) throw new Error("GitHub is away");
        return state.repositories;
      },
      deliveriesSince: async (at) => {
        since.push(began - at);
        return state.deliveries.filter((delivery) => delivery.at >= at);
      },
      redeliver: async (id) => void redelivered.push(id),
    },
    queue: { add: async (key, delayMs = 0) => void added.push(delayMs === 0 ? key : `${key} +${delayMs}`) },
    clock,
    random: { next: () => 0 },
    everyMs: 5 * MINUTE,
    metrics: { sweep: () => undefined, redelivery: () => undefined },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const attempt = (id: number, guid: string, minutesAgo: number, isSuccess: boolean): DeliveryAttempt => ({
    id,
    guid,
    at: clock.now() - minutesAgo * MINUTE,
    isSuccess,
  });
  return { clock, state, added, redelivered, since, sweep, attempt };
}

describe("the sweep", () => {
  it("passes at once and then at every interval, and lists repositories once an hour or when told", async () => {
    const { clock, state, added, sweep } = setUp();
    const stop = new AbortController();
    const running = sweep.run(stop.signal);
    await clock.advance(0);
    expect(added).toEqual(["acme/shop"]);
    await clock.advance(59 * MINUTE);
    expect([added.length, state.lists]).toEqual([12, 1]);
    state.repositories = [...state.repositories, { owner: "acme", name: "tools" }];
    sweep.forgetRepositories();
    await clock.advance(5 * MINUTE);
    expect(added.slice(-2)).toEqual(["acme/shop", "acme/tools"]);
    stop.abort();
    await running;
    expect(clock.waits).toBe(0);
  });

  it("survives GitHub's absence: the next pass is the retry", async () => {
    const { clock, state, added, sweep } = setUp();
    state.isAway = true;
    const stop = new AbortController();
    const running = sweep.run(stop.signal);
    await clock.advance(0);
    expect(added).toEqual([]);
    state.isAway = false;
    await clock.advance(5 * MINUTE);
    expect(added).toEqual(["acme/shop"]);
    stop.abort();
    await running;
  });

  it("spreads many repositories over half the interval", async () => {
    const { state, added, sweep } = setUp();
    state.repositories = Array.from({ length: 100 }, (_, index) => ({ owner: "acme", name: `r${index}` }));
    await sweep.once();
    expect(added.slice(18, 22)).toEqual(["acme/r18", "acme/r19", "acme/r20 +30000", "acme/r21 +31500"]);
    expect(added.at(-1)).toBe("acme/r99 +148500");
  });
});

describe("failed deliveries", () => {
  it("are asked for again, each once a pass, unless a later attempt went well", async () => {
    const { state, redelivered, sweep, attempt } = setUp();
    state.deliveries = [
      attempt(6, "lost", 1, false),
      attempt(5, "recovered", 2, true),
      attempt(4, "recovered", 3, false),
      attempt(3, "fine", 4, true),
      attempt(2, "lost", 5, false),
      attempt(1, "old", 4 * 24 * 60, false),
    ];
    await sweep.once();
    expect(redelivered).toEqual([6]);
  });

  it("are given up after four attempts", async () => {
    const { state, redelivered, sweep, attempt } = setUp();
    state.deliveries = [4, 3, 2, 1].map((id) => attempt(id, "hopeless", 10 - id, false));
    await sweep.once();
    expect(redelivered).toEqual([]);
  });

  it("are looked for three days back at first, and then only since the last pass or the oldest that still fails", async () => {
    const { clock, state, since, sweep, attempt } = setUp();
    state.deliveries = [attempt(9, "fine", 30, true)];
    await sweep.once();
    await clock.advance(5 * MINUTE);
    state.deliveries = [attempt(10, "lost", 2, false), ...state.deliveries];
    await sweep.once();
    await clock.advance(60 * MINUTE);
    await sweep.once();
    expect(since.map((ms) => Math.round(ms / MINUTE))).toEqual([3 * 24 * 60, 10, 5]);
  });
});

describe("many open tasks", () => {
  it.each<[why: string, open: readonly number[], after: number, next: readonly number[]]>([
    ["from the beginning", [5, 3, 9, 7], 0, [3, 5, 7]],
    ["from where the last part ended, around the end", [5, 3, 9, 7], 7, [9, 3, 5]],
    ["fewer than fit", [5, 3], 5, [3, 5]],
    ["none", [], 5, []],
  ])("are looked at in turn: %s", (_why, open, after, next) => {
    expect(nextInTurn(open, after, 3)).toEqual(next);
  });

  it("are found by their labels at the start, without any webhook", async () => {
    const running = await startApp();
    const issue = running.people.openIssue(running.alice, { title: "Fix", body: "It." });
    running.people.addLabel(running.alice, issue, "task:queued");
    await running.app.sweep.once();
    await running.app.queue.idle();
    expect(running.looks).toContain(`acme/shop#${issue}`);
    expect([...running.people.state().issues.values()][0]?.labels).toEqual(["task:claimed"]);
    await running.app.stop();
  });
});
