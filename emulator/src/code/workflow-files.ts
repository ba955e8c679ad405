// Which workflow files a change would add, alter or remove: GitHub lets only credentials with a right of its own do that.
import { walk } from "../git/history.ts";
import { type Commit, EMPTY_TREE_SHA, type Sha, ZERO_SHA } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import { changedPaths } from "../git/tree-diff.ts";
import { entryAt } from "../git/trees.ts";

const FOLDER = ".github/workflows";

export function isWorkflowPath(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/i.test(path);
}

async function workflowsOf(git: GitRepository, tree: Sha): Promise<Sha> {
  const entry = await entryAt(git.objects, tree, FOLDER);
  return entry?.mode === "040000" ? entry.sha : EMPTY_TREE_SHA;
}

async function treeOf(git: GitRepository, commit: Sha): Promise<Sha> {
  return (await git.objects.readCommit(commit))?.tree ?? EMPTY_TREE_SHA;
}

/** The first workflow file that differs between two commits, or null. */
export async function workflowChange(git: GitRepository, before: Sha, after: Sha): Promise<string | null> {
  const [old, now] = [
    await workflowsOf(git, await treeOf(git, before)),
    await workflowsOf(git, await treeOf(git, after)),
  ];
  if (old === now) return null;
  const { added, modified, removed } = await changedPaths(git.objects, old, now);
  const path = [...added, ...modified, ...removed].sort()[0];
  return path === undefined ? null : `${FOLDER}/${path}`;
}

async function changeIn(git: GitRepository, commit: Commit): Promise<string | null> {
  const parents = commit.parents.length === 0 ? [EMPTY_TREE_SHA] : commit.parents;
  const changes = await Promise.all(parents.map((parent) => workflowChange(git, parent, commit.sha)));
  // A merge that takes one parent's version as it is brings nothing new.
  return changes.every((path) => path !== null) ? (changes[0] ?? null) : null;
}

/** The first workflow file that commits new to the repository touch, or null. What another ref has already is not new. */
export async function newWorkflowChange(git: GitRepository, tips: readonly Sha[]): Promise<string | null> {
  const existing = new Set(git.refs.list("refs/").map((ref) => ref.sha));
  const suspects = new Map<Sha, string>();
  const commits: Sha[] = [];
  for (const tip of tips) if (tip !== ZERO_SHA && (await git.objects.readCommit(tip)) !== null) commits.push(tip);
  for await (const commit of walk(git.objects, commits, existing)) {
    const change = await changeIn(git, commit);
    if (change !== null) suspects.set(commit.sha, change);
  }
  // The walk stops at tips only; whether a suspect is older history of a ref is asked in the rare case that there is one.
  if (suspects.size === 0) return null;
  const known: Sha[] = [];
  for (const sha of existing) if ((await git.objects.readCommit(sha)) !== null) known.push(sha);
  for await (const commit of walk(git.objects, known)) suspects.delete(commit.sha);
  return [...suspects.values()][0] ?? null;
}
