// What the machine itself wants of a task in review, from facts alone: a head that moved, a merge that was refused, checks
// that failed, a branch that fell behind, somebody to look at it. At most one request; the first that is due.

import { failedChecks, gateOf } from "./gate.ts";
import type { Observation, ObservedCheck, ObservedPullRequest } from "./observation.ts";
import type { MoveRequest } from "./request.ts";
import type { Situation } from "./situation.ts";
import type { EpochMs, Sha, Task } from "./task.ts";

/** GitHub's own no to an act of this very pass. */
export interface ReviewResults {
  readonly mergeRefused: string | null;
  readonly rerunRefused: string | null;
  readonly updateRefused: string | null;
}

/** A check that was asked to run again and has not begun for this long will not. */
export const RERUN_MS_MAX = 15 * 60_000;
/** Longest reason that is taken over from GitHub. */
const REASON_CHARS_MAX = 1_000;

type Made = Pick<MoveRequest, "actor" | "standing" | "at" | "cause">;

interface Look {
  readonly observation: Observation;
  readonly task: Task;
  readonly situation: Situation;
  readonly results: ReviewResults;
  readonly pullRequest: ObservedPullRequest;
  readonly made: Made;
}

/** @param made who asks and why: the app, by its own look */
export function reviewRequest(
  observation: Observation,
  task: Task,
  situation: Situation,
  results: ReviewResults,
  made: Made,
): MoveRequest | null {
  const { pullRequest } = situation;
  if (pullRequest === null || task.submission === null) return null;
  const look: Look = { observation, task, situation, results, pullRequest, made };
  if (!pullRequest.isOpen) return refusedMerge(look, closedBecause(look));
  return (
    headRequest(observation, task, situation, made) ?? mergeRefusal(look) ?? checkRequest(look) ?? updateRequest(look)
  );
}

/**
 * Somebody moved the pull request: evidence and acceptance were of the old head, or of another base. It goes before
 * what people ask, so that they are judged by what they could see.
 */
export function headRequest(
  observation: Observation,
  task: Task,
  { pullRequest }: Situation,
  made: Made,
): MoveRequest | null {
  const { submission } = task;
  if (task.state !== "review" || submission === null || pullRequest?.isOpen !== true) return null;
  const isRebased = pullRequest.baseRef !== submission.base;
  if (pullRequest.head === task.recordedHead && !isRebased) return null;
  const { head, number } = pullRequest;
  const cause = `pr:${number}@${head}`;
  // A head that comes back after another one is a second event, though its cause reads the same.
  const common = { ...made, cause: task.causes.has(cause) ? made.cause : cause };
  const by = movedBy(observation, task, pullRequest);
  return { ...common, move: "head", data: isRebased ? { head, by, base: pullRequest.baseRef } : { head, by } };
}

function movedBy({ taskBranch }: Observation, task: Task, { head, baseRef }: ObservedPullRequest): string {
  if (head === task.recordedHead) return `its base became ${baseRef}`;
  if (task.update?.head === task.recordedHead) return `an update from ${baseRef}`;
  return taskBranch === null ? "a push to its branch" : "a push to the pull request";
}

function closedBecause({ observation, task }: Look): string {
  const isOwn = task.submission?.pullRequest === null;
  if (isOwn && observation.taskBranch === null) return "its branch was deleted, and its pull request closed with it";
  return "its pull request was closed without being merged";
}

function refusedMerge({ made }: Look, reason: string): MoveRequest {
  return { ...made, move: "merge-refused", data: { reason: reason.slice(0, REASON_CHARS_MAX) } };
}

/** GitHub's no, now or later: a merge queue gives back what it could not merge. */
function mergeRefusal(look: Look): MoveRequest | null {
  const { task, pullRequest, results } = look;
  const { acceptance } = task;
  if (acceptance === null) return null;
  if (results.mergeRefused !== null) return refusedMerge(look, results.mergeRefused);
  const { dropped, isInMergeQueue } = pullRequest;
  const isDropped = dropped !== null && !isInMergeQueue && dropped.at >= acceptance.at;
  return isDropped ? refusedMerge(look, `the merge queue gave it back: ${dropped.reason}`) : null;
}

/** A failed check is run again once; the second time, or where it cannot be, the work goes back with its name. */
function checkRequest(look: Look): MoveRequest | null {
  const { task, pullRequest, made } = look;
  const failed = failedChecks(pullRequest);
  const lost = [...evidenceFailures(look), ...failed.filter((check) => isLost(look, check)).map(({ name }) => name)];
  if (lost.length > 0) {
    const reason = `${lost.length === 1 ? "a required check" : "required checks"} failed: ${[...new Set(lost)].join(", ")}`;
    return { ...made, move: "reject", data: { reason: reason.slice(0, REASON_CHARS_MAX), source: "checks" } };
  }
  const fresh = failed.filter(({ name }) => askedAt(task, pullRequest.head, name) === null).map(({ name }) => name);
  const [first] = fresh;
  if (first === undefined) return null;
  const text = `asked for ${fresh.join(", ")} to run again`.slice(0, REASON_CHARS_MAX);
  return { ...made, move: "note", data: { text, rerun: { head: pullRequest.head, checks: [...new Set(fresh)] } } };
}

function evidenceFailures({ task, pullRequest }: Look): readonly string[] {
  const { submission } = task;
  if (submission === null || submission.head !== pullRequest.head) return [];
  return submission.evidence.filter((piece) => piece.exitCode !== 0).map((piece) => piece.name);
}

/** @returns when it was asked to run again on this head, or null */
function askedAt(task: Task, head: Sha, name: string): EpochMs | null {
  if (task.recheck?.head !== head) return null;
  return task.recheck.asked.find((asked) => asked.name === name)?.at ?? null;
}

function isLost({ task, pullRequest, results, observation }: Look, check: ObservedCheck): boolean {
  if (check.runId === null) return true;
  const at = askedAt(task, pullRequest.head, check.name);
  if (at === null) return false;
  return results.rerunRefused !== null || hasFailedSince(check, at) || observation.now - at >= RERUN_MS_MAX;
}

function hasFailedSince({ endedAt }: ObservedCheck, at: EpochMs): boolean {
  return endedAt !== null && endedAt > at;
}

/** @returns the check runs that are to be asked to run again now: asked for in the ledger, and still of before that */
export function checksToRerun(task: Task, pullRequest: ObservedPullRequest): readonly number[] {
  return failedChecks(pullRequest).flatMap((check) => {
    const at = askedAt(task, pullRequest.head, check.name);
    return check.runId === null || at === null || hasFailedSince(check, at) ? [] : [check.runId];
  });
}

/** A conflict, or a base that ran ahead of what is to be merged, is tried to be mended by GitHub itself, a few times. */
function updateRequest(look: Look): MoveRequest | null {
  const { task, pullRequest, results, situation, made } = look;
  const hasConflict = pullRequest.mergeable === "no";
  const isInTheWay = hasConflict || (pullRequest.isBehind && task.acceptance !== null);
  if (!isInTheWay || task.lease !== null || task.held !== null) return null;
  const { head, baseRef, touchesWorkflows } = pullRequest;
  const what = hasConflict ? `it conflicts with ${baseRef}` : `it is behind ${baseRef}`;
  // The App may not write workflow files, not even by bringing a branch up to date.
  if (touchesWorkflows)
    return refusedMerge(look, `${what}, and a branch that changes workflows is a person's to update`);
  if (task.update?.head === head) {
    return results.updateRefused === null ? null : refusedMerge(look, `${what}: ${results.updateRefused}`);
  }
  const updates = task.update?.count ?? 0;
  if (updates >= situation.config.limits["merge-updates"]) {
    return refusedMerge(look, `${what} after ${updates} updates`);
  }
  return { ...made, move: "note", data: { text: `brings its branch up to date: ${what}`, update: { head } } };
}

/** @returns whether the submission's checks still have to be run on the head that somebody accepted */
export function needsEvidence(task: Task, pullRequest: ObservedPullRequest, { config }: Situation): boolean {
  const { submission, acceptance } = task;
  if (config.checks === "none" || config.checks.length === 0) return false;
  return submission !== null && acceptance?.head === pullRequest.head && submission.head !== pullRequest.head;
}

/** @returns whether everything but people and inspections has said yes to the head */
export function areChecksGreen(task: Task, pullRequest: ObservedPullRequest, { config }: Situation): boolean {
  return task.submission !== null && gateOf(task.submission, pullRequest, config).gate === "green";
}
