// Changes of issues and comments of the pretended GitHub. Pure: each takes a state and gives the next, or the very same
// object when nothing is to be changed.

import type { Account, ObservedEvent } from "../../core/observation.ts";
import type { EpochMs } from "../../core/task.ts";
import { bodyDigest } from "./ids.ts";
import { type MemoryComment, type MemoryIssue, type MemoryRepository, withEntry } from "./state.ts";

/** Who does something, when, and the id for what it makes. */
export interface Act {
  readonly by: Account;
  readonly at: EpochMs;
  readonly id: number;
}

/** GitHub lets at most ten people be assigned. */
const ASSIGNEES_MAX = 10;

export function issueOf(repository: MemoryRepository, number: number): MemoryIssue {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw new Error(`there is no issue ${number} in ${repository.owner}/${repository.name}`);
  return issue;
}

export function putIssue(repository: MemoryRepository, issue: MemoryIssue): MemoryRepository {
  return { ...repository, issues: withEntry(repository.issues, issue.number, issue) };
}

export function putComment(repository: MemoryRepository, comment: MemoryComment): MemoryRepository {
  return { ...repository, comments: withEntry(repository.comments, comment.id, comment) };
}

function event(kind: ObservedEvent["kind"], subject: string | null, act: Act): ObservedEvent {
  return { id: `EV_${act.id}`, kind, subject, actor: act.by, at: act.at };
}

export function openIssue(
  repository: MemoryRepository,
  text: { readonly title: string; readonly body: string; readonly isPullRequest: boolean },
  act: Act,
): MemoryRepository {
  const number = repository.nextNumber;
  const issue: MemoryIssue = {
    ...text,
    number,
    nodeId: `${text.isPullRequest ? "PR" : "I"}_${act.id}`,
    author: act.by,
    editor: null,
    isOpen: true,
    stateReason: null,
    closedBy: null,
    closedAt: null,
    isLocked: false,
    labels: [],
    assignees: [],
    createdAt: act.at,
    events: [],
    blockers: [],
  };
  return putIssue({ ...repository, nextNumber: number + 1 }, issue);
}

export function addLabel(repository: MemoryRepository, number: number, label: string, act: Act): MemoryRepository {
  const issue = issueOf(repository, number);
  if (issue.labels.includes(label)) return repository;
  return putIssue(repository, {
    ...issue,
    labels: [...issue.labels, label],
    events: [...issue.events, event("labeled", label, act)],
  });
}

export function removeLabel(repository: MemoryRepository, number: number, label: string, act: Act): MemoryRepository {
  const issue = issueOf(repository, number);
  if (!issue.labels.includes(label)) return repository;
  return putIssue(repository, {
    ...issue,
    labels: issue.labels.filter((name) => name !== label),
    events: [...issue.events, event("unlabeled", label, act)],
  });
}

/** GitHub ignores, without a word, whoever cannot be assigned: bots, strangers, the eleventh. */
export function assign(repository: MemoryRepository, number: number, account: Account, act: Act): MemoryRepository {
  const issue = issueOf(repository, number);
  const isThere = issue.assignees.some((assignee) => assignee.id === account.id);
  const isStranger = !repository.roles.has(account.id) && issue.author?.id !== account.id;
  if (isThere || isStranger || account.isBot || issue.assignees.length >= ASSIGNEES_MAX) return repository;
  return putIssue(repository, {
    ...issue,
    assignees: [...issue.assignees, account],
    events: [...issue.events, event("assigned", account.login, act)],
  });
}

export function unassign(repository: MemoryRepository, number: number, account: Account, act: Act): MemoryRepository {
  const issue = issueOf(repository, number);
  if (!issue.assignees.some((assignee) => assignee.id === account.id)) return repository;
  return putIssue(repository, {
    ...issue,
    assignees: issue.assignees.filter((assignee) => assignee.id !== account.id),
    events: [...issue.events, event("unassigned", account.login, act)],
  });
}

export function close(
  repository: MemoryRepository,
  number: number,
  reason: "completed" | "not_planned",
  act: Act,
): MemoryRepository {
  const issue = issueOf(repository, number);
  if (!issue.isOpen) return repository;
  const next = putIssue(repository, {
    ...issue,
    isOpen: false,
    stateReason: reason,
    closedBy: act.by,
    closedAt: act.at,
    events: [...issue.events, event("closed", null, act)],
  });
  const pullRequest = next.pullRequests.get(number);
  if (pullRequest === undefined) return next;
  return {
    ...next,
    pullRequests: withEntry(next.pullRequests, number, { ...pullRequest, isOpen: false, closedAt: act.at }),
  };
}

export function reopen(repository: MemoryRepository, number: number, act: Act): MemoryRepository {
  const issue = issueOf(repository, number);
  const pullRequest = repository.pullRequests.get(number);
  if (issue.isOpen || pullRequest?.isMerged === true) return repository;
  const next = putIssue(repository, {
    ...issue,
    isOpen: true,
    stateReason: "reopened",
    closedBy: null,
    closedAt: null,
    events: [...issue.events, event("reopened", null, act)],
  });
  if (pullRequest === undefined) return next;
  return {
    ...next,
    pullRequests: withEntry(next.pullRequests, number, { ...pullRequest, isOpen: true, closedAt: null }),
  };
}

export function comment(repository: MemoryRepository, on: number, body: string, act: Act): MemoryRepository {
  issueOf(repository, on);
  return putComment(repository, {
    id: act.id,
    nodeId: `IC_${act.id}`,
    on,
    author: act.by,
    body,
    createdAt: act.at,
    updatedAt: act.at,
    editor: null,
    revisions: [],
    isMinimized: false,
    reactions: [],
  });
}

export function editComment(
  repository: MemoryRepository,
  found: MemoryComment,
  body: string,
  act: Act,
): MemoryRepository {
  if (found.body === body) return repository;
  const revisions = [...found.revisions, { body: found.body, bodyDigest: bodyDigest(found.body) }];
  return putComment(repository, { ...found, body, editor: act.by, updatedAt: act.at, revisions });
}
