// What only a shared queue can promise: keys outlive processes, are in one hand over all instances, and move when an
// instance is killed or loses its database for a moment.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { eventually } from "../../../demo/eventually.ts";
import { systemClock, systemRandom } from "../../../src/adapters/clock.ts";
import {
  openPostgresQueue,
  type PostgresQueue,
  type PostgresQueueOptions,
} from "../../../src/adapters/queue/postgres-queue.ts";
import { isMinuteOf } from "../../../src/adapters/queue/postgres-workers.ts";
import { type Postgres, startPostgres } from "../../support/postgres.ts";

/** Source: a killed instance's keys are in another's hand within ten seconds. */
const TAKEOVER_MS_MAX = 10_000;

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const queues: PostgresQueue[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(queues.splice(0).map((queue) => queue.stop()));
});
async function open(url: string, options: Partial<PostgresQueueOptions> = {}): Promise<PostgresQueue> {
  const queue = await openPostgresQueue({
    connectionString: url,
    clock: systemClock,
    random: systemRandom,
    ...options,
  });
  queues.push(queue);
  return queue;
}

it("keeps what was added when the process ends, and the time that it waits for", async () => {
  const url = await postgres.database();
  const first = await open(url);
  await first.add("a/b#1");
  await first.add("a/b#2", 3_600_000);
  await queues.pop()?.stop();
  const second = await open(url);
  const begun: string[] = [];
  second.start(async (key) => void begun.push(key));
  await eventually("it is looked at", 10_000, () => (begun.length > 0 ? true : null));
  await second.idle();
  expect(begun).toEqual(["a/b#1"]);
  expect(await second.counts()).toEqual({ waiting: 1, inHand: 0 });
});

it("gives a key to one of three instances at a time, and looks after the last time that it was added", async () => {
  const url = await postgres.database();
  const inHand = new Set<string>();
  const owed = new Set<string>();
  const twice: string[] = [];
  let looks = 0;
  const instances = await Promise.all([0, 1, 2].map(() => open(url, { atOnce: 4, atOncePerGroup: 4 })));
  for (const queue of instances) {
    queue.start(async (key) => {
      if (inHand.has(key)) twice.push(key);
      inHand.add(key);
      owed.delete(key);
      looks += 1;
      await new Promise((resolve) => setTimeout(resolve, (looks * 7) % 30));
      inHand.delete(key);
    });
  }
  for (let round = 0; round < 6; round += 1) {
    for (let issue = 1; issue <= 12; issue += 1) {
      const key = `owner/repo-${issue % 3}#${issue}`;
      owed.add(key);
      await instances[(round + issue) % 3]?.add(key);
    }
  }
  await instances[0]?.idle();
  expect(twice).toEqual([]);
  expect([...owed]).toEqual([]);
  expect(looks).toBeGreaterThanOrEqual(12);
});

it("moves the keys of a killed process to another instance within ten seconds", async () => {
  const url = await postgres.database();
  const child = spawn(process.execPath, ["test/support/queue-child.ts"], {
    env: { ...process.env, DATABASE_URL: url, AT_ONCE: "3" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const taken = new Set<string>();
  child.stdout.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().split("\n")) if (line !== "") taken.add(line);
  });
  const keys = ["a/b#1", "a/b#2", "c/d#1"];
  const survivor = await open(url);
  for (const key of keys) await survivor.add(key);
  await eventually("the child has every key in hand", 20_000, () => (taken.size === 3 ? true : null));

  const begun: string[] = [];
  survivor.start(async (key) => void begun.push(key));
  await survivor.add("e/f#1");
  await eventually("the survivor works", 10_000, () => (begun.includes("e/f#1") ? true : null));
  expect(begun).toEqual(["e/f#1"]);

  child.kill("SIGKILL");
  await once(child, "exit");
  await eventually("every key has moved", TAKEOVER_MS_MAX, () => (begun.length === 4 ? true : null));
  expect(begun.toSorted()).toEqual(["a/b#1", "a/b#2", "c/d#1", "e/f#1"]);
  await survivor.idle();
});

it("goes on when every connection to the database was cut", async () => {
  const url = await postgres.database();
  const troubles: string[] = [];
  const queue = await open(url, { onTrouble: (message) => void troubles.push(message) });
  const begun: string[] = [];
  queue.start(async (key) => void begun.push(key));
  await queue.add("a/b#1");
  await eventually("it works", 10_000, () => (begun.includes("a/b#1") ? true : null));

  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'signalbox%' and datname = current_database()",
  );
  await client.end();
  await eventually("it can be added to", 10_000, () =>
    queue
      .add("a/b#2")
      .then(() => true)
      .catch(() => null),
  );
  await eventually("it works again", 20_000, () => (begun.includes("a/b#2") ? true : null));
  expect(troubles).toContain("the connection that shows that this instance lives broke");
});

it("refuses to start without the database that it was told of", async () => {
  await expect(open("postgresql://signalbox@127.0.0.1:1/nothing")).rejects.toThrow();
});

it.each<[everyMinutes: number, at: string, repeats: boolean]>([
  [5, "00:00", true],
  [5, "13:35", true],
  [5, "13:36", false],
  [90, "01:30", true],
  [90, "02:30", false],
  [1_440, "00:00", true],
  [1_440, "12:00", false],
  [1, "12:01", true],
])("what repeats every %i minutes does so at %s: %s", (everyMinutes, at, repeats) => {
  const [hour = 0, min = 0] = at.split(":").map(Number);
  expect(isMinuteOf(everyMinutes * 60_000)({ hour, min })).toBe(repeats);
});
