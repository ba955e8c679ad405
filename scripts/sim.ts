// Runs histories of the simulation by seed: npm run sim -- --seeds 1000 --from 1 [--threads 2] [--tell].
// Prints the command that replays a failing seed and exits non-zero when an invariant is broken.

import { parseArgs } from "node:util";
import { simulate } from "../test/sim/simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    tell: { type: "boolean", default: false },
  },
});
const from = Number(values.from);
let failed = 0;
const totals: Record<string, number> = {};
for (let seed = from; seed < from + Number(values.seeds); seed += 1) {
  const history = await simulate(seed, { tell: values.tell });
  for (const line of history.told) console.log(line);
  for (const [what, count] of Object.entries(history.counts)) totals[what] = (totals[what] ?? 0) + count;
  if (history.violations.length === 0) continue;
  failed += 1;
  for (const { invariant, detail } of history.violations.slice(0, 3))
    console.log(`seed ${seed}: ${invariant}: ${detail}`);
  console.log(`  replay: npm run sim -- --seeds 1 --from ${seed} --tell`);
}
console.log(JSON.stringify(totals));
console.log(`${values.seeds} histories, ${failed} broken`);
process.exitCode = failed === 0 ? 0 : 1;
