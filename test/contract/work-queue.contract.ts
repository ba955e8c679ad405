// What every work queue promises, as stories over real time: conditions are waited for, never durations.

import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../../demo/eventually.ts";
import type { WorkQueue } from "../../src/core/ports.ts";

export interface ContractOptions {
  readonly atOnce?: number;
  readonly atOncePerGroup?: number;
  readonly errorsMax?: number;
  readonly backoffMs?: number;
  readonly backoffMsMax?: number;
  readonly onError?: (key: string, error: unknown, outcome: "will-retry" | "dropped") => void;
}

export interface QueueUnderTest extends WorkQueue {
  counts(): Promise<{ readonly waiting: number; readonly inHand: number }>;
  idle(): Promise<void>;
}

const PATIENCE_MS = 20_000;
const HOUR_MS = 3_600_000;

/** Work that is held until the test lets it go, and what the queue handed out so far. */
function createWork() {
  const begun: string[] = [];
  const inHand = new Map<string, () => void>();
  let isHolding = true;
  return {
    begun,
    inHand,
    work: async (key: string): Promise<void> => {
      if (inHand.has(key)) throw new Error(`${key} is in two hands`);
      begun.push(key);
      const { promise, resolve } = Promise.withResolvers<void>();
      inHand.set(key, resolve);
      if (!isHolding) resolve();
      await promise;
      inHand.delete(key);
    },
    finish: (key: string) => inHand.get(key)?.(),
    finishAll(): void {
      isHolding = false;
      for (const end of inHand.values()) end();
    },
  };
}

const until = (what: string, holds: () => boolean | Promise<boolean>) =>
  eventually(what, PATIENCE_MS, async () => ((await holds()) ? true : null));

export function describeWorkQueue(name: string, open: (options: ContractOptions) => Promise<QueueUnderTest>): void {
  describe(`${name} keeps the promises of a work queue`, () => {
    const stops: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop();
    });
    const opened = async (options: ContractOptions = {}) => {
      const queue = await open(options);
      const work = createWork();
      stops.push(async () => {
        work.finishAll();
        await queue.stop();
      });
      return { queue, ...work };
    };

    it("hands out what was added before and after it was started", async () => {
      const { queue, work, begun, finishAll } = await opened();
      finishAll();
      await queue.add("a/b#1");
      queue.start(work);
      await until("the first", () => begun.includes("a/b#1"));
      await queue.add("a/b#2");
      await until("the second", () => begun.includes("a/b#2"));
      await queue.idle();
      expect(begun).toEqual(["a/b#1", "a/b#2"]);
      expect(await queue.counts()).toEqual({ waiting: 0, inHand: 0 });
    });

    it("coalesces a key that waits, and looks once more at one that was added while in hand", async () => {
      const { queue, work, begun, inHand, finish, finishAll } = await opened();
      for (let time = 0; time < 5; time += 1) await queue.add("a/b#1");
      queue.start(work);
      await until("it is in hand", () => inHand.has("a/b#1"));
      for (let time = 0; time < 5; time += 1) await queue.add("a/b#1");
      finish("a/b#1");
      await until("the second look", () => begun.length === 2);
      finishAll();
      await queue.idle();
      expect(begun).toEqual(["a/b#1", "a/b#1"]);
    });

    it("never hands out one key twice at a time, and works on different ones at once", async () => {
      const { queue, work, begun, inHand, finishAll } = await opened({ atOnce: 4 });
      queue.start(work);
      await queue.add("a/b#1");
      await until("the first is in hand", () => inHand.has("a/b#1"));
      for (const key of ["a/b#1", "c/d#1", "a/b#1", "e/f#1"]) await queue.add(key);
      await until("three are in hand", () => inHand.size === 3);
      expect([...inHand.keys()].toSorted()).toEqual(["a/b#1", "c/d#1", "e/f#1"]);
      finishAll();
      await queue.idle();
      expect(begun.filter((key) => key === "a/b#1")).toHaveLength(2);
    });

    it("lets the earlier of two wake-ups win, in whichever order they came", async () => {
      const { queue, work, begun, finishAll } = await opened();
      finishAll();
      await queue.add("a/b#1", HOUR_MS);
      await queue.add("a/b#1");
      await queue.add("a/b#2");
      await queue.add("a/b#2", HOUR_MS);
      await queue.add("a/b#3", HOUR_MS);
      queue.start(work);
      await until("both are looked at", () => begun.length === 2);
      await queue.idle();
      expect(begun.toSorted()).toEqual(["a/b#1", "a/b#2"]);
      expect(await queue.counts()).toEqual({ waiting: 1, inHand: 0 });
    });

    it("looks at a key again once its time has come", async () => {
      const { queue, work, begun, finishAll } = await opened();
      finishAll();
      queue.start(work);
      await queue.add("a/b#1", 300);
      await until("its time has come", () => begun.length === 1);
    });

    it("puts a key back after an error, and drops it after too many in a row", async () => {
      const told: string[] = [];
      const { queue } = await opened({
        errorsMax: 3,
        backoffMs: 20,
        onError: (key, error, outcome) => told.push(`${key} ${String(error)} ${outcome}`),
      });
      let looks = 0;
      queue.start(async () => {
        looks += 1;
        throw new Error("GitHub is away");
      });
      await queue.add("a/b#1");
      await until("it is dropped", () => told.length === 3);
      await until("nothing waits", async () => (await queue.counts()).waiting === 0);
      expect(looks).toBe(3);
      expect(told.map((line) => line.split(" ").at(-1))).toEqual(["will-retry", "will-retry", "dropped"]);
      expect(told[0]).toBe("a/b#1 Error: GitHub is away will-retry");
    });

    it("forgets earlier errors once a key went well", async () => {
      const told: string[] = [];
      const fails = [true, true, false, true, true, false];
      const { queue } = await opened({
        errorsMax: 3,
        backoffMs: 20,
        onError: (_key, _error, outcome) => told.push(outcome),
      });
      let looks = 0;
      queue.start(async () => {
        looks += 1;
        if (fails[looks - 1] === true) throw new Error("again");
      });
      await queue.add("a/b#1");
      await until("it went well", () => looks === 3);
      await queue.add("a/b#1");
      await until("it went well again", () => looks === 6);
      expect(told).toEqual(["will-retry", "will-retry", "will-retry", "will-retry"]);
    });

    it("leaves room for other repositories when one is busy", async () => {
      const { queue, work, inHand, finishAll } = await opened({ atOnce: 3, atOncePerGroup: 2 });
      for (const key of ["busy/repo#1", "busy/repo#2", "busy/repo#3", "calm/repo#1"]) await queue.add(key);
      queue.start(work);
      await until("the calm one is in hand", () => inHand.has("calm/repo#1"));
      await until("two of the busy one are", () => inHand.size === 3);
      expect([...inHand.keys()].toSorted()).toEqual(["busy/repo#1", "busy/repo#2", "calm/repo#1"]);
      finishAll();
      await queue.idle();
    });

    it("drains: stop waits for what is in hand and takes nothing more", async () => {
      const { queue, work, begun, inHand, finish } = await opened({ atOnce: 1 });
      await queue.add("a/b#1");
      await queue.add("a/b#2");
      queue.start(work);
      await until("one is in hand", () => inHand.size === 1);
      const [key = ""] = inHand.keys();
      let isStopped = false;
      const stop = queue.stop().then(() => {
        isStopped = true;
      });
      await new Promise(setImmediate);
      expect(isStopped).toBe(false);
      finish(key);
      await stop;
      expect(begun).toEqual([key]);
      stops.length = 0;
    });

    it("adds what repeats when it starts, without being asked", async () => {
      const { queue, work, begun, finishAll } = await opened();
      finishAll();
      queue.repeat("*", HOUR_MS);
      expect(begun).toEqual([]);
      queue.start(work);
      await until("it was looked at", () => begun.includes("*"));
    });
  });
}
