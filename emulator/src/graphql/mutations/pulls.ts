// Mutations of pull requests: opening, draft and ready, closing, merging, auto-merge.
import { reopenIssue } from "../../changes/issues.ts";
import { type MergeMethod, mergePull } from "../../changes/merge-pull.ts";
import {
  changeBase,
  closePull,
  issueOf,
  openPull,
  type PullRefusal,
  setDraft,
  tellAboutPull,
} from "../../changes/pulls.ts";
import { tryAutoMerge } from "../../code/auto-merge.ts";
import { moverOf } from "../../code/mover.ts";
import { requirementsOf } from "../../code/requirements.ts";
import { mergeError } from "../../rest/pull-merges.ts";
import type { Pull } from "../../world/pulls.ts";
import { repositoryOf } from "../../world/world.ts";
import { optionalFlag, optionalText, text } from "../args.ts";
import type { Gql } from "../gql.ts";
import { pullById, repositoryById } from "../nodes.ts";
import { forbidden, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";
import { updateConversation } from "./issues.ts";
import { checkLength, type Mutations, needOwnOrWrite, needToWrite, WRITE_CONTENTS, writePulls } from "./mutation.ts";

function ownPull(g: Gql, input: Args, field: string): Pull {
  const pull = pullById(g, text(input, "pullRequestId"));
  needOwnOrWrite(g, issueOf(g.hub, pull), writePulls("read"), field);
  return pull;
}

const payload = (g: Gql, pull: Pull): View => ({
  pullRequest: () => g.views.pull(pull),
  actor: () => g.views.actor(g.viewer),
});

function words(refusal: PullRefusal, head: string, base: string): string {
  switch (refusal.reason) {
    case "invalid":
      return refusal.field === "head"
        ? "Head sha can't be blank, Base sha can't be blank, Head ref must be a branch"
        : "Base ref must be a branch";
    case "no-commits":
      return `No commits between ${base} and ${head}`;
    case "unrelated":
      return `The ${head} branch has no history in common with ${base}`;
    case "exists":
      return `A pull request already exists for ${head}.`;
  }
}

async function create(g: Gql, input: Args): Promise<View> {
  const repository = repositoryById(g, text(input, "repositoryId"));
  needToWrite(g, repository, writePulls("read"), "CreatePullRequest");
  if (g.actor.through === "job" && !repository.canApprovePullRequestReviews) {
    throw forbidden("GitHub Actions is not permitted to create or approve pull requests");
  }
  const head = text(input, "headRefName").replace(/^[^:]*:/, "");
  const base = text(input, "baseRefName");
  const body = optionalText(input, "body") ?? "";
  checkLength(g, body);
  const opened = await openPull(g.hub, g.actor, repository, {
    title: text(input, "title"),
    body,
    head,
    base,
    draft: optionalFlag(input, "draft") ?? false,
    maintainerCanModify: optionalFlag(input, "maintainerCanModify") ?? true,
  });
  if ("reason" in opened) throw unprocessable(words(opened, head, base));
  return { pullRequest: () => g.views.pull(opened) };
}

function changeDraft(g: Gql, input: Args, draft: boolean): View {
  const pull = ownPull(g, input, draft ? "ConvertPullRequestToDraft" : "MarkPullRequestReadyForReview");
  if (issueOf(g.hub, pull).state === "closed") throw unprocessable("Pull request is closed");
  setDraft(g.hub, g.actor, pull, draft);
  return payload(g, pull);
}

function close(g: Gql, input: Args): View {
  const pull = ownPull(g, input, "ClosePullRequest");
  closePull(g.hub, g.actor, pull);
  return payload(g, pull);
}

function reopen(g: Gql, input: Args): View {
  const pull = ownPull(g, input, "ReopenPullRequest");
  const tip = g.hub.git.of(repositoryOf(g.hub.world, pull)).refs.resolve(`refs/heads/${pull.head.ref}`);
  if (pull.merged || tip === null) throw unprocessable("Could not open the pull request.");
  pull.head.sha = tip;
  pull.mergeable = null;
  reopenIssue(g.hub, g.actor, issueOf(g.hub, pull));
  return payload(g, pull);
}

async function update(g: Gql, input: Args): Promise<View> {
  const pull = ownPull(g, input, "UpdatePullRequest");
  const base = optionalText(input, "baseRefName") ?? null;
  const refusal = base === null ? null : await changeBase(g.hub, g.actor, pull, base);
  if (refusal !== null) throw unprocessable(words(refusal, pull.head.ref, base ?? ""));
  updateConversation(g, issueOf(g.hub, pull), input);
  if (optionalText(input, "state") === "CLOSED") closePull(g.hub, g.actor, pull);
  if (optionalText(input, "state") === "OPEN" && issueOf(g.hub, pull).state === "closed") return reopen(g, input);
  return payload(g, pull);
}

const METHODS: Readonly<Record<string, MergeMethod>> = { MERGE: "merge", SQUASH: "squash", REBASE: "rebase" };

function methodIn(input: Args): MergeMethod {
  return METHODS[optionalText(input, "mergeMethod") ?? "MERGE"] ?? "merge";
}

async function merge(g: Gql, input: Args): Promise<View> {
  const pull = pullById(g, text(input, "pullRequestId"));
  const repository = repositoryOf(g.hub.world, pull);
  needToWrite(g, repository, WRITE_CONTENTS, "MergePullRequest");
  const mover = moverOf(g.hub.world, g.caller, repository);
  if (mover === null) throw forbidden("This credential cannot act.");
  const verdict = await mergePull(g.hub, mover, pull, {
    method: methodIn(input),
    sha: optionalText(input, "expectedHeadOid") ?? null,
    title: optionalText(input, "commitHeadline") ?? null,
    message: optionalText(input, "commitBody") ?? null,
  });
  if ("refused" in verdict) throw unprocessable(mergeError(verdict.refused).message);
  return payload(g, pull);
}

function enableAutoMerge(g: Gql, input: Args): View {
  const pull = pullById(g, text(input, "pullRequestId"));
  const repository = repositoryOf(g.hub.world, pull);
  needToWrite(g, repository, writePulls("write"), "EnablePullRequestAutoMerge");
  if (!repository.allowAutoMerge) throw unprocessable("Pull request Auto merge is not allowed for this repository");
  if (issueOf(g.hub, pull).state === "closed") throw unprocessable("Pull request is closed");
  if (requirementsOf(g.hub, pull, null) === null && !pull.draft)
    throw unprocessable("Pull request Pull request is in clean status");
  pull.autoMerge = {
    method: methodIn(input),
    enabledById: g.viewer.id,
    title: optionalText(input, "commitHeadline") ?? null,
    message: optionalText(input, "commitBody") ?? null,
  };
  tellAboutPull(g.hub, g.actor, pull, "auto_merge_enabled");
  void g.hub.work.track(tryAutoMerge(g.hub, pull));
  return payload(g, pull);
}

function disableAutoMerge(g: Gql, input: Args): View {
  const pull = pullById(g, text(input, "pullRequestId"));
  needToWrite(g, repositoryOf(g.hub.world, pull), writePulls("write"), "DisablePullRequestAutoMerge");
  if (pull.autoMerge === null) throw unprocessable("Can't disable auto-merge for this pull request.");
  pull.autoMerge = null;
  tellAboutPull(g.hub, g.actor, pull, "auto_merge_disabled", { reason: "disabled by user" });
  return payload(g, pull);
}

export const pullMutations: Mutations = {
  createPullRequest: create,
  markPullRequestReadyForReview: (g, input) => changeDraft(g, input, false),
  convertPullRequestToDraft: (g, input) => changeDraft(g, input, true),
  closePullRequest: close,
  reopenPullRequest: reopen,
  updatePullRequest: update,
  mergePullRequest: merge,
  enablePullRequestAutoMerge: enableAutoMerge,
  disablePullRequestAutoMerge: disableAutoMerge,
};
