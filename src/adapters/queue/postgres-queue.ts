// The work queue that several instances share: graphile-worker on PostgreSQL. Keys survive the process; each is in one
// hand at a time; what a killed instance had in hand goes to another within seconds. Knows nothing of what a key means.

import { Logger, makeWorkerUtils } from "graphile-worker";
import { Pool } from "pg";
import type { Clock, Random, UsedTokens, WorkQueue } from "../../core/ports.ts";
import { createInstanceLocks, type InstanceLocks } from "./instance-locks.ts";
import { LOCK_SPACES, SCHEMA } from "./postgres-schema.ts";
import { runWorkers } from "./postgres-workers.ts";
import { restAfter } from "./rest.ts";
import { createSharedUsedTokens } from "./shared-used-tokens.ts";

export interface PostgresQueueOptions {
  readonly connectionString: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Keys in hand at once in this instance. */
  readonly atOnce?: number;
  /** Keys in hand at once in this instance that share a group. */
  readonly atOncePerGroup?: number;
  /** Which keys compete with one another; by default the part before `#`. */
  readonly groupOf?: (key: string) => string;
  readonly backoffMs?: number;
  readonly backoffMsMax?: number;
  /** Errors in a row after which a key is dropped; the sweep brings it back. */
  readonly errorsMax?: number;
  readonly onError?: (key: string, error: unknown, outcome: "will-retry" | "dropped") => void;
  /** Hears of what is wrong with the database or with other instances: a static sentence and what there is to say. */
  readonly onTrouble?: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

export interface PostgresQueue extends WorkQueue {
  /** Over the same connections. */
  readonly usedTokens: UsedTokens;
  /** `waiting`: in all instances together, due or not. `inHand`: here. */
  counts(): Promise<{ readonly waiting: number; readonly inHand: number }>;
  /** Resolves when no key is due or in hand anywhere. */
  idle(): Promise<void>;
}

/** Looks for dead instances this often: with what PostgreSQL needs to notice a vanished machine, under 10 s. */
const REAP_MS = 2_500;
/** How soon a key that is in hand elsewhere is asked for again. */
const BUSY_MS = 1_000;
/** Between two tries to get the workers running after the database failed them. */
const RESTART_MS = 2_000;
const IDLE_POLL_MS = 50;
/** Connections besides one for each key in hand: listening, adding, reaping. */
const CONNECTIONS_MORE = 4;
const AT_ONCE_DEFAULT = 16;

/**
 * Connects, and brings the database's schema up to date.
 *
 * @throws when the database cannot be reached: an instance that was told of one must not start without it
 */
export async function openPostgresQueue(options: PostgresQueueOptions): Promise<PostgresQueue> {
  const { connectionString, clock, onTrouble } = options;
  const trouble = onTrouble ?? (() => undefined);
  const pool = new Pool({
    connectionString,
    max: (options.atOnce ?? AT_ONCE_DEFAULT) + CONNECTIONS_MORE,
    application_name: "signalbox",
  });
  // A connection that breaks is replaced by the next query; without listeners it would end the process.
  const onBroken = (error: unknown) => trouble("a connection to the database broke", { error });
  pool.on("error", onBroken);
  pool.on("connect", (client) => client.on("error", onBroken));
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const onLost = (error: unknown) => trouble("the connection that shows that this instance lives broke", { error });
  return createQueue(options, pool, createInstanceLocks({ connectionString, clock, onLost }));
}

async function migrate(pool: Pool): Promise<void> {
  const utils = await makeWorkerUtils({ pgPool: pool, logger: silent });
  await utils.migrate();
  await utils.cleanup({ tasks: ["DELETE_PERMAFAILED_JOBS"] });
  await utils.release();
  const client = await pool.connect();
  try {
    // Several instances may start at once. The lock is a statement of its own: what waits for it must not have looked yet.
    await client.query("select pg_advisory_lock(hashtextextended('signalbox', $1))", [LOCK_SPACES.install]);
    await client.query(SCHEMA);
  } finally {
    // With its connection goes its lock.
    client.release(true);
  }
}

function createQueue(options: PostgresQueueOptions, pool: Pool, locks: InstanceLocks): PostgresQueue {
  const { clock, groupOf = partBeforeHash, atOnce = AT_ONCE_DEFAULT, atOncePerGroup = 4 } = options;
  const trouble = options.onTrouble ?? (() => undefined);
  const inHand = new Map<string, string>();
  const repeats: { readonly key: string; readonly everyMs: number }[] = [];
  const stopping = new AbortController();
  let running: Promise<void> | null = null;

  const wake: Wake = async (key, delayMs, errors = 0, isExact = false) => {
    const payload = JSON.stringify(Array.from({ length: errors }, () => 1));
    await pool.query("select signalbox.wake($1, $2, $3, $4, $5)", [
      key,
      Math.ceil(Math.max(delayMs, 0)),
      [groupOf(key)],
      payload,
      isExact,
    ]);
  };
  const busyGroups = () => {
    const counts = Map.groupBy(inHand.values(), (group) => group);
    return [...counts].flatMap(([group, members]) => (members.length >= atOncePerGroup ? [group] : []));
  };
  const look = createLook({
    ...options,
    groupOf,
    locks,
    wake,
    inHand,
    isGroupBusy: (key) => busyGroups().includes(groupOf(key)),
  });

  async function reap(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const { rows } = await pool.query<{ dead: readonly string[] }>("select signalbox.reap() as dead");
        const dead = rows[0]?.dead ?? [];
        if (dead.length > 0) trouble("keys of instances that died were given back", { dead });
      } catch (error) {
        trouble("dead instances could not be looked for", { error });
      }
      await clock.wait(REAP_MS, stopping.signal);
    }
  }

  async function work(handler: (key: string) => Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await runWorkers(
          { ...options, atOnce, pool, locks, busyGroups, repeats, stopping: stopping.signal },
          (key, errors) => look(key, errors, handler),
        );
      } catch (error) {
        trouble("the queue's workers stopped and are started again", { error });
        await clock.wait(RESTART_MS, stopping.signal);
      }
    }
  }

  return {
    usedTokens: createSharedUsedTokens(pool),
    add: (key, delayMs = 0) => wake(key, delayMs),
    repeat(key, everyMs) {
      repeats.push({ key, everyMs });
    },
    start(handler) {
      if (running !== null) throw new Error("the queue has been started already");
      const first = Promise.all(repeats.map(({ key }) => wake(key, 0))).catch((error: unknown) =>
        trouble("what repeats could not be put in; its next turn will come", { error }),
      );
      running = Promise.all([first, work(handler), reap()]).then(() => undefined);
    },
    async counts() {
      const { rows } = await pool.query<{ waiting: string }>("select waiting from signalbox.counts()");
      return { waiting: Number(rows[0]?.waiting ?? 0), inHand: inHand.size };
    },
    async idle() {
      for (;;) {
        const { rows } = await pool.query<{ busy: boolean }>("select due + locked > 0 as busy from signalbox.counts()");
        if (rows[0]?.busy === false) return;
        await clock.wait(IDLE_POLL_MS);
      }
    },
    async stop() {
      stopping.abort();
      await running;
      await locks.close();
      await pool.end();
    },
  };
}

type Wake = (key: string, delayMs: number, errors?: number, isExact?: boolean) => Promise<void>;

interface LookOptions extends PostgresQueueOptions {
  readonly groupOf: (key: string) => string;
  readonly locks: InstanceLocks;
  readonly wake: Wake;
  readonly inHand: Map<string, string>;
  readonly isGroupBusy: (key: string) => boolean;
}

/** One key that graphile-worker hands out: taken if nobody has it in hand, put back otherwise. */
function createLook({ groupOf, locks, wake, inHand, isGroupBusy, ...options }: LookOptions) {
  const { onError, errorsMax = 10 } = options;
  /** Keys that were asked for while they were in hand here: their next look need not wait. */
  const wanted = new Set<string>();
  return async (key: string, errors: number, handler: (key: string) => Promise<void>): Promise<void> => {
    if (inHand.has(key)) {
      wanted.add(key);
      return wake(key, BUSY_MS, errors);
    }
    if (isGroupBusy(key)) return wake(key, BUSY_MS, errors);
    inHand.set(key, groupOf(key));
    try {
      if (!(await locks.takeKey(key))) return await wake(key, BUSY_MS, errors);
      try {
        await handler(key);
      } catch (error) {
        const isDropped = errors + 1 >= errorsMax;
        // A wake-up that came while the key was in hand knows nothing of the error: it does not cut the rest short.
        if (!isDropped) await wake(key, restAfter(errors + 1, options), errors + 1, true);
        onError?.(key, error, isDropped ? "dropped" : "will-retry");
        wanted.delete(key);
      } finally {
        await locks.freeKey(key);
      }
    } finally {
      inHand.delete(key);
    }
    if (wanted.delete(key)) await wake(key, 0);
  };
}

function partBeforeHash(key: string): string {
  return key.split("#", 1)[0] ?? key;
}

const silent = new Logger(() => () => undefined);
