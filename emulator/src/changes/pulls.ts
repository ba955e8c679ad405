// Pull requests: opening, editing, draft and ready, reviewers, following their head. Merging is in merge-pull.ts.

import { baseTip, keepHeadRef, statsOf } from "../code/mergeability.ts";
import { mergeConditions } from "../code/rulesets.ts";
import { accountJson } from "../formats/accounts.ts";
import { pullJson } from "../formats/pulls.ts";
import { commitsBetween, mergeBase } from "../git/history.ts";
import type { Sha } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import type { Actor } from "../world/caller.ts";
import { roleOf } from "../world/caller.ts";
import type { Issue, TimelineKind } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import type { Pull } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, ownerOf, repositoryOf } from "../world/world.ts";
import { addIssue, closeIssue } from "./issues.ts";
import { addToTimeline, touch } from "./record.ts";
import { followReferences } from "./references.ts";

export function issueOf(hub: Hub, pull: Pull): Issue {
  return entity(hub.world.issues, pull.issueId, "issue");
}

export function pullOf(hub: Hub, issue: Issue): Pull | null {
  return issue.isPull ? (repositoryOf(hub.world, issue).pulls.get(issue.number) ?? null) : null;
}

export function tellAboutPull(hub: Hub, actor: Actor, pull: Pull, action: string, more: JsonObject = {}): void {
  const payload = { number: pull.number, pull_request: pullJson(hub, pull), ...more };
  hub.events.emit({ name: "pull_request", action, actor, repository: repositoryOf(hub.world, pull), payload });
}

export interface NewPull {
  readonly title: string;
  readonly body: string;
  /** Branch names in this repository. */
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
  readonly maintainerCanModify: boolean;
}

export type PullRefusal =
  | { readonly reason: "invalid"; readonly field: "head" | "base" }
  | { readonly reason: "no-commits" }
  | { readonly reason: "unrelated" }
  | { readonly reason: "exists"; readonly pull: Pull };

function openPullOf(repository: Repository, head: string, base: string): Pull | null {
  for (const pull of repository.pulls.values()) {
    const isOpen = repository.issues.get(pull.number)?.state === "open";
    if (isOpen && pull.head.ref === head && pull.base.ref === base) return pull;
  }
  return null;
}

interface Tips {
  readonly head: Sha;
  readonly base: Sha;
}

async function tipsOf(
  hub: Hub,
  repository: Repository,
  input: Pick<NewPull, "head" | "base">,
): Promise<Tips | PullRefusal> {
  const git = hub.git.of(repository);
  const head = git.refs.resolve(`refs/heads/${input.head}`);
  const base = git.refs.resolve(`refs/heads/${input.base}`);
  if (base === null) return { reason: "invalid", field: "base" };
  if (head === null) return { reason: "invalid", field: "head" };
  const existing = openPullOf(repository, input.head, input.base);
  if (existing !== null) return { reason: "exists", pull: existing };
  if ((await mergeBase(git.objects, git.path, base, head)) === null) return { reason: "unrelated" };
  if ((await commitsBetween(git.objects, base, head)).length === 0) return { reason: "no-commits" };
  return { head, base };
}

export function openPull(hub: Hub, actor: Actor, repository: Repository, input: NewPull): Promise<Pull | PullRefusal> {
  // One at a time, so that two requests for one branch do not both succeed.
  return hub.exclusive(`pulls:${repository.id}`, async () => {
    const tips = await tipsOf(hub, repository, input);
    if ("reason" in tips) return tips;
    const stats = await statsOf(hub.git.of(repository), tips.base, tips.head);
    const issue = addIssue(hub, actor, repository, { title: input.title, body: input.body, isPull: true });
    const side = { repositoryId: repository.id, ownerId: repository.ownerId };
    const pull: Pull = {
      id: hub.world.ids.next(),
      nodeId: issue.nodeId,
      repositoryId: repository.id,
      number: issue.number,
      issueId: issue.id,
      head: { ...side, ref: input.head, sha: tips.head },
      base: { ...side, ref: input.base, sha: tips.base },
      draft: input.draft,
      merged: false,
      mergedAt: null,
      mergedById: null,
      mergeCommitSha: null,
      mergeable: null,
      isBehind: false,
      maintainerCanModify: input.maintainerCanModify,
      requestedReviewerIds: [],
      stats,
      autoMerge: null,
      needsWorkflowApproval: actor.through === "job",
    };
    hub.world.pulls.set(pull.id, pull);
    repository.pulls.set(pull.number, pull);
    await keepHeadRef(hub, pull);
    tellAboutPull(hub, actor, pull, "opened");
    followReferences(hub, actor, issue, `${input.title}\n${input.body}`);
    return pull;
  });
}

/** The head branch moved: new commits, new counts, and nothing known about mergeability. */
export async function followHead(
  hub: Hub,
  actor: Actor,
  pull: Pull,
  moved: { readonly before: Sha; readonly after: Sha; readonly forced: boolean },
): Promise<void> {
  const repository = repositoryOf(hub.world, pull);
  const git = hub.git.of(repository);
  const issue = issueOf(hub, pull);
  pull.head.sha = moved.after;
  pull.mergeable = null;
  pull.base.sha = baseTip(git, pull) ?? pull.base.sha;
  pull.stats = await statsOf(git, pull.base.sha, moved.after);
  await keepHeadRef(hub, pull);
  touch(hub, issue);
  if (moved.forced) {
    addToTimeline(hub, actor, issue, "head_ref_force_pushed", {
      beforeSha: moved.before,
      afterSha: moved.after,
      ref: pull.head.ref,
    });
  }
  dismissStale(hub, actor, pull);
  tellAboutPull(hub, actor, pull, "synchronize", { before: moved.before, after: moved.after });
}

/** Branches that say so lose their approvals with every new commit. */
function dismissStale(hub: Hub, actor: Actor, pull: Pull): void {
  const rule = mergeConditions(repositoryOf(hub.world, pull), pull.base.ref, null);
  if (rule?.dismissStaleReviews !== true) return;
  for (const review of hub.world.reviews.values()) {
    if (review.pullId !== pull.id || review.state !== "APPROVED") continue;
    review.state = "DISMISSED";
    addToTimeline(hub, actor, issueOf(hub, pull), "review_dismissed", { reviewId: review.id });
  }
}

export function closePull(hub: Hub, actor: Actor, pull: Pull): void {
  const issue = issueOf(hub, pull);
  if (issue.state === "closed") return;
  pull.autoMerge = null;
  closeIssue(hub, actor, issue, null);
}

export function setDraft(hub: Hub, actor: Actor, pull: Pull, draft: boolean): void {
  if (pull.draft === draft) return;
  pull.draft = draft;
  const issue = issueOf(hub, pull);
  touch(hub, issue);
  addToTimeline(hub, actor, issue, draft ? "convert_to_draft" : "ready_for_review");
  tellAboutPull(hub, actor, pull, draft ? "converted_to_draft" : "ready_for_review");
}

/** Points an open pull request at another base branch. */
export async function changeBase(hub: Hub, actor: Actor, pull: Pull, base: string): Promise<PullRefusal | null> {
  const repository = repositoryOf(hub.world, pull);
  if (pull.base.ref === base) return null;
  const tips = await tipsOf(hub, repository, { head: pull.head.ref, base });
  if ("reason" in tips) return tips;
  const from = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
  pull.base.ref = base;
  pull.base.sha = tips.base;
  pull.mergeable = null;
  pull.stats = await statsOf(hub.git.of(repository), tips.base, pull.head.sha);
  const issue = issueOf(hub, pull);
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "base_ref_changed", { ref: base });
  tellAboutPull(hub, actor, pull, "edited", { changes: { base: from } });
  return null;
}

/** Who can be asked for a review: everybody who can read, but not the author and not bots. */
export function canReview(hub: Hub, pull: Pull, account: Account): boolean {
  if (account.id === issueOf(hub, pull).authorId || account.type !== "User") return false;
  const repository = repositoryOf(hub.world, pull);
  return (
    repository.collaborators.has(account.id) ||
    ownerOf(hub.world, repository).id === account.id ||
    roleOf(hub.world, account, repository) !== "none"
  );
}

export function requestReviewers(hub: Hub, actor: Actor, pull: Pull, accounts: readonly Account[]): void {
  for (const account of accounts) {
    if (pull.requestedReviewerIds.includes(account.id)) continue;
    pull.requestedReviewerIds = [...pull.requestedReviewerIds, account.id];
    noteReviewer(hub, actor, pull, account, "review_requested");
  }
}

export function unrequestReviewers(hub: Hub, actor: Actor, pull: Pull, accounts: readonly Account[]): void {
  for (const account of accounts) {
    if (!pull.requestedReviewerIds.includes(account.id)) continue;
    pull.requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== account.id);
    noteReviewer(hub, actor, pull, account, "review_request_removed");
  }
}

function noteReviewer(
  hub: Hub,
  actor: Actor,
  pull: Pull,
  account: Account,
  kind: TimelineKind & ("review_requested" | "review_request_removed"),
): void {
  const issue = issueOf(hub, pull);
  touch(hub, issue);
  addToTimeline(hub, actor, issue, kind, { reviewerId: account.id });
  tellAboutPull(hub, actor, pull, kind, { requested_reviewer: accountJson(hub, account) });
}
