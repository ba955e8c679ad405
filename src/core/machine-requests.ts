// What the machine itself wants of a task, from facts alone: merged, moved heads, lapsed claims, the next claim.
// At most one request; people's requests come before these.

import { progressOf } from "./conditions.ts";
import { adoptionRequest, finishRequest, lateBlockerRequest, stopRequest } from "./family-requests.ts";
import { DONE } from "./flow.ts";
import { flowRequest } from "./flow-requests.ts";
import { type Gate, gateOf } from "./gate.ts";
import { humanSubmission } from "./human-claims.ts";
import { inspectRequest, lapsedInspection } from "./inspections.ts";
import { LAUNCH_MS_MAX, LEASE_SLACK_MS } from "./lease-times.ts";
import type { Observation } from "./observation.ts";
import type { MoveRequest } from "./request.ts";
import { reservationFor } from "./reservation.ts";
import { headRequest, type ReviewResults, reviewRequest } from "./review-requests.ts";
import { positionOf } from "./schedule.ts";
import type { Situation } from "./situation.ts";
import type { Actor, Task } from "./task.ts";

const CLOCK: Actor = { id: 0, login: "clock", kind: "clock" };

/** What acts of this very pass came to: GitHub's own no. */
export interface ActResults extends ReviewResults {
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
        humanSubmission(observation, task) ??
        lateBlockerRequest(observation, task, situation) ??
        lapsedRequest(observation, task, situation, results)
      );
    case "review":
      return mergedRequest(observation, task, situation) ?? inReview(observation, task, situation, results);
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
function mergedRequest(observation: Observation, task: Task, { pullRequest }: Situation): MoveRequest | null {
  if (pullRequest?.isMerged !== true) return null;
  const cause = `pr:${pullRequest.number}@${pullRequest.mergeSha ?? pullRequest.head}`;
  return {
    ...byApp(observation),
    move: "done",
    // The head may have had a record of its own: that it was merged is a second event. A draft was done before: there
    // the cause says that this merge is history.
    cause: task.state !== "draft" && task.causes.has(cause) ? clockCause(observation, task) : cause,
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
  { run, renewedAt }: Situation,
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
      : lease.host === "human"
        ? "a week went by without a push or a comment"
        : "its lease lapsed";
  // Clocks only decide when to try: the guards ask whether the run is really gone.
  const lapsesAt = lease.expiresAt + Math.max(0, (renewedAt ?? 0) - lease.grantedAt);
  const isDue = run?.status === "completed" || now >= lapsesAt;
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

function inReview(observation: Observation, task: Task, situation: Situation, results: ActResults): MoveRequest | null {
  const made = { ...byApp(observation), cause: clockCause(observation, task) };
  return (
    reviewRequest(observation, task, situation, results, made) ??
    flowRequest(task, situation, made) ??
    (task.lease === null
      ? inspectRequest(observation, task, situation, made)
      : lapsedInspection(observation, task, task.lease, situation, results, made))
  );
}

/** @returns the head that somebody moved: what people ask is judged by it */
export function factRequest(observation: Observation, task: Task, situation: Situation): MoveRequest | null {
  return headRequest(observation, task, situation, {
    ...byApp(observation),
    cause: clockCause(observation, task),
  });
}

/** The gate of a submission whose flow ends here, or null when there is nothing to merge yet. */
export function mergeGate(task: Task, situation: Situation): Gate | null {
  const { pullRequest, config } = situation;
  const { acceptance, submission } = task;
  if (task.state !== "review" || pullRequest?.isOpen !== true || submission === null || task.held !== null) return null;
  if (task.recordedHead !== pullRequest.head) return null;
  if (acceptance !== null && acceptance.head !== pullRequest.head) return null;
  const progress = progressOf(task, pullRequest, config);
  if (progress.progress !== "passed" || progress.to !== DONE) return null;
  return waitingGate(gateOf(submission, pullRequest, config), situation);
}

/** What turned up as a blocker after the claim holds the merge, unless the config says otherwise. */
export function waitingGate(gate: Gate, { blockers, config }: Pick<Situation, "blockers" | "config">): Gate {
  if (gate.gate === "red" || blockers.length === 0 || config.blockers.late === "ignore") return gate;
  return { gate: "pending", waitsFor: [...(gate.gate === "pending" ? gate.waitsFor : []), ...blockers] };
}
