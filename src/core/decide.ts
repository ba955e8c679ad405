// The only place that says yes or no to a move. Pure: a task, a request and the facts in; a record or a refusal out.

import { chargeOf } from "./fold.ts";
import { GUARDS } from "./guards.ts";
import type { LedgerRecord, MoveData } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import type { MoveRequest, Standing } from "./request.ts";
import type { Situation } from "./situation.ts";
import type { MicroUsd, Sha, State, Task } from "./task.ts";
import { type Asker, MOVES, type MoveName, type Transition, transition } from "./transitions.ts";

/** What the shared ledger must say in the same atomic call; the claim's token is known only once its commit is made. */
export type RepositoryIntent =
  | { readonly intent: "admit"; readonly role: string; readonly reserved: MicroUsd; readonly left: readonly number[] }
  | {
      readonly intent: "discharge";
      readonly token: Sha;
      readonly spent: MicroUsd;
      readonly outcome: "worked" | "infrastructure" | "neutral";
      readonly toReview: boolean;
    };

export type Verdict =
  | { readonly ok: true; readonly record: LedgerRecord; readonly repository: RepositoryIntent | null }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Decides one requested move.
 *
 * @param task     the task as folded from its ledger, or null before its first record
 * @param id       `<repository id>/<issue node id>`
 * @param request  who asks for what, and why; `at` in epoch milliseconds of GitHub's clock
 * @returns the record to append, or the first reason it must not move; never throws
 */
export function decide(task: Task | null, id: string, request: MoveRequest, situation: Situation): Verdict {
  const row = transition(request.move);
  const refusal =
    repeated(task, request) ??
    notEntitled(task, request, row, situation) ??
    wrongState(task, row) ??
    guarded(task, request, row, situation);
  if (refusal !== null) return { ok: false, refusal };
  const state = destination(task, request, row, situation);
  if (typeof state !== "string") return { ok: false, refusal: state };
  const record = recordOf(id, request, row, state);
  return { ok: true, record, repository: intentOf(task, record, request, situation) };
}

function repeated(task: Task | null, request: MoveRequest): Refusal | null {
  return task?.causes.has(request.cause) === true ? { reason: "already-done" } : null;
}

function wrongState(task: Task | null, row: Transition): Refusal | null {
  const state = task?.state ?? "none";
  return row.from.includes(state) ? null : { reason: "wrong-state", state, allowed: legalMoves(task) };
}

/** Moves that lead on from where a task stands, whoever may ask for them. */
export function legalMoves(task: Task | null): readonly MoveName[] {
  const state = task?.state ?? "none";
  return MOVES.filter((move) => transition(move).from.includes(state));
}

const RANK: Readonly<Record<string, number>> = { none: 0, read: 1, triage: 2, write: 3, maintain: 4, admin: 5 };

function notEntitled(task: Task | null, request: MoveRequest, row: Transition, { bots }: Situation): Refusal | null {
  const { standing, actor } = request;
  if (standing === "unknown") return { reason: "permission-unknown" };
  if (actor.kind === "app" && standing !== "app" && !bots.has(actor.id)) return { reason: "bot-not-allowed" };
  const entitled = row.by.some((asker) => answersTo(asker, standing, task, request));
  return entitled ? null : { reason: "not-permitted", needs: row.by, has: standing };
}

function answersTo(asker: Asker, standing: Standing, task: Task | null, request: MoveRequest): boolean {
  switch (asker) {
    case "write":
    case "maintain":
      return (RANK[standing] ?? -1) >= (RANK[asker] ?? Number.POSITIVE_INFINITY);
    case "holder":
      return task?.lease?.holder.id === request.actor.id && request.actor.kind === "user";
    case "run":
    case "app":
    case "clock":
      return standing === asker;
  }
}

function guarded(task: Task | null, request: MoveRequest, row: Transition, situation: Situation): Refusal | null {
  for (const name of row.guards) {
    const refusal = GUARDS[name](task, request, situation);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Where the move leads: fixed by its row, or by a limit, or (force alone) by the person who asks. */
function destination(task: Task | null, request: MoveRequest, row: Transition, situation: Situation): State | Refusal {
  if (row.to === "same") return task?.state ?? "draft";
  if (typeof row.to === "string") return row.to;
  const to = request.move === "force" ? request.data.to : limited(task, request, situation);
  return row.to.includes(to) ? to : { reason: "illegal-target", to, allowed: row.to };
}

function limited(task: Task | null, request: MoveRequest, { config, pullRequest }: Situation): State {
  const { limits } = config;
  const counters = task?.counters;
  const attempts = (counters?.attempts ?? 0) + 1;
  switch (request.move) {
    case "fail":
      return failDestination(task, request.data.source, attempts, limits.attempts);
    case "expire":
      return attempts >= limits.attempts ? "needs-human" : "queued";
    case "suspend":
      return (counters?.suspensions ?? 0) + 1 >= limits.suspensions ? "needs-human" : "queued";
    case "verdict":
      if (request.data.verdict !== "reject") return "review";
      return (counters?.rejections ?? 0) + 1 >= limits.rejections ? "needs-human" : "queued";
    case "reject":
      return request.data.source === "checks"
        ? (counters?.checkFailures ?? 0) + 1 > limits["check-failures"]
          ? "needs-human"
          : "queued"
        : (counters?.rejections ?? 0) + 1 >= limits.rejections
          ? "needs-human"
          : "queued";
    case "merge-refused":
      // Whoever closed the pull request meant something by it: a person says what.
      if (pullRequest?.isOpen === false || pullRequest?.mergeable === "no") return "needs-human";
      return (counters?.mergeRefusals ?? 0) + 1 > limits["merge-updates"] ? "needs-human" : "queued";
    default:
      return "needs-human";
  }
}

/** Tried again up to the limit, then a person is asked, once; no result at all asks at once. */
function failDestination(task: Task | null, source: string, attempts: number, limit: number): State {
  if (attempts < limit && source !== NO_RESULT) return "queued";
  return (task?.counters.failures ?? 0) > 0 ? "failed" : "needs-human";
}

/** `fail` with this source: the run ended without any result. */
export const NO_RESULT = "no-result";

function recordOf(id: string, request: MoveRequest, row: Transition, state: State): LedgerRecord {
  const data = typeof row.to === "object" ? { ...request.data, to: state } : request.data;
  return {
    v: 1,
    task: id,
    move: request.move,
    actor: request.actor,
    cause: request.cause,
    at: request.at,
    state,
    // The request's data is the record's but for `to`, which a row with a choice of destinations always adds.
    data: data as MoveData[typeof request.move],
  } as LedgerRecord;
}

function intentOf(
  task: Task | null,
  record: LedgerRecord,
  request: MoveRequest,
  { leftReview }: Situation,
): RepositoryIntent | null {
  if (record.move === "claim" || record.move === "inspect") {
    return { intent: "admit", role: record.data.role, reserved: record.data.reserved, left: leftReview };
  }
  const lease = task?.lease ?? null;
  if (lease === null || transition(record.move).lease !== "end") return null;
  return {
    intent: "discharge",
    token: lease.token,
    spent: chargeOf(lease, record),
    outcome: outcomeFor(record, request),
    toReview: record.state === "review",
  };
}

function outcomeFor(record: LedgerRecord, request: MoveRequest): "worked" | "infrastructure" | "neutral" {
  if (["submit", "ask", "propose", "report", "verdict"].includes(record.move)) return "worked";
  const isReturned = request.move === "release" || request.move === "recall";
  if (isReturned && request.data.infrastructure) return "infrastructure";
  return "neutral";
}
