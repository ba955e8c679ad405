// One look at the pretended GitHub: the same facts, in the same form, as the real adapter brings back.

import { DEFAULT_CONFIG, parseConfig, type RepositoryConfig } from "../../core/config.ts";
import { leaseRecord, recordOf } from "../../core/ledger-tip.ts";
import {
  type Account,
  type Blocker,
  LEDGER_PREFIX,
  ledgerRef,
  type Observation,
  type ObservedCheck,
  type ObservedComment,
  type ObservedNeighbour,
  type ObservedPullRequest,
  REPOSITORY_LEDGER_REF,
  taskBranch,
} from "../../core/observation.ts";
import type { LedgerEntry } from "../../core/record.ts";
import { readRepositoryLedger } from "../../core/repository-record.ts";
import { type EpochMs, LEDGER_RECORDS_MAX, SHOWN_STATES, type Sha } from "../../core/task.ts";
import { bodyDigest, textDigest } from "./ids.ts";
import { checksOf } from "./pull-requests.ts";
import { firstParents } from "./refs.ts";
import type { MemoryCommit, MemoryIssue, MemoryPullRequest, MemoryRepository } from "./state.ts";

/** The config in force, what the file says, and what is wrong with it. */
export interface MemoryConfig {
  readonly config: RepositoryConfig;
  readonly source: unknown;
  readonly problems: readonly string[];
}

/** @param lastGood what held before, when the file is wrong */
export function readConfig(repository: MemoryRepository, lastGood: MemoryConfig | undefined): MemoryConfig {
  const parsed = parseConfig(repository.configSource);
  if ("config" in parsed) return { config: parsed.config, source: repository.configSource ?? {}, problems: [] };
  return {
    config: lastGood?.config ?? DEFAULT_CONFIG,
    source: lastGood?.source ?? {},
    problems: parsed.problems,
  };
}

export interface Look {
  readonly repository: MemoryRepository;
  readonly number: number;
  readonly writer: Account;
  readonly config: MemoryConfig;
  readonly now: EpochMs;
  /** State of a blocker that may live in another repository. */
  readonly blockerState: (ref: string) => Blocker["state"];
}

export function observeIn(look: Look): Observation | "gone" {
  const { repository, number, writer } = look;
  const issue = repository.issues.get(number);
  if (issue === undefined) return "gone";
  const expected = { writerId: writer.id, repositoryId: repository.id };
  const pullRequests = [...repository.pullRequests.values()].filter((pull) => pull.headRef === taskBranch(number));
  const threads = new Set([number, ...pullRequests.map((pull) => pull.number)]);
  const ledger = entriesOf(repository, repository.refs.get(ledgerRef(number)));
  const lease = leaseRecord(ledger, expected);
  const { events, blockers, ...facts } = issue;
  return {
    now: look.now,
    repository: observedRepository(repository),
    writer,
    config: look.config.config,
    configSource: look.config.source,
    configProblems: look.config.problems,
    issue: { ...facts, textDigest: textDigest(issue.title, issue.body) },
    events,
    comments: commentsOn(repository, threads, writer),
    ledger,
    repositoryLedger: readRepositoryLedger(
      entriesOf(repository, repository.refs.get(REPOSITORY_LEDGER_REF), 1)[0] ?? null,
      expected,
    ),
    taskBranch: repository.refs.get(`refs/heads/${taskBranch(number)}`) ?? null,
    pullRequests: pullRequests.map((pull) => observedPullRequest(repository, pull)),
    runs:
      lease !== null
        ? [...repository.runs.values()].filter((run) => run.issue === number).map(({ issue: _issue, ...run }) => run)
        : [],
    blockers: blockers.map((ref) => ({ ref, state: look.blockerState(ref) })),
    neighbours: neighboursOf(repository, number, look.config.config.prefix, expected),
    permissions: new Map(),
  };
}

function observedRepository(repository: MemoryRepository): Observation["repository"] {
  const { id, nodeId, owner, name, isPrivate, defaultBranch, installedAt } = repository;
  const defaultBranchSha = repository.refs.get(`refs/heads/${defaultBranch}`) ?? null;
  return { id, nodeId, owner, name, isPrivate, defaultBranch, defaultBranchSha, installedAt };
}

function entryOf(commit: MemoryCommit): LedgerEntry {
  return {
    sha: commit.sha,
    parents: commit.parents,
    message: commit.message,
    authorId: commit.author?.id ?? null,
    signedByGitHub: commit.signedByGitHub,
  };
}

/** Oldest first; one more than a fold accepts, so that a chain which is too long shows. */
function entriesOf(
  repository: MemoryRepository,
  tip: Sha | undefined,
  max = LEDGER_RECORDS_MAX + 1,
): readonly LedgerEntry[] {
  return firstParents(repository, tip, max).map(entryOf).reverse();
}

function commentsOn(
  repository: MemoryRepository,
  threads: ReadonlySet<number>,
  writer: Account,
): readonly ObservedComment[] {
  return [...repository.comments.values()]
    .filter((comment) => threads.has(comment.on))
    .sort((a, b) => a.id - b.id)
    .map((comment) => ({
      ...comment,
      bodyDigest: bodyDigest(comment.body),
      reactions: comment.reactions.filter(({ by }) => by === writer.id).map(({ reaction }) => reaction),
    }));
}

function observedPullRequest(repository: MemoryRepository, pull: MemoryPullRequest): ObservedPullRequest {
  const { title: _title, body: _body, hasConflict, ...facts } = pull;
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  const commits = firstParents(repository, pull.head, LEDGER_RECORDS_MAX);
  const mergeBase = commits.findIndex((commit) => commit.sha === base);
  const own = mergeBase === -1 ? commits : commits.slice(0, mergeBase);
  return {
    ...facts,
    nodeId: repository.issues.get(pull.number)?.nodeId ?? "",
    mergeable: hasConflict ? "no" : "yes",
    baseChecks: rollup(base === undefined ? [] : (repository.checks.get(base) ?? [])),
    checks: checksOf(repository, pull.head),
    touchesWorkflows: own.some((commit) => commit.touchesWorkflows),
  };
}

function rollup(checks: readonly { readonly status: ObservedCheck["status"] }[]): ObservedPullRequest["baseChecks"] {
  if (checks.length === 0) return "none";
  if (checks.some(({ status }) => status === "failure")) return "red";
  return checks.some(({ status }) => status === "pending") ? "pending" : "green";
}

function hasStateLabel(issue: MemoryIssue, prefix: string): boolean {
  return SHOWN_STATES.some((state) => issue.labels.includes(`${prefix}:${state}`));
}

/** Every other issue that has a ledger, and every other open one that carries a state label. */
function neighboursOf(
  repository: MemoryRepository,
  self: number,
  prefix: string,
  expected: { readonly writerId: number; readonly repositoryId: number },
): readonly ObservedNeighbour[] {
  const tips = new Map<number, Sha>();
  for (const [ref, sha] of repository.refs) {
    if (ref.startsWith(LEDGER_PREFIX) && ref !== REPOSITORY_LEDGER_REF)
      tips.set(Number(ref.slice(LEDGER_PREFIX.length)), sha);
  }
  const labelled = [...repository.issues.values()].filter(
    (issue) => issue.isOpen && !issue.isPullRequest && hasStateLabel(issue, prefix),
  );
  const numbers = new Set([...tips.keys(), ...labelled.map((issue) => issue.number)]);
  numbers.delete(self);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => {
      const record = recordOf(entriesOf(repository, tips.get(number), 1)[0], expected);
      const issue = labelled.find((one) => one.number === number);
      return {
        issue: number,
        tip: record,
        labels: issue?.labels ?? [],
        author: issue?.author ?? null,
        createdAt: issue?.createdAt ?? record?.at ?? 0,
      };
    });
}
