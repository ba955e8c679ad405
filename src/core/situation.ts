// The facts that guards look at, taken out of an observation. Unknown stays unknown here; guards turn it into a refusal.

import type { RepositoryConfig } from "./config.ts";
import { labelProblems } from "./labels.ts";
import type { Observation, ObservedPullRequest, ObservedRun } from "./observation.ts";
import { taskBranch } from "./observation.ts";
import type { Refusal } from "./refusal.ts";
import type { RepositoryState } from "./repository.ts";
import type { EpochMs, Sha, Task } from "./task.ts";

export interface Situation {
  readonly config: RepositoryConfig;
  readonly issue: {
    readonly number: number;
    readonly isOpen: boolean;
    readonly isPullRequest: boolean;
    readonly hasBody: boolean;
    readonly textDigest: string;
    /** Login of the last editor, and whether that account may write; null when nobody edited. */
    readonly editor: { readonly login: string; readonly canWrite: boolean } | null;
  };
  /** The shared state, or why it cannot be read. */
  readonly repository: RepositoryState | { readonly problem: string };
  /** What is wrong with the choices that the issue's labels make. */
  readonly labelProblems: readonly Refusal[];
  readonly blockers: readonly string[];
  /** Tasks that bots put in the queue and that wait there now. */
  readonly queuedByBots: number;
  /** Issues that the repository ledger still lists in review but whose own ledger says otherwise. */
  readonly leftReview: readonly number[];
  readonly pullRequest: ObservedPullRequest | null;
  /** The run that the lease is bound to, or that carries its token; null when GitHub knows none. */
  readonly run: ObservedRun | null;
  /** When the lease was last renewed by its holder, or null. */
  readonly renewedAt: EpochMs | null;
  readonly bots: ReadonlySet<number>;
}

const CAN_WRITE: ReadonlySet<string> = new Set(["write", "maintain", "admin"]);

/** @param renewedAt from the claim comment; null on Actions, where the run's own status is asked */
export function situationOf(observation: Observation, task: Task | null, renewedAt: EpochMs | null): Situation {
  const { issue, repositoryLedger } = observation;
  const state = "state" in repositoryLedger ? repositoryLedger.state : null;
  return {
    config: observation.config,
    issue: {
      number: issue.number,
      isOpen: issue.isOpen,
      isPullRequest: issue.isPullRequest,
      hasBody: issue.body.trim() !== "",
      textDigest: issue.textDigest,
      editor:
        issue.editor === null ? null : { login: issue.editor.login, canWrite: canWrite(observation, issue.editor.id) },
    },
    repository: state ?? { problem: "problem" in repositoryLedger ? repositoryLedger.problem : "unreadable" },
    labelProblems: labelProblems(issue.labels, observation.config),
    blockers: observation.blockers.filter((blocker) => blocker.state !== "completed").map((blocker) => blocker.ref),
    queuedByBots: observation.neighbours.filter(
      (neighbour) => neighbour.tip?.state === "queued" && neighbour.author?.isBot === true,
    ).length,
    leftReview: (state?.reviews ?? []).filter((number) => hasLeftReview(observation, task, number)),
    pullRequest: pullRequestOf(observation, task),
    run: runOf(observation, task),
    renewedAt,
    bots: new Set(observation.config.bots),
  };
}

function canWrite(observation: Observation, accountId: number): boolean {
  return CAN_WRITE.has(observation.permissions.get(accountId) ?? "unknown");
}

function hasLeftReview(observation: Observation, task: Task | null, number: number): boolean {
  if (number === observation.issue.number) return task !== null && task.state !== "review";
  const neighbour = observation.neighbours.find((other) => other.issue === number);
  return neighbour?.tip !== null && neighbour?.tip !== undefined && neighbour.tip.state !== "review";
}

/**
 * The pull request that the app itself opened from the task's branch, of this submission: one that is open, or one that
 * was merged since the task was queued, or closed since it was submitted. What ended before is history.
 */
export function pullRequestOf(observation: Observation, task: Task | null): ObservedPullRequest | null {
  const { repository, issue, writer } = observation;
  const own = task?.submission?.pullRequest ?? null;
  if (own !== null) return observation.pullRequests.find(({ number }) => number === own) ?? null;
  const ours = observation.pullRequests
    .filter(
      (candidate) =>
        candidate.headRef === taskBranch(issue.number) &&
        candidate.headRepository === `${repository.owner}/${repository.name}` &&
        candidate.author?.id === writer.id &&
        isCurrent(candidate, task),
    )
    .toSorted((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.number - a.number);
  return ours[0] ?? null;
}

function isCurrent({ isOpen, isMerged, closedAt }: ObservedPullRequest, task: Task | null): boolean {
  if (isOpen || closedAt === null) return true;
  return closedAt >= ((isMerged ? task?.queuedAt : task?.submission?.at) ?? 0);
}

function runOf(observation: Observation, task: Task | null): ObservedRun | null {
  const lease = task?.lease ?? null;
  if (lease === null) return null;
  const matching = observation.runs.filter((run) =>
    lease.run === null ? run.token === lease.token && run.run.attempt === 1 : run.run.id === lease.run.id,
  );
  return matching.toSorted((a, b) => a.createdAt - b.createdAt)[0] ?? null;
}

/** The head that somebody could see at an instant: the last one pushed before it. */
export function headSeenAt(pullRequest: ObservedPullRequest, at: EpochMs): Sha | null {
  return pullRequest.headSeenAt.findLast((seen) => seen.at <= at)?.head ?? null;
}
