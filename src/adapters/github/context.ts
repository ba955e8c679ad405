// What every part of the adapter is handed: the wire, who we are, and what earlier looks have learnt about
// repositories. The memory saves requests only; nothing in it is needed to be right.

import type { RepositoryConfig } from "../../core/config.ts";
import type { Account, CommentRevision } from "../../core/observation.ts";
import type { Clock, Random, RepositoryRef } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import type { Wire } from "./wire.ts";

/** What is known of one repository since it was last looked at. */
export interface Knowledge {
  readonly nodeId: string;
  readonly databaseId: number;
  readonly defaultBranch: string;
  readonly config: RepositoryConfig;
}

export interface Context {
  /** Requests to a repository: with an App, each needs a token of its own. */
  readonly wireTo: (repository: RepositoryRef) => Promise<Wire>;
  /** Reads issues, and nothing else, in every repository of the same installation; null where nobody can. */
  readonly wireAcross: ((repository: RepositoryRef) => Promise<Wire>) | null;
  /** The account that writes records and comments. */
  readonly writer: Account;
  readonly installedAt: EpochMs;
  /** Checks may be hidden from the token. Only for those who decide nothing by them: hidden is not green. */
  readonly mayLackChecks: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly memory: Memory;
}

/** Names that are remembered, at the most, in each of the tables. */
const REMEMBERED_MAX = 10_000;

/** A table that forgets its oldest entries. */
export function createTable<V>(entriesMax = REMEMBERED_MAX) {
  const entries = new Map<string, V>();
  return {
    get: (key: string) => entries.get(key),
    delete: (key: string) => entries.delete(key),
    deleteWhere(isToGo: (value: V) => boolean) {
      for (const [key, value] of entries) if (isToGo(value)) entries.delete(key);
    },
    set(key: string, value: V) {
      entries.delete(key);
      entries.set(key, value);
      const oldest = entries.keys().next();
      if (entries.size > entriesMax && oldest.done !== true) entries.delete(oldest.value);
    },
  };
}

export function createMemory() {
  return {
    /** By `owner/name`. */
    repositories: createTable<Knowledge>(),
    /** Node ids of labels, by `owner/name` and label. */
    labels: createTable<string>(),
    /** Numbers of our own boards, by `owner/name`. */
    boards: createTable<readonly number[]>(),
    /** Node ids of accounts, by numeric id. */
    accounts: createTable<string>(),
    /** Names of the checks that a branch requires, and when they were read. By `owner/name` and branch. */
    requiredChecks: createTable<{ readonly names: ReadonlySet<string>; readonly at: EpochMs }>(),
    /** Keys of comments whose creation nobody knows the end of. */
    unsureComments: createTable<true>(),
    /** What edited comments said before, by node id and digest of what they say now. */
    revisions: createTable<readonly CommentRevision[]>(),
    /** The tree that records have, where GitHub refuses the empty one. By `owner/name`. */
    trees: createTable<string>(),
  };
}
export type Memory = ReturnType<typeof createMemory>;

export function nameOf(repository: RepositoryRef): string {
  return `${repository.owner}/${repository.name}`;
}

/** @returns the repository called `owner/name` */
export function repositoryCalled(fullName: string): RepositoryRef {
  const [owner = "", name = ""] = fullName.split("/");
  return { owner, name };
}
