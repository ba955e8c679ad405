// The keys of a work queue that wait: those that are due, first in first out, and those whose moment has not come.
// Knows no clock and starts nothing.

export interface WaitingKeys {
  readonly size: number;
  /** Puts a key in, or moves it forward; never back. */
  add(key: string, at: number, now: number): void;
  /** Puts a key in for exactly this moment, whatever it waited for before. */
  postpone(key: string, at: number): void;
  /** @returns the first due key that `mayTake` lets through, taken out; or null */
  take(now: number, mayTake: (key: string) => boolean): string | null;
  /** @returns whether any key is due, taken or not */
  hasDue(now: number): boolean;
  /** @returns when the next key becomes due that is not due yet, or null when there is none */
  next(now: number): number | null;
}

export function createWaitingKeys(): WaitingKeys {
  const due = new Set<string>();
  const later = new Map<string, number>();
  /** No key of `later` is due before this: most looks need not walk through all of them. */
  let earliest = Number.POSITIVE_INFINITY;

  function ripen(now: number): void {
    if (now < earliest) return;
    const ripe = [...later].filter(([, at]) => at <= now).sort(([, a], [, b]) => a - b);
    for (const [key] of ripe) {
      later.delete(key);
      due.add(key);
    }
    earliest = Number.POSITIVE_INFINITY;
    for (const at of later.values()) if (at < earliest) earliest = at;
  }

  function setLater(key: string, at: number): void {
    later.set(key, at);
    earliest = Math.min(earliest, at);
  }

  return {
    get size() {
      return due.size + later.size;
    },
    add(key, at, now) {
      if (due.has(key)) return;
      const before = later.get(key);
      if (at <= now) {
        later.delete(key);
        due.add(key);
      } else if (before === undefined || at < before) setLater(key, at);
    },
    postpone(key, at) {
      due.delete(key);
      setLater(key, at);
    },
    take(now, mayTake) {
      ripen(now);
      for (const key of due) {
        if (!mayTake(key)) continue;
        due.delete(key);
        return key;
      }
      return null;
    },
    hasDue(now) {
      ripen(now);
      return due.size > 0;
    },
    next(now) {
      ripen(now);
      return earliest === Number.POSITIVE_INFINITY ? null : earliest;
    },
  };
}
