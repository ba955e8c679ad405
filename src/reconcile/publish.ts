// How a finished run enters the ledger: its result becomes one move, fenced on the lease and appended together with the
// task branch in one atomic call. A stale run changes nothing that anybody can see.

import { actsOf } from "../core/acts.ts";
import { decide } from "../core/decide.ts";
import { taskBranch } from "../core/observation.ts";
import { type Left, outcomeOf, verdictOf } from "../core/outcome.ts";
import { taskId } from "../core/plan.ts";
import { type Hub, type IssueRef, keyOf, type RefUpdate } from "../core/ports.ts";
import type { Refusal } from "../core/refusal.ts";
import type { MoveRequest } from "../core/request.ts";
import type { RunResult } from "../core/result.ts";
import { runEnding } from "../core/run-requests.ts";
import { situationOf } from "../core/situation.ts";
import type { RunRef, Sha } from "../core/task.ts";
import type { MoveName } from "../core/transitions.ts";
import { afterAct } from "./acts.ts";
import { append } from "./append.ts";
import { afterAppend, lookAt, type Pass } from "./look.ts";
import type { ReconcileDeps } from "./reconcile.ts";

export interface PublishInput {
  /** What the work job left, or null when it left nothing that could be read. */
  readonly result: RunResult | null;
  /** Why a result that was left cannot be read; null with a null result: none was left. */
  readonly unreadable: string | null;
  readonly run: RunRef;
  /** The lease token that the run was dispatched with. */
  readonly token: Sha;
  /** SHA-256 of the plan in the result, hex: whoever publishes computes it. */
  readonly planDigest?: string | null;
  /** Where the objects were pushed, and the head there; deleted in the same call. Null when nothing was pushed. */
  readonly staged: { readonly ref: string; readonly head: Sha } | null;
}

export interface Published {
  /** The move that was made; null when the publish was refused, or when the run left nothing and so asked for none. */
  readonly move: MoveName | null;
  readonly pullRequest: number | null;
  readonly refusal: Refusal | null;
}

/** How often a publish that keeps losing against notes and other tasks is tried. */
const TRIES_MAX = 20;

export async function publish(
  deps: Omit<ReconcileDeps, "mention">,
  ref: IssueRef,
  input: PublishInput,
): Promise<Published> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const pass = await lookAt(deps.hub, ref, new Map(), null);
    if (pass === "gone") return refused({ reason: "wrong-state", state: "none", allowed: [] });
    if (pass.problem !== null) return refused({ reason: "ledger-broken", problem: pass.problem });
    const request = requestOf(pass, input);
    if (request === null) return { move: null, pullRequest: null, refusal: null };
    const verdict = decide(
      pass.task,
      taskId(pass.observation),
      request,
      situationOf(pass.observation, pass.task, null),
    );
    if (!verdict.ok) return refused(verdict.refusal);
    const { observation, task } = pass;
    const head = request.move === "submit" ? request.data.head : "work" in request.data ? request.data.work.head : null;
    const moves = [{ record: verdict.record, repository: verdict.repository }];
    const alongside = branchUpdates(pass, input, head);
    const result = await append(deps.hub, ref, {
      observation,
      task,
      moves,
      change: null,
      alongside,
      nonce: deps.nonce,
    });
    if (result === "lost") {
      deps.log.info({ key: keyOf(ref), move: request.move }, "publish lost a race, looking again");
      continue;
    }
    return announce(deps.hub, ref, afterAppend(pass, result), request.move, input.result);
  }
  throw new Error(`the publish of ${keyOf(ref)} lost ${TRIES_MAX} races in a row`);
}

function refused(refusal: Refusal): Published {
  return { move: null, pullRequest: null, refusal };
}

/** A person's push to the task branch fences the run as well: its work is kept, but nothing is overwritten. */
function requestOf(
  pass: Pass,
  { result, unreadable, run, token, staged, planDigest }: PublishInput,
): MoveRequest | null {
  const { observation, task } = pass;
  const common = runEnding(run, observation.now);
  const inspected = task?.state === "review" && task.lease !== null ? task.inspections.at(-1) : undefined;
  // An inspection that left nothing is called back by the clock: there is no work to be told of.
  if (inspected !== undefined)
    return result === null ? null : { ...common, ...verdictOf(result, run, token, inspected.head) };
  const left: Left = result !== null ? { result } : unreadable !== null ? { unreadable } : "nothing";
  const outcome = outcomeOf(left, run, token, planDigest ?? null);
  if (outcome === null) return null;
  const isOurs = observation.taskBranch === (task?.recordedHead ?? null);
  if (isOurs || result === null) return { ...common, ...outcome };
  const work = { head: null, summary: result.summary };
  const reason = `somebody pushed to the task's branch while the run worked; its own work is kept in ${staged?.ref ?? "its artifact"}`;
  return { ...common, move: "suspend", data: { token, run, reason, work, usage: result.usage } };
}

function branchUpdates({ observation, task }: Pass, { staged }: PublishInput, head: Sha | null): readonly RefUpdate[] {
  if (staged === null) return [];
  const staging: RefUpdate = { ref: staged.ref, before: staged.head, after: null };
  // Work that found its place taken stays where it is staged, for a person to look at.
  if (head === null) return observation.taskBranch === (task?.recordedHead ?? null) ? [staging] : [];
  if (head !== staged.head) throw new Error("the staged head is not the head of the result");
  const branch = `refs/heads/${taskBranch(observation.issue.number)}`;
  return [staging, { ref: branch, before: task?.recordedHead ?? null, after: head }];
}

/** The pull request and its evidence check: the reconcile loop would make them too, a minute later. */
async function announce(
  hub: Hub,
  ref: IssueRef,
  pass: Pass,
  move: MoveName,
  result: RunResult | null,
): Promise<Published> {
  if (pass.task === null) throw new Error("a publish left no task behind");
  let after = pass;
  const situation = situationOf(pass.observation, pass.task, null);
  const { observation, task } = pass;
  const acts = actsOf({ observation, task, situation, won: true, orphans: [], ...(result === null ? {} : { result }) });
  const due = acts.filter((effect) => effect.kind === "open-pull-request" || effect.kind === "evidence-check");
  const answers = due.length === 0 ? [] : await hub.apply(ref, due);
  for (const [index, effect] of due.entries()) {
    after = afterAct(after, effect, answers[index] ?? { ok: false, refused: "no answer" });
  }
  const opened = situationOf(after.observation, after.task, null).pullRequest;
  return { move, pullRequest: opened?.number ?? null, refusal: null };
}
