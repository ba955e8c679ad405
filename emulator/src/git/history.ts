// Walks over commits: logs, ancestry, merge bases, counts ahead and behind. Reads only.
import type { ObjectStore } from "./object-store.ts";
import type { Commit, Sha } from "./objects.ts";
import { runGit } from "./run-git.ts";
import { entryAt } from "./trees.ts";

/** A walk longer than this is a mistake in a test repository, not a history. */
const COMMITS_WALKED_MAX = 200_000;

async function must(store: ObjectStore, sha: Sha): Promise<Commit> {
  const commit = await store.readCommit(sha);
  if (commit === null) throw new Error(`commit ${sha} is not in the repository`);
  return commit;
}

/** Newest first; of equal dates, the first in comes out first, so that a child is never behind its own parent. */
class DateQueue {
  /** Oldest first, so that the next one is at the end. */
  readonly #commits: Commit[] = [];

  push(commit: Commit): void {
    let low = 0;
    let high = this.#commits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#commits[middle]?.committer.date ?? 0) < commit.committer.date) low = middle + 1;
      else high = middle;
    }
    this.#commits.splice(low, 0, commit);
  }

  pop(): Commit | undefined {
    return this.#commits.pop();
  }
}

/** Every commit reachable from `tips` but not from `hidden`, newest first. */
export async function* walk(
  store: ObjectStore,
  tips: readonly Sha[],
  hidden: ReadonlySet<Sha> = new Set(),
): AsyncGenerator<Commit> {
  const queue = new DateQueue();
  const seen = new Set<Sha>(hidden);
  for (const tip of tips) {
    if (seen.has(tip)) continue;
    seen.add(tip);
    queue.push(await must(store, tip));
  }
  for (let walked = 0; walked < COMMITS_WALKED_MAX; walked += 1) {
    const commit = queue.pop();
    if (commit === undefined) return;
    yield commit;
    for (const parent of commit.parents) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      queue.push(await must(store, parent));
    }
  }
}

export async function ancestorsOf(store: ObjectStore, tips: readonly Sha[]): Promise<Set<Sha>> {
  const found = new Set<Sha>();
  for await (const commit of walk(store, tips)) found.add(commit.sha);
  return found;
}

/** A commit is its own ancestor. Objects that are not commits have none. */
export async function isAncestor(store: ObjectStore, ancestor: Sha, descendant: Sha): Promise<boolean> {
  if (ancestor === descendant) return true;
  const tip = await store.readCommit(descendant);
  if (tip === null) return false;
  if (tip.parents.includes(ancestor)) return true;
  for await (const commit of walk(store, [descendant])) if (commit.sha === ancestor) return true;
  return false;
}

export async function mergeBase(store: ObjectStore, gitDir: string, a: Sha, b: Sha): Promise<Sha | null> {
  if (await isAncestor(store, a, b)) return a;
  if (await isAncestor(store, b, a)) return b;
  const outcome = await runGit({ args: ["merge-base", a, b], cwd: gitDir });
  return outcome.code === 0 ? outcome.stdout.toString("latin1").trim() : null;
}

/** Commits of `head` that `base` lacks, newest first. */
export async function commitsBetween(store: ObjectStore, base: Sha, head: Sha): Promise<readonly Commit[]> {
  const hidden = await ancestorsOf(store, [base]);
  const commits: Commit[] = [];
  for await (const commit of walk(store, [head], hidden)) commits.push(commit);
  return commits;
}

export interface LogOptions {
  /** How many commits to skip, and how many to return at most. */
  readonly skip?: number;
  readonly count: number;
  /** Only commits that changed this file or folder. */
  readonly path?: string;
  readonly keep?: (commit: Commit) => boolean;
}

async function touches(store: ObjectStore, commit: Commit, path: string): Promise<boolean> {
  const mine = await entryAt(store, commit.tree, path);
  if (commit.parents.length === 0) return mine !== null;
  for (const parent of commit.parents) {
    const theirs = await entryAt(store, (await must(store, parent)).tree, path);
    if (theirs?.sha === mine?.sha) return false;
  }
  return true;
}

export async function log(store: ObjectStore, tip: Sha, options: LogOptions): Promise<readonly Commit[]> {
  const found: Commit[] = [];
  let skip = options.skip ?? 0;
  for await (const commit of walk(store, [tip])) {
    if (found.length >= options.count) break;
    if (options.keep !== undefined && !options.keep(commit)) continue;
    if (options.path !== undefined && !(await touches(store, commit, options.path))) continue;
    if (skip > 0) skip -= 1;
    else found.push(commit);
  }
  return found;
}

export async function countCommits(store: ObjectStore, tip: Sha): Promise<number> {
  let count = 0;
  for await (const _ of walk(store, [tip])) count += 1;
  return count;
}
