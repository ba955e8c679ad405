// Pull requests and reviews. Title, body, labels and comments of a pull request are on its issue (`repository.issues`).
import type { Authored } from "./issues.ts";

export interface PullSide {
  /** Branch name without refs/heads/. */
  ref: string;
  sha: string;
  /** null when the fork is gone. */
  readonly repositoryId: number | null;
  readonly ownerId: number;
}

export interface PullStats {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
}

export interface Pull {
  /** Not the id of its issue: GitHub numbers them apart. */
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly number: number;
  readonly issueId: number;
  readonly head: PullSide;
  readonly base: PullSide;
  draft: boolean;
  merged: boolean;
  mergedAt: number | null;
  mergedById: number | null;
  /** The merge commit when merged; the test merge while open; null when there is none. */
  mergeCommitSha: string | null;
  /** null = not computed yet. */
  mergeable: boolean | null;
  /** Does the base branch have commits that the head lacks? As of when `mergeable` was computed. */
  isBehind: boolean;
  maintainerCanModify: boolean;
  requestedReviewerIds: readonly number[];
  /** As of the last change of head or base, so that payloads can be written without asking git. */
  stats: PullStats;
  autoMerge: AutoMerge | null;
  /** True when GITHUB_TOKEN opened it: workflows of its head wait for approval. */
  readonly needsWorkflowApproval: boolean;
}

export interface AutoMerge {
  readonly method: "merge" | "squash" | "rebase";
  readonly enabledById: number;
  readonly title: string | null;
  readonly message: string | null;
}

export type ReviewState = "PENDING" | "COMMENTED" | "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED";

export interface Review extends Authored {
  readonly repositoryId: number;
  readonly pullId: number;
  readonly commitId: string;
  state: ReviewState;
  submittedAt: number | null;
}

export interface ReviewComment extends Authored {
  readonly repositoryId: number;
  readonly pullId: number;
  readonly reviewId: number;
  readonly inReplyToId: number | null;
  readonly path: string;
  readonly diffHunk: string;
  readonly side: "LEFT" | "RIGHT";
  readonly startSide: "LEFT" | "RIGHT" | null;
  line: number | null;
  startLine: number | null;
  readonly originalLine: number | null;
  readonly originalStartLine: number | null;
  position: number | null;
  readonly originalPosition: number | null;
  commitId: string;
  readonly originalCommitId: string;
  readonly subjectType: "line" | "file";
  resolvedById: number | null;
}
