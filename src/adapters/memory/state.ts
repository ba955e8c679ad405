// What the pretended GitHub holds about one repository, as immutable data: a change makes a new state, so that an old
// one can be read again later (a stale read) and a test can compare before and after.

import type {
  Account,
  ObservedCheck,
  ObservedComment,
  ObservedEvent,
  ObservedIssue,
  ObservedPullRequest,
  ObservedRun,
  Permission,
  Reaction,
} from "../../core/observation.ts";
import type { EpochMs, Sha } from "../../core/task.ts";

export interface MemoryCommit {
  readonly sha: Sha;
  readonly parents: readonly Sha[];
  readonly message: string;
  readonly author: Account | null;
  readonly signedByGitHub: boolean;
  /** It changes a file below `.github/workflows`. */
  readonly touchesWorkflows: boolean;
}

export interface MemoryIssue extends Omit<ObservedIssue, "textDigest"> {
  readonly events: readonly ObservedEvent[];
  /** `owner/repo#n` of what blocks it. */
  readonly blockers: readonly string[];
}

export interface MemoryComment extends Omit<ObservedComment, "bodyDigest" | "reactions"> {
  readonly reactions: readonly { readonly by: number; readonly reaction: Reaction }[];
}

/** Checks, conflicts and files are worked out when somebody looks. */
export interface MemoryPullRequest
  extends Omit<ObservedPullRequest, "checks" | "touchesWorkflows" | "mergeable" | "nodeId" | "baseChecks"> {
  readonly title: string;
  readonly body: string;
  readonly hasConflict: boolean;
}

export interface MemoryRun extends ObservedRun {
  readonly issue: number;
}

export interface MemoryRepository {
  readonly id: number;
  readonly nodeId: string;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly installedAt: EpochMs;
  /** `.github/signalbox.yml` of the default branch as YAML would give it; undefined = no file. */
  readonly configSource: unknown;
  readonly nextNumber: number;
  readonly roles: ReadonlyMap<number, { readonly account: Account; readonly role: Permission }>;
  readonly commits: ReadonlyMap<Sha, MemoryCommit>;
  /** Full ref name to commit. */
  readonly refs: ReadonlyMap<string, Sha>;
  readonly issues: ReadonlyMap<number, MemoryIssue>;
  readonly comments: ReadonlyMap<number, MemoryComment>;
  readonly pullRequests: ReadonlyMap<number, MemoryPullRequest>;
  readonly checks: ReadonlyMap<Sha, readonly Omit<ObservedCheck, "isRequired">[]>;
  /** The default branch takes pull requests from its merge queue only. */
  readonly hasMergeQueue: boolean;
  readonly requiredChecks: readonly string[];
  readonly runs: ReadonlyMap<number, MemoryRun>;
}

/** @returns a copy of the map with one entry set */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

/** @returns a copy of the map without one entry */
export function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
