// Global ids back to entities: what `node(id:)` shows and what mutations are told to work on. An id of something that the
// caller cannot see is answered as if it did not exist.

import { pullOf } from "../changes/pulls.ts";
import type { Sha } from "../git/objects.ts";
import type { Account } from "../world/accounts.ts";
import { readNodeId } from "../world/ids.ts";
import type { Authored, Comment, Issue, Label, Milestone } from "../world/issues.ts";
import type { Pull, Review, ReviewComment } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { repositoryOf } from "../world/world.ts";
import type { Gql } from "./gql.ts";
import { type GraphqlRefusal, notFound, unprocessable } from "./refusal.ts";
import type { View } from "./view.ts";

export type Found =
  | { readonly type: "Issue" | "PullRequest"; readonly issue: Issue }
  | { readonly type: "IssueComment"; readonly comment: Comment }
  | { readonly type: "PullRequestReview"; readonly review: Review }
  | { readonly type: "PullRequestReviewComment"; readonly reviewComment: ReviewComment }
  | { readonly type: "Repository"; readonly repository: Repository }
  | { readonly type: "Label"; readonly label: Label }
  | { readonly type: "Milestone"; readonly milestone: Milestone }
  | { readonly type: "User" | "Bot" | "Organization"; readonly account: Account }
  | { readonly type: "object"; readonly repository: Repository; readonly sha: Sha }
  | { readonly type: "Ref"; readonly repository: Repository; readonly name: string }
  | { readonly type: "other"; readonly view: View };

function missing(id: string): GraphqlRefusal {
  return notFound(`Could not resolve to a node with the global id of '${id}'`);
}

function lookUp(g: Gql, id: string): Found | null {
  const { world } = g.hub;
  const name = readNodeId(id);
  const [first, second] = name?.parts ?? [];
  if (name === null || typeof first !== "number") return null;
  const wrap = <T, F>(entity: T | undefined, found: (entity: T) => F): F | null =>
    entity === undefined ? null : found(entity);
  switch (name.type) {
    case "Issue":
    case "PullRequest":
      return wrap(
        world.issues.get(first),
        (issue) => ({ type: issue.isPull ? "PullRequest" : "Issue", issue }) as const,
      );
    case "IssueComment":
      return wrap(world.comments.get(first), (comment) => ({ type: "IssueComment", comment }) as const);
    case "PullRequestReview":
      return wrap(world.reviews.get(first), (review) => ({ type: "PullRequestReview", review }) as const);
    case "PullRequestReviewComment":
      return wrap(
        world.reviewComments.get(first),
        (reviewComment) => ({ type: "PullRequestReviewComment", reviewComment }) as const,
      );
    case "Repository":
      return wrap(world.repositories.get(first), (repository) => ({ type: "Repository", repository }) as const);
    case "Label":
      return wrap(world.labels.get(first), (label) => ({ type: "Label", label }) as const);
    case "Milestone":
      return wrap(world.milestones.get(first), (milestone) => ({ type: "Milestone", milestone }) as const);
    case "User":
    case "Bot":
    case "Organization":
      return wrap(world.accounts.get(first), (account) => ({ type: account.type, account }) as const);
    case "Commit":
    case "Tree":
    case "Blob":
    case "Tag":
      return wrap(
        world.repositories.get(first),
        (repository) => ({ type: "object", repository, sha: String(second) }) as const,
      );
    case "Ref":
      return wrap(
        world.repositories.get(first),
        (repository) => ({ type: "Ref", repository, name: String(second) }) as const,
      );
    case "CheckRun":
      return wrap(world.checkRuns.get(first), (run) => ({ type: "other", view: g.views.checkRun(run) }) as const);
    case "CheckSuite":
      return wrap(
        world.checkSuites.get(first),
        (suite) => ({ type: "other", view: g.views.checkSuite(suite) }) as const,
      );
    case "App":
      return wrap(world.apps.get(first), (app) => ({ type: "other", view: g.views.app(app) }) as const);
    default:
      return null;
  }
}

function homeOf(g: Gql, found: Found): Repository | null {
  switch (found.type) {
    case "Issue":
    case "PullRequest":
      return repositoryOf(g.hub.world, found.issue);
    case "IssueComment":
      return repositoryOf(g.hub.world, found.comment);
    case "PullRequestReview":
      return repositoryOf(g.hub.world, found.review);
    case "PullRequestReviewComment":
      return repositoryOf(g.hub.world, found.reviewComment);
    case "Label":
      return repositoryOf(g.hub.world, found.label);
    case "Milestone":
      return repositoryOf(g.hub.world, found.milestone);
    case "Repository":
    case "object":
    case "Ref":
      return found.repository;
    default:
      return null;
  }
}

export function findNode(g: Gql, id: string): Found {
  const found = lookUp(g, id);
  const home = found === null ? null : homeOf(g, found);
  if (found === null || (home !== null && !g.canRead(home))) throw missing(id);
  return found;
}

export async function nodeView(g: Gql, id: string): Promise<View> {
  const found = findNode(g, id);
  switch (found.type) {
    case "Issue":
    case "PullRequest":
      return g.views.issueOrPull(found.issue);
    case "IssueComment":
      return g.views.comment(found.comment);
    case "PullRequestReview":
      return g.views.review(found.review);
    case "PullRequestReviewComment":
      return g.views.reviewComment(found.reviewComment);
    case "Repository":
      return g.views.repository(found.repository);
    case "Label":
      return g.views.label(found.label);
    case "Milestone":
      return g.views.milestone(found.milestone);
    case "User":
    case "Bot":
    case "Organization":
      return g.views.actor(found.account);
    case "object": {
      const view = await g.views.object(found.repository, found.sha);
      if (view === null) throw missing(id);
      return view;
    }
    case "Ref": {
      const sha = g.hub.git.of(found.repository).refs.resolve(found.name);
      if (sha === null) throw missing(id);
      return g.views.ref(found.repository, { name: found.name, sha });
    }
    case "other":
      return found.view;
  }
}

function wrongKind(id: string, wanted: string): GraphqlRefusal {
  return notFound(`Could not resolve to ${wanted} node with the global id of '${id}'.`);
}

export function issueById(g: Gql, id: string): Issue {
  const found = findNode(g, id);
  if (found.type === "Issue") return found.issue;
  throw wrongKind(id, "Issue");
}

/** Issues and pull requests alike. */
export function conversationById(g: Gql, id: string): Issue {
  const found = findNode(g, id);
  if (found.type === "Issue" || found.type === "PullRequest") return found.issue;
  throw wrongKind(id, "Issue or PullRequest");
}

export function pullById(g: Gql, id: string): Pull {
  const found = findNode(g, id);
  const pull = found.type === "PullRequest" ? pullOf(g.hub, found.issue) : null;
  if (pull === null) throw wrongKind(id, "PullRequest");
  return pull;
}

export function commentById(g: Gql, id: string): Comment {
  const found = findNode(g, id);
  if (found.type === "IssueComment") return found.comment;
  throw wrongKind(id, "IssueComment");
}

export function repositoryById(g: Gql, id: string): Repository {
  const found = findNode(g, id);
  if (found.type === "Repository") return found.repository;
  throw wrongKind(id, "Repository");
}

export function labelById(g: Gql, id: string, repository: Repository): Label {
  const found = findNode(g, id);
  if (found.type !== "Label") throw wrongKind(id, "Label");
  if (found.label.repositoryId !== repository.id) throw unprocessable("Label does not belong to the repository.");
  return found.label;
}

export function accountById(g: Gql, id: string): Account {
  const found = findNode(g, id);
  if ("account" in found) return found.account;
  throw wrongKind(id, "User");
}

export function refById(g: Gql, id: string): { readonly repository: Repository; readonly name: string } {
  const found = findNode(g, id);
  if (found.type === "Ref") return found;
  throw wrongKind(id, "Ref");
}

/** Whatever can be reacted to. */
export function reactableById(
  g: Gql,
  id: string,
): { readonly thing: Authored; readonly repository: Repository; readonly view: () => View } {
  const found = findNode(g, id);
  const home = homeOf(g, found);
  if (home === null) throw wrongKind(id, "Reactable");
  switch (found.type) {
    case "Issue":
    case "PullRequest":
      return { thing: found.issue, repository: home, view: () => g.views.issueOrPull(found.issue) };
    case "IssueComment":
      return { thing: found.comment, repository: home, view: () => g.views.comment(found.comment) };
    case "PullRequestReview":
      return { thing: found.review, repository: home, view: () => g.views.review(found.review) };
    case "PullRequestReviewComment":
      return { thing: found.reviewComment, repository: home, view: () => g.views.reviewComment(found.reviewComment) };
    default:
      throw wrongKind(id, "Reactable");
  }
}
