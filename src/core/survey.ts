// What one look at a repository as a whole brings back: its labels, its tasks' newest records, its boards. Plain data,
// filled by an adapter; nothing in here has been decided yet.

import type { RepositoryConfig } from "./config.ts";
import type { Account, ObservedEvent, ObservedNeighbour, ObservedRepository } from "./observation.ts";
import type { RepositoryLedger } from "./repository-record.ts";
import type { EpochMs, MicroUsd } from "./task.ts";

export interface ObservedLabel {
  readonly nodeId: string;
  readonly name: string;
  /** Six hexadecimal digits. */
  readonly colour: string;
  readonly description: string;
}

/** One text that an issue had. */
export interface BoardVersion {
  readonly id: string;
  readonly editor: Account | null;
  readonly at: EpochMs;
  /** Null when GitHub does not say any more. */
  readonly body: string | null;
}

/** An issue that the app wrote for people to steer by. */
export interface ObservedBoard {
  readonly number: number;
  readonly nodeId: string;
  readonly title: string;
  readonly body: string;
  readonly isOpen: boolean;
  readonly createdAt: EpochMs;
  /** Newest first; the newest has the present body. Empty when nobody edited it. */
  readonly versions: readonly BoardVersion[];
  /** Closed and reopened, oldest first. */
  readonly events: readonly ObservedEvent[];
  /** First lines of the app's own comments on it. */
  readonly said: readonly string[];
}

/** The pull request that offers a repository its first config. */
export interface ObservedProposal {
  readonly number: number;
  readonly isOpen: boolean;
  readonly isMerged: boolean;
  readonly createdAt: EpochMs;
}

export interface Survey {
  readonly now: EpochMs;
  readonly repository: ObservedRepository;
  /** Where people see it, `https://github.com/owner/repo`. */
  readonly url: string;
  readonly isArchived: boolean;
  readonly writer: Account;
  readonly config: RepositoryConfig;
  readonly configProblems: readonly string[];
  /** The default branch has the file, right or wrong. */
  readonly hasConfig: boolean;
  /** The default branch has the workflow that the config names. Only looked for where runs are dispatched here. */
  readonly hasWorkflow: boolean;
  readonly repositoryLedger: RepositoryLedger;
  /** Causes of the newest records of the repository ledger: none of them is obeyed twice. */
  readonly recentCauses: ReadonlySet<string>;
  /** What tasks spent lately, by issue, from the same records. */
  readonly recentSpending: ReadonlyMap<number, MicroUsd>;
  readonly labels: readonly ObservedLabel[];
  readonly tasks: readonly ObservedNeighbour[];
  /** Oldest first. */
  readonly boards: readonly ObservedBoard[];
  readonly proposal: ObservedProposal | null;
}

/** An open issue, as far as it matters to somebody who has not queued it yet. */
export interface PlainIssue {
  readonly number: number;
  readonly title: string;
  readonly hasBody: boolean;
  readonly labels: readonly string[];
}

/** What a version of the config file amounts to. */
export interface ConfigReport {
  /** Every mistake, one sentence each. */
  readonly problems: readonly string[];
  /** What it says in vain: keys that the organisation locked. */
  readonly ignored: readonly string[];
}

/** Commits of the repository ledger that are read for what was done lately. */
export const RECENT_RECORDS = 50;
