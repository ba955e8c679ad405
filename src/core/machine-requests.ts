// What the machine itself wants of a task, from facts alone: merged, moved heads, lapsed claims, the next claim.
// At most one request; people's requests come before these.

import { type Gate, gateOf } from "./gate.ts";
import { inspectRequest, lapsedInspection } from "./inspections.ts";
import { LAUNCH_MS_MAX, LEASE_SLACK_MS } from "./lease-times.ts";
import type { Observation } from "./observation.ts";
import { phasesOf } from "./phases.ts";
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
      return mergedRequest(observation, task, situation) ?? claimRequest(observation, task, situation);
    case "claimed":
      return mergedRequest(observation, task, situation) ?? lapsedRequest(observation, task, situation, results);
    case "review":
      return mergedRequest(observation, task, situation) ?? inReview(observation, task, situation, results);
    case "needs-human":
    case "draft":
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

/** A task that is to ship needs nobody to accept it, where the configuration says so: its gate is asked all the same. */
function shipRequest(
  task: Task,
  situation: Situation,
  made: Pick<MoveRequest, "actor" | "standing" | "at" | "cause">,
): MoveRequest | null {
  const { pullRequest, config } = situation;
  const ships = phasesOf(task.settings.phases)?.at(-1) === "ship" && config.merge.ship;
  if (!ships || pullRequest?.isOpen !== true || task.acceptance !== null || task.lease !== null) return null;
  if (task.held !== null || task.submission?.head !== pullRequest.head) return null;
  if (gateOf(task.submission, pullRequest, config).gate !== "green" || lacksVerdict(task, config)) return null;
  return { ...made, move: "accept", data: { head: pullRequest.head } };
}

/** Where a gatekeeper is configured, nothing ships that it has not approved. */
function lacksVerdict(task: Task, { roles }: Situation["config"]): boolean {
  const gatekeeper = roles["gatekeeper"];
  if (gatekeeper === undefined || gatekeeper.when === "never") return false;
  const head = task.submission?.head;
  return !task.inspections.some((one) => one.head === head && one.role === "gatekeeper" && one.verdict === "approve");
}

function inReview(observation: Observation, task: Task, situation: Situation, results: ActResults): MoveRequest | null {
  const made = { ...byApp(observation), cause: clockCause(observation, task) };
  return (
    reviewRequest(observation, task, situation, results, made) ??
    shipRequest(task, situation, made) ??
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

/** The gate of an accepted submission, or null when there is nothing to merge yet. */
export function mergeGate(task: Task, situation: Situation): Gate | null {
  const { pullRequest, config } = situation;
  const { acceptance, submission } = task;
  if (task.state !== "review" || pullRequest?.isOpen !== true || acceptance === null || submission === null)
    return null;
  if (task.held !== null || acceptance.head !== pullRequest.head || task.recordedHead !== pullRequest.head) return null;
  return gateOf(submission, pullRequest, config);
}
