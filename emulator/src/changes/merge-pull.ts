// Merging pull requests by their three methods, with every condition that GitHub puts before it.
import { baseTip, refreshMergeability } from "../code/mergeability.ts";
import { moveBranch } from "../code/move-refs.ts";
import type { Mover } from "../code/mover.ts";
import { personOf, webFlow } from "../code/people.ts";
import { type MoveRefusal, workflowRefusal } from "../code/ref-rules.ts";
import { requirementsOf } from "../code/requirements.ts";
import { workflowChange } from "../code/workflow-files.ts";
import { writeCommit, writeSignedFor } from "../code/write-commit.ts";
import { commitsBetween } from "../git/history.ts";
import { mergeTrees, rebase } from "../git/merges.ts";
import { type Commit, type Sha, ZERO_SHA } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { AutoMerge, Pull } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, ownerOf, repositoryOf } from "../world/world.ts";
import { closeReferenced, markMerged, tellMerged } from "./merged.ts";
import { issueOf } from "./pulls.ts";

export type MergeMethod = AutoMerge["method"];

export interface MergeInput {
  readonly method: MergeMethod;
  /** What the caller believes the head to be. */
  readonly sha: Sha | null;
  readonly title: string | null;
  readonly message: string | null;
}

export type MergeRefusal =
  | { readonly reason: "not-open" }
  | { readonly reason: "draft" }
  | { readonly reason: "method"; readonly method: MergeMethod }
  | { readonly reason: "head-moved" }
  | { readonly reason: "base-moved" }
  | { readonly reason: "conflict" }
  | { readonly reason: "unmet"; readonly message: string }
  | { readonly reason: "workflow-file"; readonly message: string }
  | { readonly reason: "refused"; readonly refusal: MoveRefusal };

export type MergeVerdict = { readonly sha: Sha } | { readonly refused: MergeRefusal };

function isAllowed(repository: Repository, method: MergeMethod): boolean {
  if (method === "merge") return repository.allowMergeCommit;
  return method === "squash" ? repository.allowSquashMerge : repository.allowRebaseMerge;
}

interface Merging {
  readonly hub: Hub;
  readonly repository: Repository;
  readonly mover: Mover;
  readonly pull: Pull;
  readonly input: MergeInput;
  /** The base branch's tip, as it was when the conditions were looked at. */
  readonly tip: Sha;
}

function mergeMessage({ hub, repository, pull, input }: Merging): string {
  const owner = ownerOf(hub.world, repository).login;
  const title = input.title ?? `Merge pull request #${pull.number} from ${owner}/${pull.head.ref}`;
  const message = input.message ?? issueOf(hub, pull).title;
  return message === "" ? title : `${title}\n\n${message}`;
}

/** One commit: its own body. Several: a list of their messages. */
function squashMessage({ hub, pull, input }: Merging, commits: readonly Commit[]): string {
  const single = commits.length === 1 ? commits[0] : undefined;
  const ownTitle = single === undefined ? issueOf(hub, pull).title : (single.message.split("\n")[0] ?? "");
  const ownBody =
    single === undefined
      ? commits.map((commit) => `* ${commit.message.trim()}`).join("\n\n")
      : single.message.split("\n").slice(1).join("\n").trim();
  const title = input.title ?? `${ownTitle} (#${pull.number})`;
  const message = input.message ?? ownBody;
  return message === "" ? title : `${title}\n\n${message}`;
}

/** The commit that the base branch will point to, or null when there is a conflict. */
async function resultOf(merging: Merging): Promise<Sha | null> {
  const { hub, repository, mover, pull, input, tip } = merging;
  const git = hub.git.of(repository);
  const head = pull.head.sha;
  const commits = [...(await commitsBetween(git.objects, tip, head))].reverse();
  const now = Math.floor(hub.world.clock.now() / 1000) * 1000;
  if (input.method === "rebase") {
    const result = await rebase(git.objects, git.path, {
      commits,
      onto: tip,
      committer: personOf(mover.actor.account, now),
    });
    return "head" in result ? result.head : null;
  }
  const result = await mergeTrees(git.path, tip, head);
  if ("conflicts" in result) return null;
  if (input.method === "merge") {
    const draft = { tree: result.tree, parents: [tip, head], message: mergeMessage(merging) };
    return writeCommit(hub, git, mover.actor, draft, "web");
  }
  const author = entity(hub.world.accounts, issueOf(hub, pull).authorId, "account");
  const draft = { tree: result.tree, parents: [tip], message: squashMessage(merging, commits) };
  return writeSignedFor(hub, git, personOf(author, webFlow(now).date), draft);
}

async function firstRefusal(hub: Hub, mover: Mover, pull: Pull, input: MergeInput): Promise<MergeRefusal | null> {
  const repository = repositoryOf(hub.world, pull);
  if (pull.merged || issueOf(hub, pull).state === "closed") return { reason: "not-open" };
  if (input.sha !== null && input.sha !== pull.head.sha) return { reason: "head-moved" };
  if (pull.draft) return { reason: "draft" };
  if (!isAllowed(repository, input.method)) return { reason: "method", method: input.method };
  await refreshMergeability(hub, pull);
  if (pull.mergeable !== true) return { reason: "conflict" };
  const unmet = requirementsOf(hub, pull, mover);
  return unmet === null ? null : { reason: "unmet", message: unmet };
}

function refusalOf(refusal: MoveRefusal): MergeRefusal {
  if (refusal.reason === "overtaken") return { reason: "head-moved" };
  return refusal.reason === "stale" ? { reason: "base-moved" } : { reason: "refused", refusal };
}

/** Merges, or says why not. Closing keywords, events and branch deletion follow. */
export async function mergePull(hub: Hub, mover: Mover, pull: Pull, input: MergeInput): Promise<MergeVerdict> {
  return hub.exclusive(`merge:${pull.id}`, async () => {
    const refusal = await firstRefusal(hub, mover, pull, input);
    if (refusal !== null) return { refused: refusal };
    const repository = repositoryOf(hub.world, pull);
    const git = hub.git.of(repository);
    const head = pull.head.sha;
    const tip = baseTip(git, pull);
    if (tip === null) return { refused: { reason: "not-open" } };
    const sha = await resultOf({ hub, repository, mover, pull, input, tip });
    if (sha === null) return { refused: { reason: "conflict" } };
    const path = mover.mayWriteWorkflows ? null : await workflowChange(git, tip, sha);
    if (path !== null) return { refused: { reason: "workflow-file", message: workflowRefusal(mover, path) } };
    const verdict = await moveBranch(
      hub,
      repository,
      mover,
      { branch: pull.base.ref, before: tip, after: sha },
      {
        rulesSatisfied: true,
        merging: pull.number,
        // A push may move the head while the merge is computed; GitHub merges what it looked at, or nothing.
        isStillRight: () => pull.head.sha === head,
        onMoved: () => markMerged(hub, mover.actor, pull, sha),
      },
    );
    if ("refused" in verdict) return { refused: refusalOf(verdict.refused) };
    tellMerged(hub, mover.actor, pull);
    closeReferenced(hub, mover.actor, pull, issueOf(hub, pull).body, sha);
    if (repository.deleteBranchOnMerge) await deleteHead(hub, repository, mover, pull);
    return { sha };
  });
}

async function deleteHead(hub: Hub, repository: Repository, mover: Mover, pull: Pull): Promise<void> {
  if (pull.head.ref === repository.defaultBranch) return;
  await moveBranch(hub, repository, mover, { branch: pull.head.ref, after: ZERO_SHA, force: true });
}
