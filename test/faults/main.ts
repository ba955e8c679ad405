// Every call site under every fault: `npm run faults`. `--part 1/2` runs a half, `--only text` the cells that contain it.

import { parseArgs } from "node:util";
import { FAULTS } from "signalbox-emulator";
import { allCells, findCallSites, nameOf, type Outcome, runCell } from "./cells.ts";
import { createUniverse } from "./world.ts";

const { values } = parseArgs({
  options: {
    part: { type: "string", default: "1/1" },
    only: { type: "string", default: "" },
    verbose: { type: "boolean" },
  },
});
const [part = 1, parts = 1] = values.part.split("/").map(Number);
/** Stories told in one universe before it is made anew: what it remembers of them costs time. */
const STORIES_MAX = 60;
const TRIES_MAX = 4;

let universe = await createUniverse();
const sites = await findCallSites(universe);
// Parts are cut by fault: two rehearsals may differ in a call or two.
const cells = allCells(sites).filter(
  (cell) => FAULTS.indexOf(cell.fault) % parts === part - 1 && nameOf(cell).includes(values.only),
);
console.log(`${sites.length} call sites, ${cells.length} cells`);
const outcomes: Outcome[] = [];
const began = performance.now();
for (const [index, cell] of cells.entries()) {
  if (index % STORIES_MAX === STORIES_MAX - 1) {
    await universe.close();
    universe = await createUniverse();
  }
  if (values.verbose === true) console.log(`${index + 1}/${cells.length} ${nameOf(cell)}`);
  let outcome = await runCell(universe, cell);
  // Two looks at once may come in either order: a call that was not made this time is waited for again.
  for (let tries = 1; !outcome.hasStruck && tries < TRIES_MAX; tries += 1) outcome = await runCell(universe, cell);
  outcomes.push(outcome);
  const { wrong, notes, moves } = outcome;
  if (outcome.attempts > 1) console.log(`a further attempt: ${nameOf(cell)}: ${moves.join(" ")}`);
  if (!outcome.hasStruck) console.log(`not met: ${nameOf(cell)}`);
  if (wrong.length > 0 || values.verbose === true)
    console.log(
      `${wrong.length > 0 ? "FAILED" : "held"} ${nameOf(cell)}: ${[...wrong, moves.join(" "), ...notes].join("\n    ")}`,
    );
}
await universe.close();

const failed = outcomes.filter(({ wrong }) => wrong.length > 0);
const missed = outcomes.filter(({ hasStruck }) => !hasStruck);
const most = (of: (outcome: Outcome) => number) => Math.max(0, ...outcomes.map(of));
const seconds = Math.round((performance.now() - began) / 1_000);
console.log(
  `${outcomes.length} cells in ${seconds} s: ${failed.length} failed, ${missed.length} not met; ` +
    `at most ${most(({ sweeps }) => sweeps)} sweeps and ${most(({ attempts }) => attempts)} attempts; ` +
    `${outcomes.filter(({ attempts }) => attempts > 1).length} cells needed a further attempt`,
);
if (failed.length > 0) process.exitCode = 1;
