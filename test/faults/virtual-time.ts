// Time of a whole world on one clock, GitHub's. What waits for GitHub passes at once and moves the clock; what waits for a
// moment (the queue, the sweep, a run that asks) stands until the clock is put there. Nobody ever sleeps.

import type { Emulator } from "signalbox-emulator";
import type { Clock } from "../../src/core/ports.ts";

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

export interface VirtualTime {
  now(): number;
  advance(ms: number): void;
  /** For adapters and runs: waiting takes no time, but moves the clock. */
  readonly passing: Clock;
  /** For one app process; its alarms die with it. */
  standing(): { readonly clock: Clock; die(): void };
  /** When the next alarm of anybody rings; null when nobody waits. */
  next(): number | null;
}

export function createVirtualTime(hub: Pick<Emulator, "clock">): VirtualTime {
  const alarms = new Set<Alarm>();
  const now = () => hub.clock.now();

  function advance(ms: number): void {
    hub.clock.advance(Math.max(ms, 0));
    for (const alarm of [...alarms]) if (alarm.at <= now()) alarm.ring();
  }

  function standing() {
    const mine = new Set<Alarm>();
    let isDead = false;
    const wait: Clock["wait"] = (ms, signal) =>
      new Promise((resolve) => {
        if (isDead) return;
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const alarm: Alarm = {
          at: now() + Math.max(ms, 0),
          ring: () => {
            alarms.delete(alarm);
            mine.delete(alarm);
            if (!isDead) resolve();
          },
        };
        alarms.add(alarm);
        mine.add(alarm);
        signal?.addEventListener("abort", alarm.ring, { once: true });
        // Nothing is left to wait for: still not in the same breath, as with a timer.
        if (ms <= 0) setImmediate(alarm.ring);
      });
    return {
      clock: { now, wait },
      die() {
        isDead = true;
        for (const alarm of mine) alarms.delete(alarm);
        mine.clear();
      },
    };
  }

  return {
    now,
    advance,
    standing,
    passing: { now, wait: async (ms, signal) => void (signal?.aborted === true || advance(ms)) },
    next: () => (alarms.size === 0 ? null : Math.min(...[...alarms].map(({ at }) => at))),
  };
}
