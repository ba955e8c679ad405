// Virtual time: a list of things to do, each at its instant. Nothing waits for real: the hands leap from one instant to
// the next, and whatever follows at once from one is done before the next begins.

export interface Timeline {
  now(): number;
  after(ms: number, run: () => void): void;
  delay(ms: number): Promise<void>;
  /** Goes on until that instant. */
  runTo(until: number): Promise<void>;
  readonly steps: number;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

export function createTimeline(start: number): Timeline {
  /** A binary heap: the earliest entry stands first. */
  const heap: Entry[] = [];
  let now = start;
  let order = 0;
  let steps = 0;

  function push(entry: Entry): void {
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[at] = above;
      heap[parent] = entry;
      at = parent;
    }
  }

  function pop(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    heap[0] = last;
    for (;;) {
      const left = 2 * at + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      const child = b !== undefined && a !== undefined && isBefore(b, a) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || !isBefore(below, last)) break;
      heap[at] = below;
      heap[child] = last;
      at = child;
    }
    return first;
  }

  const after = (ms: number, run: () => void): void => {
    order += 1;
    push({ at: now + Math.max(ms, 0), order, run });
  };

  return {
    now: () => now,
    after,
    delay: (ms) => new Promise((resolve) => after(ms, resolve)),
    get steps() {
      return steps;
    },
    async runTo(until) {
      await settled();
      for (let next = heap[0]; next !== undefined && next.at <= until; next = heap[0]) {
        pop();
        now = Math.max(now, next.at);
        steps += 1;
        next.run();
        await settled();
      }
      now = Math.max(now, until);
    },
  };
}

/** One turn of the event loop: every promise that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
