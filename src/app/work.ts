// One key of the queue, looked at: resolves the place, hands it to the reconcile loop, and puts back into the queue what
// that found worth a look. Decides nothing about tasks.

import { nonceFrom } from "../core/nonce.ts";
import { taskBranch } from "../core/observation.ts";
import type { Ask } from "../core/plan.ts";
import {
  type Clock,
  type Hub,
  type IssueRef,
  keyOf,
  type Random,
  type RepositoryRef,
  type WorkQueue,
} from "../core/ports.ts";
import type { Reconciled, ReconcileHint } from "../reconcile/reconcile.ts";
import type { AskBoard } from "./asks.ts";
import { type Spent, spendingOf } from "./counted-fetch.ts";
import type { GitHub } from "./github.ts";
import { type Place, placeOf, repositoryKey, taskKey } from "./keys.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Sweep } from "./sweep.ts";
import type { PullRequestTasks } from "./webhooks/pull-request-tasks.ts";

export type Reconcile = (
  deps: { readonly hub: Hub; readonly log: Log; readonly mention: string; readonly nonce: () => string },
  ref: IssueRef,
  asks: readonly Ask[],
  hint: ReconcileHint,
) => Promise<Reconciled>;

export interface WorkOptions {
  readonly github: Pick<GitHub, "hubFor" | "headBranchOf">;
  readonly reconcile: Reconcile;
  /** The App's name as people mention it, without `@`. */
  readonly mention: string;
  readonly queue: Pick<WorkQueue, "add">;
  /** Keys that a run waits beside: looked at by this instance, which holds the run's connection. */
  readonly here: Pick<WorkQueue, "add">;
  readonly asks: Pick<AskBoard, "pending" | "wasTold">;
  readonly sweep: Pick<Sweep, "once">;
  readonly pullRequests: PullRequestTasks;
  readonly metrics: Pick<Metrics, "look" | "spent">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A look that is due at once again would never let the queue rest. */
const LOOK_AGAIN_MS_MIN = 1_000;
/** How soon a key is looked at again beside which somebody still waits. */
const ASK_AGAIN_MS = 2_000;
/** Keys that one look at a whole repository adds: a sweep every five minutes stays far below GitHub's hourly limit. */
const REPOSITORY_KEYS_MAX = 100;

/** @returns the function that the queue calls with each due key; an error it throws puts the key back */
export function createWork(options: WorkOptions): (key: string) => Promise<void> {
  const { clock, metrics } = options;
  /** Where the last look at each repository ended. */
  const cursors = new Map<string, number>();
  return async (key) => {
    const place = placeOf(key);
    if (place === null) return;
    const spent = (taken: Readonly<Spent>) => metrics.spent(place.kind, taken);
    if (place.kind === "everything") return spendingOf(options.sweep.once, spent);
    const began = clock.now();
    const tell = (outcome: string) => metrics.look(place.kind, outcome, (clock.now() - began) / 1_000);
    try {
      const repository = { owner: place.owner, name: place.name };
      tell(await spendingOf(() => lookAt(options, place, repository, cursors), spent));
    } catch (error) {
      tell("error");
      throw error;
    }
  };
}

function lookAt(
  options: WorkOptions,
  place: Exclude<Place, { readonly kind: "everything" }>,
  repository: RepositoryRef,
  cursors: Map<string, number>,
): Promise<string> {
  if (place.kind === "task") return lookAtTask(options, { ...repository, issue: place.issue });
  if (place.kind === "repository") return lookAtRepository(options, repository, cursors);
  return lookAtPullRequest(options, repository, place.pullRequest);
}

async function lookAtTask(options: WorkOptions, ref: IssueRef): Promise<string> {
  const { github, queue, clock } = options;
  const key = keyOf(ref);
  const hub = await github.hubFor(ref);
  if (hub === null) return "not-installed";
  const pending = options.asks.pending(key);
  const { reconcile, log, mention, random } = options;
  const result = await reconcile(
    { hub, log, mention, nonce: () => nonceFrom(random) },
    ref,
    pending.map((entry) => entry.ask),
    { isTold: options.asks.wasTold(key) },
  );
  const { task, observation } = result;
  for (const { id, reply } of result.answers) {
    for (const entry of pending) if (entry.ask.id === id) entry.settle({ reply, task, observation });
  }
  // A pass that kept losing against others replies to nobody: whoever waits must not depend on which instance looks next.
  const answered = new Set(result.answers.map(({ id }) => id));
  if (pending.some(({ ask }) => !answered.has(ask.id))) await options.here.add(key, ASK_AGAIN_MS);
  for (const issue of result.wake) if (issue !== ref.issue) await queue.add(taskKey(ref, issue));
  if (result.lookAgainAt !== null) {
    // Both by GitHub's clock: the process's own only measures the wait.
    const waitMs = result.lookAgainAt - (result.now ?? clock.now());
    await queue.add(key, Math.max(waitMs, LOOK_AGAIN_MS_MIN));
  }
  return "done";
}

async function lookAtRepository(
  { github, queue }: WorkOptions,
  repository: RepositoryRef,
  cursors: Map<string, number>,
): Promise<string> {
  const hub = await github.hubFor(repository);
  if (hub === null) return "not-installed";
  const issues = nextInTurn(await hub.openTasks(repository), cursors.get(repositoryKey(repository)) ?? 0);
  for (const issue of issues) await queue.add(taskKey(repository, issue));
  const last = issues.at(-1);
  if (last === undefined) cursors.delete(repositoryKey(repository));
  else cursors.set(repositoryKey(repository), last);
  return "done";
}

/** @returns a bounded part of the issues in rising order, beginning after the one where the last part ended */
export function nextInTurn(issues: readonly number[], after: number, most = REPOSITORY_KEYS_MAX): readonly number[] {
  const sorted = issues.toSorted((a, b) => a - b);
  return [...sorted.filter((issue) => issue > after), ...sorted.filter((issue) => issue <= after)].slice(0, most);
}

async function lookAtPullRequest(
  { github, queue, pullRequests }: WorkOptions,
  repository: RepositoryRef,
  pullRequest: number,
): Promise<string> {
  const branch = await github.headBranchOf(repository, pullRequest);
  const issue = Number(branch?.split("/").at(-1));
  if (!Number.isSafeInteger(issue) || branch !== taskBranch(issue)) return "not-a-task";
  pullRequests.remember(repository, pullRequest, issue);
  await queue.add(taskKey(repository, issue));
  return "done";
}
