// Claims under review: a run looks at the submitted head, runs its checks or judges it, and changes nothing. Same
// budget, bind and fencing as any claim; no attempt is charged, and the task stays in review meanwhile.

import { LAUNCH_MS_MAX, LEASE_SLACK_MS } from "./lease-times.ts";
import type { Observation, ObservedPullRequest } from "./observation.ts";
import type { MoveRequest } from "./request.ts";
import { reservationFor } from "./reservation.ts";
import { areChecksGreen, needsEvidence } from "./review-requests.ts";
import type { Situation } from "./situation.ts";
import type { Actor, Lease, Task } from "./task.ts";

/** Whoever is to judge a submission. */
export const GATEKEEPER = "gatekeeper";
/** Whoever only runs the checks again, on a head that the runner has not seen. */
export const CHECKER = "test";
/** Inspections of one head by one role: the second may make good what the first could not. */
export const INSPECTIONS_MAX_PER_HEAD = 2;

const CLOCK: Actor = { id: 0, login: "clock", kind: "clock" };

type Made = Pick<MoveRequest, "actor" | "standing" | "at" | "cause">;

export function inspectRequest(
  { writer, now }: Observation,
  task: Task,
  situation: Situation,
  made: Made,
): MoveRequest | null {
  const { pullRequest, config } = situation;
  if (pullRequest?.isOpen !== true || task.held !== null || now < task.notBefore) return null;
  const role = inspectorOf(task, pullRequest, situation);
  if (role === null) return null;
  const tries = task.inspections.filter((one) => one.head === pullRequest.head && one.role === role);
  const isTold = tries.some(({ verdict }) => verdict !== null);
  if (isTold || tries.length >= INSPECTIONS_MAX_PER_HEAD) return null;
  return {
    ...made,
    move: "inspect",
    data: {
      host: "actions",
      role,
      phases: role === GATEKEEPER ? "review" : "test",
      holder: { id: writer.id, login: writer.login, kind: "app" },
      leaseMs: config.runner["timeout-minutes"] * 60_000 + LEASE_SLACK_MS,
      reserved: reservationFor(task, config),
      head: pullRequest.head,
    },
  };
}

/** Checks first, judgement after them: nobody is paid to read what does not pass. */
function inspectorOf(task: Task, pullRequest: ObservedPullRequest, situation: Situation): string | null {
  if (needsEvidence(task, pullRequest, situation)) return CHECKER;
  const when =
    situation.config.roles[GATEKEEPER]?.when ?? (GATEKEEPER in situation.config.roles ? "checks-green" : "never");
  if (when === "never" || task.acceptance !== null) return null;
  return when === "always" || areChecksGreen(task, pullRequest, situation) ? GATEKEEPER : null;
}

/** A run that is gone, or never came, leaves the task in review and costs no attempt. */
export function lapsedInspection(
  { now }: Observation,
  _task: Task,
  lease: Lease,
  { run }: Situation,
  results: { readonly dispatchRefused: string | null },
  made: Made,
): MoveRequest | null {
  const hasEnded = run?.status === "completed";
  if (lease.run === null) {
    const waitedTooLong = now - lease.grantedAt >= LAUNCH_MS_MAX;
    if (results.dispatchRefused === null && !hasEnded && !waitedTooLong) return null;
    const reason =
      results.dispatchRefused ?? (hasEnded ? "its run ended before it was bound" : "no run started in time");
    return { ...made, move: "recall", data: { reason: reason.slice(0, 1_000), infrastructure: true } };
  }
  if (!hasEnded && now < lease.expiresAt) return null;
  const reason = hasEnded ? "its run ended without a verdict" : "its lease lapsed";
  return { ...made, actor: CLOCK, standing: "clock", move: "recall", data: { reason, infrastructure: false } };
}
