// Mutations of reviews: asking for them, giving and taking them back.
import { canReview, issueOf, requestReviewers, unrequestReviewers } from "../../changes/pulls.ts";
import { dismissReview, openReview, pendingReviewOf, type ReviewEvent, submitReview } from "../../changes/reviews.ts";
import { assertMayJudge } from "../../rest/reviews.ts";
import type { Review } from "../../world/pulls.ts";
import { entity, repositoryOf } from "../../world/world.ts";
import { optionalFlag, optionalText, text, texts } from "../args.ts";
import type { Gql } from "../gql.ts";
import { accountById, findNode, pullById } from "../nodes.ts";
import { notEmulated, notFound, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";
import { type Mutations, needToWrite, writePulls } from "./mutation.ts";

function eventIn(input: Args): ReviewEvent | null {
  const event = optionalText(input, "event") ?? null;
  if (event === "APPROVE" || event === "REQUEST_CHANGES" || event === "COMMENT" || event === null) return event;
  throw notEmulated(`PullRequestReviewEvent.${event}`);
}

function add(g: Gql, input: Args): View {
  const pull = pullById(g, text(input, "pullRequestId"));
  const repository = repositoryOf(g.hub.world, pull);
  needToWrite(g, repository, writePulls("read"), "AddPullRequestReview");
  if (input["comments"] !== undefined || input["threads"] !== undefined)
    throw notEmulated("addPullRequestReview with comments");
  const event = eventIn(input);
  const body = optionalText(input, "body") ?? "";
  assertMayJudge(g.hub, g.actor, repository, pull, event);
  if (event !== null && event !== "APPROVE" && body.trim() === "") throw unprocessable("Body can't be blank");
  if (pendingReviewOf(g.hub, pull, g.viewer.id) !== null)
    throw unprocessable("User can only have one pending review per pull request");
  const commitId = optionalText(input, "commitOID") ?? pull.head.sha;
  const review = openReview(g.hub, g.actor, pull, { commitId, body, event, comments: [] });
  return { pullRequestReview: () => g.views.review(review) };
}

function reviewIn(g: Gql, input: Args): Review {
  const id = text(input, "pullRequestReviewId");
  const found = findNode(g, id);
  if (found.type !== "PullRequestReview")
    throw notFound(`Could not resolve to PullRequestReview node with the global id of '${id}'.`);
  return found.review;
}

function submit(g: Gql, input: Args): View {
  const review = reviewIn(g, input);
  const pull = entity(g.hub.world.pulls, review.pullId, "pull request");
  const repository = repositoryOf(g.hub.world, pull);
  needToWrite(g, repository, writePulls("read"), "SubmitPullRequestReview");
  const event = eventIn(input);
  if (event === null || review.state !== "PENDING" || review.authorId !== g.viewer.id)
    throw unprocessable("Review cannot be submitted");
  assertMayJudge(g.hub, g.actor, repository, pull, event);
  submitReview(g.hub, g.actor, pull, review, event, optionalText(input, "body") ?? undefined);
  return { pullRequestReview: () => g.views.review(review) };
}

function dismiss(g: Gql, input: Args): View {
  const review = reviewIn(g, input);
  needToWrite(g, repositoryOf(g.hub.world, review), writePulls("write"), "DismissPullRequestReview");
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED")
    throw unprocessable("Can not dismiss a review of this state");
  dismissReview(g.hub, g.actor, review, text(input, "message"));
  return { pullRequestReview: () => g.views.review(review) };
}

function request(g: Gql, input: Args): View {
  const pull = pullById(g, text(input, "pullRequestId"));
  needToWrite(g, repositoryOf(g.hub.world, pull), writePulls("write"), "RequestReviews");
  const wanted = (texts(input, "userIds") ?? []).map((id) => accountById(g, id));
  if (wanted.some((account) => account.id === issueOf(g.hub, pull).authorId))
    throw unprocessable("Review cannot be requested from pull request author.");
  if (wanted.some((account) => !canReview(g.hub, pull, account)))
    throw unprocessable("Reviews may only be requested from collaborators.");
  // Without `union` the list replaces the one before it.
  if (optionalFlag(input, "union") !== true) {
    const dropped = pull.requestedReviewerIds.filter((id) => !wanted.some((account) => account.id === id));
    unrequestReviewers(
      g.hub,
      g.actor,
      pull,
      dropped.map((id) => entity(g.hub.world.accounts, id, "account")),
    );
  }
  requestReviewers(g.hub, g.actor, pull, wanted);
  return { pullRequest: () => g.views.pull(pull), actor: () => g.views.actor(g.viewer) };
}

export const reviewMutations: Mutations = {
  addPullRequestReview: add,
  submitPullRequestReview: submit,
  dismissPullRequestReview: dismiss,
  requestReviews: request,
};
