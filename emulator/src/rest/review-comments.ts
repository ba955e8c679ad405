// Comments on lines of a pull request's diff.
import { commentOnDiff, deleteReviewComment, editReviewComment, placeComment } from "../changes/reviews.ts";
import { reviewCommentJson } from "../formats/reviews.ts";
import { optionalNumber, optionalString, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { forbidden, notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import type { Pull, ReviewComment } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { PULLS_READ, PULLS_WRITE, pullParam } from "./pulls.ts";
import { commentFrom, notInDiff } from "./reviews.ts";

const COMMENT = { permission: "pull_requests", level: "write", role: "read" } as const;

/** Comments of pending reviews are their author's alone. */
function isPublished(hub: Hub, comment: ReviewComment): boolean {
  return hub.world.reviews.get(comment.reviewId)?.state !== "PENDING";
}

function listed(c: Ctx, hub: Hub, keep: (comment: ReviewComment) => boolean): Response {
  const since = Date.parse(c.req.query("since") ?? "");
  const found = [...hub.world.reviewComments.values()].filter(
    (comment) => keep(comment) && isPublished(hub, comment) && !(comment.updatedAt < since),
  );
  const key = c.req.query("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = c.req.query("direction") === "desc" ? -1 : 1;
  found.sort((a, b) => sign * (a[key] - b[key] || a.id - b.id));
  return c.json(pageOf(c, hub, found).map((comment) => reviewCommentJson(hub, comment)));
}

function reply(hub: Hub, actor: Actor, pull: Pull, to: ReviewComment, body: string): ReviewComment {
  const { path, diffHunk, line, side, startLine, startSide, position, subjectType } = to;
  // Answers to answers hang on the first comment of the thread.
  const inReplyToId = to.inReplyToId ?? to.id;
  return commentOnDiff(hub, actor, pull, {
    path,
    diffHunk,
    line,
    side,
    startLine,
    startSide,
    position,
    subjectType,
    body,
    inReplyToId,
    commitId: to.commitId,
  });
}

function commentIn(hub: Hub, pull: Pull, id: number): ReviewComment {
  const comment = hub.world.reviewComments.get(id);
  if (comment === undefined || comment.pullId !== pull.id) throw notFound();
  return comment;
}

async function createComment(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, COMMENT);
  const pull = pullParam(c, repository);
  const body = await readJson(c);
  const answered = optionalNumber(body, "in_reply_to");
  if (answered !== undefined) {
    return c.json(
      reviewCommentJson(hub, reply(hub, actor, pull, commentIn(hub, pull, answered), requiredString(body, "body"))),
      201,
    );
  }
  const commitId = optionalString(body, "commit_id") ?? pull.head.sha;
  const placed = await placeComment(hub, pull, commitId, commentFrom(body));
  if (placed === null) throw notInDiff();
  const comment = commentOnDiff(hub, actor, pull, { ...placed, inReplyToId: null, commitId });
  return c.json(reviewCommentJson(hub, comment), 201);
}

async function createReply(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, COMMENT);
  const pull = pullParam(c, repository);
  const comment = commentIn(hub, pull, numberParam(c, "comment_id"));
  return c.json(
    reviewCommentJson(hub, reply(hub, actor, pull, comment, requiredString(await readJson(c), "body"))),
    201,
  );
}

function commentParam(c: Ctx, hub: Hub, repository: Repository): ReviewComment {
  const comment = hub.world.reviewComments.get(numberParam(c, "comment_id"));
  if (comment === undefined || comment.repositoryId !== repository.id) throw notFound();
  return comment;
}

/** Authors change their own comments; others need write access. */
function ownComment(c: Ctx, hub: Hub): { readonly comment: ReviewComment; readonly actor: Actor } {
  const { repository, actor } = enterToWrite(c, hub, COMMENT);
  const comment = commentParam(c, hub, repository);
  if (comment.authorId !== actor.account.id) {
    if (actor.through === "installation" || actor.through === "job")
      throw forbidden("Resource not accessible by integration");
    enter(c, hub, PULLS_WRITE);
  }
  return { comment, actor };
}

export function registerReviewComments(api: Api, hub: Hub): void {
  const pulls = "/repos/:owner/:repo/pulls";
  api.get(`${pulls}/comments`, (c) => {
    const { repository } = enter(c, hub, PULLS_READ);
    return listed(c, hub, (comment) => comment.repositoryId === repository.id);
  });
  api.get(`${pulls}/comments/:comment_id`, (c) => {
    const { repository } = enter(c, hub, PULLS_READ);
    return c.json(reviewCommentJson(hub, commentParam(c, hub, repository)));
  });
  api.patch(`${pulls}/comments/:comment_id`, async (c) => {
    const { comment, actor } = ownComment(c, hub);
    editReviewComment(hub, actor, comment, requiredString(await readJson(c), "body"));
    return c.json(reviewCommentJson(hub, comment));
  });
  api.delete(`${pulls}/comments/:comment_id`, (c) => {
    const { comment, actor } = ownComment(c, hub);
    deleteReviewComment(hub, actor, comment);
    return c.body(null, 204);
  });
  api.get(`${pulls}/:pull_number/comments`, (c) => {
    const { repository } = enter(c, hub, PULLS_READ);
    const pull = pullParam(c, repository);
    return listed(c, hub, (comment) => comment.pullId === pull.id);
  });
  api.post(`${pulls}/:pull_number/comments`, (c) => createComment(c, hub));
  api.post(`${pulls}/:pull_number/comments/:comment_id/replies`, (c) => createReply(c, hub));
}
