// A spread of the matrix that `npm run faults` runs whole: every fault, each at its share of the call sites, so that all of
// the sites are met over a few seeds; and the app killed at some of its answers.

import { FAULTS } from "signalbox-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CallSite, findCallSites, nameOf, runCell } from "./cells.ts";
import { countAnswers, runCrash } from "./crashes.ts";
import { createUniverse, type Universe } from "./world.ts";

/** Which of the call sites meet which fault this time. */
const SEED = Number(process.env["SEED"] ?? 1);
/** Of the sites of one fault, every so many are struck; of the answers, at every so many the app is killed. */
const STRIDE = 25;
const CRASH_STRIDE = 8;

let universe: Universe;
let sites: readonly CallSite[];
beforeAll(async () => {
  universe = await createUniverse();
  sites = await findCallSites(universe);
});
afterAll(() => universe.close());

describe(`the main job under a fault (SEED=${SEED})`, () => {
  it.each(FAULTS.map((fault, index) => ({ fault, index })))("$fault", async ({ fault, index }) => {
    const share = sites.filter((_site, at) => at % STRIDE === (SEED + index * 9) % STRIDE);
    expect(share.length).toBeGreaterThan(1);
    for (const site of share) {
      const { wrong, notes } = await runCell(universe, { site, fault });
      expect(wrong, [nameOf({ site, fault }), ...notes].join("\n")).toEqual([]);
    }
  });
});

describe(`the app killed in the middle of the main job (SEED=${SEED})`, () => {
  it("and started again, it comes to the same end", async () => {
    const answers = await countAnswers(universe);
    expect(answers).toBeGreaterThan(CRASH_STRIDE);
    for (let at = 1 + (SEED % CRASH_STRIDE); at <= answers; at += CRASH_STRIDE) {
      const { wrong, last, notes } = await runCrash(universe, at);
      expect(wrong, [`killed at answer ${at}, to ${last}`, ...notes].join("\n")).toEqual([]);
    }
  });
});
