// The pure core: how many ledgers it folds and how many requests it decides in a second, on one thread.

import { decide } from "../src/core/decide.ts";
import { fold } from "../src/core/fold.ts";
import { ID, inReview, queued, REQUESTS, situation, WRITER } from "../test/core/scene.ts";
import { median, table } from "./numbers.ts";

const ROUNDS = 5;
const ROUND_MS = 500;

function perSecond(work: () => unknown): number {
  const rates = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    let count = 0;
    while (performance.now() - began < ROUND_MS) {
      for (let time = 0; time < 20; time += 1) work();
      count += 20;
    }
    return (count * 1_000) / (performance.now() - began);
  });
  return Math.round(median(rates));
}

export function benchPure(): void {
  const long = inReview();
  const short = queued();
  const facts = situation();
  const claim = REQUESTS.claim();
  table(`The pure core, median of ${ROUNDS} rounds of ${ROUND_MS} ms`, [
    ["what", "per second"],
    [`fold of ${long.entries.length} records`, perSecond(() => fold(long.entries, { writerId: WRITER, task: ID }))],
    ["decide of one claim", perSecond(() => decide(short.task, ID, claim, facts))],
  ]);
}
