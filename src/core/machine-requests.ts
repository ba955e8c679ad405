// What the machine itself wants of a task, from facts alone: merged, moved heads, lapsed claims, the next claim.
// At most one request; people's requests come before these.

import {
  adoptionRequest,
  finishRequest,
  integrateRequest,
  lateBlockerRequest,
  stopRequest,
} from "./family-requests.ts";
import { type Gate, gateOf } from "./gate.ts";
import type { Observation, ObservedPullRequest } from "./observation.ts";
import type { MoveRequest } from "./request.ts";
import { reservationFor } from "./reservation.ts";
import { positionOf } from "./schedule.ts";
import type { Situation } from "./situation.ts";
import type { Actor, Task } from "./task.ts";

/** A claim that no run was bound to for this long is given back. Source: reliability notes, T_launch. */
export const LAUNCH_MS_MAX = 15 * 60_000;
/** Time beyond the run's own limit before its lease is over. */
const LEASE_SLACK_MS = 10 * 60_000;

const CLOCK: Actor = { id: 0, login: "clock", kind: "clock" };

/** What acts of this very pass came to: GitHub's own no to a merge or a dispatch. */
export interface ActResults {
  readonly mergeRefused: string | null;
  readonly dispatchRefused: string | null;
}

export function machineRequest(
  observation: Observation,
  task: Task,
  situation: Situation,
  results: ActResults,
): MoveRequest | null {
  switch (task.state) {
    case "queued":
      return (
        mergedRequest(observation, task, situation) ??
        stopRequest(observation, task, situation) ??
        finishRequest(observation, task, situation) ??
        claimRequest(observation, task, situation)
      );
    case "claimed":
      return (
        mergedRequest(observation, task, situation) ??
        lateBlockerRequest(observation, task, situation) ??
        lapsedRequest(observation, task, situation, results)
      );
    case "review":
      return mergedRequest(observation, task, situation) ?? reviewRequest(observation, task, situation, results);
    case "draft":
      return mergedRequest(observation, task, situation) ?? adoptionRequest(observation, task);
    case "needs-human":
    case "failed":
    case "cancelled":
      return mergedRequest(observation, task, situation);
    case "done":
      return null;
  }
}

function byApp(observation: Observation): Pick<MoveRequest, "actor" | "standing" | "at"> {
  const { writer, now } = observation;
  return { actor: { id: writer.id, login: writer.login, kind: "app" }, standing: "app", at: now };
}

/** GitHub's clock has whole seconds, so the place in the chain makes the cause unique. */
function clockCause({ now }: Observation, task: Task): string {
  return `sweep:${now}/${task.length}`;
}

/** A merged pull request is a fact, whoever merged it. */
function mergedRequest(observation: Observation, _task: Task, { pullRequest }: Situation): MoveRequest | null {
  if (pullRequest?.isMerged !== true) return null;
  return {
    ...byApp(observation),
    move: "done",
    cause: `pr:${pullRequest.number}@${pullRequest.mergeSha ?? pullRequest.head}`,
    data: { pullRequest: pullRequest.number, mergeSha: pullRequest.mergeSha, why: "its pull request was merged" },
  };
}

/** Slots go in the order of the queue; a task that is not next does not even ask. */
export function tasksAhead(observation: Observation, task: Task, { repository, config }: Situation): number {
  if ("problem" in repository) return 0;
  const free = config.limits.claimed - repository.admissions.length;
  const ahead = positionOf(observation, task);
  return free > 0 && ahead >= free ? ahead : 0;
}

function claimRequest(observation: Observation, task: Task, situation: Situation): MoveRequest | null {
  if (tasksAhead(observation, task, situation) > 0) return null;
  const { config } = situation;
  const { writer, issue } = observation;
  return {
    ...byApp(observation),
    move: "claim",
    cause: clockCause(observation, task),
    data: {
      attempt: task.counters.attempts + 1,
      host: "actions",
      role: task.settings.role,
      phases: task.settings.phases,
      holder: { id: writer.id, login: writer.login, kind: "app" },
      leaseMs: config.runner["timeout-minutes"] * 60_000 + LEASE_SLACK_MS,
      reserved: reservationFor(task, config),
      digest: issue.textDigest,
    },
  };
}

function lapsedRequest(
  observation: Observation,
  task: Task,
  { run }: Situation,
  results: ActResults,
): MoveRequest | null {
  const { lease } = task;
  if (lease === null) return null;
  const { now } = observation;
  if (lease.host === "actions" && lease.run === null) {
    return unboundRequest(observation, task, lease.grantedAt, run?.status === "completed", results);
  }
  const reason =
    run?.status === "completed"
      ? `its run ended (${run.conclusion ?? "unknown"}) without a result`
      : "its lease lapsed";
  // Clocks only decide when to try: the guards ask whether the run is really gone.
  const isDue = run?.status === "completed" || now >= lease.expiresAt;
  return isDue
    ? {
        actor: CLOCK,
        standing: "clock",
        move: "expire",
        cause: clockCause(observation, task),
        at: now,
        data: { reason },
      }
    : null;
}

function unboundRequest(
  observation: Observation,
  task: Task,
  grantedAt: number,
  runEnded: boolean,
  { dispatchRefused }: ActResults,
): MoveRequest | null {
  const waitedTooLong = observation.now - grantedAt >= LAUNCH_MS_MAX;
  if (dispatchRefused === null && !runEnded && !waitedTooLong) return null;
  const reason =
    dispatchRefused ?? (runEnded ? "its run ended before it was bound" : "no run started within 15 minutes");
  return {
    ...byApp(observation),
    move: "release",
    cause: clockCause(observation, task),
    data: { reason: reason.slice(0, 1_000), infrastructure: true },
  };
}

function reviewRequest(
  observation: Observation,
  task: Task,
  situation: Situation,
  results: ActResults,
): MoveRequest | null {
  const { pullRequest } = situation;
  if (pullRequest === null || task.submission === null) return null;
  if (results.mergeRefused !== null && task.acceptance !== null) {
    return {
      ...byApp(observation),
      move: "merge-refused",
      cause: clockCause(observation, task),
      data: { reason: results.mergeRefused.slice(0, 1_000) },
    };
  }
  if (!pullRequest.isOpen) {
    const data = { reason: "its pull request was closed without being merged" };
    return { ...byApp(observation), move: "merge-refused", cause: clockCause(observation, task), data };
  }
  if (pullRequest.head !== task.recordedHead && task.submission.isAssembled) return integrateRequest(observation, task);
  if (pullRequest.head !== task.recordedHead) return headMoved(observation, task, pullRequest);
  return null;
}

/** Somebody pushed: evidence and acceptance were of the old head. */
function headMoved(observation: Observation, task: Task, pullRequest: ObservedPullRequest): MoveRequest {
  const cause = `pr:${pullRequest.number}@${pullRequest.head}`;
  return {
    ...byApp(observation),
    move: "head",
    // A head that comes back after another one is a second event, though its cause reads the same.
    cause: task.causes.has(cause) ? clockCause(observation, task) : cause,
    data: { head: pullRequest.head, by: "a push to the pull request" },
  };
}

/** The gate of an accepted submission, or null when there is nothing to merge yet. */
export function mergeGate(task: Task, situation: Situation): Gate | null {
  const { pullRequest, config } = situation;
  const { acceptance, submission } = task;
  if (task.state !== "review" || pullRequest?.isOpen !== true || acceptance === null || submission === null)
    return null;
  if (task.held !== null || acceptance.head !== pullRequest.head || submission.head !== pullRequest.head) return null;
  return waitingGate(gateOf(submission, pullRequest, config), situation);
}

/** What turned up as a blocker after the claim holds the merge, unless the config says otherwise. */
export function waitingGate(gate: Gate, { blockers, config }: Pick<Situation, "blockers" | "config">): Gate {
  if (gate.gate === "red" || blockers.length === 0 || config.blockers.late === "ignore") return gate;
  return { gate: "pending", waitsFor: [...(gate.gate === "pending" ? gate.waitsFor : []), ...blockers] };
}
