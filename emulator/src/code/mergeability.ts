// Whether a pull request can be merged, and the test merge that GitHub keeps for it at refs/pull/N/merge.

import { commitsBetween, isAncestor, mergeBase } from "../git/history.ts";
import { mergeTrees } from "../git/merges.ts";
import { EMPTY_TREE_SHA, type Sha, ZERO_SHA } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import type { Hub } from "../hub.ts";
import type { Pull, PullStats } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { personOf, webFlow } from "./people.ts";

export function baseTip(git: GitRepository, pull: Pull): Sha | null {
  return git.refs.resolve(`refs/heads/${pull.base.ref}`);
}

/** Makes the head's objects and its ref visible in the base repository, as GitHub does for forks and for `git fetch`. */
export async function keepHeadRef(hub: Hub, pull: Pull): Promise<void> {
  const git = hub.git.of(repositoryOf(hub.world, pull));
  await git.refs.update([{ name: `refs/pull/${pull.number}/head`, after: pull.head.sha }]);
}

async function testMerge(hub: Hub, repository: Repository, pull: Pull, tip: Sha): Promise<Sha | null> {
  const git = hub.git.of(repository);
  const result = await mergeTrees(git.path, tip, pull.head.sha);
  if ("conflicts" in result) return null;
  const author = entity(hub.world.accounts, entity(hub.world.issues, pull.issueId, "issue").authorId, "account");
  const now = Math.floor(hub.world.clock.now() / 1000) * 1000;
  return git.objects.writeCommit({
    tree: result.tree,
    parents: [tip, pull.head.sha],
    author: personOf(author, now),
    committer: webFlow(now),
    message: `Merge ${pull.head.sha} into ${tip}`,
    signature: null,
  });
}

/**
 * Brings `mergeable`, the test merge and refs/pull/N/merge up to date. GitHub does this behind the first read; here it is
 * done when somebody reads.
 */
export async function refreshMergeability(hub: Hub, pull: Pull): Promise<void> {
  const repository = repositoryOf(hub.world, pull);
  const issue = entity(hub.world.issues, pull.issueId, "issue");
  if (pull.merged || issue.state === "closed") return;
  const git = hub.git.of(repository);
  const tip = baseTip(git, pull);
  if (pull.mergeable !== null || tip === null) return;
  const { sha } = pull.head;
  const merge = await testMerge(hub, repository, pull, tip);
  const isBehind = !(await isAncestor(git.objects, tip, sha));
  // Head or base may have moved meanwhile: then this answer is about something else.
  if (pull.head.sha !== sha || baseTip(git, pull) !== tip || pull.merged) return;
  pull.mergeable = merge !== null;
  pull.isBehind = isBehind;
  pull.mergeCommitSha = merge;
  const name = `refs/pull/${pull.number}/merge`;
  if (merge !== null) await git.refs.update([{ name, after: merge }]);
  else if (git.refs.resolve(name) !== null) await git.refs.update([{ name, after: ZERO_SHA }]);
}

/** Counts of a pull request, from the merge base to the head. */
export async function statsOf(git: GitRepository, base: Sha, head: Sha): Promise<PullStats> {
  const from = (await mergeBase(git.objects, git.path, base, head)) ?? EMPTY_TREE_SHA;
  const files = await git.diffs.files(from, head);
  return {
    commits: (await commitsBetween(git.objects, base, head)).length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
  };
}

/** Is everything of the head in the base already? */
export function isContained(git: GitRepository, pull: Pull, tip: Sha): Promise<boolean> {
  return isAncestor(git.objects, pull.head.sha, tip);
}
