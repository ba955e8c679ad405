// The periodic look at everything that is open, and the recovery of deliveries that failed. It finds what webhooks lost;
// it decides nothing.

import type { Clock, Random, RepositoryRef, WorkQueue } from "../core/ports.ts";
import type { EpochMs } from "../core/task.ts";
import type { GitHub } from "./github.ts";
import { installKey, repositoryKey } from "./keys.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** How long the list of repositories is believed; webhooks tell of changes sooner. */
const LIST_FRESH_MS = 60 * 60_000;
/** Repositories that are looked at without delay at the beginning of a pass. */
const AT_ONCE = 20;
/** GitHub keeps deliveries this long. Source: docs.github.com, redelivering webhooks. */
const LOOK_BACK_MS = 3 * 24 * 60 * 60_000;
/** A delivery that was under way when the last pass ended is seen by the next one. */
const OVERLAP_MS = 10 * 60_000;
/** Attempts for one delivery, GitHub's own first one included. */
const ATTEMPTS_MAX = 4;
/** Redeliveries that one pass may ask for. */
const REDELIVERIES_MAX = 100;

export interface SweepOptions {
  readonly github: Pick<GitHub, "installations" | "repositories" | "deliveriesSince" | "redeliver">;
  readonly queue: Pick<WorkQueue, "add">;
  readonly clock: Clock;
  readonly random: Random;
  readonly everyMs: number;
  readonly metrics: Pick<Metrics, "sweep" | "redelivery">;
  readonly log: Log;
}

export interface Sweep {
  /** One pass over everything. Never throws: the next pass is the retry. */
  once(): Promise<void>;
  /** Passes at once and then at every interval, until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** The list of repositories is void: the next pass asks for it again. */
  forgetRepositories(): void;
}

export function createSweep(options: SweepOptions): Sweep {
  const { github, queue, clock, random, everyMs, metrics, log } = options;
  let scannedUntil: EpochMs = 0;
  let listed: { readonly repositories: readonly RepositoryRef[]; readonly until: EpochMs } | null = null;

  async function lookEverywhere(): Promise<void> {
    if (listed === null || listed.until <= clock.now()) {
      listed = { repositories: await github.repositories(), until: clock.now() + LIST_FRESH_MS };
      for (const installation of await github.installations()) await queue.add(installKey(installation));
    }
    const { repositories } = listed;
    for (const [index, repository] of repositories.entries()) {
      // Spread over half the interval, so that a thousand repositories are no burst. The first ones go at once.
      const delayMs = index < AT_ONCE ? 0 : Math.round((index / repositories.length) * (everyMs / 2));
      await queue.add(repositoryKey(repository), delayMs);
    }
  }

  async function recoverDeliveries(): Promise<void> {
    const now = clock.now();
    const attempts = await github.deliveriesSince(Math.max(scannedUntil, now - LOOK_BACK_MS));
    const byGuid = Map.groupBy(attempts, (attempt) => attempt.guid);
    const failed = [...byGuid.values()].filter(
      (tries) => tries.length < ATTEMPTS_MAX && !tries.some((attempt) => attempt.isSuccess),
    );
    for (const tries of failed.slice(0, REDELIVERIES_MAX)) {
      const latest = tries.reduce((a, b) => (b.id > a.id ? b : a));
      await github.redeliver(latest.id);
      metrics.redelivery();
    }
    if (failed.length > 0)
      log.info({ count: Math.min(failed.length, REDELIVERIES_MAX) }, "failed deliveries were asked for again");
    // While something still fails, its earlier attempts stay in view: they are what bounds the next ones.
    const oldestFailed = Math.min(...failed.flatMap((tries) => tries.map((attempt) => attempt.at)), now - OVERLAP_MS);
    scannedUntil = Math.max(oldestFailed, now - LOOK_BACK_MS);
  }

  let inHand: Promise<void> | null = null;

  /** Two passes at the same time would ask for the same deliveries twice. */
  function once(): Promise<void> {
    inHand ??= pass().finally(() => {
      inHand = null;
    });
    return inHand;
  }

  async function pass(): Promise<void> {
    try {
      await lookEverywhere();
      await recoverDeliveries();
      metrics.sweep("done");
    } catch (error) {
      metrics.sweep("failed");
      log.error({ error }, "a sweep did not finish");
    }
  }

  return {
    once,
    forgetRepositories() {
      listed = null;
    },
    async run(signal) {
      while (!signal.aborted) {
        await once();
        // A tenth at random, so that several instances do not sweep in step.
        await clock.wait(Math.round(everyMs * (1 - random.next() / 10)), signal);
      }
    },
  };
}
