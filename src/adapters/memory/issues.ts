// Changes of issues and comments of the pretended GitHub. Pure: each takes a state and gives the next, or the very same
// object when nothing is to be changed.

import type { Account, ObservedEvent } from "../../core/observation.ts";
import type { EpochMs } from "../../core/task.ts";
import { bodyDigest } from "./ids.ts";
import {
  type MemoryComment,
  type MemoryIssue,
  type MemoryLabel,
  type MemoryRepository,
  withEntry,
  withoutEntry,
} from "./state.ts";

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
    versions: [],
    blockers: [],
    parent: null,
  };
  return putIssue({ ...repository, nextNumber: number + 1 }, issue);
}

/** A label that the repository does not have is made, as GitHub does. */
export function addLabel(repository: MemoryRepository, number: number, label: string, act: Act): MemoryRepository {
  const issue = issueOf(repository, number);
  const next = withLabel(repository, { name: label, colour: "ededed", description: "" }, act);
  const known = next.labels.get(label.toLowerCase());
  const name = known?.name ?? label;
  if (issue.labels.includes(name)) return repository;
  const labelId = known?.nodeId ?? "";
  return putIssue(next, {
    ...issue,
    labels: [...issue.labels, name],
    events: [...issue.events, { ...event("labeled", name, act), labelId }],
  });
}

export function removeLabel(repository: MemoryRepository, number: number, label: string, act: Act): MemoryRepository {
  const issue = issueOf(repository, number);
  if (!issue.labels.includes(label)) return repository;
  const labelId = repository.labels.get(label.toLowerCase())?.nodeId ?? "";
  return putIssue(repository, {
    ...issue,
    labels: issue.labels.filter((name) => name !== label),
    events: [...issue.events, { ...event("unlabeled", label, act), labelId }],
  });
}

/** @returns the repository with such a label; the one that it has by that name stays as it is */
export function withLabel(
  repository: MemoryRepository,
  { name, colour, description }: Omit<MemoryLabel, "nodeId">,
  act: Act,
): MemoryRepository {
  const key = name.toLowerCase();
  if (repository.labels.has(key)) return repository;
  const label = { nodeId: `LA_${act.id}_${repository.labels.size}`, name, colour, description };
  return { ...repository, labels: withEntry(repository.labels, key, label) };
}

/** Issues keep a label whose name changes, and what happened before is told under the new name. */
export function editLabel(
  repository: MemoryRepository,
  nodeId: string,
  { name, colour, description }: Omit<MemoryLabel, "nodeId">,
): MemoryRepository | null {
  const old = [...repository.labels.values()].find((label) => label.nodeId === nodeId);
  if (old === undefined) return null;
  if (old.name === name && old.colour === colour && old.description === description) return repository;
  const labels = withEntry(withoutEntry(repository.labels, old.name.toLowerCase()), name.toLowerCase(), {
    nodeId,
    name,
    colour,
    description,
  });
  const issues = [...repository.issues].map(([number, issue]): [number, MemoryIssue] => [
    number,
    {
      ...issue,
      labels: issue.labels.map((label) => (label === old.name ? name : label)),
      events: issue.events.map((one) => (one.labelId === nodeId ? { ...one, subject: name } : one)),
    },
  ]);
  return { ...repository, labels, issues: new Map(issues) };
}

/** Every issue loses it, as if it had been taken off. */
export function deleteLabel(repository: MemoryRepository, name: string, act: Act): MemoryRepository {
  const wearers = [...repository.issues.values()].filter((issue) => issue.labels.includes(name));
  const bare = wearers.reduce(
    (state, issue, index) => removeLabel(state, issue.number, name, { ...act, id: act.id + index }),
    repository,
  );
  return { ...bare, labels: withoutEntry(bare.labels, name.toLowerCase()) };
}

/** Changes title or body. What it said before stays in its history. */
export function editIssue(
  repository: MemoryRepository,
  number: number,
  text: { readonly title?: string; readonly body?: string },
  act: Act,
): MemoryRepository {
  const issue = issueOf(repository, number);
  const { title = issue.title, body = issue.body } = text;
  if (title === issue.title && body === issue.body) return repository;
  const first = { id: `UCE_${act.id}_0`, editor: issue.author, at: issue.createdAt, body: issue.body };
  const before = issue.versions.length === 0 ? [first] : issue.versions;
  const versions =
    body === issue.body ? issue.versions : [...before, { id: `UCE_${act.id}`, editor: act.by, at: act.at, body }];
  return putIssue(repository, { ...issue, title, body, editor: act.by, versions });
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
