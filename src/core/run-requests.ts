// What a workflow run asks for, once its OIDC token or GitHub's list of runs has proved who it is.

import type { Observation } from "./observation.ts";
import type { Ask } from "./plan.ts";
import type { Refusal } from "./refusal.ts";
import type { MoveRequest } from "./request.ts";
import type { Actor, EpochMs, RunRef, Sha, Task } from "./task.ts";

function runActor(run: RunRef): Actor {
  return { id: run.id, login: `run-${run.id}`, kind: "run" };
}

/** Asks that this run, and no other, may work under the claim. */
export function bindRequest(run: RunRef, token: Sha, at: EpochMs): MoveRequest {
  return {
    move: "bind",
    actor: runActor(run),
    standing: "run",
    cause: `run:${run.id}/${run.attempt}/bind`,
    at,
    data: { token, run },
  };
}

/** Who ends a claim by its result, and by which cause: a run does so once. */
export function runEnding(run: RunRef, at: EpochMs): Pick<MoveRequest, "actor" | "standing" | "cause" | "at"> {
  return { actor: runActor(run), standing: "run", cause: `run:${run.id}/${run.attempt}`, at };
}

/**
 * The bind that a claim waits for, where no app is there to be asked for it: the run that GitHub shows at work under the
 * claim's token. A run that was started again is not its first attempt and inherits nothing; of several, the oldest is bound.
 *
 * @returns null while there is no such run, or none is needed
 */
export function bindSeen({ runs, now }: Observation, task: Task): Ask | null {
  const { lease } = task;
  if (lease === null || lease.host !== "actions" || lease.run !== null) return null;
  const [oldest] = runs
    .filter(({ token, run, status }) => token === lease.token && run.attempt === 1 && status === "running")
    .toSorted((a, b) => a.createdAt - b.createdAt || a.run.id - b.run.id);
  if (oldest === undefined) return null;
  const { run } = oldest;
  return { id: `bind-${run.id}-${run.attempt}`, request: bindRequest(run, lease.token, now) };
}

/** @returns the refusal for a run that does not hold the lease under this token, or null when it does */
export function notHeldBy(task: Task | null, run: RunRef, token: Sha): Refusal | null {
  const lease = task?.lease ?? null;
  if (lease === null || lease.token !== token) return { reason: "stale-token", current: lease?.token ?? null };
  const isBound = lease.run !== null && lease.run.id === run.id && lease.run.attempt === run.attempt;
  return isBound ? null : { reason: "run-not-bound", bound: lease.run?.id ?? null };
}
