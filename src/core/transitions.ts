// The one table of legal moves. Labels, commands, the board's legend, SPEC.md and the tests are all derived from it;
// a move that is not a row here does not exist.

import type { State } from "./task.ts";

/** Who may ask. `holder` is whoever the lease names; the others are a permission on the repository or our own machinery. */
export type Asker = "write" | "maintain" | "holder" | "run" | "app" | "clock";

/** What a move does to the lease. */
export type LeaseEffect = "none" | "grant" | "bind" | "keep" | "end";

/** A rule that a request must pass; each is a function of the same name in `guards.ts`. */
export type GuardName =
  | "issue-is-open"
  | "is-an-issue"
  | "has-body"
  | "role-is-known"
  | "phases-are-known"
  | "queue-has-room"
  | "repository-runs"
  | "unblocked"
  | "not-held"
  | "backoff-is-over"
  | "role-has-no-pause"
  | "claims-below-limit"
  | "reviews-below-limit"
  | "budget-is-left"
  | "text-as-queued"
  | "claim-is-unbound"
  | "first-attempt-of-run"
  | "token-is-current"
  | "run-is-bound"
  | "run-is-gone"
  | "lease-has-lapsed"
  | "has-reason"
  | "head-as-seen"
  | "has-evidence"
  | "plan-as-seen"
  | "is-merged"
  | "labels-agree"
  | "head-is-current";

export interface Transition {
  readonly from: readonly (State | "none")[];
  /** `same`: the state stays. A list: the record's `data.to` says which, and must be one of them. */
  readonly to: State | "same" | readonly State[];
  readonly by: readonly Asker[];
  readonly lease: LeaseEffect;
  readonly guards: readonly GuardName[];
  /** One more attempt is counted. */
  readonly countsAttempt?: true;
}

const OPEN = ["draft", "queued", "claimed", "review", "needs-human", "failed"] as const;
const ANY = [...OPEN, "done", "cancelled"] as const;

// biome-ignore format: a table reads by column.
export const TRANSITIONS = {
  draft:           { from: ["none", "done", "cancelled", "failed"], to: "draft",       by: ["write", "app"],            lease: "none",  guards: ["is-an-issue", "issue-is-open"] },
  queue:           { from: ["none", "draft", "needs-human", "failed", "cancelled"], to: "queued", by: ["write"],        lease: "none",  guards: ["is-an-issue", "issue-is-open", "has-body", "labels-agree", "role-is-known", "phases-are-known", "queue-has-room"] },
  claim:           { from: ["queued"],          to: "claimed",                          by: ["app", "write"],           lease: "grant", guards: ["is-an-issue", "issue-is-open", "repository-runs", "role-has-no-pause", "not-held", "unblocked", "backoff-is-over", "claims-below-limit", "reviews-below-limit", "budget-is-left", "text-as-queued"] },
  bind:            { from: ["claimed", "review"], to: "same",                            by: ["run", "app"],             lease: "bind",  guards: ["token-is-current", "claim-is-unbound", "first-attempt-of-run"] },
  release:         { from: ["claimed"],         to: "queued",                           by: ["holder", "write", "app"], lease: "end",   guards: ["has-reason"] },
  expire:          { from: ["claimed"],         to: ["queued", "needs-human"],          by: ["clock"],                  lease: "end",   guards: ["run-is-gone", "lease-has-lapsed"], countsAttempt: true },
  suspend:         { from: ["claimed"],         to: ["queued", "needs-human"],          by: ["run"],                    lease: "end",   guards: ["token-is-current", "run-is-bound", "has-reason"] },
  ask:             { from: ["claimed"],         to: "needs-human",                      by: ["run"],                    lease: "end",   guards: ["token-is-current", "run-is-bound", "has-reason"] },
  answer:          { from: ["needs-human"],     to: "queued",                           by: ["write"],                  lease: "none",  guards: ["issue-is-open", "has-reason"] },
  propose:         { from: ["claimed"],         to: "needs-human",                      by: ["run"],                    lease: "end",   guards: ["token-is-current", "run-is-bound"] },
  "approve-plan":  { from: ["needs-human"],     to: "queued",                           by: ["write"],                  lease: "none",  guards: ["issue-is-open", "plan-as-seen"] },
  report:          { from: ["claimed"],         to: "done",                             by: ["run"],                    lease: "end",   guards: ["token-is-current", "run-is-bound"] },
  submit:          { from: ["claimed"],         to: "review",                           by: ["run", "holder"],          lease: "end",   guards: ["token-is-current", "run-is-bound", "has-evidence"] },
  fail:            { from: ["claimed"],         to: ["queued", "needs-human", "failed"], by: ["run"],                   lease: "end",   guards: ["token-is-current", "run-is-bound", "has-reason"], countsAttempt: true },
  accept:          { from: ["review", "needs-human"], to: "review",                          by: ["write", "app"],           lease: "keep",  guards: ["issue-is-open", "head-as-seen"] },
  head:            { from: ["review"],          to: "same",                             by: ["app"],                    lease: "end",   guards: [] },
  inspect:         { from: ["review"],          to: "same",                             by: ["app"],                    lease: "grant", guards: ["issue-is-open", "repository-runs", "role-has-no-pause", "not-held", "claims-below-limit", "budget-is-left", "head-is-current"] },
  verdict:         { from: ["review"],          to: ["review", "queued", "needs-human"], by: ["run"],                   lease: "end",   guards: ["token-is-current", "run-is-bound", "has-reason", "head-is-current"] },
  recall:          { from: ["review"],          to: "same",                             by: ["holder", "write", "app", "clock"], lease: "end", guards: ["run-is-gone", "lease-has-lapsed", "has-reason"] },
  reject:          { from: ["review"],          to: ["queued", "needs-human"],          by: ["write", "app"],           lease: "end",   guards: ["has-reason"] },
  "merge-refused": { from: ["review"],          to: ["queued", "needs-human"],          by: ["app"],                    lease: "end",   guards: ["has-reason"] },
  done:            { from: ANY,                 to: "done",                             by: ["app"],                    lease: "end",   guards: ["is-merged"] },
  hold:            { from: OPEN,                to: "same",                             by: ["write"],                  lease: "keep",  guards: [] },
  unhold:          { from: OPEN,                to: "same",                             by: ["write"],                  lease: "keep",  guards: [] },
  cancel:          { from: OPEN,                to: "cancelled",                        by: ["write"],                  lease: "end",   guards: [] },
  note:            { from: ANY,                 to: "same",                             by: ["write", "app"],           lease: "keep",  guards: [] },
  force:           { from: ANY,                 to: ["draft", "queued", "review", "needs-human", "done", "failed", "cancelled"], by: ["maintain"], lease: "end", guards: ["has-reason"] },
} as const satisfies Record<string, Transition>;

export type MoveName = keyof typeof TRANSITIONS;
export const MOVES = Object.keys(TRANSITIONS) as readonly MoveName[];

/** The row of a move, with the literal types widened so that every row can be read alike. */
export function transition(move: MoveName): Transition {
  return TRANSITIONS[move];
}
