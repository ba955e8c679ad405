// The work queue of a single process. It may forget everything: the sweep finds it again. What it must not do is hand
// the same key to two callers at once, or lose a key that was added while the same key was being worked on.

import type { Clock, Random, WorkQueue } from "../../core/ports.ts";
import { restAfter } from "./rest.ts";
import { createWaitingKeys } from "./waiting-keys.ts";

export interface MemoryQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Keys in hand at once. */
  readonly atOnce?: number;
  /** Keys in hand at once that share a group, so that one busy repository leaves room for the others. */
  readonly atOncePerGroup?: number;
  /** Which keys compete with one another; by default the part before `#`. */
  readonly groupOf?: (key: string) => string;
  /** Rest after a first error, in milliseconds; doubled by each further one up to the maximum. */
  readonly backoffMs?: number;
  readonly backoffMsMax?: number;
  /** Errors in a row after which a key is dropped; the sweep brings it back. */
  readonly errorsMax?: number;
  /** Hears of every error; `dropped` when the key will not be tried again. */
  readonly onError?: (key: string, error: unknown, outcome: "will-retry" | "dropped") => void;
}

export interface MemoryQueue extends WorkQueue {
  /** Keys that wait, due or not. */
  readonly waiting: number;
  /** Keys in hand. */
  readonly inHand: number;
  counts(): Promise<{ readonly waiting: number; readonly inHand: number }>;
  /** Resolves when no key is due or in hand. Keys that wait for a later moment do not count. */
  idle(): Promise<void>;
}

type Work = (key: string) => Promise<void>;

export function createMemoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const { clock, atOnce = 16, atOncePerGroup = 4, groupOf = partBeforeHash } = options;
  const keys = createWaitingKeys();
  const inHand = new Map<string, string>();
  const errors = createErrorCounts(options);
  const alarm = createAlarm(clock, () => pump());
  const listeners = new Set<() => void>();
  let work: Work | null = null;
  const repeats: { readonly key: string; readonly everyMs: number }[] = [];
  const stopping = new AbortController();
  let isStopping = false;

  function hasRoom(key: string): boolean {
    if (inHand.has(key)) return false;

    const group = groupOf(key);
    return [...inHand.values()].filter((other) => other === group).length < atOncePerGroup;
  }

  function pump(): void {
    if (work !== null && !isStopping) {
      while (inHand.size < atOnce) {
        const key = keys.take(clock.now(), hasRoom);
        if (key === null) break;
        inHand.set(key, groupOf(key));
        void finish(key, work);
      }
      const now = clock.now();
      alarm.set(keys.next(now), now);
    }
    const isIdle = inHand.size === 0 && (isStopping || !keys.hasDue(clock.now()));
    if (isIdle) {
      for (const listener of listeners) listener();
      listeners.clear();
    }
  }

  async function finish(key: string, handler: Work): Promise<void> {
    try {
      // A turn of its own: whatever the handler adds at once must not meet a half-finished pump.
      await Promise.resolve();
      await handler(key);
      errors.forget(key);
    } catch (error) {
      const restMs = errors.restAfter(key, error);
      // A wake-up that came while the key was in hand knows nothing of the error: it does not cut the rest short.
      if (restMs !== null) keys.postpone(key, clock.now() + restMs);
    }
    inHand.delete(key);
    pump();
  }

  function settled(): Promise<void> {
    return new Promise((resolve) => {
      listeners.add(resolve);
      pump();
    });
  }

  function add(key: string, delayMs: number): void {
    const now = clock.now();
    keys.add(key, now + Math.max(delayMs, 0), now);
    pump();
  }

  async function keepAdding(key: string, everyMs: number): Promise<void> {
    while (!stopping.signal.aborted) {
      add(key, 0);
      // A tenth at random, so that several processes do not keep in step.
      await clock.wait(Math.round(everyMs * (1 - options.random.next() / 10)), stopping.signal);
    }
  }

  return {
    get waiting() {
      return keys.size;
    },
    get inHand() {
      return inHand.size;
    },
    counts: async () => ({ waiting: keys.size, inHand: inHand.size }),
    async add(key, delayMs = 0) {
      add(key, delayMs);
    },
    repeat(key, everyMs) {
      repeats.push({ key, everyMs });
    },
    start(handler) {
      if (work !== null) throw new Error("the queue has been started already");
      work = handler;
      for (const { key, everyMs } of repeats) void keepAdding(key, everyMs);
      pump();
    },
    idle: settled,
    async stop() {
      isStopping = true;
      stopping.abort();
      alarm.set(null, clock.now());
      await settled();
    },
  };
}

function partBeforeHash(key: string): string {
  return key.split("#", 1)[0] ?? key;
}

/** Counts errors in a row and says how long a key rests after one: `null` when it has had too many. */
function createErrorCounts(options: MemoryQueueOptions) {
  const { errorsMax = 10, onError } = options;
  const counts = new Map<string, number>();
  return {
    forget(key: string): void {
      counts.delete(key);
    },
    restAfter(key: string, error: unknown): number | null {
      const count = (counts.get(key) ?? 0) + 1;
      if (count >= errorsMax) {
        counts.delete(key);
        onError?.(key, error, "dropped");
        return null;
      }
      counts.set(key, count);
      onError?.(key, error, "will-retry");
      return restAfter(count, options);
    },
  };
}

/** One wait at a time, for the earliest key that is not due yet. */
function createAlarm(clock: Clock, ring: () => void) {
  let current: { readonly at: number; readonly controller: AbortController } | null = null;
  return {
    set(at: number | null, now: number): void {
      if (current !== null && current.at === at) return;
      current?.controller.abort();
      current = at === null ? null : { at, controller: new AbortController() };
      const mine = current;
      if (mine === null) return;
      void clock.wait(mine.at - now, mine.controller.signal).then(() => {
        if (current !== mine) return;
        current = null;
        ring();
      });
    },
  };
}
