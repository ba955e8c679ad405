// Issue comments, reviews and review comments.
import { commentsOf } from "../../changes/reviews.ts";
import { repositoryWebUrl } from "../../formats/repositories.ts";
import type { Comment } from "../../world/issues.ts";
import type { Pull, Review, ReviewComment } from "../../world/pulls.ts";
import { entity, fullNameOf, repositoryOf } from "../../world/world.ts";
import { connectionOf } from "../connection.ts";
import type { Gql } from "../gql.ts";
import { type Args, enumName, time, timeOrNull, type View } from "../view.ts";
import { authoredFields } from "./authored.ts";

/** A page of the site, absolute and relative. */
export function pageFields(g: Gql, thing: { readonly repositoryId: number }, rest: string): View {
  const repository = repositoryOf(g.hub.world, thing);
  return {
    url: `${repositoryWebUrl(g.hub, repository)}${rest}`,
    resourcePath: `/${fullNameOf(g.hub.world, repository)}${rest}`,
  };
}

export function commentView(g: Gql, comment: Comment): View {
  const issue = entity(g.hub.world.issues, comment.issueId, "issue");
  const pull = issue.isPull ? repositoryOf(g.hub.world, issue).pulls.get(issue.number) : undefined;
  return {
    ...authoredFields(g, comment, () => commentView(g, comment)),
    ...pageFields(g, comment, `/${issue.isPull ? "pull" : "issues"}/${issue.number}#issuecomment-${comment.id}`),
    __typename: "IssueComment",
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    isMinimized: comment.minimized !== null,
    // GitHub writes the reason in words here: "off-topic", "outdated".
    minimizedReason: comment.minimized?.reason ?? null,
    issue: () => g.views.issue(issue),
    pullRequest: () => (pull === undefined ? null : g.views.pull(pull)),
    viewerCanMinimize: true,
  };
}

function pullOf(g: Gql, thing: { readonly pullId: number }): Pull {
  return entity(g.hub.world.pulls, thing.pullId, "pull request");
}

async function commitAt(g: Gql, thing: { readonly repositoryId: number }, sha: string): Promise<View | null> {
  const repository = repositoryOf(g.hub.world, thing);
  const commit = await g.hub.git.of(repository).objects.readCommit(sha);
  return commit === null ? null : g.views.commit(repository, commit);
}

export function reviewView(g: Gql, review: Review): View {
  const pull = pullOf(g, review);
  return {
    ...authoredFields(g, review, () => reviewView(g, review)),
    ...pageFields(g, review, `/pull/${pull.number}#pullrequestreview-${review.id}`),
    __typename: "PullRequestReview",
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    state: review.state,
    submittedAt: timeOrNull(review.submittedAt),
    commit: () => commitAt(g, review, review.commitId),
    comments: (args: Args) => connectionOf("comments", args, commentsOf(g.hub, review), g.views.reviewComment),
    pullRequest: () => g.views.pull(pull),
    isMinimized: false,
    minimizedReason: null,
    viewerCanMinimize: false,
  };
}

export function reviewCommentView(g: Gql, comment: ReviewComment): View {
  const pull = pullOf(g, comment);
  const review = entity(g.hub.world.reviews, comment.reviewId, "review");
  const first = comment.inReplyToId === null ? undefined : g.hub.world.reviewComments.get(comment.inReplyToId);
  return {
    ...authoredFields(g, comment, () => reviewCommentView(g, comment)),
    ...pageFields(g, comment, `/pull/${pull.number}#discussion_r${comment.id}`),
    __typename: "PullRequestReviewComment",
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    path: comment.path,
    diffHunk: comment.diffHunk,
    line: comment.line,
    startLine: comment.startLine,
    originalLine: comment.originalLine,
    originalStartLine: comment.originalStartLine,
    position: comment.position,
    originalPosition: comment.originalPosition ?? 0,
    outdated: comment.position === null,
    subjectType: enumName(comment.subjectType),
    state: review.state === "PENDING" ? "PENDING" : "SUBMITTED",
    draftedAt: time(comment.createdAt),
    commit: () => commitAt(g, comment, comment.commitId),
    originalCommit: () => commitAt(g, comment, comment.originalCommitId),
    pullRequest: () => g.views.pull(pull),
    pullRequestReview: () => g.views.review(review),
    replyTo: () => (first === undefined ? null : g.views.reviewComment(first)),
    isMinimized: false,
    minimizedReason: null,
    viewerCanMinimize: false,
  };
}
