// A person who claimed a task works where they like: their own pull request that closes the issue submits it, and every
// push or comment of theirs keeps the claim. Nobody else's pull request does either.

import type { Observation, ObservedPullRequest } from "./observation.ts";
import type { MoveRequest } from "./request.ts";
import { type EpochMs, type Lease, NO_USAGE, type Task } from "./task.ts";

/** @returns the newest open pull request of the holder's that closes the issue and is ready, or null */
function offered({ pullRequests }: Observation, { holder }: Lease): ObservedPullRequest | null {
  const theirs = pullRequests.filter(
    ({ author, isOpen, isDraft }) => isOpen && !isDraft && author !== null && author.id === holder.id,
  );
  return theirs.toSorted((a, b) => b.number - a.number)[0] ?? null;
}

export function humanSubmission(observation: Observation, task: Task): MoveRequest | null {
  const { lease } = task;
  if (lease === null || lease.host !== "human") return null;
  const pullRequest = offered(observation, lease);
  if (pullRequest === null) return null;
  const { number, head, baseRef } = pullRequest;
  return {
    actor: lease.holder,
    // That they hold the claim is what entitles them; GitHub says that the pull request is theirs.
    standing: "read",
    at: observation.now,
    move: "submit",
    cause: `pr:${number}@${head}`,
    data: {
      token: lease.token,
      run: null,
      head,
      base: baseRef,
      baseSha: observation.repository.defaultBranchSha ?? head,
      evidence: [],
      summary: "",
      usage: NO_USAGE,
      pullRequest: number,
    },
  };
}

/** @returns when the holder last gave a sign of life since the claim, or null */
export function lastSignOfLife(observation: Observation, lease: Lease): EpochMs | null {
  const { comments, pullRequests } = observation;
  const said = comments.filter(({ author }) => author?.id === lease.holder.id).map(({ createdAt }) => createdAt);
  const pushed = pullRequests
    .filter(({ author }) => author?.id === lease.holder.id)
    .flatMap(({ headSeenAt }) => headSeenAt.map(({ at }) => at));
  const newest = Math.max(...said, ...pushed);
  return newest > lease.grantedAt ? newest : null;
}
