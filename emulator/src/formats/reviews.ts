// Reviews and review comments as REST and webhooks show them.
import type { Hub } from "../hub.ts";
import { isoSeconds } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import type { Pull, Review, ReviewComment } from "../world/pulls.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { accountByIdJson, authorAssociation } from "./accounts.ts";
import { reactionsJson } from "./issues.ts";
import { repositoryApiUrl, repositoryWebUrl } from "./repositories.ts";

function pullOfReview(hub: Hub, thing: { readonly pullId: number }): Pull {
  return entity(hub.world.pulls, thing.pullId, "pull request");
}

export function reviewJson(hub: Hub, review: Review): JsonObject {
  const repository = repositoryOf(hub.world, review);
  const pull = pullOfReview(hub, review);
  const html = `${repositoryWebUrl(hub, repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const pullUrl = `${repositoryApiUrl(hub, repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: review.nodeId,
    user: accountByIdJson(hub, review.authorId),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: authorAssociation(hub, repository, review.authorId),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    ...(review.submittedAt === null ? {} : { submitted_at: isoSeconds(review.submittedAt) }),
    commit_id: review.commitId,
  };
}

/** Webhooks write states in lower case, and null for an empty body. */
export function reviewEventJson(hub: Hub, review: Review): JsonObject {
  return {
    ...reviewJson(hub, review),
    body: review.body === "" ? null : review.body,
    state: review.state.toLowerCase(),
    submitted_at: isoSeconds(review.submittedAt ?? review.createdAt),
    updated_at: isoSeconds(review.updatedAt),
  };
}

export function reviewCommentJson(hub: Hub, comment: ReviewComment): JsonObject {
  const repository = repositoryOf(hub.world, comment);
  const pull = pullOfReview(hub, comment);
  const api = repositoryApiUrl(hub, repository);
  const url = `${api}/pulls/comments/${comment.id}`;
  const html = `${repositoryWebUrl(hub, repository)}/pull/${pull.number}#discussion_r${comment.id}`;
  const pullUrl = `${api}/pulls/${pull.number}`;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: comment.nodeId,
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitId,
    original_commit_id: comment.originalCommitId,
    user: accountByIdJson(hub, comment.authorId),
    body: comment.body,
    created_at: isoSeconds(comment.createdAt),
    updated_at: isoSeconds(comment.updatedAt),
    html_url: html,
    pull_request_url: pullUrl,
    author_association: authorAssociation(hub, repository, comment.authorId),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
    reactions: reactionsJson(comment, url),
    start_line: comment.startLine,
    original_start_line: comment.originalStartLine,
    start_side: comment.startSide,
    line: comment.line,
    original_line: comment.originalLine,
    side: comment.side,
    position: comment.position,
    original_position: comment.originalPosition,
    subject_type: comment.subjectType,
    ...(comment.inReplyToId === null ? {} : { in_reply_to_id: comment.inReplyToId }),
  };
}
