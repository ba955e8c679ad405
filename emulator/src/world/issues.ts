// Issues, comments and everything that people hang on them. A pull request has an issue of its own with the same number.
import type { JsonObject } from "./json.ts";

export interface Label {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  name: string;
  color: string;
  description: string | null;
  readonly isDefault: boolean;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Milestone {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly number: number;
  title: string;
  description: string | null;
  state: "open" | "closed";
  readonly creatorId: number;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  dueOn: number | null;
}

export const REACTIONS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"] as const;
export type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  readonly id: number;
  readonly nodeId: string;
  readonly content: ReactionContent;
  readonly userId: number;
  readonly createdAt: number;
}

/** One version of a body: the text as it was after this edit. The first entry is the original text. */
export interface ContentEdit {
  readonly id: number;
  readonly nodeId: string;
  readonly editorId: number;
  readonly editedAt: number;
  readonly body: string;
}

/** What issues, comments, reviews and review comments have in common: a text by somebody that can be edited. */
export interface Authored {
  readonly id: number;
  readonly nodeId: string;
  body: string;
  readonly authorId: number;
  /** The app through which it was written, as in `performed_via_github_app`. */
  readonly viaAppId: number | null;
  readonly createdAt: number;
  updatedAt: number;
  /** Empty until the first edit; then the original first. Newest last. */
  edits: readonly ContentEdit[];
  readonly reactions: Map<number, Reaction>;
}

export type StateReason = "completed" | "not_planned" | "duplicate" | "reopened";
export type LockReason = "off-topic" | "too heated" | "resolved" | "spam";

export interface Issue extends Authored {
  readonly repositoryId: number;
  readonly number: number;
  /** True when a pull request with the same number stands beside this issue in `repository.pulls`. */
  readonly isPull: boolean;
  title: string;
  state: "open" | "closed";
  stateReason: StateReason | null;
  closedAt: number | null;
  closedById: number | null;
  locked: boolean;
  lockReason: LockReason | null;
  /** Ids, in the order in which they were added. */
  labelIds: readonly number[];
  assigneeIds: readonly number[];
  milestoneNumber: number | null;
  typeName: string | null;
  /** Comment ids, oldest first. */
  commentIds: readonly number[];
  parentId: number | null;
  /** Issue ids, in the order that people gave them. */
  subIssueIds: readonly number[];
  blockedByIds: readonly number[];
  blockingIds: readonly number[];
  readonly timeline: TimelineEntry[];
}

export type MinimizeReason = "abuse" | "off-topic" | "outdated" | "resolved" | "duplicate" | "spam" | "low-quality";

export interface Comment extends Authored {
  readonly repositoryId: number;
  readonly issueId: number;
  minimized: { readonly reason: MinimizeReason; readonly byId: number } | null;
}

/** REST's `event` names; GraphQL's type is the same in PascalCase with `Event` behind it. */
export type TimelineKind =
  | "labeled"
  | "unlabeled"
  | "assigned"
  | "unassigned"
  | "milestoned"
  | "demilestoned"
  | "renamed"
  | "closed"
  | "reopened"
  | "locked"
  | "unlocked"
  | "referenced"
  | "cross-referenced"
  | "mentioned"
  | "subscribed"
  | "merged"
  | "head_ref_deleted"
  | "head_ref_restored"
  | "head_ref_force_pushed"
  | "base_ref_changed"
  | "review_requested"
  | "review_request_removed"
  | "review_dismissed"
  | "ready_for_review"
  | "convert_to_draft"
  | "commented"
  | "reviewed"
  | "committed"
  | "comment_deleted"
  | "sub_issue_added"
  | "sub_issue_removed"
  | "parent_issue_added"
  | "parent_issue_removed"
  | "blocked_by_added"
  | "blocked_by_removed"
  | "blocking_added"
  | "blocking_removed";

/** One thing that happened to an issue or pull request. */
export interface TimelineEntry {
  readonly id: number;
  readonly nodeId: string;
  readonly kind: TimelineKind;
  readonly actorId: number;
  readonly viaAppId: number | null;
  readonly createdAt: number;
  readonly commitId: string | null;
  readonly subject: TimelineSubject;
}

/** What the entry is about; only the fields that its kind has are given. */
export interface TimelineSubject {
  readonly label?: { readonly name: string; readonly color: string; readonly id: number };
  readonly assigneeId?: number;
  readonly milestoneTitle?: string;
  readonly rename?: { readonly from: string; readonly to: string };
  readonly stateReason?: StateReason | null;
  readonly lockReason?: LockReason | null;
  readonly commentId?: number;
  readonly reviewId?: number;
  /** Id of the issue (or of the issue side of a pull request) on the other end. */
  readonly issueId?: number;
  readonly reviewerId?: number;
  readonly ref?: string;
  readonly beforeSha?: string;
  readonly afterSha?: string;
  readonly extra?: JsonObject;
}
