// The queue's promises, each as a story, and all of them together as a property over random histories.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryQueue, type MemoryQueueOptions } from "../../../src/adapters/queue/memory-queue.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";

const NO_JITTER = { next: () => 0 };

function setUp(options: Partial<MemoryQueueOptions> = {}) {
  const clock = createManualClock();
  const done: string[] = [];
  const began = clock.now();
  const queue = createMemoryQueue({ clock, random: NO_JITTER, ...options });
  const record = async (key: string) => {
    done.push(`${clock.now() - began} ${key}`);
  };
  return { clock, queue, done, record };
}

/** A piece of work that ends when the test says so. */
function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { promise, open: resolve, fail: reject };
}

describe("the memory queue", () => {
  it("hands out keys in the order in which they came", async () => {
    const { queue, done, record } = setUp();
    for (const key of ["a/b#3", "a/b#1", "a/b#2"]) await queue.add(key);
    queue.start(record);
    await queue.idle();
    expect(done).toEqual(["0 a/b#3", "0 a/b#1", "0 a/b#2"]);
  });

  it("coalesces a key that waits, and looks again at one that was added while in hand", async () => {
    const { queue } = setUp();
    const first = gate();
    let looks = 0;
    await queue.add("a/b#1");
    await queue.add("a/b#1");
    queue.start(async () => {
      looks += 1;
      if (looks === 1) await first.promise;
    });
    await queue.add("a/b#1");
    await queue.add("a/b#1");
    first.open();
    await queue.idle();
    expect(looks).toBe(2);
  });

  it("keeps a delayed key until its time, and lets the earlier of two wake-ups win", async () => {
    const { clock, queue, done, record } = setUp();
    queue.start(record);
    await queue.add("a/b#1", 5_000);
    await queue.add("a/b#1", 2_000);
    await queue.add("a/b#1", 9_000);
    await queue.add("a/b#2", 60_000);
    await clock.advance(1_999);
    expect(done).toEqual([]);
    await clock.advance(20_000);
    expect(done).toEqual(["2000 a/b#1"]);
    await queue.add("a/b#2");
    await queue.idle();
    expect(done).toEqual(["2000 a/b#1", "21999 a/b#2"]);
    expect(queue.waiting).toBe(0);
  });

  it("rests a key after an error, longer each time, and drops it in the end", async () => {
    const told: string[] = [];
    const { clock, queue, done } = setUp({
      backoffMs: 1_000,
      backoffMsMax: 3_000,
      errorsMax: 5,
      onError: (key, error, outcome) => told.push(`${key} ${String(error)} ${outcome}`),
    });
    const start = clock.now();
    queue.start(async (key) => {
      done.push(`${clock.now() - start} ${key}`);
      throw new Error("GitHub is away");
    });
    await queue.add("a/b#1");
    await clock.advance(60_000);
    expect(done).toEqual(["0 a/b#1", "1000 a/b#1", "3000 a/b#1", "6000 a/b#1", "9000 a/b#1"]);
    expect(told.at(-2)).toBe("a/b#1 Error: GitHub is away will-retry");
    expect(told.at(-1)).toBe("a/b#1 Error: GitHub is away dropped");
  });

  it("forgets earlier errors once a key went well", async () => {
    const { clock, queue, done } = setUp({ backoffMs: 1_000 });
    const start = clock.now();
    const fails = [true, true, false, true, false];
    queue.start(async () => {
      done.push(String(clock.now() - start));
      if (fails[done.length - 1] === true) throw new Error("again");
    });
    await queue.add("a/b#1");
    await clock.advance(10_000);
    await queue.add("a/b#1");
    await clock.advance(10_000);
    expect(done).toEqual(["0", "1000", "3000", "10000", "11000"]);
  });

  it("leaves room for other repositories when one is busy", async () => {
    const { queue } = setUp({ atOnce: 3, atOncePerGroup: 2 });
    const end = gate();
    const begun: string[] = [];
    queue.start(async (key) => {
      begun.push(key);
      await end.promise;
    });
    for (const key of ["busy/repo#1", "busy/repo#2", "busy/repo#3", "calm/repo#1", "late/repo#1"]) await queue.add(key);
    await new Promise(setImmediate);
    expect(begun).toEqual(["busy/repo#1", "busy/repo#2", "calm/repo#1"]);
    end.open();
    await queue.idle();
    expect(begun).toEqual(["busy/repo#1", "busy/repo#2", "calm/repo#1", "busy/repo#3", "late/repo#1"]);
  });

  it("adds what repeats at once and at every interval, until it stops", async () => {
    const { clock, queue, done, record } = setUp();
    queue.repeat("*", 60_000);
    queue.start(record);
    await clock.advance(125_000);
    await queue.stop();
    await clock.advance(600_000);
    expect(done).toEqual(["0 *", "60000 *", "120000 *"]);
    expect(clock.waits).toBe(0);
  });

  it("drains: stop waits for what is in hand and takes nothing more", async () => {
    const { clock, queue } = setUp({ atOnce: 1 });
    const end = gate();
    const begun: string[] = [];
    queue.start(async (key) => {
      begun.push(key);
      await end.promise;
    });
    await queue.add("a/b#1");
    await queue.add("a/b#2");
    await queue.add("a/b#3", 1_000);
    await new Promise(setImmediate);
    let stopped = false;
    const stop = queue.stop().then(() => {
      stopped = true;
    });
    await clock.advance(5_000);
    expect(stopped).toBe(false);
    end.open();
    await stop;
    await clock.advance(5_000);
    expect(begun).toEqual(["a/b#1"]);
    expect(clock.waits).toBe(0);
  });
});

type Step =
  | { readonly do: "add"; readonly key: string; readonly delayMs: number }
  | { readonly do: "advance"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("add" as const),
    key: fc.constantFrom("a/b#1", "a/b#2", "a/b#3", "c/d#1"),
    delayMs: fc.oneof(fc.constant(0), fc.integer({ min: -5, max: 5_000 })),
  }),
  fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
);

/** Works on keys for random times with random errors and checks, at every moment, what the queue promises. */
async function play(steps: readonly Step[], outcomes: readonly { ms: number; fails: boolean }[], atOnce: number) {
  const clock: ManualClock = createManualClock();
  const queue = createMemoryQueue({ clock, random: NO_JITTER, atOnce, atOncePerGroup: 2, backoffMs: 100 });
  const running = new Set<string>();
  /** Keys that somebody asked to be looked at, until a look that began after the asking went well. */
  const owed = new Set<string>();
  let works = 0;
  queue.start(async (key) => {
    expect(running.has(key)).toBe(false);
    running.add(key);
    expect(running.size).toBeLessThanOrEqual(atOnce);
    const outcome = outcomes[works++] ?? { ms: 0, fails: false };
    if (!outcome.fails) owed.delete(key);
    if (outcome.ms > 0) await clock.wait(outcome.ms);
    running.delete(key);
    if (outcome.fails) throw new Error("as planned");
  });
  for (const one of steps) {
    if (one.do === "advance") await clock.advance(one.ms);
    else {
      owed.add(one.key);
      await queue.add(one.key, one.delayMs);
    }
  }
  await clock.advance(1_000_000);
  return { owed, running, waiting: queue.waiting };
}

describe("whatever is added, in whatever order", () => {
  it("no key is in hand twice, none is lost, and the queue comes to rest", async () => {
    const outcomes = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 2_000 }), fails: fc.boolean() }), {
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        outcomes,
        fc.integer({ min: 1, max: 4 }),
        async (steps, plan, atOnce) => {
          const { owed, running, waiting } = await play(steps, plan, atOnce);
          expect([...owed]).toEqual([]);
          expect([...running]).toEqual([]);
          expect(waiting).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
