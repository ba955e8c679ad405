// What callers see when something of ours breaks: that it did, and nothing else.

import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { createDoor } from "../../src/app/webhooks/door.ts";
import { createSeenDeliveries } from "../../src/app/webhooks/seen-deliveries.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { SECRET, signature } from "./app-under-test.ts";
import { createGitHubInMemory } from "./github-in-memory.ts";
import { startRuns } from "./runs/run-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe("a delivery that could not be taken", () => {
  it("is answered 500 without a reason, and its redelivery is a new one", async () => {
    const logged: string[] = [];
    let tries = 0;
    const door = createDoor({
      secrets: [SECRET],
      seen: createSeenDeliveries(),
      accept: async () => {
        tries += 1;
        if (tries === 1) throw new Error("the queue's password is hunter2");
      },
      isDraining: () => false,
      tell: () => undefined,
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: (_data, message) => logged.push(message),
      },
    });
    const server = createServer((request, response) => void door(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stops.push(async () => server.close().closeAllConnections());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const headers = {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-github-delivery": "0f1e2d3c-4b5a",
      "x-hub-signature-256": signature(SECRET, "{}"),
    };
    const deliver = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: "{}" });
      return `${response.status} ${await response.text()}`;
    };
    expect(await deliver()).toBe("500 not taken; deliver it again");
    expect(await deliver()).toBe("202 accepted");
    expect(await deliver()).toBe("202 seen before");
    expect(logged).toEqual(["a delivery could not be taken"]);
  });

  it("deliveries beyond what is remembered push out the oldest only", () => {
    const seen = createSeenDeliveries(2);
    expect(["a", "b", "a", "c", "b", "a"].map((id) => seen.take(id))).toEqual([true, true, false, true, false, true]);
  });
});

describe("a call of the API", () => {
  it("that breaks on our side says so, and the log tells why without the token", async () => {
    const github = createGitHubInMemory(systemClock);
    const broken = {
      ...github,
      github: { ...github.github, narrowedToken: () => Promise.reject(new Error("no token: ghs_secretsecretsecret")) },
    };
    const runs = await startRuns({ github: broken });
    stops.push(runs.stop);
    const answer = await runs.bind(await runs.claimedTask());
    expect(answer).toEqual({
      status: 500,
      reason: "failed",
      body: { error: "Something went wrong on our side; try again.", reason: "failed" },
    });
    const lines = runs.on.logged.filter((line) => line.includes("a call of the API failed"));
    expect(lines.join()).toContain("no token: [token]");
    expect(runs.on.logged.join()).not.toContain("ghs_secret");
  });

  it("waits while looks fail, and is answered by the first that does not", async () => {
    let isBroken = false;
    let failures = 0;
    const runs = await startRuns({
      reconcile: async (deps, ref, asks, hint) => {
        if (isBroken && asks.length > 0) {
          isBroken = false;
          failures += 1;
          throw new Error("GitHub is away");
        }
        return reconcile(deps, ref, asks, hint);
      },
    });
    stops.push(runs.stop);
    const task = await runs.claimedTask();
    isBroken = true;
    expect((await runs.bind(task)).status).toBe(200);
    expect(failures).toBe(1);
  });
});
