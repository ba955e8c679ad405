// Runs histories of the simulation by seed: npm run sim -- --seeds 1000 --from 1 [--threads 2]. With --tell it tells one
// history line by line. Prints the command that replays a failing seed and exits non-zero when an invariant is broken.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { runHistories } from "../test/sim/histories.ts";
import { simulate } from "../test/sim/simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    threads: { type: "string", default: `${availableParallelism()}` },
    tell: { type: "boolean", default: false },
  },
});
const [from, count] = [Number(values.from), Number(values.seeds)];
if (values.tell) for (const line of (await simulate(from, { tell: true })).told) console.log(line);
const seeds = Array.from({ length: count }, (_, index) => from + index);
const began = performance.now();
const { broken, counts } = await runHistories(seeds, Number(values.threads));
for (const { seed, violations } of broken) {
  for (const { invariant, detail } of violations.slice(0, 3)) console.log(`seed ${seed}: ${invariant}: ${detail}`);
  console.log(`  replay: npm run sim -- --seeds 1 --from ${seed} --tell`);
}
const seconds = (performance.now() - began) / 1_000;
console.log(JSON.stringify(counts));
console.log(
  `${count} histories, ${broken.length} broken, ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(1)} a second`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
