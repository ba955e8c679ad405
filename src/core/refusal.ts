// Why a request is not granted, as data. A refusal is an answer for a person, never an exception; `render.ts` says each in one sentence.

import type { EpochMs, MicroUsd, Sha, ShownState, State } from "./task.ts";
import type { Asker, MoveName } from "./transitions.ts";

export type Refusal =
  | { readonly reason: "wrong-state"; readonly state: State | "none"; readonly allowed: readonly MoveName[] }
  | { readonly reason: "not-permitted"; readonly needs: readonly Asker[]; readonly has: string }
  | { readonly reason: "permission-unknown" }
  | { readonly reason: "bot-not-allowed" }
  | { readonly reason: "already-done" }
  | { readonly reason: "not-an-issue" }
  | { readonly reason: "issue-closed" }
  | { readonly reason: "empty-body" }
  | { readonly reason: "unknown-role"; readonly role: string; readonly known: readonly string[] }
  | { readonly reason: "unknown-phases"; readonly phases: string; readonly known: readonly string[] }
  | { readonly reason: "unknown-state"; readonly state: string; readonly known: readonly ShownState[] }
  | { readonly reason: "conflicting-labels"; readonly labels: readonly string[] }
  | { readonly reason: "label-not-a-request"; readonly label: string; readonly state: State | "none" }
  | { readonly reason: "queue-full"; readonly limit: number }
  | { readonly reason: "paused"; readonly why: string }
  | { readonly reason: "plan-moved" }
  | { readonly reason: "held"; readonly why: string }
  | { readonly reason: "blocked"; readonly by: readonly string[] }
  | { readonly reason: "backing-off"; readonly until: EpochMs }
  | { readonly reason: "not-next"; readonly ahead: number }
  | { readonly reason: "claims-at-limit"; readonly limit: number }
  | { readonly reason: "reviews-at-limit"; readonly limit: number }
  | {
      readonly reason: "budget-spent";
      readonly scope: "task" | "day" | "month";
      readonly left: MicroUsd;
      readonly needed: MicroUsd;
    }
  | { readonly reason: "ledger-broken"; readonly problem: string }
  | { readonly reason: "text-changed"; readonly by: string | null }
  | { readonly reason: "stale-token"; readonly current: Sha | null }
  | { readonly reason: "already-bound"; readonly run: number }
  | { readonly reason: "not-first-attempt" }
  | { readonly reason: "run-not-bound"; readonly bound: number | null }
  | { readonly reason: "run-still-alive" }
  | { readonly reason: "lease-not-expired"; readonly expiresAt: EpochMs }
  | { readonly reason: "reason-missing" }
  | { readonly reason: "head-moved"; readonly seen: Sha; readonly head: Sha | null }
  | { readonly reason: "no-evidence" }
  | { readonly reason: "not-merged" }
  | { readonly reason: "illegal-target"; readonly to: State; readonly allowed: readonly State[] }
  | { readonly reason: "unknown-command"; readonly verb: string; readonly suggestion: string | null }
  | { readonly reason: "bad-arguments"; readonly usage: string; readonly problem: string };

export type RefusalReason = Refusal["reason"];
