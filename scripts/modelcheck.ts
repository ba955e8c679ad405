// Walks every state of the claim protocol over the real loop, fold and decide: npm run modelcheck. Prints the number of
// states and the depth; a violation is printed with its shortest trace, and the exit is non-zero.

import { parseArgs } from "node:util";
import { walk } from "../test/sim/model/walk.ts";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "2" },
    runs: { type: "string", default: "3" },
    meddling: { type: "string", default: "1" },
    states: { type: "string", default: "5000000" },
  },
});
const began = performance.now();
const walked = await walk({
  tasks: Number(values.tasks),
  runs: Number(values.runs),
  meddling: Number(values.meddling),
  statesMax: Number(values.states),
});
const { states, depth, steps, isComplete, violation } = walked;
if (violation !== null) {
  console.log(`${violation.invariant}: ${violation.detail}`);
  for (const [index, label] of violation.trace.entries()) console.log(`  ${index + 1}. ${label}`);
}
const seconds = ((performance.now() - began) / 1_000).toFixed(1);
console.log(
  `${states} states, depth ${depth}, ${steps} steps, ${isComplete ? "complete" : "not complete"}, ${seconds} s`,
);
process.exitCode = isComplete && violation === null ? 0 : 1;
