// Histories of the whole product under every fault. `npm run sim` runs any range of seeds; a failing one is printed with
// the command that replays it, and belongs into `pinned-seeds.ts` once it is understood.

import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { NO_FAULTS } from "./faults.ts";
import { runHistories } from "./histories.ts";
import { PINNED_SEEDS } from "./pinned-seeds.ts";
import { simulate } from "./simulate.ts";

/** Histories that every run of the tests goes through; `SIM_SEEDS` asks for another number. */
const SEEDS = Number(process.env["SIM_SEEDS"] ?? 400);
const MINUTES_MS = 20 * 60_000;

describe("histories", () => {
  it("the same seed is the same history", async () => {
    const [first, second] = [await simulate(42, { tell: true }), await simulate(42, { tell: true })];
    expect(second.told).toEqual(first.told);
    expect(first.told.length).toBeGreaterThan(20);
  });

  it("without faults every task comes to a pull request or a person", async () => {
    const { violations, counts } = await simulate(7, { faults: { ...NO_FAULTS, people: false } });
    expect(violations).toEqual([]);
    expect(counts["pull-request-opened"]).toBeGreaterThan(0);
  });

  it("none that was ever broken is broken again", { timeout: MINUTES_MS }, async () => {
    const { broken } = await runHistories(Object.keys(PINNED_SEEDS).map(Number), 1);
    expect(broken).toEqual([]);
  });

  it(`${SEEDS} histories break no invariant`, { timeout: MINUTES_MS }, async () => {
    const seeds = Array.from({ length: SEEDS }, (_, index) => 10_000 + index);
    const { broken, counts } = await runHistories(seeds, availableParallelism());
    expect(broken).toEqual([]);
    // Histories in which nothing happens would prove nothing.
    for (const what of ["pull-request-opened", "merged", "run-cancelled", "ref-deleted"])
      expect(counts[what], what).toBeGreaterThan(0);
  });
});
