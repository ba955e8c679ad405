// Requests that stand on no object of GitHub (a run that wants to be bound). They wait in memory beside their key until a
// look at the task answers them; whoever asked waits for the promise. Losing them is safe: the run asks again or ends.

import type { Observation } from "../core/observation.ts";
import type { Ask, Reply } from "../core/plan.ts";
import type { Clock } from "../core/ports.ts";
import type { Task } from "../core/task.ts";

/** How long a run waits for its bind. Source: DESIGN §3. */
export const ASK_MS_MAX = 15 * 60_000;
/** Asks that wait at once, over all keys. */
const ASKS_MAX = 2_000;

/** Why an ask ended without an answer. */
export type Unanswered = "timed-out" | "cancelled" | "too-many";

/** What the loop replied, with the task after it and the facts that it was judged by. */
export interface AskOutcome {
  readonly reply: Reply;
  readonly task: Task | null;
  readonly observation: Observation | null;
}

export interface PendingAsk {
  readonly ask: Ask;
  readonly settle: (outcome: AskOutcome) => void;
}

export interface AskBoard {
  /** @param signal aborted when whoever asked went away */
  ask(
    key: string,
    ask: Ask,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: AskOutcome } | { readonly unanswered: Unanswered }>;
  /** @returns what waits beside a key now, oldest first; each stays until it is settled */
  pending(key: string): readonly PendingAsk[];
  /** A run published and told this process: the next look at the key is the first to know. */
  tell(key: string): void;
  /** @returns whether somebody told, and forgets it */
  wasTold(key: string): boolean;
  readonly size: number;
}

export function createAskBoard(clock: Clock, { msMax = ASK_MS_MAX, asksMax = ASKS_MAX } = {}): AskBoard {
  const board = new Map<string, Set<PendingAsk>>();
  const told = new Set<string>();
  let size = 0;

  return {
    tell: (key) => {
      if (told.size < asksMax) told.add(key);
    },
    wasTold: (key) => told.delete(key),
    get size() {
      return size;
    },
    pending: (key) => [...(board.get(key) ?? [])],
    async ask(key, ask, signal) {
      if (size >= asksMax) return { unanswered: "too-many" };
      if (signal.aborted) return { unanswered: "cancelled" };
      const { promise, resolve } = Promise.withResolvers<{ readonly outcome: AskOutcome }>();
      const entry: PendingAsk = { ask, settle: (outcome) => resolve({ outcome }) };
      const waiting = board.get(key) ?? new Set();
      board.set(key, waiting.add(entry));
      size += 1;
      const over = new AbortController();
      const end = AbortSignal.any([signal, over.signal]);
      try {
        return await Promise.race([
          promise,
          clock.wait(msMax, end).then(() => ({ unanswered: signal.aborted ? "cancelled" : "timed-out" }) as const),
        ]);
      } finally {
        over.abort();
        size -= 1;
        waiting.delete(entry);
        // Others may have come to wait under the same key in a set of their own meanwhile.
        if (waiting.size === 0 && board.get(key) === waiting) board.delete(key);
      }
    },
  };
}
