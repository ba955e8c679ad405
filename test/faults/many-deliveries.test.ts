// A thousand deliveries at once: each is acknowledged, and what they ask for is looked at twice at the most, because a key
// that waits is one key however often it was added.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AppUnderTest, startApp } from "../app/app-under-test.ts";

const DELIVERIES = 1_000;
const TASKS = 10;
const PAYLOAD_CHARS = 20_000;
/** All payloads together are 20 MB: what stays afterwards is far less than that. */
const KEPT_BYTES_MAX = 15_000_000;

/** What is held for good, after everything else was collected. */
function keptBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const { promise: gate, resolve: open } = Promise.withResolvers<void>();
let running: AppUnderTest;
beforeAll(async () => {
  running = await startApp({
    reconcile: async () => {
      await gate;
      return {
        wake: [],
        dependants: [],
        waitsFor: [],
        lookAgainAt: null,
        now: null,
        answers: [],
        task: null,
        observation: null,
      };
    },
  });
});
afterAll(() => running.app.stop());

const labeled = (number: number) => ({
  action: "labeled",
  repository: { id: 1, full_name: "acme/shop" },
  sender: { id: 5, login: "ada" },
  label: { name: "task:queued" },
  issue: { number, labels: [{ name: "task:queued" }] },
  padding: "x".repeat(PAYLOAD_CHARS),
});

it("are all acknowledged while every look is still under way, and coalesced", async () => {
  for (let task = 1; task <= TASKS; task += 1) await running.deliver("issues", labeled(task));
  const burst = async () => {
    const sent = Array.from({ length: DELIVERIES }, async (_, index) => {
      const response = await running.deliver("issues", labeled(1 + (index % TASKS)));
      await response.text();
      return response.status;
    });
    return new Set(await Promise.all(sent));
  };
  expect(await burst()).toEqual(new Set([202]));
  expect(running.app.queue.inHand + running.app.queue.waiting).toBeLessThanOrEqual(2 * TASKS);
  // The first thousand opened the connections; of the second, nothing may stay.
  const before = keptBytes();
  expect(await burst()).toEqual(new Set([202]));
  expect(keptBytes() - before).toBeLessThan(KEPT_BYTES_MAX);
  open();
  await running.app.queue.idle();
  const looks = Map.groupBy(running.looks, (key) => key);
  expect(looks.size).toBe(TASKS);
  for (const [key, times] of looks) expect(times.length, key).toBeLessThanOrEqual(2);
});
