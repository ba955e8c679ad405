// From the first request to the last: ready or not, draining, what an operator can see, and what happens while GitHub is away.

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { createManualClock } from "../adapters/queue/manual-clock.ts";
import { type AppUnderTest, startApp } from "./app-under-test.ts";
import { createGitHubInMemory } from "./github-in-memory.ts";
import { type RunUnderTest, startRuns } from "./runs/run-under-test.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function started(options: Parameters<typeof startApp>[0] = {}): Promise<AppUnderTest> {
  const running = await startApp(options);
  stops.push(() => running.app.stop());
  return running;
}

const queued = (issue: number) => ({
  action: "labeled",
  repository: { id: 1, full_name: "acme/shop" },
  sender: { id: 5, login: "ada" },
  label: { name: "task:queued" },
  issue: { number: issue, labels: [{ name: "task:queued" }] },
});

/** Asks again until the answer is the wanted one; the test's own time-out is the limit. */
async function until<T>(ask: () => Promise<T> | T, isWanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await sleep(2);
  }
}

describe("health and readiness", () => {
  it("is alive at once and ready when GitHub said who the App is", async () => {
    const clock = createManualClock();
    const github = createGitHubInMemory(clock);
    let isAway = true;
    const { identity } = github.side;
    github.side.identity = () => (isAway ? Promise.reject(new Error("GitHub is away")) : identity());
    const { app, looks, deliver } = await started({ github, dependencies: { clock } });
    const statusOf = async (path: string) => (await fetch(`${app.url}${path}`)).status;
    expect([await statusOf("/health"), await statusOf("/ready")]).toEqual([200, 503]);

    expect((await deliver("issues", queued(1))).status).toBe(202);
    expect(looks).toEqual([]);

    isAway = false;
    await clock.advance(10_000);
    expect(await statusOf("/ready")).toBe(200);
    await app.queue.idle();
    expect(looks).toContain("acme/shop#1");
  });

  it("says nothing about anything else", async () => {
    const { app } = await started();
    for (const path of ["/", "/probot", "/probot/setup", "/probot/import", "/ping", "/.env"]) {
      const response = await fetch(`${app.url}${path}`);
      expect([path, response.status, await response.text()]).toEqual([path, 404, "not found"]);
    }
  });
});

describe("metrics", () => {
  it("count deliveries, looks and refusals, and name nobody", async () => {
    const runs: RunUnderTest = await startRuns();
    stops.push(() => runs.stop());
    const task = await runs.claimedTask();
    await runs.on.looksAfter("issues", queued(task.issue));
    await runs.on.deliver("issues", queued(1), { secret: "somebody else's secret" });
    await runs.bind({ ...task, token: "d".repeat(40) });
    const text = await (await fetch(`${runs.on.app.url}/metrics`)).text();
    expect(text).toContain('signalbox_deliveries_total{outcome="accepted",event="issues"} 1');
    expect(text).toContain('signalbox_deliveries_total{outcome="bad-signature",event="none"} 1');
    expect(text).toContain('signalbox_refusals_total{reason="stale-token"} 1');
    expect(text).toMatch(/signalbox_look_seconds_count\{kind="task",outcome="done"\} \d+/);
    expect(text).toContain("signalbox_queue_waiting");
    expect(text).not.toMatch(/acme|shop|alice|ada/);
  });
});

describe("stopping", () => {
  it("finishes the look in hand, takes nothing more, and tells a waiting run to ask elsewhere", async () => {
    const inHand = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const ended: string[] = [];
    const runs = await startRuns({
      reconcile: async (_deps, ref) => {
        inHand.resolve();
        await mayEnd.promise;
        ended.push(String(ref.issue));
        return {
          dependants: [],
          waitsFor: [],
          wake: [],
          lookAgainAt: null,
          now: null,
          answers: [],
          task: null,
          observation: null,
        };
      },
    });
    const { url } = runs.on.app;
    const waiting = runs.bind({ issue: 7, token: "a".repeat(40), runId: 500 });
    await inHand.promise;
    const stopped = runs.on.app.stop();
    expect(await waiting).toMatchObject({ status: 503, reason: "draining" });
    expect(ended).toEqual([]);
    mayEnd.resolve();
    await stopped;
    expect(ended).toEqual(["7"]);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    runs.issuer.stop();
  });

  it("forgets the ask of a run that went away", async () => {
    const mayEnd = Promise.withResolvers<void>();
    const runs = await startRuns({
      reconcile: async () => {
        await mayEnd.promise;
        return {
          dependants: [],
          waitsFor: [],
          wake: [],
          lookAgainAt: null,
          now: null,
          answers: [],
          task: null,
          observation: null,
        };
      },
    });
    stops.push(() => runs.stop());
    const metric = async () =>
      (await (await fetch(`${runs.on.app.url}/metrics`)).text()).match(/^signalbox_asks (\d+)$/m)?.[1];
    const run = new AbortController();
    const asked = runs
      .bind({ issue: 7, token: "a".repeat(40), runId: 500 }, { signal: run.signal })
      .catch(() => "gone");
    await until(metric, (value) => value === "1");
    run.abort();
    expect(await asked).toBe("gone");
    await until(metric, (value) => value === "0");
    mayEnd.resolve();
  });
});

describe("looks that lead to looks", () => {
  it("wakes the neighbours, and comes back when the loop said so, by GitHub's clock", async () => {
    const clock = createManualClock();
    const githubNow = Date.UTC(2020, 0, 1);
    const { app, looks } = await started({
      dependencies: { clock },
      reconcile: async (_deps, ref) => ({
        dependants: [],
        waitsFor: [],
        wake: ref.issue === 1 ? [2, 1] : [],
        lookAgainAt: ref.issue === 1 && clock.now() < 1_700_000_100_000 ? githubNow + 300_000 : null,
        now: githubNow,
        answers: [],
        task: null,
        observation: null,
      }),
    });
    await app.queue.add("acme/shop#1");
    await app.queue.idle();
    expect(looks).toEqual(["acme/shop#1", "acme/shop#2"]);
    await clock.advance(299_000);
    expect(looks).toHaveLength(2);
    await clock.advance(2_000);
    expect(looks.slice(2)).toEqual(["acme/shop#1", "acme/shop#2"]);
  });

  it("finds the task of a pull request once, then remembers it", async () => {
    const running = await started();
    running.side.pullRequestBranches.set("acme/shop!12", "signalbox/task/7");
    running.side.pullRequestBranches.set("acme/shop!13", "feature");
    const comment = (number: number) => ({
      action: "created",
      repository: { id: 1, full_name: "acme/shop" },
      sender: { id: 5, login: "ada" },
      issue: { number, labels: [], pull_request: {} },
      comment: { body: "/task accept", user: { id: 5, login: "ada" } },
    });
    expect(await running.looksAfter("issue_comment", comment(12))).toEqual(["acme/shop#7"]);
    running.side.pullRequestBranches.clear();
    expect(await running.looksAfter("issue_comment", comment(12))).toEqual(["acme/shop#7"]);
    expect(await running.looksAfter("issue_comment", comment(13))).toEqual([]);
  });

  it("looks at nothing where the App is not installed, and forgets what it knew of an installation", async () => {
    const running = await started();
    running.side.uninstalled.add("shop");
    expect(await running.looksAfter("issues", queued(1))).toEqual([]);
    await running.looksAfter("installation", { action: "deleted", installation: { id: 31 }, repositories: [] });
    expect(running.side.forgotten).toEqual([31]);
  });

  it("a look that fails is repeated after a rest", async () => {
    const clock = createManualClock();
    let looks = 0;
    const { app } = await started({
      dependencies: { clock },
      reconcile: async () => {
        looks += 1;
        if (looks === 1) throw new Error("GitHub is away");
        return {
          dependants: [],
          waitsFor: [],
          wake: [],
          lookAgainAt: null,
          now: null,
          answers: [],
          task: null,
          observation: null,
        };
      },
    });
    await app.queue.add("acme/shop#1");
    await app.queue.idle();
    expect(looks).toBe(1);
    await clock.advance(1_000);
    expect(looks).toBe(2);
  });
});

it("a look's error is told without anything that looks like a token", async () => {
  const clock = { ...systemClock };
  const running = await started({
    dependencies: { clock },
    reconcile: async () => {
      throw new Error("cannot push with ghs_abcDEF123.eyJhbGciOi-long_token and github_pat_11AAAA");
    },
  });
  await running.app.queue.add("acme/shop#1");
  await running.app.queue.idle();
  const lines = running.logged.filter((line) => line.includes("a look failed"));
  expect(lines).toHaveLength(1);
  expect(lines.join()).toContain("cannot push with [token] and [token]");
});
