// Reviews of pull requests and the comments inside them: making, submitting, dismissing, with the events that follow.
import { type DiffLine, lineAtPosition, placeOfLine } from "../code/diff-lines.ts";
import { pullSummaryJson } from "../formats/pulls.ts";
import { reviewCommentJson, reviewEventJson } from "../formats/reviews.ts";
import { mergeBase } from "../git/history.ts";
import type { Sha } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { nodeId } from "../world/ids.ts";
import type { JsonObject } from "../world/json.ts";
import type { Pull, Review, ReviewComment, ReviewState } from "../world/pulls.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { issueOf } from "./pulls.ts";
import { addToTimeline, editBody, touch } from "./record.ts";

export type ReviewEvent = "APPROVE" | "REQUEST_CHANGES" | "COMMENT";

const STATE_OF: Readonly<Record<ReviewEvent, ReviewState>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

export interface CommentInput {
  readonly path: string;
  readonly body: string;
  readonly line: number | null;
  readonly side: "LEFT" | "RIGHT";
  readonly startLine: number | null;
  readonly startSide: "LEFT" | "RIGHT" | null;
  /** The old way to name a place; used when no line is given. */
  readonly position: number | null;
  readonly subjectType: "line" | "file";
}

export interface PlacedComment extends CommentInput {
  readonly diffHunk: string;
}

/** Finds a comment's place in the diff; null when the diff does not show it. */
export async function placeComment(
  hub: Hub,
  pull: Pull,
  commit: Sha,
  input: CommentInput,
): Promise<PlacedComment | null> {
  const git = hub.git.of(repositoryOf(hub.world, pull));
  const base = await mergeBase(git.objects, git.path, pull.base.sha, commit);
  const files = base === null ? [] : await git.diffs.files(base, commit);
  const file = files.find((each) => each.path === input.path);
  if (file === undefined) return null;
  const patch = file.patch ?? "";
  if (input.subjectType === "file") return { ...input, diffHunk: "", position: 1 };
  if (input.line !== null) {
    const wanted: DiffLine = { side: input.side, line: input.line };
    const place = placeOfLine(patch, wanted);
    return place === null ? null : { ...input, position: place.position, diffHunk: place.hunk };
  }
  const found = input.position === null ? null : lineAtPosition(patch, input.position);
  if (found === null) return null;
  return { ...input, line: found.line, side: found.side, position: found.position, diffHunk: found.hunk };
}

export interface ReviewInput {
  readonly commitId: Sha;
  readonly body: string;
  /** null = keep it pending. */
  readonly event: ReviewEvent | null;
  readonly comments: readonly PlacedComment[];
}

export function pendingReviewOf(hub: Hub, pull: Pull, accountId: number): Review | null {
  for (const review of hub.world.reviews.values()) {
    if (review.pullId === pull.id && review.authorId === accountId && review.state === "PENDING") return review;
  }
  return null;
}

export function openReview(hub: Hub, actor: Actor, pull: Pull, input: ReviewInput): Review {
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  const review: Review = {
    id,
    nodeId: nodeId("PullRequestReview", id),
    repositoryId: pull.repositoryId,
    pullId: pull.id,
    commitId: input.commitId,
    state: "PENDING",
    submittedAt: null,
    body: input.body,
    authorId: actor.account.id,
    viaAppId: actor.app?.id ?? null,
    createdAt: now,
    updatedAt: now,
    edits: [],
    reactions: new Map(),
  };
  hub.world.reviews.set(id, review);
  for (const comment of input.comments) addReviewComment(hub, actor, pull, review, { ...comment, inReplyToId: null });
  if (input.event !== null) submitReview(hub, actor, pull, review, input.event);
  return review;
}

export function submitReview(
  hub: Hub,
  actor: Actor,
  pull: Pull,
  review: Review,
  event: ReviewEvent,
  body?: string,
): void {
  const issue = issueOf(hub, pull);
  if (body !== undefined) review.body = body;
  review.state = STATE_OF[event];
  review.submittedAt = hub.world.clock.now();
  touch(hub, review);
  touch(hub, issue);
  pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== actor.account.id);
  addToTimeline(hub, actor, issue, "reviewed", { reviewId: review.id });
  tellReview(hub, actor, pull, review, "submitted");
  for (const comment of commentsOf(hub, review)) tellComment(hub, actor, pull, comment, "created");
}

export function commentsOf(hub: Hub, review: Review): readonly ReviewComment[] {
  return [...hub.world.reviewComments.values()].filter((comment) => comment.reviewId === review.id);
}

export function tellReview(
  hub: Hub,
  actor: Actor,
  pull: Pull,
  review: Review,
  action: string,
  more: JsonObject = {},
): void {
  const payload = { review: reviewEventJson(hub, review), pull_request: pullSummaryJson(hub, pull), ...more };
  hub.events.emit({ name: "pull_request_review", action, actor, repository: repositoryOf(hub.world, pull), payload });
}

export function tellComment(
  hub: Hub,
  actor: Actor,
  pull: Pull,
  comment: ReviewComment,
  action: string,
  more: JsonObject = {},
): void {
  const payload = { comment: reviewCommentJson(hub, comment), pull_request: pullSummaryJson(hub, pull), ...more };
  hub.events.emit({
    name: "pull_request_review_comment",
    action,
    actor,
    repository: repositoryOf(hub.world, pull),
    payload,
  });
}

export function addReviewComment(
  hub: Hub,
  actor: Actor,
  pull: Pull,
  review: Review,
  input: PlacedComment & { readonly inReplyToId: number | null },
): ReviewComment {
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  const { inReplyToId, path, diffHunk, side, startSide, line, startLine, position, subjectType, body } = input;
  const comment: ReviewComment = {
    id,
    nodeId: nodeId("PullRequestReviewComment", id),
    repositoryId: pull.repositoryId,
    pullId: pull.id,
    reviewId: review.id,
    inReplyToId,
    path,
    diffHunk,
    side,
    startSide,
    line,
    startLine,
    originalLine: line,
    originalStartLine: startLine,
    position,
    originalPosition: position,
    commitId: review.commitId,
    originalCommitId: review.commitId,
    subjectType,
    resolvedById: null,
    body,
    authorId: actor.account.id,
    viaAppId: actor.app?.id ?? null,
    createdAt: now,
    updatedAt: now,
    edits: [],
    reactions: new Map(),
  };
  hub.world.reviewComments.set(id, comment);
  return comment;
}

/** A comment on its own, or an answer to one: GitHub wraps it into a review that is submitted at once. */
export function commentOnDiff(
  hub: Hub,
  actor: Actor,
  pull: Pull,
  input: PlacedComment & { readonly inReplyToId: number | null; readonly commitId: Sha },
): ReviewComment {
  const review = openReview(hub, actor, pull, { commitId: input.commitId, body: "", event: null, comments: [] });
  const comment = addReviewComment(hub, actor, pull, review, input);
  submitReview(hub, actor, pull, review, "COMMENT");
  return comment;
}

export function dismissReview(hub: Hub, actor: Actor, review: Review, message: string): void {
  const pull = entity(hub.world.pulls, review.pullId, "pull request");
  review.state = "DISMISSED";
  touch(hub, review);
  addToTimeline(hub, actor, issueOf(hub, pull), "review_dismissed", { reviewId: review.id, extra: { message } });
  tellReview(hub, actor, pull, review, "dismissed");
}

export function editReview(hub: Hub, actor: Actor, review: Review, body: string): void {
  const from = review.body;
  if (body === from) return;
  editBody(hub, actor, review, body);
  const pull = entity(hub.world.pulls, review.pullId, "pull request");
  if (review.state !== "PENDING") tellReview(hub, actor, pull, review, "edited", { changes: { body: { from } } });
}

export function editReviewComment(hub: Hub, actor: Actor, comment: ReviewComment, body: string): void {
  const from = comment.body;
  if (body === from) return;
  editBody(hub, actor, comment, body);
  const pull = entity(hub.world.pulls, comment.pullId, "pull request");
  tellComment(hub, actor, pull, comment, "edited", { changes: { body: { from } } });
}

export function deleteReviewComment(hub: Hub, actor: Actor, comment: ReviewComment): void {
  const pull = entity(hub.world.pulls, comment.pullId, "pull request");
  hub.world.reviewComments.delete(comment.id);
  tellComment(hub, actor, pull, comment, "deleted");
}

export function deletePendingReview(hub: Hub, review: Review): void {
  for (const comment of commentsOf(hub, review)) hub.world.reviewComments.delete(comment.id);
  hub.world.reviews.delete(review.id);
}
