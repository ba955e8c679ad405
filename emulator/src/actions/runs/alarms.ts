// Alarms on the emulator's clock: they ring when it gets there, by itself or because a test moved it.
import type { Clock } from "../../world/clock.ts";

export interface Alarms {
  readonly set: (ms: number, ring: () => void) => { readonly cancel: () => void };
}

/** The longest delay that a timer takes. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export function createAlarms(clock: Clock): Alarms {
  const pending = new Set<{ readonly at: number; readonly ring: () => void }>();
  const ringDue = (): void => {
    for (const alarm of [...pending].sort((a, b) => a.at - b.at)) {
      if (alarm.at <= clock.now() && pending.delete(alarm)) alarm.ring();
    }
  };
  clock.onAdvance(ringDue);
  return {
    set: (ms, ring) => {
      const alarm = { at: clock.now() + ms, ring };
      pending.add(alarm);
      const timer = clock.mode === "real" ? setTimeout(ringDue, Math.min(ms, TIMER_MS_MAX)) : undefined;
      timer?.unref();
      return {
        cancel: () => {
          pending.delete(alarm);
          clearTimeout(timer);
        },
      };
    },
  };
}
