// What a workflow run asks for, once its OIDC token or GitHub's list of runs has proved who it is.

import type { MoveRequest } from "./request.ts";
import type { Actor, EpochMs, RunRef, Sha } from "./task.ts";

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
