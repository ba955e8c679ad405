// A repository and what belongs to it directly. Git objects and refs live on disk, see src/git/.
import type { Role } from "./accounts.ts";
import type { Issue, Label, Milestone } from "./issues.ts";
import type { Pull } from "./pulls.ts";
import type { Ruleset } from "./rulesets.ts";

export interface Repository {
  readonly id: number;
  readonly nodeId: string;
  readonly ownerId: number;
  name: string;
  private: boolean;
  description: string | null;
  homepage: string | null;
  topics: readonly string[];
  defaultBranch: string;
  archived: boolean;
  disabled: boolean;
  isTemplate: boolean;
  hasIssues: boolean;
  allowSquashMerge: boolean;
  allowMergeCommit: boolean;
  allowRebaseMerge: boolean;
  allowAutoMerge: boolean;
  allowUpdateBranch: boolean;
  deleteBranchOnMerge: boolean;
  readonly createdAt: number;
  updatedAt: number;
  pushedAt: number;
  /** Direct collaborators: user id → role. */
  readonly collaborators: Map<number, Role>;
  /** By lower-case name: label names are unique without regard to case. */
  readonly labels: Map<string, Label>;
  /** By milestone number. */
  readonly milestones: Map<number, Milestone>;
  /** Issues and the issue side of pull requests, by number. */
  readonly issues: Map<number, Issue>;
  /** Numbers of issues that were deleted: they answer 410. */
  readonly goneNumbers: Set<number>;
  /** By number. */
  readonly pulls: Map<number, Pull>;
  /** The last number given to an issue or a pull request: one sequence for both. */
  lastNumber: number;
  lastMilestone: number;
  /** Kept beside the issues, because every payload shows it and repositories may have thousands. */
  openIssueCount: number;
  /** By branch name. */
  readonly protections: Map<string, BranchProtection>;
  /** By id. */
  readonly rulesets: Map<number, Ruleset>;
  readonly variables: Map<string, string>;
  readonly secrets: Map<string, string>;
  /** What GITHUB_TOKEN may do when a workflow says nothing. */
  defaultWorkflowPermissions: "read" | "write";
  /** May GITHUB_TOKEN approve or open pull requests? */
  canApprovePullRequestReviews: boolean;
}

export interface BranchProtection {
  readonly branch: string;
  requiredChecks: readonly string[] | null;
  strictChecks: boolean;
  requiredApprovals: number;
  dismissStaleReviews: boolean;
  enforceAdmins: boolean;
  allowForcePushes: boolean;
  allowDeletions: boolean;
  /** null = no restriction. */
  pushLogins: readonly string[] | null;
}
