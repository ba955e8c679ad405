// Clocks for tests: one that a test moves by hand, and one that leaps ahead whenever somebody waits.

import type { Clock } from "../../src/core/ports.ts";

export interface StepClock extends Clock {
  /** Moves on and wakes whoever is due, in order; what they do at once is done when this resolves. */
  advance(ms: number): Promise<void>;
}

/** Turns of the event loop that a woken sleeper gets before the next one is looked for. */
const TURNS = 20;

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}

export function createStepClock(start: number): StepClock {
  let now = start;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    async wait(ms, signal) {
      if (signal?.aborted === true) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      sleepers.push({ at: now + ms, wake: resolve });
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        sleepers = sleepers.filter((sleeper) => sleeper !== next);
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}

/** @returns a clock on which every wait takes no time but moves the hands */
export function createLeapingClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    async wait(ms) {
      now += ms;
    },
  };
}
