// What the core needs of the world. Each port says what its implementations promise; one contract suite runs on all of them.

import type { Account, Observation, Permission, Reaction } from "./observation.ts";
import type { EpochMs, Sha } from "./task.ts";

/** Where something lives. `installation` is null in no-server mode. */
export interface RepositoryRef {
  readonly owner: string;
  readonly name: string;
}

export interface IssueRef extends RepositoryRef {
  readonly issue: number;
}

/** `owner/repo#n`: the key of the work queue. */
export function keyOf(ref: IssueRef): string {
  return `${ref.owner}/${ref.name}#${ref.issue}`;
}

/** One ref in an atomic update. `before: null` = it must not exist; `after: null` = delete it. */
export interface RefUpdate {
  /** Full name, `refs/heads/…`. */
  readonly ref: string;
  readonly before: Sha | null;
  readonly after: Sha | null;
}

/** A commit object to be made: empty tree, one parent, message; signed by GitHub because nothing else is given. */
export interface NewRecord {
  readonly parent: Sha | null;
  readonly message: string;
}

/**
 * `won`: every ref moved, by this call. `lost`: nothing moved, and somebody else's value stands in at least one ref.
 * There is no third answer: an ambiguous one (timeout, 5xx) is settled inside, by repeating the same SHAs.
 */
export type AppendResult = "won" | "lost";

/** Reads and moves refs: the only arbiter. */
export interface LedgerStore {
  /** Writes a commit object that no ref names yet: harmless until `updateRefs`. @returns its SHA */
  createRecord(repository: RepositoryRef, record: NewRecord): Promise<Sha>;
  /** All or nothing. */
  updateRefs(repository: RepositoryRef, updates: readonly RefUpdate[]): Promise<AppendResult>;
}

/** One idempotent write that brings a projection up to date. Those without a return value may share one GraphQL document. */
export type Effect =
  | { readonly kind: "add-labels"; readonly nodeId: string; readonly labels: readonly string[] }
  | { readonly kind: "remove-labels"; readonly nodeId: string; readonly labels: readonly string[] }
  | { readonly kind: "assign"; readonly nodeId: string; readonly accounts: readonly Account[] }
  | { readonly kind: "unassign"; readonly nodeId: string; readonly accounts: readonly Account[] }
  | { readonly kind: "edit-comment"; readonly nodeId: string; readonly body: string }
  | { readonly kind: "minimize-comment"; readonly nodeId: string }
  | { readonly kind: "delete-comment"; readonly nodeId: string }
  | { readonly kind: "react"; readonly nodeId: string; readonly reaction: Reaction }
  | { readonly kind: "close-issue"; readonly nodeId: string; readonly reason: "completed" | "not_planned" }
  | { readonly kind: "reopen-issue"; readonly nodeId: string }
  // These stand alone: each is one request, and is looked up by its key before it is repeated.
  | { readonly kind: "create-comment"; readonly issue: number; readonly key: string; readonly body: string }
  | { readonly kind: "dispatch"; readonly issue: number; readonly token: Sha }
  | { readonly kind: "cancel-run"; readonly runId: number }
  | {
      readonly kind: "merge";
      readonly pullRequest: number;
      readonly head: Sha;
      readonly method: "merge" | "squash" | "rebase";
      readonly title: string;
    }
  | {
      readonly kind: "open-pull-request";
      readonly issue: number;
      readonly head: string;
      readonly base: string;
      readonly title: string;
      readonly body: string;
    }
  /** Asks GitHub to run failed check runs again. */
  | { readonly kind: "rerun-checks"; readonly head: Sha; readonly runIds: readonly number[] }
  /** Merges the base branch into the pull request's, if its head is still the one named. */
  | { readonly kind: "update-branch"; readonly pullRequest: number; readonly head: Sha }
  | { readonly kind: "close-pull-request"; readonly pullRequest: number; readonly comment: string }
  | {
      readonly kind: "evidence-check";
      readonly head: Sha;
      readonly conclusion: "success" | "failure" | "neutral";
      readonly title: string;
      readonly summary: string;
    }
  | { readonly kind: "delete-branch"; readonly branch: string; readonly head: Sha };

export type EffectKind = Effect["kind"];

/** What came of an effect: `refused` is GitHub's own no (a merge conflict, a rule), with its reason. */
export type EffectResult =
  /** `queued`: a merge that GitHub's merge queue will carry out, or give back. */
  | { readonly ok: true; readonly id?: number; readonly queued?: true }
  | { readonly ok: false; readonly refused: string };

/** GitHub as the reconcile loop sees it. */
export interface Hub extends LedgerStore {
  /** Reads one issue whole. `gone` when it was deleted or transferred away; reads are at most as old as the request. */
  observe(ref: IssueRef): Promise<Observation | "gone">;
  /** Asked by login, checked for the same numeric id: a renamed account inherits nothing. */
  permissionOf(repository: RepositoryRef, account: Account): Promise<Permission>;
  /**
   * Carries out effects in order, as few requests as the API allows, and returns one result each.
   * Safe to repeat: an effect that already holds writes nothing.
   */
  apply(ref: IssueRef, effects: readonly Effect[]): Promise<readonly EffectResult[]>;
  /** Issues with an open task, for the sweep: by label, never by search. */
  openTasks(repository: RepositoryRef): Promise<readonly number[]>;
}

/** Time enters here. `now` is the process's clock: it paces, it never decides. */
export interface Clock {
  now(): EpochMs;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness enters here, so that a seed replays everything. */
export interface Random {
  /** In [0, 1). */
  next(): number;
}

/** Keys to look at, one at a time per key, coalesced while they wait. */
export interface WorkQueue {
  /** @param delayMs not before this many milliseconds from now; an earlier wake-up of the same key wins */
  add(key: string, delayMs?: number): Promise<void>;
  /** Hands each due key to `work`; a thrown error puts the key back with backoff. */
  start(work: (key: string) => Promise<void>): void;
  /** Stops taking keys and resolves when those in hand are done. */
  stop(): Promise<void>;
}
