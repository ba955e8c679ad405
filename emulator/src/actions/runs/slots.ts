// How many jobs run at the same time. First come, first served.

export interface Slots {
  /** @returns a function that gives the slot back, or null when the signal aborted first */
  readonly take: (stop: AbortSignal) => Promise<(() => void) | null>;
}

export function createSlots(count: number): Slots {
  let free = count;
  let waiting: readonly (() => void)[] = [];
  const giveBack = (): (() => void) => {
    let mine = true;
    return () => {
      if (!mine) return;
      mine = false;
      const [first, ...rest] = waiting;
      waiting = rest;
      if (first === undefined) free += 1;
      else first();
    };
  };
  return {
    take: (stop) => {
      if (stop.aborted) return Promise.resolve(null);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(giveBack());
      }
      return new Promise((resolve) => {
        const go = (): void => resolve(giveBack());
        waiting = [...waiting, go];
        stop.addEventListener(
          "abort",
          () => {
            if (!waiting.includes(go)) return;
            waiting = waiting.filter((entry) => entry !== go);
            resolve(null);
          },
          { once: true },
        );
      });
    },
  };
}
