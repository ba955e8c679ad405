// Alarms on the emulator's clock: they ring when it gets there, by itself or because a test moved it.
import type { Clock } from "../../world/clock.ts";

export interface Alarms {
  readonly set: (ms: number, ring: () => void) => { readonly cancel: () => void };
}

/** The longest delay that a timer takes. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
  timer: NodeJS.Timeout | undefined;
}

export function createAlarms(clock: Clock): Alarms {
  const pending = new Set<Alarm>();

  /** A timer may be early, by a millisecond or because it cannot wait so long: then it waits again. */
  const arm = (alarm: Alarm): void => {
    if (clock.mode !== "real" || !pending.has(alarm)) return;
    alarm.timer = setTimeout(
      () => {
        ringDue();
        arm(alarm);
      },
      Math.min(Math.max(alarm.at - clock.now(), 1), TIMER_MS_MAX),
    );
    alarm.timer.unref();
  };

  const ringDue = (): void => {
    for (const alarm of [...pending].sort((a, b) => a.at - b.at)) {
      if (alarm.at > clock.now() || !pending.delete(alarm)) continue;
      clearTimeout(alarm.timer);
      alarm.ring();
    }
  };

  clock.onAdvance(ringDue);
  return {
    set: (ms, ring) => {
      const alarm: Alarm = { at: clock.now() + ms, ring, timer: undefined };
      pending.add(alarm);
      arm(alarm);
      return {
        cancel: () => {
          pending.delete(alarm);
          clearTimeout(alarm.timer);
        },
      };
    },
  };
}
