// What shows the others that this instance lives: locks on one connection, which PostgreSQL frees the moment the
// connection ends. Holds the instance's pool and the keys in hand; decides nothing about either.

import { Client, type QueryResultRow } from "pg";
import type { Clock } from "../../core/ports.ts";
import { LOCK_SPACES } from "./postgres-schema.ts";

/** Between two tries to connect again. */
const RECONNECT_MS = 1_000;
/**
 * A machine that vanishes says no goodbye: PostgreSQL asks after 2 s of silence and gives up after 3 unanswered questions,
 * one a second. Together with the reaper's interval that stays under 10 s.
 */
const KEEPALIVES = "set tcp_keepalives_idle = 2; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3;";

export interface InstanceLocks {
  /** From now on this pool counts as living. Resolves when others can see it. */
  hold(pool: string): Promise<void>;
  /** @returns false when another instance has the key in hand */
  takeKey(key: string): Promise<boolean>;
  freeKey(key: string): Promise<void>;
  close(): Promise<void>;
}

export interface InstanceLocksOptions {
  readonly connectionString: string;
  readonly clock: Clock;
  /** Hears of a lost connection: until it is back, others may take what is in hand here. */
  readonly onLost: (error: unknown) => void;
}

export function createInstanceLocks({ connectionString, clock, onLost }: InstanceLocksOptions): InstanceLocks {
  const closing = new AbortController();
  const pools = new Set<string>();
  let current: Promise<Client> = connect();
  // Whoever needs the connection hears of its failure; without this line one that nobody needs would end the process.
  current.catch(() => undefined);

  async function connect(): Promise<Client> {
    const client = new Client({ connectionString, keepAlive: true, application_name: "signalbox locks" });
    let isOver = false;
    client.on("error", (error) => {
      if (isOver || closing.signal.aborted) return;
      isOver = true;
      onLost(error);
      current = reconnect();
      current.catch(() => undefined);
    });
    await client.connect();
    await client.query(KEEPALIVES);
    for (const pool of pools) await client.query(...lock("pg_advisory_lock", pool, LOCK_SPACES.pool));
    return client;
  }

  async function reconnect(): Promise<Client> {
    while (!closing.signal.aborted) {
      await clock.wait(RECONNECT_MS, closing.signal);
      const client = await connect().catch(() => null);
      if (client !== null) return client;
    }
    throw new Error("the queue's locks are closed");
  }

  /** One question at a time: a connection answers in order anyway. */
  let last: Promise<unknown> = Promise.resolve();
  function ask<Row extends QueryResultRow>(...question: [sql: string, values: unknown[]]): Promise<readonly Row[]> {
    const answer = last.then(async () => {
      const client = await current;
      return (await client.query<Row>(...question)).rows;
    });
    last = answer.catch(() => undefined);
    return answer;
  }

  return {
    async hold(pool) {
      pools.add(pool);
      await ask(...lock("pg_advisory_lock", pool, LOCK_SPACES.pool));
    },
    async takeKey(key) {
      const [row] = await ask<{ taken: boolean }>(...lock("pg_try_advisory_lock", key, LOCK_SPACES.key, " as taken"));
      return row?.taken === true;
    },
    async freeKey(key) {
      await ask(...lock("pg_advisory_unlock", key, LOCK_SPACES.key));
    },
    async close() {
      closing.abort();
      const client = await current.catch(() => null);
      await client?.end().catch(() => undefined);
    },
  };
}

function lock(call: string, text: string, space: number, alias = ""): [sql: string, values: unknown[]] {
  return [`select ${call}(hashtextextended($1, $2))${alias}`, [text, space]];
}
