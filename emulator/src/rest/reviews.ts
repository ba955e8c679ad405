// /repos/{owner}/{repo}/pulls/{pull_number}/reviews: verdicts of people on pull requests.
import { issueOf } from "../changes/pulls.ts";
import {
  type CommentInput,
  commentsOf,
  deletePendingReview,
  dismissReview,
  editReview,
  openReview,
  type PlacedComment,
  pendingReviewOf,
  placeComment,
  type ReviewEvent,
  submitReview,
} from "../changes/reviews.ts";
import { reviewCommentJson, reviewJson } from "../formats/reviews.ts";
import type { Sha } from "../git/objects.ts";
import {
  nullableString,
  optionalNumber,
  optionalOneOf,
  optionalString,
  readJson,
  requiredString,
} from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { forbidden, notFound, unprocessable, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";
import type { Pull, Review } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { PULLS_READ, PULLS_WRITE, pullParam } from "./pulls.ts";

const REVIEW = { permission: "pull_requests", level: "write", role: "read" } as const;
const EVENTS = ["APPROVE", "REQUEST_CHANGES", "COMMENT"] as const satisfies readonly ReviewEvent[];
export const SIDES = ["LEFT", "RIGHT"] as const;

/** Nobody judges their own work, and GITHUB_TOKEN only where the repository lets it. */
export function assertMayJudge(
  hub: Hub,
  actor: Actor,
  repository: Repository,
  pull: Pull,
  event: ReviewEvent | null,
): void {
  if (event === null || event === "COMMENT") return;
  if (issueOf(hub, pull).authorId === actor.account.id) {
    const what = event === "APPROVE" ? "approve" : "request changes on";
    throw validationFailed([`Can not ${what} your own pull request`], "Unprocessable Entity");
  }
  if (event === "APPROVE" && actor.through === "job" && !repository.canApprovePullRequestReviews) {
    throw validationFailed(["GitHub Actions is not permitted to approve pull requests."], "Unprocessable Entity");
  }
}

function assertBody(event: ReviewEvent | null, body: string, comments: number): void {
  if (body !== "" || event === null || event === "APPROVE") return;
  if (event === "COMMENT" && comments > 0) return;
  throw validationFailed(["Could not submit review: body can't be blank"], "Unprocessable Entity");
}

export function commentFrom(body: JsonObject): CommentInput {
  const line = optionalNumber(body, "line") ?? null;
  return {
    path: requiredString(body, "path"),
    body: requiredString(body, "body"),
    line,
    side: optionalOneOf(body, "side", SIDES) ?? "RIGHT",
    startLine: optionalNumber(body, "start_line") ?? null,
    startSide: optionalOneOf(body, "start_side", SIDES) ?? null,
    position: optionalNumber(body, "position") ?? null,
    subjectType: optionalOneOf(body, "subject_type", ["line", "file"] as const) ?? "line",
  };
}

export function notInDiff(): Error {
  return validationFailed([
    {
      resource: "PullRequestReviewComment",
      field: "pull_request_review_thread.line",
      code: "custom",
      message: "pull_request_review_thread.line must be part of the diff",
    },
  ]);
}

async function commentsFrom(hub: Hub, pull: Pull, commit: Sha, body: JsonObject): Promise<readonly PlacedComment[]> {
  const given = body["comments"];
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw unprocessable("comments must be an array");
  const placed: PlacedComment[] = [];
  for (const entry of given.map((each: Json) => (isJsonObject(each) ? commentFrom(each) : null))) {
    const comment = entry === null ? null : await placeComment(hub, pull, commit, entry);
    if (comment === null) throw validationFailed(["Line could not be resolved"], "Unprocessable Entity");
    placed.push(comment);
  }
  return placed;
}

async function createReview(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, REVIEW);
  const pull = pullParam(c, repository);
  const body = await readJson(c);
  const event = optionalOneOf(body, "event", EVENTS) ?? null;
  const text = nullableString(body, "body") ?? "";
  const commitId = optionalString(body, "commit_id") ?? pull.head.sha;
  assertMayJudge(hub, actor, repository, pull, event);
  if (pendingReviewOf(hub, pull, actor.account.id) !== null) {
    throw validationFailed(["User can only have one pending review per pull request"], "Unprocessable Entity");
  }
  const comments = await commentsFrom(hub, pull, commitId, body);
  assertBody(event, text, comments.length);
  const review = openReview(hub, actor, pull, { commitId, body: text, event, comments });
  return c.json(reviewJson(hub, review));
}

function isVisible(c: Ctx, review: Review): boolean {
  const caller = c.get("caller");
  return review.state !== "PENDING" || ("account" in caller && caller.account.id === review.authorId);
}

function reviewParam(c: Ctx, hub: Hub, pull: Pull): Review {
  const review = hub.world.reviews.get(numberParam(c, "review_id"));
  if (review === undefined || review.pullId !== pull.id || !isVisible(c, review)) throw notFound();
  return review;
}

function listReviews(c: Ctx, hub: Hub): Response {
  const { repository } = enter(c, hub, PULLS_READ);
  const pull = pullParam(c, repository);
  const reviews = [...hub.world.reviews.values()].filter((review) => review.pullId === pull.id && isVisible(c, review));
  return c.json(pageOf(c, hub, reviews).map((review) => reviewJson(hub, review)));
}

async function submit(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, REVIEW);
  const pull = pullParam(c, repository);
  const review = reviewParam(c, hub, pull);
  const body = await readJson(c);
  const event = optionalOneOf(body, "event", EVENTS);
  if (event === undefined) throw unprocessable("Missing event");
  if (review.state !== "PENDING")
    throw validationFailed(["Can not submit a review that is not pending"], "Unprocessable Entity");
  assertMayJudge(hub, actor, repository, pull, event);
  const text = optionalString(body, "body");
  assertBody(event, text ?? review.body, commentsOf(hub, review).length);
  submitReview(hub, actor, pull, review, event, text);
  return c.json(reviewJson(hub, review));
}

async function dismiss(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, PULLS_WRITE);
  const review = reviewParam(c, hub, pullParam(c, repository));
  const message = requiredString(await readJson(c), "message");
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
    throw validationFailed(
      [`Can not dismiss a ${review.state.toLowerCase()} pull request review`],
      "Unprocessable Entity",
    );
  }
  dismissReview(hub, actor, review, message);
  return c.json(reviewJson(hub, review));
}

async function updateReview(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, REVIEW);
  const review = reviewParam(c, hub, pullParam(c, repository));
  if (review.authorId !== actor.account.id) throw forbidden("Must be the author of the review.");
  editReview(hub, actor, review, requiredString(await readJson(c), "body"));
  return c.json(reviewJson(hub, review));
}

function deleteReview(c: Ctx, hub: Hub): Response {
  const { repository, actor } = enterToWrite(c, hub, REVIEW);
  const review = reviewParam(c, hub, pullParam(c, repository));
  if (review.authorId !== actor.account.id) throw forbidden("Must be the author of the review.");
  if (review.state !== "PENDING")
    throw validationFailed(["Can not delete a non-pending pull request review"], "Unprocessable Entity");
  const json = reviewJson(hub, review);
  deletePendingReview(hub, review);
  return c.json(json);
}

export function registerReviews(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/pulls/:pull_number/reviews";
  api.get(path, (c) => listReviews(c, hub));
  api.post(path, (c) => createReview(c, hub));
  api.get(`${path}/:review_id`, (c) => {
    const { repository } = enter(c, hub, PULLS_READ);
    return c.json(reviewJson(hub, reviewParam(c, hub, pullParam(c, repository))));
  });
  api.put(`${path}/:review_id`, (c) => updateReview(c, hub));
  api.delete(`${path}/:review_id`, (c) => deleteReview(c, hub));
  api.post(`${path}/:review_id/events`, (c) => submit(c, hub));
  api.put(`${path}/:review_id/dismissals`, (c) => dismiss(c, hub));
  api.get(`${path}/:review_id/comments`, (c) => {
    const { repository } = enter(c, hub, PULLS_READ);
    const review = reviewParam(c, hub, pullParam(c, repository));
    return c.json(pageOf(c, hub, commentsOf(hub, review)).map((comment) => reviewCommentJson(hub, comment)));
  });
}
