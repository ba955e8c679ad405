// One app process: the real queue, the real work on a key, the real sweep and the real answers to runs, over a bad wire
// and a clock of its own. When it dies, all that it held in memory is gone.

import type { MemoryWorld } from "../../src/adapters/memory/world.ts";
import { createMemoryQueue } from "../../src/adapters/queue/memory-queue.ts";
import { createAskBoard } from "../../src/app/asks.ts";
import { createDependants } from "../../src/app/dependants.ts";
import { groupOf } from "../../src/app/keys.ts";
import { createRunsApi } from "../../src/app/runs/api.ts";
import { createLiveRuns } from "../../src/app/runs/live.ts";
import { createSweep } from "../../src/app/sweep.ts";
import { createPullRequestTasks } from "../../src/app/webhooks/pull-request-tasks.ts";
import { createWork } from "../../src/app/work.ts";
import type { Account } from "../../src/core/observation.ts";
import type { Clock, RepositoryRef } from "../../src/core/ports.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { Dice } from "./dice.ts";
import type { Faults } from "./faults.ts";
import type { Timeline } from "./timeline.ts";
import { createUnreliableHub, type Life } from "./unreliable-hub.ts";
import type { Webhooks } from "./webhooks.ts";

export const SWEEP_MS = 5 * 60_000;
export const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface InstanceOptions {
  readonly timeline: Timeline;
  readonly dice: Dice;
  readonly faults: () => Faults;
  readonly world: MemoryWorld;
  readonly repository: RepositoryRef;
  readonly writer: Account;
  readonly deliveries: Pick<Webhooks, "deliveriesSince" | "redeliver">;
  /** Something that is no fault of the world went wrong. */
  readonly onBug: (error: unknown) => void;
}

/** The process's clock: it may be wrong, and it may jump. */
function createProcessClock({ timeline, life }: { readonly timeline: Timeline; readonly life: Life }) {
  let skewMs = 0;
  const clock: Clock = {
    now: () => timeline.now() + skewMs,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        timeline.after(ms, () => {
          if (life.isAlive) resolve();
        });
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  return {
    clock,
    jump: (ms: number): void => {
      skewMs += ms;
    },
  };
}

export function createInstance(options: InstanceOptions) {
  const { timeline, dice, faults, world, repository, writer } = options;
  const life: Life = { isAlive: true };
  const { clock, jump } = createProcessClock({ timeline, life });
  const random = dice.fork();
  const hub = createUnreliableHub({ timeline, dice: dice.fork(), faults, world, writer, life });
  const queue = createMemoryQueue({ clock, random, groupOf, onError: (_key, error) => options.onBug(error) });
  const asks = createAskBoard(clock);
  const hubFor = async () => hub;
  const stateOf = () => world.stateOf(repository);
  const work = createWork({
    github: {
      hubFor,
      installation: async () => null,
      headBranchOf: async (_ref, pullRequest) => stateOf().pullRequests.get(pullRequest)?.headRef ?? null,
    },
    reconcile,
    mention: "signalbox",
    queue,
    asks,
    pullRequests: createPullRequestTasks(),
    dependants: createDependants(),
    metrics: { look: () => undefined },
    clock,
    random,
    log: QUIET,
  });
  const api = createRunsApi({
    github: {
      hubFor,
      factsOf: async () => null,
      headOf: async (_ref, branch) => stateOf().refs.get(`refs/heads/${branch}`) ?? null,
      narrowedToken: async () => ({ token: "t", expiresAt: 0 }),
    },
    asks,
    queue,
    live: createLiveRuns(),
    clock,
  });
  const sweep = createSweep({
    github: {
      installations: async () => [],
      repositories: async () => [repository],
      installations: async () => [],
      ...options.deliveries,
    },
    queue,
    clock,
    random,
    everyMs: SWEEP_MS,
    metrics: { sweep: () => undefined, redelivery: () => undefined },
    log: QUIET,
  });
  queue.start(work);
  void sweep.run(new AbortController().signal);

  return {
    life,
    api,
    jump,
    hub,
    /** A webhook came in. */
    deliver: (key: string): void => {
      if (life.isAlive) void queue.add(key);
    },
    crash: (): void => {
      life.isAlive = false;
    },
  };
}
export type Instance = ReturnType<typeof createInstance>;
