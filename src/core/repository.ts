// The repository ledger: what several tasks share (slots, money, pause). One ref per repository, moved in the same
// atomic call as a task's own ledger, because a compare-and-swap per task cannot protect a limit across tasks.

import { z } from "zod";
import type { EpochMs, MicroUsd, Sha } from "./task.ts";

/** Claims that are open at once at the most, whatever the config says: keeps the snapshot in a record small. */
export const ADMISSIONS_MAX = 200;
/** Days of spending that are remembered: enough for a month's budget. */
const SPENT_DAYS_MAX = 40;

const count = z.int().nonnegative();
const sha = z.string().regex(/^[0-9a-f]{40}$/);

const admission = z.strictObject({
  issue: z.int().positive(),
  /** SHA of the claim record: the lease token. */
  token: sha,
  role: z.string().min(1).max(100),
  reserved: count,
  at: count,
});

export const repositoryStateSchema = z.strictObject({
  admissions: z.array(admission).max(ADMISSIONS_MAX),
  /** Issues whose submission waits in review, with the head: the review limit is exact too. */
  reviews: z.array(z.int().positive()).max(1_000),
  paused: z
    .strictObject({
      why: z.string().max(500),
      by: z.string().max(100),
      at: count,
      /** The task whose failure was one too many: its issue is where people are told. */
      issue: z.int().positive().optional(),
    })
    .nullable(),
  pausedRoles: z.array(z.string().min(1).max(100)).max(50),
  /** Infrastructure failures in a row. */
  failures: count,
  /** Millionths of a dollar by UTC day, `2026-11-20`. */
  spent: z.record(z.string().regex(/^\d{4}-\d\d-\d\d$/), count),
});

export type RepositoryState = Readonly<z.infer<typeof repositoryStateSchema>>;
export type RepositoryPause = NonNullable<RepositoryState["paused"]>;

export const EMPTY_REPOSITORY: RepositoryState = {
  admissions: [],
  reviews: [],
  paused: null,
  pausedRoles: [],
  failures: 0,
  spent: {},
};

/** What happens to the shared state, always together with a task's move or with a person's pause. */
export type RepositoryMove =
  | {
      readonly move: "admit";
      readonly issue: number;
      readonly token: Sha;
      readonly role: string;
      readonly reserved: MicroUsd /** Tasks whose own ledger says that they left review. */;
      readonly left: readonly number[];
    }
  | {
      readonly move: "discharge";
      readonly issue: number;
      readonly token: Sha;
      readonly spent: MicroUsd;
      readonly outcome: "worked" | "infrastructure" | "neutral";
      /** The task enters review with this move. */
      readonly toReview: boolean;
    }
  | { readonly move: "pause"; readonly why: string; readonly by: string; readonly role: string | null }
  | { readonly move: "resume"; readonly by: string; readonly role: string | null };

/** The UTC day of an instant, `2026-11-20`. */
export function dayOf(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Infrastructure failures in a row that pause a repository. Source: the seeds' `system_health`. */
export const FAILURES_BEFORE_PAUSE = 2;

/** @returns the state after the move; a discharge of an admission that is not there changes nothing but the money already settled */
export function applyRepositoryMove(state: RepositoryState, move: RepositoryMove, at: EpochMs): RepositoryState {
  switch (move.move) {
    case "admit":
      return {
        ...state,
        reviews: state.reviews.filter((issue) => !move.left.includes(issue)),
        admissions: [
          ...state.admissions,
          { issue: move.issue, token: move.token, role: move.role, reserved: move.reserved, at },
        ],
      };
    case "discharge":
      return discharge(state, move, at);
    case "pause":
      return move.role === null
        ? { ...state, paused: { why: move.why, by: move.by, at } }
        : { ...state, pausedRoles: [...new Set([...state.pausedRoles, move.role])] };
    case "resume":
      return move.role === null
        ? { ...state, paused: null, failures: 0 }
        : { ...state, pausedRoles: state.pausedRoles.filter((role) => role !== move.role) };
  }
}

function discharge(
  state: RepositoryState,
  move: Extract<RepositoryMove, { move: "discharge" }>,
  at: EpochMs,
): RepositoryState {
  const admitted = state.admissions.some((admission) => admission.token === move.token);
  if (!admitted) return state;
  const failures =
    move.outcome === "infrastructure" ? state.failures + 1 : move.outcome === "worked" ? 0 : state.failures;
  const day = dayOf(at);
  const spent = Object.fromEntries(
    Object.entries({ ...state.spent, [day]: (state.spent[day] ?? 0) + move.spent })
      .sort(([a], [b]) => a.localeCompare(b))
      .slice(-SPENT_DAYS_MAX),
  );
  const paused =
    failures >= FAILURES_BEFORE_PAUSE && state.paused === null
      ? { why: `${failures} infrastructure failures in a row`, by: "signalbox", at, issue: move.issue }
      : state.paused;
  return {
    ...state,
    admissions: state.admissions.filter((admission) => admission.token !== move.token),
    reviews: move.toReview ? [...new Set([...state.reviews, move.issue])] : state.reviews,
    failures,
    paused,
    spent,
  };
}

/** Money that is spoken for now: settled today plus every open reservation. */
export function committedToday(state: RepositoryState, now: EpochMs): MicroUsd {
  const reserved = state.admissions.reduce((sum, admission) => sum + admission.reserved, 0);
  return (state.spent[dayOf(now)] ?? 0) + reserved;
}
