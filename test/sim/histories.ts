// Runs many histories, on several threads. A thread knows seeds and nothing else, so the order of work changes nothing.

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type History, simulate } from "./simulate.ts";

/** Seeds that a thread takes at once: enough that handing out costs nothing, few enough that no thread waits long. */
const BATCH = 25;

export interface Broken extends Pick<History, "seed" | "violations"> {}

export interface Ran {
  readonly broken: readonly Broken[];
  /** What all histories together amounted to. */
  readonly counts: Readonly<Record<string, number>>;
}

async function runBatch(seeds: readonly number[]): Promise<Ran> {
  const broken: Broken[] = [];
  const counts: Record<string, number> = {};
  for (const seed of seeds) {
    const history = await simulate(seed);
    for (const [what, count] of Object.entries(history.counts)) counts[what] = (counts[what] ?? 0) + count;
    if (history.violations.length > 0) broken.push({ seed, violations: history.violations });
  }
  return { broken, counts };
}

function merged(all: readonly Ran[]): Ran {
  const counts: Record<string, number> = {};
  for (const ran of all) {
    for (const [what, count] of Object.entries(ran.counts)) counts[what] = (counts[what] ?? 0) + count;
  }
  const broken = all.flatMap((ran) => ran.broken).toSorted((a, b) => a.seed - b.seed);
  return { broken, counts };
}

/** @returns every history that broke an invariant, by seed */
export async function runHistories(seeds: readonly number[], threads: number): Promise<Ran> {
  const batches: (readonly number[])[] = [];
  for (let at = 0; at < seeds.length; at += BATCH) batches.push(seeds.slice(at, at + BATCH));
  const results: Ran[] = [];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL(import.meta.url), { workerData: THREAD });
    let waiting: PromiseWithResolvers<Ran> | null = null;
    // The same listeners all the time: a thread whose last listener was taken off is heard no more.
    worker.on("message", (ran: Ran) => waiting?.resolve(ran));
    worker.on("error", (error) => waiting?.reject(error));
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      waiting = Promise.withResolvers<Ran>();
      worker.postMessage(batch);
      results.push(await waiting.promise);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(threads, batches.length) }, work));
  return merged(results);
}

const THREAD = "signalbox histories";
if (!isMainThread && workerData === THREAD) {
  parentPort?.on("message", (seeds: readonly number[]) => {
    void runBatch(seeds).then((ran) => parentPort?.postMessage(ran));
  });
}
