// What is under way: locks that serialise changes of one thing, and the count behind `hub.idle()`.

export interface Work {
  /** Counts something as under way until the returned function is called (calling it twice is harmless). */
  readonly begin: () => () => void;
  /** Counts a promise as under way until it settles; its failure stays its own business. */
  readonly track: <T>(promise: Promise<T>) => Promise<T>;
  /** Resolves when nothing is under way, and nothing begins within one more turn of the event loop. */
  readonly idle: () => Promise<void>;
}

export function createWork(): Work {
  let count = 0;
  let waiting: (() => void)[] = [];
  const begin = (): (() => void) => {
    let open = true;
    count += 1;
    return () => {
      if (!open) return;
      open = false;
      count -= 1;
      if (count > 0) return;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    };
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    begin,
    track: (promise) => {
      const end = begin();
      promise.then(end, end);
      return promise;
    },
    idle: async () => {
      for (;;) {
        if (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
        await turn();
        if (count === 0) return;
      }
    },
  };
}

/** Runs functions of one key one after the other; different keys do not wait for each other. */
export type Exclusive = <T>(key: string, run: () => Promise<T>) => Promise<T>;

export function createExclusive(): Exclusive {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, run) => {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(run, run);
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
