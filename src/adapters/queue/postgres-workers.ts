// graphile-worker's own workers, as long as they run: what they take, how they are named to the others, what repeats.
// Knows no rule of the queue; those are in what it is handed.

import { EventEmitter } from "node:events";
import { Logger, parseCronItems, type Runner, run, type TimestampDigest, type WorkerEvents } from "graphile-worker";
import type { Pool } from "pg";
import type { InstanceLocks } from "./instance-locks.ts";
import type { PostgresQueueOptions } from "./postgres-queue.ts";
import { TASK } from "./postgres-schema.ts";

/** Keys that wait for a later moment are looked for this often. */
const POLL_MS = 1_000;

export interface WorkersOptions {
  /** Keys in hand at once. */
  readonly atOnce: number;
  readonly onTrouble?: PostgresQueueOptions["onTrouble"];
  readonly pool: Pool;
  readonly locks: InstanceLocks;
  readonly busyGroups: () => readonly string[];
  readonly repeats: readonly { readonly key: string; readonly everyMs: number }[];
  readonly stopping: AbortSignal;
}

/** Resolves when the workers were told to stop and have put down what they had in hand. */
export async function runWorkers(
  { pool, locks, busyGroups, repeats, stopping, atOnce, onTrouble }: WorkersOptions,
  look: (key: string, errors: number) => Promise<void>,
): Promise<void> {
  const events: WorkerEvents = new EventEmitter();
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  isHeld.catch(() => undefined);
  events.on("pool:create", ({ workerPool }) => held(locks.hold(workerPool.id)));
  const runner: Runner = await run({
    pgPool: pool,
    events,
    concurrency: atOnce,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: createWarnings(onTrouble),
    parsedCronItems: parseCronItems(
      repeats.map(({ key, everyMs }) => ({
        task: TASK,
        identifier: key,
        match: isMinuteOf(everyMs),
        options: { jobKey: key, jobKeyMode: "preserve_run_at" },
      })),
    ),
    // Asked before every key: nothing is taken before others can see that this pool lives.
    forbiddenFlags: async () => {
      await isHeld;
      return [...busyGroups()];
    },
    taskList: {
      [TASK]: async (payload, { job }) => {
        if (job.key !== null) await look(job.key, Array.isArray(payload) ? payload.length : 0);
      },
    },
  });
  const stop = () => void runner.stop().catch(() => undefined);
  if (stopping.aborted) stop();
  else stopping.addEventListener("abort", stop, { once: true });
  try {
    await runner.promise;
  } finally {
    stopping.removeEventListener("abort", stop);
  }
}

/** @returns whether a minute is one of those at which something repeats; graphile-worker's clock knows whole minutes */
export function isMinuteOf(everyMs: number): (at: Pick<TimestampDigest, "hour" | "min">) => boolean {
  const minutes = Math.max(1, Math.round(everyMs / 60_000));
  return ({ hour, min }) => (hour * 60 + min) % minutes === 0;
}

/** graphile-worker tells of every key at its info level: only what is wrong is passed on. */
function createWarnings(onTrouble: PostgresQueueOptions["onTrouble"]): Logger {
  return new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") onTrouble?.("graphile-worker has a problem", { problem: message });
  });
}
