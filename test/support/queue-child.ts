// A process that takes keys from a shared queue and never finishes one: for stories about processes that are killed.
// Prints each key that it has in hand.

import { systemClock, systemRandom } from "../../src/adapters/clock.ts";
import { openPostgresQueue } from "../../src/adapters/queue/postgres-queue.ts";

const queue = await openPostgresQueue({
  connectionString: process.env["DATABASE_URL"] ?? "",
  clock: systemClock,
  random: systemRandom,
  atOnce: Number(process.env["AT_ONCE"]),
});
queue.start(async (key) => {
  process.stdout.write(`${key}\n`);
  await new Promise(() => undefined);
});
