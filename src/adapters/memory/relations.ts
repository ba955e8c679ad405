// Who waits for whom on the pretended GitHub, across its repositories: dependencies, lines of text, sub-issues, and the
// work under way that could collide.

import { blockedByIn, pathsIn } from "../../core/body-lines.ts";
import type {
  Blocker,
  ObservedFamily,
  ObservedRelative,
  ObservedWait,
  ObservedWork,
  WaitedFor,
} from "../../core/observation.ts";
import { ledgerRef, taskOfBranch } from "../../core/observation.ts";
import type { LedgerEntry } from "../../core/record.ts";
import { firstParents } from "./refs.ts";
import type { MemoryIssue, MemoryPullRequest, MemoryRepository } from "./state.ts";

/** An issue or pull request somewhere in the world. */
export interface Thread {
  readonly repository: MemoryRepository;
  readonly issue: MemoryIssue;
}
export type ThreadAt = (ref: string) => Thread | null;

/** Steps that a look follows who waits for whom. */
const STEPS_MAX = 5;
const FILES_COMMITS_MAX = 500;

export function refTo(repository: MemoryRepository, number: number): string {
  return `${repository.owner}/${repository.name}#${number}`;
}

function stateOf(thread: Thread | null): WaitedFor {
  if (thread === null) return "unknown";
  const { issue, repository } = thread;
  if (issue.isOpen) return "open";
  if (issue.isPullRequest) return repository.pullRequests.get(issue.number)?.isMerged ? "completed" : "not_planned";
  return issue.stateReason === "not_planned" ? "not_planned" : "completed";
}

function textBlockers({ repository, issue }: Thread): readonly string[] {
  return blockedByIn(issue.body, `${repository.owner}/${repository.name}`);
}

export function blockersOf(thread: Thread, at: ThreadAt): readonly Blocker[] {
  const { blockers } = thread.issue;
  const text = textBlockers(thread).filter((ref) => !blockers.includes(ref));
  return [
    ...blockers.map((ref) => ({ ref, state: stateOf(at(ref)), via: "dependency" as const })),
    ...text.map((ref) => ({ ref, state: stateOf(at(ref)), via: "text" as const })),
  ];
}

/** What an issue waits for itself, as far as that is open. */
function waitsFor(thread: Thread, at: ThreadAt): readonly string[] {
  const children = childrenIn(thread).map(({ number }) => refTo(thread.repository, number));
  const all = [...thread.issue.blockers, ...textBlockers(thread), ...children];
  return [...new Set(all)].filter((ref) => stateOf(at(ref)) === "open");
}

export function waitsOf(thread: Thread, at: ThreadAt): readonly ObservedWait[] {
  const found = new Map<string, readonly string[]>();
  let refs = waitsFor(thread, at);
  for (let step = 0; step < STEPS_MAX && refs.length > 0; step += 1) {
    const next: string[] = [];
    for (const ref of refs) {
      const other = at(ref);
      if (other === null || found.has(ref)) continue;
      found.set(ref, waitsFor(other, at));
      next.push(...(found.get(ref) ?? []));
    }
    refs = next;
  }
  return [...found].map(([ref, on]) => ({ ref, on }));
}

export function blockingOf({ repository, issue }: Thread): readonly string[] {
  const self = refTo(repository, issue.number);
  const waiting = [...repository.issues.values()].filter((other) => other.blockers.includes(self));
  return waiting.map(({ number }) => refTo(repository, number));
}

function childrenIn({ repository, issue }: Thread): readonly MemoryIssue[] {
  return [...repository.issues.values()]
    .filter((child) => child.parent === issue.number)
    .sort((a, b) => a.number - b.number);
}

function relative(repository: MemoryRepository, issue: MemoryIssue): ObservedRelative {
  const { number, nodeId, author, body, blockers: blockedBy } = issue;
  return {
    ref: refTo(repository, number),
    number,
    nodeId,
    state: stateOf({ repository, issue }),
    author,
    body,
    blockedBy,
  };
}

/** @param entries reads the chain of a ledger, oldest first */
export function familyOf(thread: Thread, entries: (ref: string) => readonly LedgerEntry[]): ObservedFamily {
  const { repository, issue } = thread;
  const parent = issue.parent === null ? undefined : repository.issues.get(issue.parent);
  return {
    parent: parent === undefined ? null : relative(repository, parent),
    parentLedger: parent === undefined ? [] : entries(ledgerRef(parent.number)),
    children: childrenIn(thread).map((child) => relative(repository, child)),
  };
}

function filesOf(repository: MemoryRepository, pull: MemoryPullRequest): readonly string[] {
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  const commits = firstParents(repository, pull.head, FILES_COMMITS_MAX);
  const mergeBase = commits.findIndex((commit) => commit.sha === base);
  const own = mergeBase === -1 ? commits : commits.slice(0, mergeBase);
  return [...new Set(own.flatMap((commit) => commit.files ?? []))].sort();
}

/** @param claimed issues that hold a claim */
export function worksOf({ repository, issue }: Thread, claimed: readonly number[]): readonly ObservedWork[] {
  const files = new Map<number, readonly string[]>();
  for (const pull of repository.pullRequests.values()) {
    const task = taskOfBranch(pull.headRef);
    if (pull.isOpen && task !== null && pull.headRepository === `${repository.owner}/${repository.name}`)
      files.set(task, filesOf(repository, pull));
  }
  const numbers = new Set([issue.number, ...claimed, ...files.keys()]);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => ({
      issue: number,
      paths: pathsIn(repository.issues.get(number)?.body ?? ""),
      files: files.get(number) ?? [],
    }));
}
