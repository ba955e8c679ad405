// What instances of the app share through one PostgreSQL: the queue, and which tokens of runs were used. Opened before the
// app is made; an app without it works alone.

import { openPostgresQueue } from "../adapters/queue/postgres-queue.ts";
import type { Clock, Random } from "../core/ports.ts";
import { groupOf } from "./keys.ts";
import type { Log } from "./log.ts";
import { type SharedParts, tellOfLook } from "./server.ts";

export interface SharedOptions {
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** @throws when the database cannot be reached or brought up to date */
export async function openShared({ databaseUrl, clock, random, log }: SharedOptions): Promise<SharedParts> {
  const queue = await openPostgresQueue({
    connectionString: databaseUrl,
    clock,
    random,
    groupOf,
    onError: tellOfLook(log),
    onTrouble: (message, data) => log.warn(data, message),
  });
  return { queue, usedTokens: queue.usedTokens };
}
