// A clock that moves only when somebody waits or turns it: retries and deadlines take no time in a test.

import type { Clock } from "../../src/core/ports.ts";

export interface VirtualClock extends Clock {
  advance(ms: number): void;
  /** All waits that were asked for and not cut short, in milliseconds. */
  readonly waits: readonly number[];
}

/** A wait with a signal stands until it is aborted or the clock passes it; a wait without one passes at once. */
export function createVirtualClock(start: number): VirtualClock {
  let now = start;
  const waits: number[] = [];
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  const move = (ms: number): void => {
    now += ms;
    for (const alarm of alarms) if (alarm.at <= now) alarm.ring();
  };
  return {
    now: () => now,
    waits,
    advance: move,
    wait: (ms, signal) => {
      if (signal === undefined) {
        waits.push(ms);
        move(ms);
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const alarm = {
          at: now + ms,
          ring: () => {
            alarms.delete(alarm);
            resolve();
          },
        };
        alarms.add(alarm);
        signal.addEventListener("abort", alarm.ring, { once: true });
      });
    },
  };
}
