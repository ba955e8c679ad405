// What one look at GitHub brings back about one issue. Plain data, filled by an adapter, read by `plan.ts`.
// It holds facts only: nothing in here has been decided yet.

import type { RepositoryConfig } from "./config.ts";
import type { LedgerEntry, LedgerRecord } from "./record.ts";
import type { RepositoryState } from "./repository.ts";
import type { EpochMs, RunRef, Sha } from "./task.ts";

/** Numeric id, login and whether GitHub calls it a bot. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly isBot: boolean;
}

/** `role_name` of the collaborator permission API; `unknown` when GitHub did not answer, which never means `none`. */
export type Permission = "none" | "read" | "triage" | "write" | "maintain" | "admin" | "unknown";

export interface ObservedRepository {
  readonly id: number;
  readonly nodeId: string;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly defaultBranchSha: Sha | null;
  /** When the App was installed: nothing older is obeyed. */
  readonly installedAt: EpochMs;
}

export interface ObservedIssue {
  readonly number: number;
  readonly nodeId: string;
  readonly title: string;
  readonly body: string;
  /** SHA-256 of `title\n\nbody`, hex. */
  readonly textDigest: string;
  readonly author: Account | null;
  /** Last editor of title or body after the author's own creation, or null when it was never edited. */
  readonly editor: Account | null;
  readonly isOpen: boolean;
  readonly stateReason: "completed" | "not_planned" | "reopened" | "duplicate" | null;
  readonly closedBy: Account | null;
  readonly closedAt: EpochMs | null;
  readonly isPullRequest: boolean;
  readonly isLocked: boolean;
  readonly labels: readonly string[];
  readonly assignees: readonly Account[];
  readonly createdAt: EpochMs;
}

/** A timeline event that people use as a request. `id` is stable and unique. */
export interface ObservedEvent {
  readonly id: string;
  readonly kind: "labeled" | "unlabeled" | "closed" | "reopened" | "assigned" | "unassigned";
  /** The label's name, or the assignee's login. */
  readonly subject: string | null;
  readonly actor: Account | null;
  readonly at: EpochMs;
}

export interface ObservedComment {
  readonly id: number;
  readonly nodeId: string;
  /** The issue or pull request that it stands on. */
  readonly on: number;
  readonly author: Account | null;
  readonly body: string;
  /** First 16 hex digits of the body's SHA-256: part of the cause of every command in it. */
  readonly bodyDigest: string;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** Who edited it last, or null when nobody did. */
  readonly editor: Account | null;
  /** What it said before, oldest first, without what it says now; empty when nobody edited it, or nobody can tell. */
  readonly revisions: readonly CommentRevision[];
  readonly isMinimized: boolean;
  /** Our own reactions on it. */
  readonly reactions: readonly Reaction[];
}

export interface CommentRevision {
  readonly body: string;
  readonly bodyDigest: string;
}

export type Reaction = "eyes" | "rocket" | "+1" | "confused";

export interface ObservedCheck {
  readonly name: string;
  /** `signalbox` for our own evidence check. */
  readonly app: string | null;
  readonly status: "pending" | "success" | "failure" | "neutral";
  readonly isRequired: boolean;
  /** The check run, or null for a status: only a check run can be asked to run again. */
  readonly runId: number | null;
  /** When it came to its end, or null while it has not. */
  readonly endedAt: EpochMs | null;
}

export interface ObservedReview {
  readonly id: number;
  readonly author: Account | null;
  readonly state: "approved" | "changes_requested" | "commented" | "dismissed";
  readonly commit: Sha | null;
  readonly body: string;
  readonly at: EpochMs;
}

export interface ObservedPullRequest {
  readonly number: number;
  readonly nodeId: string;
  readonly author: Account | null;
  readonly headRef: string;
  /** `owner/repo` that the head lives in, or null when its fork is gone. */
  readonly headRepository: string | null;
  readonly head: Sha;
  readonly baseRef: string;
  readonly isOpen: boolean;
  readonly isMerged: boolean;
  /** When it was closed or merged, or null while it is open. */
  readonly closedAt: EpochMs | null;
  readonly isDraft: boolean;
  readonly mergeSha: Sha | null;
  readonly mergeable: "yes" | "no" | "unknown";
  /** GitHub asks that the branch is brought up to date with its base before it may merge. */
  readonly isBehind: boolean;
  /** What the checks of the base branch's head say together; `none` when it has none. */
  readonly baseChecks: "green" | "red" | "pending" | "none";
  readonly isInMergeQueue: boolean;
  /** When a merge queue last gave it back unmerged, and why. */
  readonly dropped: { readonly at: EpochMs; readonly reason: string } | null;
  readonly checks: readonly ObservedCheck[];
  readonly reviews: readonly ObservedReview[];
  readonly touchesWorkflows: boolean;
  /** Pushes to its head that GitHub reported, oldest to newest: which head a commenter could see. */
  readonly headSeenAt: readonly { readonly head: Sha; readonly at: EpochMs }[];
}

/** The workflow run that works, or could work, for the task. */
export interface ObservedRun {
  readonly run: RunRef;
  /** Lease token that its name carries. */
  readonly token: Sha | null;
  readonly status: "queued" | "running" | "completed";
  readonly conclusion: string | null;
  readonly createdAt: EpochMs;
  readonly url: string;
}

export interface Blocker {
  /** `owner/repo#n`. */
  readonly ref: string;
  readonly state: "open" | "completed" | "not_planned" | "unknown";
}

/** Another task of the repository, as its labels and the record at its ledger's tip show it. */
export interface ObservedNeighbour {
  readonly issue: number;
  /** The last record of its ledger, or null when it has no readable one. Hints for the order; never trusted for safety, but for leaving review. */
  readonly tip: LedgerRecord | null;
  readonly labels: readonly string[];
  readonly author: Account | null;
  readonly createdAt: EpochMs;
}

export interface Observation {
  readonly now: EpochMs;
  readonly repository: ObservedRepository;
  /** The account that writes records: the App's bot, or `github-actions[bot]` in no-server mode. */
  readonly writer: Account;
  readonly config: RepositoryConfig;
  /** The file as YAML gave it: what a run is handed, to be parsed there by the same schema. */
  readonly configSource: unknown;
  /** What is wrong with the config file, one sentence each; the last good one is in force. */
  readonly configProblems: readonly string[];
  readonly issue: ObservedIssue;
  readonly events: readonly ObservedEvent[];
  readonly comments: readonly ObservedComment[];
  readonly ledger: readonly LedgerEntry[];
  readonly repositoryLedger:
    | { readonly tip: Sha | null; readonly state: RepositoryState }
    | { readonly tip: Sha; readonly problem: string };
  readonly taskBranch: Sha | null;
  readonly pullRequests: readonly ObservedPullRequest[];
  readonly runs: readonly ObservedRun[];
  readonly blockers: readonly Blocker[];
  readonly neighbours: readonly ObservedNeighbour[];
  /** By numeric account id. Who is missing has not been asked for. */
  readonly permissions: ReadonlyMap<number, Permission>;
}

/** Branch names and refs of the protocol. */
export const LEDGER_PREFIX = "refs/heads/signalbox/ledger/";
export const REPOSITORY_LEDGER_REF = "refs/heads/signalbox/ledger/repository";
export function ledgerRef(issue: number): string {
  return `${LEDGER_PREFIX}${issue}`;
}
export function taskBranch(issue: number): string {
  return `signalbox/task/${issue}`;
}
export function stagingRef(runId: number): string {
  return `refs/signalbox/staging/${runId}`;
}
