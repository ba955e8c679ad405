// Things to do in the world because of where a task stands: dispatch its run, open its pull request, merge it. Each is
// safe to repeat; only the append's winner does them at once, everybody else waits a minute first.

import { EVIDENCE_CHECK } from "./gate.ts";
import { mergeGate } from "./machine-requests.ts";
import type { Observation } from "./observation.ts";
import { taskBranch } from "./observation.ts";
import type { Effect } from "./ports.ts";
import { renderEvidence, renderForeignPullRequest, renderPullRequest } from "./render.ts";
import type { RunResult } from "./result.ts";
import { checksToRerun } from "./review-requests.ts";
import type { Situation } from "./situation.ts";
import type { EpochMs, RunRef, Task } from "./task.ts";

/** How long somebody who did not win the append leaves its effects to the winner. */
export const WINNER_MS = 60_000;

export interface ActContext {
  readonly observation: Observation;
  readonly task: Task;
  readonly situation: Situation;
  /** This pass made the last record. */
  readonly won: boolean;
  /** Runs whose claim this pass ended. */
  readonly orphans: readonly RunRef[];
  /** The result of the run whose publish this is: the pull request then tells in the agent's own words. */
  readonly result?: RunResult;
}

/** @returns acts that are due now, at most one merge, in the order in which people should see them */
export function actsOf(context: ActContext): readonly Effect[] {
  return [
    ...cancelActs(context),
    ...dispatchActs(context),
    ...submissionActs(context),
    ...mendingActs(context),
    ...mergeActs(context),
    ...closeActs(context),
  ];
}

function isDue({ won, observation }: ActContext, since: EpochMs): boolean {
  return won || observation.now - since >= WINNER_MS;
}

function cancelActs({ orphans }: ActContext): readonly Effect[] {
  return orphans.map((run) => ({ kind: "cancel-run", runId: run.id }));
}

function dispatchActs(context: ActContext): readonly Effect[] {
  const { task, situation, observation } = context;
  const { lease } = task;
  if (lease === null || lease.host !== "actions" || lease.run !== null || situation.run !== null) return [];
  return isDue(context, lease.grantedAt)
    ? [{ kind: "dispatch", issue: observation.issue.number, token: lease.token }]
    : [];
}

function submissionActs(context: ActContext): readonly Effect[] {
  const { task, situation, observation } = context;
  const { submission } = task;
  if (task.state !== "review" || submission === null || !isDue(context, submission.at)) return [];
  const effects: Effect[] = [];
  const { pullRequest } = situation;
  if (pullRequest === null && submission.pullRequest === null && observation.taskBranch === submission.head) {
    const { title, body } = renderPullRequest({
      task,
      submission,
      issue: observation.issue,
      ...(context.result === undefined ? {} : { result: context.result }),
    });
    const head = taskBranch(observation.issue.number);
    effects.push({
      kind: "open-pull-request",
      issue: observation.issue.number,
      head,
      base: submission.base,
      title,
      body,
    });
  }
  const hasCheck = pullRequest?.checks.some((check) => check.name === EVIDENCE_CHECK) ?? false;
  if (!hasCheck && (pullRequest === null || pullRequest.head === submission.head)) {
    effects.push({ kind: "evidence-check", head: submission.head, ...renderEvidence(submission) });
  }
  return effects;
}

/** What was noted is asked of GitHub: failed checks to run again, a branch to be brought up to date. */
function mendingActs(context: ActContext): readonly Effect[] {
  const { task, situation } = context;
  const { pullRequest } = situation;
  if (task.state !== "review" || pullRequest?.isOpen !== true) return [];
  const { head, number } = pullRequest;
  const runIds = checksToRerun(task, pullRequest);
  const askedAt = Math.max(...(task.recheck?.asked ?? []).map(({ at }) => at));
  const effects: Effect[] = [];
  if (runIds.length > 0 && isDue(context, askedAt)) effects.push({ kind: "rerun-checks", head, runIds });
  const { update } = task;
  if (update?.head === head && isDue(context, update.at)) {
    effects.push({ kind: "update-branch", pullRequest: number, head });
  }
  return effects;
}

function mergeActs({ task, situation, observation }: ActContext): readonly Effect[] {
  const gate = mergeGate(task, situation);
  const { pullRequest, config } = situation;
  if (gate?.gate !== "green" || pullRequest === null || pullRequest.isBehind) return [];
  const title = `${observation.issue.title} (#${pullRequest.number})`;
  return [
    { kind: "merge", pullRequest: pullRequest.number, head: pullRequest.head, method: config.merge.method, title },
  ];
}

/** A pull request from the task's branch that somebody else opened is not the task's: closed, with the reason. */
function closeActs({ observation, situation }: ActContext): readonly Effect[] {
  const { repository, issue, writer } = observation;
  return observation.pullRequests
    .filter(
      (candidate) =>
        candidate.isOpen &&
        candidate.number !== situation.pullRequest?.number &&
        candidate.headRef === taskBranch(issue.number) &&
        candidate.headRepository === `${repository.owner}/${repository.name}` &&
        candidate.author?.id !== writer.id,
    )
    .map((candidate) => ({
      kind: "close-pull-request",
      pullRequest: candidate.number,
      comment: renderForeignPullRequest(issue.number),
    }));
}
