// Opening, editing, closing, locking issues. The issue side of a pull request goes through here as well.
import { findIssueType, issueTypeJson } from "../formats/issue-types.ts";
import { milestoneJson } from "../formats/issues.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import type { Actor } from "../world/caller.ts";
import { nodeId } from "../world/ids.ts";
import type { Issue, Label, LockReason, Milestone, StateReason } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { repositoryOf } from "../world/world.ts";
import { addAssignees } from "./assignees.ts";
import { addLabels } from "./labels.ts";
import { addToTimeline, editBody, tellAboutIssue, touch } from "./record.ts";
import { followReferences } from "./references.ts";

/** Makes the entity and gives it the next number. Tells nobody: pull requests announce themselves differently. */
export function addIssue(
  hub: Hub,
  actor: Actor,
  repository: Repository,
  input: { readonly title: string; readonly body: string; readonly isPull: boolean },
): Issue {
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  repository.lastNumber += 1;
  repository.openIssueCount += 1;
  const issue: Issue = {
    id,
    nodeId: nodeId("Issue", id),
    repositoryId: repository.id,
    number: repository.lastNumber,
    isPull: input.isPull,
    title: input.title,
    body: input.body,
    authorId: actor.account.id,
    viaAppId: actor.app?.id ?? null,
    createdAt: now,
    updatedAt: now,
    edits: [],
    reactions: new Map(),
    state: "open",
    stateReason: null,
    closedAt: null,
    closedById: null,
    locked: false,
    lockReason: null,
    labelIds: [],
    assigneeIds: [],
    milestoneNumber: null,
    typeName: null,
    commentIds: [],
    parentId: null,
    subIssueIds: [],
    blockedByIds: [],
    blockingIds: [],
    timeline: [],
  };
  hub.world.issues.set(id, issue);
  repository.issues.set(issue.number, issue);
  return issue;
}

export interface NewIssue {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly Label[];
  readonly assignees: readonly Account[];
  readonly milestone: Milestone | null;
}

/** Opens an issue: one `opened`, then one event for each label, assignee and milestone that it came with. */
export function openIssue(hub: Hub, actor: Actor, repository: Repository, input: NewIssue): Issue {
  const issue = addIssue(hub, actor, repository, { title: input.title, body: input.body, isPull: false });
  // GitHub's `opened` payload shows labels, assignees and milestone already.
  const told: (() => void)[] = [];
  const quiet: Hub = { ...hub, events: { ...hub.events, emit: (event) => told.push(() => hub.events.emit(event)) } };
  addLabels(quiet, actor, issue, input.labels);
  addAssignees(quiet, actor, issue, input.assignees);
  if (input.milestone !== null) setMilestone(quiet, actor, issue, input.milestone);
  tellAboutIssue(hub, actor, issue, "opened");
  for (const tell of told) tell();
  followReferences(hub, actor, issue, `${input.title}\n${input.body}`);
  return issue;
}

export interface IssueText {
  readonly title?: string;
  readonly body?: string;
}

export function editIssue(hub: Hub, actor: Actor, issue: Issue, text: IssueText): void {
  const changes: Record<string, JsonObject> = {};
  if (text.title !== undefined && text.title !== issue.title) {
    changes["title"] = { from: issue.title };
    addToTimeline(hub, actor, issue, "renamed", { rename: { from: issue.title, to: text.title } });
    issue.title = text.title;
    touch(hub, issue);
  }
  if (text.body !== undefined && text.body !== issue.body) {
    changes["body"] = { from: issue.body };
    editBody(hub, actor, issue, text.body);
    followReferences(hub, actor, issue, text.body);
  }
  if (Object.keys(changes).length > 0) tellAboutIssue(hub, actor, issue, "edited", { changes });
}

/**
 * @param commitId the commit or merge whose closing keyword did it
 * @param quietly true = no webhook, for pull requests whose own event says more
 */
export function closeIssue(
  hub: Hub,
  actor: Actor,
  issue: Issue,
  reason: StateReason | null,
  how: { readonly commitId?: string | null; readonly quietly?: boolean } = {},
): void {
  if (issue.state === "closed") {
    // Closing again with another reason changes the reason; GitHub tells nobody.
    if (reason !== null) issue.stateReason = reason;
    return;
  }
  issue.state = "closed";
  repositoryOf(hub.world, issue).openIssueCount -= 1;
  issue.stateReason = issue.isPull ? null : (reason ?? "completed");
  issue.closedAt = hub.world.clock.now();
  issue.closedById = actor.account.id;
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "closed", { stateReason: issue.stateReason }, how.commitId ?? null);
  if (how.quietly !== true) tellAboutIssue(hub, actor, issue, "closed");
}

export function reopenIssue(hub: Hub, actor: Actor, issue: Issue): void {
  if (issue.state === "open") return;
  issue.state = "open";
  repositoryOf(hub.world, issue).openIssueCount += 1;
  issue.stateReason = issue.isPull ? null : "reopened";
  issue.closedAt = null;
  issue.closedById = null;
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "reopened", { stateReason: issue.stateReason });
  tellAboutIssue(hub, actor, issue, "reopened");
}

export function setMilestone(hub: Hub, actor: Actor, issue: Issue, milestone: Milestone | null): void {
  const repository = repositoryOf(hub.world, issue);
  const before = issue.milestoneNumber === null ? undefined : repository.milestones.get(issue.milestoneNumber);
  if (before?.number === milestone?.number) return;
  issue.milestoneNumber = milestone?.number ?? null;
  touch(hub, issue);
  if (before !== undefined) {
    addToTimeline(hub, actor, issue, "demilestoned", { milestoneTitle: before.title });
    tellAboutIssue(hub, actor, issue, "demilestoned", { milestone: milestoneJson(hub, before) });
  }
  if (milestone === null) return;
  addToTimeline(hub, actor, issue, "milestoned", { milestoneTitle: milestone.title });
  tellAboutIssue(hub, actor, issue, "milestoned", { milestone: milestoneJson(hub, milestone) });
}

/** `typed` and `untyped`: the issue's type out of the organisation's list, or null. */
export function setType(hub: Hub, actor: Actor, issue: Issue, name: string | null): void {
  if (issue.typeName === name) return;
  const before = issue.typeName === null ? null : findIssueType(issue.typeName);
  issue.typeName = name;
  touch(hub, issue);
  const type = name === null ? before : findIssueType(name);
  if (type !== null) {
    tellAboutIssue(hub, actor, issue, name === null ? "untyped" : "typed", { type: issueTypeJson(type) });
  }
}

export function lockIssue(hub: Hub, actor: Actor, issue: Issue, reason: LockReason | null): void {
  if (issue.locked) return;
  issue.locked = true;
  issue.lockReason = reason;
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "locked", { lockReason: reason });
  tellAboutIssue(hub, actor, issue, "locked");
}

export function unlockIssue(hub: Hub, actor: Actor, issue: Issue): void {
  if (!issue.locked) return;
  issue.locked = false;
  issue.lockReason = null;
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "unlocked");
  tellAboutIssue(hub, actor, issue, "unlocked");
}
