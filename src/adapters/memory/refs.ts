// Commits and refs of the pretended GitHub: the atomic update over several refs, fast-forward only, and what a moved
// branch does to the pull requests that come from it. Pure: takes a state, gives the next.

import type { RefUpdate } from "../../core/ports.ts";
import type { EpochMs, Sha } from "../../core/task.ts";
import type { MemoryPullRequest, MemoryRepository } from "./state.ts";

const BRANCH_PREFIX = "refs/heads/";
/** Commits that a walk over history looks at, at the most. */
const WALK_COMMITS_MAX = 100_000;

/** @returns whether `ancestor` can be reached from `from` by parents; a commit reaches itself */
export function reaches(repository: MemoryRepository, from: Sha, ancestor: Sha): boolean {
  const seen = new Set<Sha>();
  const open = [from];
  while (open.length > 0 && seen.size < WALK_COMMITS_MAX) {
    const sha = open.pop();
    if (sha === undefined || seen.has(sha)) continue;
    if (sha === ancestor) return true;
    seen.add(sha);
    open.push(...(repository.commits.get(sha)?.parents ?? []));
  }
  return false;
}

/**
 * Moves all refs or none.
 *
 * @returns the next state, or null when a ref does not stand where the update expects it
 * @throws when GitHub would refuse whoever asks: an unknown object, or a move that is no fast-forward
 */
export function moveRefs(
  repository: MemoryRepository,
  updates: readonly RefUpdate[],
  at: EpochMs,
): MemoryRepository | null {
  if (updates.some((update) => (repository.refs.get(update.ref) ?? null) !== update.before)) return null;
  for (const { ref, before, after } of updates) {
    if (after !== null && !repository.commits.has(after)) throw new Error(`${ref}: no such object ${after}`);
    if (before !== null && after !== null && !reaches(repository, after, before)) {
      throw new Error(`${ref}: the update is not a fast-forward`);
    }
  }
  return updates.reduce((state, { ref, after }) => setRef(state, ref, after, at), repository);
}

/** Puts one ref somewhere, by force if need be, as a person's push can. */
export function setRef(repository: MemoryRepository, ref: string, after: Sha | null, at: EpochMs): MemoryRepository {
  const refs = new Map(repository.refs);
  if (after === null) refs.delete(ref);
  else refs.set(ref, after);
  if (!ref.startsWith(BRANCH_PREFIX)) return { ...repository, refs };
  const branch = ref.slice(BRANCH_PREFIX.length);
  const followed = [...repository.pullRequests].map(([number, pullRequest]): [number, MemoryPullRequest] => [
    number,
    follow(repository, pullRequest, branch, after, at),
  ]);
  const pullRequests = new Map(followed);
  const closed = followed.filter(
    ([number, pull]) => !pull.isOpen && repository.pullRequests.get(number)?.isOpen === true,
  );
  const issues = new Map(repository.issues);
  for (const [number] of closed) {
    const issue = issues.get(number);
    if (issue !== undefined) issues.set(number, { ...issue, isOpen: false, closedAt: at });
  }
  return { ...repository, refs, pullRequests, issues };
}

/** An open pull request follows its branch, and closes when the branch goes. */
function follow(
  repository: MemoryRepository,
  pullRequest: MemoryPullRequest,
  branch: string,
  after: Sha | null,
  at: EpochMs,
): MemoryPullRequest {
  const isItsBranch =
    pullRequest.isOpen &&
    pullRequest.headRef === branch &&
    pullRequest.headRepository === `${repository.owner}/${repository.name}`;
  if (!isItsBranch || pullRequest.head === after) return pullRequest;
  if (after === null) return { ...pullRequest, isOpen: false, closedAt: at };
  return { ...pullRequest, head: after, headSeenAt: [...pullRequest.headSeenAt, { head: after, at }] };
}

/** @returns commits from the tip back to the root along first parents, newest first, at most `max` of them */
export function firstParents(repository: MemoryRepository, tip: Sha | undefined, max: number) {
  const found = [];
  let next = tip === undefined ? undefined : repository.commits.get(tip);
  while (next !== undefined && found.length < max) {
    found.push(next);
    const parent = next.parents[0];
    next = parent === undefined ? undefined : repository.commits.get(parent);
  }
  return found;
}
