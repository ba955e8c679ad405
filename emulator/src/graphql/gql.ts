// What every view and mutation of one request shares.

import type { Commit, Sha } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import type { App } from "../world/apps.ts";
import type { Actor, Caller, Need } from "../world/caller.ts";
import type { CheckRun, CheckSuite, CommitStatus } from "../world/checks.ts";
import type { Comment, Issue, Label, Milestone } from "../world/issues.ts";
import type { Pull, Review, ReviewComment } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import type { Cost } from "./cost.ts";
import type { View } from "./view.ts";

export interface RefName {
  /** In full. */
  readonly name: string;
  readonly sha: Sha;
}

/** Entities to views. A table, so that view files need not import each other in circles. */
export interface Views {
  /** User, Bot, Organization: whatever the account is. Apps go by their slug here, without `[bot]`. */
  readonly actor: (account: Account) => View;
  /** Always a User, as GitHub shows bots behind commits and as the viewer. */
  readonly user: (account: Account) => View;
  readonly app: (app: App) => View;
  readonly repository: (repository: Repository) => View;
  readonly issue: (issue: Issue) => View;
  readonly pull: (pull: Pull) => View;
  /** Whichever of the two it is. */
  readonly issueOrPull: (issue: Issue) => View;
  readonly comment: (comment: Comment) => View;
  readonly review: (review: Review) => View;
  readonly reviewComment: (comment: ReviewComment) => View;
  readonly label: (label: Label) => View;
  readonly milestone: (milestone: Milestone) => View;
  readonly commit: (repository: Repository, commit: Commit) => View;
  readonly ref: (repository: Repository, ref: RefName) => View;
  /** Commit, Tree, Blob or Tag. */
  readonly object: (repository: Repository, sha: Sha, path?: string) => Promise<View | null>;
  readonly checkSuite: (suite: CheckSuite) => View;
  readonly checkRun: (run: CheckRun) => View;
  readonly status: (status: CommitStatus) => View;
  readonly rollup: (repository: Repository, sha: Sha) => View | null;
}

export interface Gql {
  readonly hub: Hub;
  readonly caller: Caller;
  readonly viewer: Account;
  readonly cost: Cost;
  readonly views: Views;
  /** The acting identity, for mutations. */
  readonly actor: Actor;
  /** Throws when the caller may not do this to the repository. */
  readonly need: (repository: Repository, need: Need) => void;
  readonly canRead: (repository: Repository) => boolean;
}

export const READ_ISSUES: Need = { permission: ["issues", "pull_requests"], level: "read", role: "read" };
export const READ_PULLS: Need = { permission: "pull_requests", level: "read", role: "read" };
export const READ_CONTENTS: Need = { permission: "contents", level: "read", role: "read" };
export const READ_CHECKS: Need = { permission: ["checks", "statuses"], level: "read", role: "read" };
