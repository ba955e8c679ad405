// `npm run bench [-- names]`: prints every figure of docs/performance.md as tables. Without names, all but the slow ones.

import { benchIntake } from "./intake.ts";
import { benchMany } from "./many-tasks.ts";
import { benchClaim, benchCost } from "./one-task.ts";
import { benchPure } from "./pure.ts";

const BENCHES: Readonly<Record<string, () => Promise<void> | void>> = {
  intake: benchIntake,
  pure: benchPure,
  claim: benchClaim,
  cost: benchCost,
  many: () => benchMany([100, 1_000]),
  "many-10000": () => benchMany([10_000]),
};
const SLOW: readonly string[] = ["many-10000"];

const named = process.argv.slice(2);
const names = named.length > 0 ? named : Object.keys(BENCHES).filter((name) => !SLOW.includes(name));
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) throw new Error(`there is no benchmark ${name}: ${Object.keys(BENCHES).join(", ")}`);
  await bench();
}
process.exit(0);
