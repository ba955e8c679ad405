// Pull requests of the pretended GitHub: opened from a branch, reviewed, merged or refused as GitHub would. Pure.

import type { ObservedCheck, ObservedReview } from "../../core/observation.ts";
import type { Sha } from "../../core/task.ts";
import { commitId } from "./ids.ts";
import { type Act, close, issueOf, openIssue } from "./issues.ts";
import { reaches, setRef } from "./refs.ts";
import { type MemoryCommit, type MemoryPullRequest, type MemoryRepository, withEntry } from "./state.ts";

export interface NewPullRequest {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/** What GitHub answers where the real one answers 4xx. */
export interface Refused {
  readonly refused: string;
}

/** @returns the open pull request from this branch into this base, or null */
export function openPullRequestOf(repository: MemoryRepository, head: string, base: string): MemoryPullRequest | null {
  for (const pullRequest of repository.pullRequests.values()) {
    if (pullRequest.isOpen && pullRequest.headRef === head && pullRequest.baseRef === base) return pullRequest;
  }
  return null;
}

export function openPullRequest(
  repository: MemoryRepository,
  asked: NewPullRequest,
  act: Act,
): MemoryRepository | Refused {
  const head = repository.refs.get(`refs/heads/${asked.head}`);
  const base = repository.refs.get(`refs/heads/${asked.base}`);
  if (head === undefined) return { refused: `the branch ${asked.head} does not exist` };
  if (base === undefined) return { refused: `the branch ${asked.base} does not exist` };
  if (openPullRequestOf(repository, asked.head, asked.base) !== null) {
    return { refused: `a pull request already exists for ${repository.owner}:${asked.head}` };
  }
  if (reaches(repository, base, head)) return { refused: `no commits between ${asked.base} and ${asked.head}` };
  const number = repository.nextNumber;
  const next = openIssue(repository, { title: asked.title, body: asked.body, isPullRequest: true }, act);
  const pullRequest: MemoryPullRequest = {
    number,
    author: act.by,
    headRef: asked.head,
    headRepository: `${repository.owner}/${repository.name}`,
    head,
    baseRef: asked.base,
    isOpen: true,
    isMerged: false,
    closedAt: null,
    isDraft: false,
    mergeSha: null,
    reviews: [],
    isBehind: false,
    isInMergeQueue: false,
    dropped: null,
    headSeenAt: [{ head, at: act.at }],
    title: asked.title,
    body: asked.body,
    hasConflict: false,
  };
  return { ...next, pullRequests: withEntry(next.pullRequests, number, pullRequest) };
}

/** @returns checks of a commit, with those that the branch requires and nobody has reported as pending */
export function checksOf(repository: MemoryRepository, head: Sha): readonly ObservedCheck[] {
  const reported = repository.checks.get(head) ?? [];
  const missing = repository.requiredChecks.filter((name) => !reported.some((check) => check.name === name));
  return [
    ...reported.map((check) => ({ ...check, isRequired: repository.requiredChecks.includes(check.name) })),
    ...missing.map((name) => ({
      name,
      app: null,
      status: "pending" as const,
      isRequired: true,
      runId: null,
      endedAt: null,
    })),
  ];
}

const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?) #(\d+)/gi;

/** @returns the merged state, or GitHub's reason not to */
export function mergePullRequest(
  repository: MemoryRepository,
  number: number,
  asked: { readonly head: Sha | null; readonly title: string },
  act: Act,
): MemoryRepository | Refused {
  const pullRequest = repository.pullRequests.get(number);
  if (pullRequest === undefined) return { refused: "Not Found" };
  const refusal = whyNotMerge(repository, pullRequest, asked.head);
  if (refusal !== null) return { refused: refusal };
  const base = `refs/heads/${pullRequest.baseRef}`;
  const commit: MemoryCommit = mergeCommit(repository, pullRequest, asked.title, act);
  const merged = {
    ...repository,
    commits: withEntry(repository.commits, commit.sha, commit),
    pullRequests: withEntry(repository.pullRequests, number, {
      ...pullRequest,
      isOpen: false,
      isMerged: true,
      closedAt: act.at,
      mergeSha: commit.sha,
    }),
  };
  const moved = setRef(close(merged, number, "completed", act), base, commit.sha, act.at);
  if (pullRequest.baseRef !== repository.defaultBranch) return moved;
  const named = [...pullRequest.body.matchAll(CLOSING)].map((match) => Number(match[1]));
  const closes = named.filter((issue) => moved.issues.get(issue)?.isPullRequest === false);
  return closes.reduce((state, issue) => close(state, issue, "completed", { ...act, id: act.id + issue }), moved);
}

function mergeCommit(
  repository: MemoryRepository,
  pullRequest: MemoryPullRequest,
  title: string,
  act: Act,
): MemoryCommit {
  const base = repository.refs.get(`refs/heads/${pullRequest.baseRef}`);
  const parents = base === undefined ? [pullRequest.head] : [base, pullRequest.head];
  const message = title === "" ? `Merge pull request ${pullRequest.number}` : title;
  const content = `merge ${pullRequest.head}`;
  const sha = commitId({ parents, message, author: act.by, at: act.at, content });
  const touchesWorkflows = repository.commits.get(pullRequest.head)?.touchesWorkflows ?? false;
  return { sha, parents, message, author: act.by, signedByGitHub: true, touchesWorkflows };
}

function whyNotMerge(repository: MemoryRepository, pullRequest: MemoryPullRequest, head: Sha | null): string | null {
  if (pullRequest.isMerged) return "Pull Request is not mergeable: it is merged already";
  if (!pullRequest.isOpen) return "Pull Request is closed";
  if (head !== null && head !== pullRequest.head) return "Head branch was modified. Review and try the merge again.";
  if (pullRequest.isDraft) return "Pull Request is still a draft";
  if (pullRequest.hasConflict) return "Pull Request has merge conflicts";
  const red = checksOf(repository, pullRequest.head).find((check) => check.isRequired && check.status !== "success");
  if (red !== undefined) return `Required status check "${red.name}" is expected.`;
  return null;
}

export function review(
  repository: MemoryRepository,
  number: number,
  given: Pick<ObservedReview, "state" | "body">,
  act: Act,
): MemoryRepository {
  const pullRequest = repository.pullRequests.get(number);
  if (pullRequest === undefined) throw new Error(`there is no pull request ${number}`);
  if (given.state === "approved" && issueOf(repository, number).author?.id === act.by.id) {
    throw new Error("nobody approves their own pull request");
  }
  const made: ObservedReview = { ...given, id: act.id, author: act.by, commit: pullRequest.head, at: act.at };
  const next = { ...pullRequest, reviews: [...pullRequest.reviews, made] };
  return { ...repository, pullRequests: withEntry(repository.pullRequests, number, next) };
}

/** Puts it into the merge queue of its base; one that is there stays there. */
export function enqueuePullRequest(
  repository: MemoryRepository,
  number: number,
  head: Sha,
): MemoryRepository | Refused {
  const pullRequest = repository.pullRequests.get(number);
  if (pullRequest === undefined) return { refused: "Not Found" };
  const refusal = whyNotMerge(repository, pullRequest, head);
  if (refusal !== null) return { refused: refusal };
  if (pullRequest.isInMergeQueue) return repository;
  const next = { ...pullRequest, isInMergeQueue: true };
  return { ...repository, pullRequests: withEntry(repository.pullRequests, number, next) };
}

/** Merges the base into the branch, as GitHub's button does. */
export function updateBranch(
  repository: MemoryRepository,
  number: number,
  head: Sha,
  act: Act,
): MemoryRepository | Refused {
  const pullRequest = repository.pullRequests.get(number);
  const base = repository.refs.get(`refs/heads/${pullRequest?.baseRef ?? ""}`);
  if (pullRequest === undefined || base === undefined || !pullRequest.isOpen) return { refused: "Not Found" };
  if (pullRequest.head !== head) return { refused: "expected head sha didn’t match current head ref." };
  if (pullRequest.hasConflict) return { refused: "merge conflict between base and head" };
  if (reaches(repository, head, base)) return { refused: "There are no new commits on the base branch." };
  const parents = [head, base];
  const message = `Merge branch '${pullRequest.baseRef}' into ${pullRequest.headRef}`;
  const sha = commitId({ parents, message, author: act.by, at: act.at, content: `update ${head}` });
  const commit: MemoryCommit = { sha, parents, message, author: act.by, signedByGitHub: true, touchesWorkflows: false };
  const current = { ...pullRequest, isBehind: false };
  const next = {
    ...repository,
    commits: withEntry(repository.commits, sha, commit),
    pullRequests: withEntry(repository.pullRequests, number, current),
  };
  return setRef(next, `refs/heads/${pullRequest.headRef}`, sha, act.at);
}
