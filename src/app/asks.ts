// Requests that stand on no object of GitHub (a run that wants to be bound). They wait in memory beside their key until a
// look at the task answers them; whoever asked waits for the promise. Losing them is safe: the run asks again or ends.

import type { Clock } from "../core/ports.ts";

/** How long a run waits for its bind. Source: DESIGN §3. */
export const ASK_MS_MAX = 15 * 60_000;
/** Asks that wait at once, over all keys. */
const ASKS_MAX = 2_000;

/** Why an ask ended without an answer. */
export type Unanswered = "timed-out" | "cancelled" | "too-many";

export interface PendingAsk<Ask, Answer> {
  readonly ask: Ask;
  readonly settle: (answer: Answer) => void;
}

export interface AskBoard<Ask, Answer> {
  /** @param signal aborted when whoever asked went away */
  ask(
    key: string,
    ask: Ask,
    signal: AbortSignal,
  ): Promise<{ readonly answer: Answer } | { readonly unanswered: Unanswered }>;
  /** @returns what waits beside a key now, oldest first; each stays until it is settled */
  pending(key: string): readonly PendingAsk<Ask, Answer>[];
  readonly size: number;
}

export function createAskBoard<Ask, Answer>(
  clock: Clock,
  msMax = ASK_MS_MAX,
  asksMax = ASKS_MAX,
): AskBoard<Ask, Answer> {
  const board = new Map<string, Set<PendingAsk<Ask, Answer>>>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    pending: (key) => [...(board.get(key) ?? [])],
    async ask(key, ask, signal) {
      if (size >= asksMax) return { unanswered: "too-many" };
      if (signal.aborted) return { unanswered: "cancelled" };
      const { promise, resolve } = Promise.withResolvers<{ readonly answer: Answer }>();
      const entry: PendingAsk<Ask, Answer> = { ask, settle: (answer) => resolve({ answer }) };
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
        if (waiting.size === 0) board.delete(key);
      }
    },
  };
}
