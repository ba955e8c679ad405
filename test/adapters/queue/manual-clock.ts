// A clock that moves only when a test says so, and lets everything that a moment set in motion come to rest.

import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../../src/core/ports.ts";

export interface ManualClock extends Clock {
  /** Moves on, stopping at every wait that ends on the way. */
  advance(ms: number): Promise<void>;
  /** Waits that have not ended. */
  readonly waits: number;
}

export function createManualClock(start = 1_700_000_000_000): ManualClock {
  let now = start;
  const waits = new Set<{ readonly at: number; readonly end: () => void }>();
  return {
    now: () => now,
    get waits() {
      return waits.size;
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const entry = {
          at: now + ms,
          end: () => {
            waits.delete(entry);
            resolve();
          },
        };
        waits.add(entry);
        signal?.addEventListener("abort", entry.end, { once: true });
      }),
    async advance(ms) {
      const target = now + ms;
      for (;;) {
        await turn();
        const next = [...waits].filter((entry) => entry.at <= target).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        next.end();
      }
      now = target;
      await turn();
    },
  };
}
