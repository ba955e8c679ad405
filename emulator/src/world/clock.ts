// GitHub's clock. Every timestamp, token expiry and `Date` header is read here and nowhere else.

export interface Clock {
  readonly mode: "real" | "virtual";
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Moves the clock forward; callbacks given to `onAdvance` run before it returns. */
  readonly advance: (ms: number) => void;
  readonly onAdvance: (listener: (now: number) => void) => void;
}

/**
 * @param mode "real" = wall clock plus what was advanced; "virtual" = moves only by `advance`
 * @param start epoch ms at which the clock starts
 * @param wall the process's own clock
 */
export function createClock(mode: "real" | "virtual", start: number, wall: () => number): Clock {
  const born = wall();
  const listeners: ((now: number) => void)[] = [];
  let offset = 0;
  const now = (): number => Math.floor(start + offset + (mode === "real" ? wall() - born : 0));
  return {
    mode,
    now,
    advance: (ms) => {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError("a clock only moves forward");
      offset += ms;
      for (const listener of listeners) listener(now());
    },
    onAdvance: (listener) => {
      listeners.push(listener);
    },
  };
}

/** GitHub's timestamp format: ISO 8601, UTC, whole seconds. */
export function isoSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

export function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : isoSeconds(epochMs);
}
