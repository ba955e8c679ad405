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
import type { Sha } from "../core/task.ts";
import { checkConfig } from "../reconcile/config.ts";
import { reconcileRepository } from "../reconcile/dashboard.ts";
import { reconcileInstallation } from "../reconcile/install.ts";
import type { Reconciled, ReconcileHint } from "../reconcile/reconcile.ts";
import type { AskBoard } from "./asks.ts";
import type { Dependants } from "./dependants.ts";
import type { GitHub } from "./github.ts";
import { boardKey, installKey, type Place, placeOf, repositoryKey, taskKey } from "./keys.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { PullRequestTasks } from "./webhooks/pull-request-tasks.ts";

export type Reconcile = (
  deps: { readonly hub: Hub; readonly log: Log; readonly mention: string; readonly nonce: () => string },
  ref: IssueRef,
  asks: readonly Ask[],
  hint: ReconcileHint,
) => Promise<Reconciled>;

export interface WorkOptions {
  readonly github: Pick<GitHub, "hubFor" | "headBranchOf" | "installation">;
  readonly reconcile: Reconcile;
  /** The App's name as people mention it, without `@`. */
  readonly mention: string;
  readonly queue: Pick<WorkQueue, "add">;
  readonly asks: Pick<AskBoard, "pending" | "wasTold">;
  readonly pullRequests: PullRequestTasks;
  readonly dependants: Pick<Dependants, "note">;
  readonly metrics: Pick<Metrics, "look">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A look that is due at once again would never let the queue rest. */
const LOOK_AGAIN_MS_MIN = 1_000;
/** Between a task's move and the look at its repository's dashboard. */
const BOARD_DELAY_MS = 2_000;
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
    const began = clock.now();
    const tell = (outcome: string) => metrics.look(place.kind, outcome, (clock.now() - began) / 1_000);
    try {
      tell(await lookAt(options, place, cursors));
    } catch (error) {
      tell("error");
      throw error;
    }
  };
}

async function lookAt(options: WorkOptions, place: Place, cursors: Map<string, number>): Promise<string> {
  if (place.kind === "install") return await lookAtInstallation(options, place.installation);
  const repository = { owner: place.owner, name: place.name };
  switch (place.kind) {
    case "task":
      return await lookAtTask(options, { ...repository, issue: place.issue });
    case "repository":
      return await lookAtRepository(options, repository, cursors);
    case "pull-request":
      return await lookAtPullRequest(options, repository, place.pullRequest);
    case "board":
      return await lookAtBoard(options, repository);
    case "config":
      return await lookAtConfig(options, repository, place.sha, place.when);
  }
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
  for (const issue of result.wake) if (issue !== ref.issue) await queue.add(taskKey(ref, issue));
  for (const other of result.dependants) if (keyOf(other) !== key) await queue.add(keyOf(other));
  options.dependants.note(key, result.waitsFor);
  if (result.lookAgainAt !== null) {
    // Both by GitHub's clock: the process's own only measures the wait.
    const waitMs = result.lookAgainAt - (result.now ?? clock.now());
    await queue.add(key, Math.max(waitMs, LOOK_AGAIN_MS_MIN));
  }
  // What follows in the next moments is shown with it.
  if (result.hasMoved === true) await queue.add(boardKey(ref), BOARD_DELAY_MS);
  return "done";
}

/** A repository as a whole: its labels, its dashboard, and what people asked for there. */
async function lookAtBoard(options: WorkOptions, repository: RepositoryRef): Promise<string> {
  const { github, queue, log, mention, random } = options;
  const hub = await github.hubFor(repository);
  if (hub === null) return "not-installed";
  const deps = { hub, log, mention, nonce: () => nonceFrom(random) };
  const { wake, lookAgainAt, now } = await reconcileRepository(deps, repository);
  for (const issue of wake) await queue.add(taskKey(repository, issue));
  if (lookAgainAt !== null) await queue.add(boardKey(repository), Math.max(lookAgainAt - now, LOOK_AGAIN_MS_MIN));
  return "done";
}

async function lookAtConfig(
  { github }: WorkOptions,
  repository: RepositoryRef,
  sha: Sha,
  when: "always" | "changed",
): Promise<string> {
  const hub = await github.hubFor(repository);
  if (hub === null) return "not-installed";
  return (await checkConfig(hub, repository, sha, when)) ? "done" : "no-config";
}

async function lookAtInstallation({ github, queue, log }: WorkOptions, installation: number): Promise<string> {
  const installed = await github.installation(installation);
  if (installed === null) return "not-installed";
  const deps = { hubFor: (repository: RepositoryRef) => github.hubFor(repository), log };
  const { lookAgainAt, now } = await reconcileInstallation(deps, installed);
  if (lookAgainAt !== null && now !== null) {
    await queue.add(installKey(installation), Math.max(lookAgainAt - now, LOOK_AGAIN_MS_MIN));
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
  // Also at the first look, because gestures may have been missed; one where nothing is open costs nothing afterwards.
  if (issues.length > 0 || !cursors.has(repositoryKey(repository))) await queue.add(boardKey(repository));
  const last = issues.at(-1);
  cursors.set(repositoryKey(repository), last ?? 0);
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
