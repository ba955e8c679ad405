// Mutations of issues, and of the labels and assignees that issues and pull requests share.
import { addAssignees, removeAssignees, setAssignees } from "../../changes/assignees.ts";
import {
  closeIssue,
  editIssue,
  lockIssue,
  openIssue,
  reopenIssue,
  setMilestone,
  unlockIssue,
} from "../../changes/issues.ts";
import { addLabels, editLabel, labelsOf, removeLabels, setLabels } from "../../changes/labels.ts";
import { addSubIssue } from "../../changes/relations.ts";
import { labelJson } from "../../formats/issues.ts";
import { addLabel } from "../../world/create.ts";
import type { Issue, LockReason, Milestone, StateReason } from "../../world/issues.ts";
import type { Repository } from "../../world/repositories.ts";
import { repositoryOf } from "../../world/world.ts";
import { optionalText, text, texts } from "../args.ts";
import type { Gql } from "../gql.ts";
import { accountById, conversationById, findNode, issueById, labelById, repositoryById } from "../nodes.ts";
import { notEmulated, notFound, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";
import {
  checkLength,
  type Mutations,
  needOwnOrWrite,
  needToWrite,
  writeConversation,
  writeIssues,
} from "./mutation.ts";

function home(g: Gql, issue: Issue): Repository {
  return repositoryOf(g.hub.world, issue);
}

function labelable(g: Gql, input: Args, field: string): Issue {
  const issue = conversationById(g, text(input, "labelableId"));
  needToWrite(g, home(g, issue), writeConversation(issue, "triage"), field);
  return issue;
}

function labelsIn(g: Gql, input: Args, issue: Issue): ReturnType<typeof labelById>[] {
  return (texts(input, "labelIds") ?? []).map((id) => labelById(g, id, home(g, issue)));
}

function addLabelsToLabelable(g: Gql, input: Args): View {
  const issue = labelable(g, input, "AddLabelsToLabelable");
  addLabels(g.hub, g.actor, issue, labelsIn(g, input, issue));
  return { labelable: () => g.views.issueOrPull(issue) };
}

function removeLabelsFromLabelable(g: Gql, input: Args): View {
  const issue = labelable(g, input, "RemoveLabelsFromLabelable");
  removeLabels(g.hub, g.actor, issue, labelsIn(g, input, issue));
  return { labelable: () => g.views.issueOrPull(issue) };
}

function clearLabelsFromLabelable(g: Gql, input: Args): View {
  const issue = labelable(g, input, "ClearLabelsFromLabelable");
  removeLabels(g.hub, g.actor, issue, labelsOf(g.hub, issue));
  return { labelable: () => g.views.issueOrPull(issue) };
}

function changeAssignees(g: Gql, input: Args, isAdd: boolean): View {
  const issue = conversationById(g, text(input, "assignableId"));
  needToWrite(
    g,
    home(g, issue),
    writeConversation(issue, "triage"),
    isAdd ? "AddAssigneesToAssignable" : "RemoveAssigneesFromAssignable",
  );
  const accounts = (texts(input, "assigneeIds") ?? []).map((id) => accountById(g, id));
  (isAdd ? addAssignees : removeAssignees)(g.hub, g.actor, issue, accounts);
  return { assignable: () => g.views.issueOrPull(issue) };
}

const REASONS: Readonly<Record<string, StateReason>> = {
  COMPLETED: "completed",
  NOT_PLANNED: "not_planned",
  DUPLICATE: "duplicate",
};

function close(g: Gql, input: Args): View {
  const issue = issueById(g, text(input, "issueId"));
  needOwnOrTriage(g, issue, "CloseIssue");
  if (optionalText(input, "duplicateIssueId")) throw notEmulated("CloseIssueInput.duplicateIssueId");
  closeIssue(g.hub, g.actor, issue, REASONS[optionalText(input, "stateReason") ?? ""] ?? null);
  return { issue: () => g.views.issue(issue) };
}

function reopen(g: Gql, input: Args): View {
  const issue = issueById(g, text(input, "issueId"));
  needOwnOrTriage(g, issue, "ReopenIssue");
  reopenIssue(g.hub, g.actor, issue);
  return { issue: () => g.views.issue(issue) };
}

/** Authors close and reopen their own issues. */
function needOwnOrTriage(g: Gql, issue: Issue, field: string): void {
  needToWrite(g, home(g, issue), writeIssues(issue.authorId === g.viewer.id ? "read" : "triage"), field);
}

function milestoneIn(g: Gql, input: Args): Milestone | null | undefined {
  const id = optionalText(input, "milestoneId");
  if (id === undefined || id === null) return id;
  const found = findNode(g, id);
  if (found.type !== "Milestone") throw notFound(`Could not resolve to Milestone node with the global id of '${id}'.`);
  return found.milestone;
}

/** Fields that updateIssue and updatePullRequest share. */
export function updateConversation(g: Gql, issue: Issue, input: Args): void {
  const title = optionalText(input, "title") ?? undefined;
  const body = optionalText(input, "body") ?? undefined;
  if (title?.trim() === "") throw unprocessable("Title can't be blank");
  if (body !== undefined) checkLength(g, body);
  editIssue(g.hub, g.actor, issue, {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body }),
  });
  if (texts(input, "labelIds") !== null) setLabels(g.hub, g.actor, issue, labelsIn(g, input, issue));
  const assignees = texts(input, "assigneeIds");
  if (assignees !== null)
    setAssignees(
      g.hub,
      g.actor,
      issue,
      assignees.map((id) => accountById(g, id)),
    );
  const milestone = milestoneIn(g, input);
  if (milestone !== undefined) setMilestone(g.hub, g.actor, issue, milestone);
}

function update(g: Gql, input: Args): View {
  const issue = issueById(g, text(input, "id"));
  needOwnOrWrite(g, issue, writeIssues("read"), "UpdateIssue");
  updateConversation(g, issue, input);
  const state = optionalText(input, "state");
  if (state === "CLOSED") closeIssue(g.hub, g.actor, issue, null);
  if (state === "OPEN") reopenIssue(g.hub, g.actor, issue);
  return { issue: () => g.views.issue(issue), actor: () => g.views.actor(g.viewer) };
}

function create(g: Gql, input: Args): View {
  const repository = repositoryById(g, text(input, "repositoryId"));
  needToWrite(g, repository, writeIssues("read"), "CreateIssue");
  const body = optionalText(input, "body") ?? "";
  const title = text(input, "title");
  if (title.trim() === "") throw unprocessable("Title can't be blank");
  checkLength(g, body);
  for (const field of ["issueTemplate", "projectIds"])
    if (input[field] !== undefined) throw notEmulated(`CreateIssueInput.${field}`);
  const parentId = optionalText(input, "parentIssueId") ?? null;
  const parent = parentId === null ? null : issueById(g, parentId);
  const labels = (texts(input, "labelIds") ?? []).map((id) => labelById(g, id, repository));
  const assignees = (texts(input, "assigneeIds") ?? []).map((id) => accountById(g, id));
  const issue = openIssue(g.hub, g.actor, repository, {
    title,
    body,
    labels,
    assignees,
    milestone: milestoneIn(g, input) ?? null,
  });
  if (parent !== null) addSubIssue(g.hub, g.actor, parent, issue);
  return { issue: () => g.views.issue(issue) };
}

function createLabel(g: Gql, input: Args): View {
  const repository = repositoryById(g, text(input, "repositoryId"));
  needToWrite(g, repository, writeIssues("write"), "CreateLabel");
  const name = text(input, "name");
  if (repository.labels.has(name.toLowerCase())) throw unprocessable("Name has already been taken");
  const label = addLabel(g.hub.world, repository, {
    name,
    color: text(input, "color").toLowerCase(),
    description: optionalText(input, "description") ?? null,
  });
  g.hub.events.emit({
    name: "label",
    action: "created",
    actor: g.actor,
    repository,
    payload: { label: labelJson(g.hub, label) },
  });
  return { label: () => g.views.label(label) };
}

function updateLabel(g: Gql, input: Args): View {
  const id = text(input, "id");
  const found = findNode(g, id);
  if (found.type !== "Label") throw notFound(`Could not resolve to Label node with the global id of '${id}'.`);
  needToWrite(g, repositoryOf(g.hub.world, found.label), writeIssues("write"), "UpdateLabel");
  const name = optionalText(input, "name") ?? undefined;
  const color = optionalText(input, "color") ?? undefined;
  const description = optionalText(input, "description");
  editLabel(g.hub, g.actor, found.label, {
    ...(name === undefined ? {} : { name }),
    ...(color === undefined ? {} : { color }),
    ...(description === undefined ? {} : { description }),
  });
  return { label: () => g.views.label(found.label) };
}

const LOCK_REASONS: Readonly<Record<string, LockReason>> = {
  OFF_TOPIC: "off-topic",
  TOO_HEATED: "too heated",
  RESOLVED: "resolved",
  SPAM: "spam",
};

function lock(g: Gql, input: Args, isLock: boolean): View {
  const issue = conversationById(g, text(input, "lockableId"));
  needToWrite(g, home(g, issue), writeConversation(issue, "write"), isLock ? "LockLockable" : "UnlockLockable");
  if (isLock) lockIssue(g.hub, g.actor, issue, LOCK_REASONS[optionalText(input, "lockReason") ?? ""] ?? null);
  else unlockIssue(g.hub, g.actor, issue);
  const view = () => g.views.issueOrPull(issue);
  return { actor: () => g.views.actor(g.viewer), [isLock ? "lockedRecord" : "unlockedRecord"]: view };
}

export const issueMutations: Mutations = {
  addLabelsToLabelable,
  removeLabelsFromLabelable,
  clearLabelsFromLabelable,
  addAssigneesToAssignable: (g, input) => changeAssignees(g, input, true),
  removeAssigneesFromAssignable: (g, input) => changeAssignees(g, input, false),
  closeIssue: close,
  reopenIssue: reopen,
  updateIssue: update,
  createIssue: create,
  createLabel,
  updateLabel,
  lockLockable: (g, input) => lock(g, input, true),
  unlockLockable: (g, input) => lock(g, input, false),
};
