// The process's clock and randomness, for the edges. Everything else is handed a `Clock` and a `Random`.

import type { Clock, Random } from "../core/ports.ts";

/** The longest wait that a timer of Node can hold, in milliseconds; a longer one would fire at once. */
const TIMER_MS_MAX = 2_147_483_647;

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.min(Math.max(ms, 0), TIMER_MS_MAX));
    signal?.addEventListener("abort", finish, { once: true });
  });
}

export const systemClock: Clock = { now: () => Date.now(), wait };

export const systemRandom: Random = { next: () => Math.random() };
