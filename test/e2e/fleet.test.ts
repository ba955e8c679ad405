// Three instances on one database, killed again and again while they work: nothing is lost, nothing is done twice, no
// limit is exceeded. TASKS and SEED choose a longer or another history.

import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../../demo/eventually.ts";
import { openFleet } from "../fleet/fleet.ts";
import { mostAdmissions, movesOf, wrongWith } from "../fleet/history.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";

const TASKS = Number(process.env["TASKS"] ?? 8);
const SEED = Number(process.env["SEED"] ?? 1);
const CLAIMED_MAX = 4;
const CONFIG = `checks: none\nlimits: { claimed: ${CLAIMED_MAX}, review: 1000 }\nbudget: { task: 1, day: 100000 }\n`;
/** The last wake-up of a task may be a sweep's: two of them, and what a busy machine adds per task. */
const PATIENCE_MS = 150_000 + TASKS * 6_000;
/** Writes to GitHub between two kills, fewest and most: a task takes about 25, so a slow machine is not killed more often. */
const KILL_WRITES = [20, 90] as const;
/** An instance is killed after this long even if nothing is written. */
const KILL_MS_MAX = 20_000;

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** The same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

it(
  `loses and doubles nothing in ${TASKS} tasks while instances are killed (seed ${SEED})`,
  async () => {
    const fleet = await openFleet({ databaseUrl: await postgres.database(), instances: 3, config: CONFIG });
    const next = dice(SEED);
    const over = new AbortController();
    let kills = 0;
    const chaos = (async () => {
      while (!over.signal.aborted) {
        const goal = fleet.hub.requests.writes().length + KILL_WRITES[0] + next() * (KILL_WRITES[1] - KILL_WRITES[0]);
      await eventually("enough is written", KILL_MS_MAX, () =>
        over.signal.aborted || fleet.hub.requests.writes().length >= goal ? true : null,
      ).catch(() => null);
        const victim = [...fleet.living][Math.floor(next() * fleet.living.size)];
        if (victim === undefined || over.signal.aborted) continue;
        await fleet.kill(victim);
        kills += 1;
        await fleet.start();
      }
    })();
    const issues: number[] = [];
    for (let task = 1; task <= TASKS; task += 1) issues.push(await fleet.openTask(`Task ${task}`));
    const isSubmitted = async (issue: number) => (await movesOf(fleet.hub, issue)).includes("submit");
    const submitted = async () => (await Promise.all(issues.map(isSubmitted))).filter(Boolean).length;
    await eventually("most tasks are submitted", PATIENCE_MS, async () =>
      (await submitted()) >= TASKS * 0.75 ? true : null,
    );
    over.abort();
    await chaos;

    await eventually("everything is as it must be", PATIENCE_MS, async () => {
      const wrong = (await Promise.all(issues.map((issue) => wrongWith(fleet, issue)))).flat();
      return wrong.length === 0 ? true : null;
    }).catch(() => null);
    const wrong = (await Promise.all(issues.map((issue) => wrongWith(fleet, issue)))).flat();
    expect(wrong).toEqual([]);
    expect(await mostAdmissions(fleet.hub)).toBeLessThanOrEqual(CLAIMED_MAX);
    expect(kills).toBeGreaterThan(0);
    console.log(`${TASKS} tasks, ${kills} kills, seed ${SEED}: 0 lost, 0 doubled, no limit exceeded`);

    const [last] = fleet.living;
    if (last === undefined) throw new Error("no instance lives");
    const inHand = await fleet.openTask("One more");
    expect(await fleet.drain(last)).toBe(0);
    await eventually("the others finish it", PATIENCE_MS, async () => ((await isSubmitted(inHand)) ? true : null));
    await fleet.close();
  },
  PATIENCE_MS * 3,
);
