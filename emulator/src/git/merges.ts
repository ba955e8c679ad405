// Three-way merges without a working tree. Writes trees and commits, never refs.
import type { ObjectStore } from "./object-store.ts";
import type { Commit, Person, Sha } from "./objects.ts";
import { runGit } from "./run-git.ts";

export type MergeResult = { readonly tree: Sha } | { readonly conflicts: readonly string[] };

/** Merges two commits along their merge base. */
export async function mergeTrees(gitDir: string, ours: Sha, theirs: Sha): Promise<MergeResult> {
  const args = [
    "merge-tree",
    "--write-tree",
    "-z",
    "--name-only",
    "--no-messages",
    "--allow-unrelated-histories",
    ours,
    theirs,
  ];
  const outcome = await runGit({ args, cwd: gitDir });
  const [tree, ...names] = outcome.stdout.toString("utf8").split("\0");
  if (outcome.code === 0 && tree !== undefined) return { tree: tree.trim() };
  if (outcome.code === 1) return { conflicts: names.filter((name) => name !== "") };
  throw new Error(`git merge-tree exited ${outcome.code}: ${outcome.stderr.trim()}`);
}

const NOBODY: Person = { name: "merge", email: "merge@localhost", date: 0, offset: "+0000" };

/** Replays what `commit` changed on top of `onto`: both become children of one made-up base, which git then finds. */
async function replay(store: ObjectStore, gitDir: string, commit: Commit, onto: Commit): Promise<MergeResult> {
  const parent = commit.parents[0];
  const before = parent === undefined ? null : await store.readCommit(parent);
  if (before === null) return { conflicts: [] };
  const node = (tree: Sha, parents: readonly Sha[]) =>
    store.writeCommit({ tree, parents, author: NOBODY, committer: NOBODY, message: "replay", signature: null });
  const base = node(before.tree, []);
  return mergeTrees(gitDir, node(onto.tree, [base]), node(commit.tree, [base]));
}

export type RebaseResult =
  | { readonly head: Sha; readonly commits: readonly Sha[] }
  | { readonly conflicts: readonly string[] };

/** Puts `commits` (oldest first) on top of `onto`; authors stay, the committer is given. Merge commits are left out. */
export async function rebase(
  store: ObjectStore,
  gitDir: string,
  options: { readonly commits: readonly Commit[]; readonly onto: Sha; readonly committer: Person },
): Promise<RebaseResult> {
  let tip = options.onto;
  const written: Sha[] = [];
  for (const commit of options.commits) {
    if (commit.parents.length > 1) continue;
    const onto = await store.readCommit(tip);
    if (onto === null) throw new Error(`commit ${tip} is not in the repository`);
    const result = await replay(store, gitDir, commit, onto);
    if ("conflicts" in result) return result;
    const { author, message } = commit;
    tip = store.writeCommit({
      tree: result.tree,
      parents: [tip],
      author,
      committer: options.committer,
      message,
      signature: null,
    });
    written.push(tip);
  }
  return { head: tip, commits: written };
}
