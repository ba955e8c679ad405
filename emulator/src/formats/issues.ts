// Issues, labels, milestones, comments and reactions as REST and webhooks show them.
import type { Hub } from "../hub.ts";
import { isoOrNull, isoSeconds } from "../world/clock.ts";
import { type Authored, type Comment, type Issue, type Label, type Milestone, REACTIONS } from "../world/issues.ts";
import type { Json, JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { accountByIdJson, accountOrNullJson, authorAssociation } from "./accounts.ts";
import { appOrNullJson } from "./apps.ts";
import { findIssueType, issueTypeJson } from "./issue-types.ts";
import { repositoryApiUrl, repositoryWebUrl } from "./repositories.ts";

export function labelJson(hub: Hub, label: Label): JsonObject {
  const url = repositoryApiUrl(hub, repositoryOf(hub.world, label));
  return {
    id: label.id,
    node_id: label.nodeId,
    url: `${url}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.isDefault,
    description: label.description,
  };
}

export function milestoneJson(hub: Hub, milestone: Milestone): JsonObject {
  const repository = repositoryOf(hub.world, milestone);
  const mine = [...repository.issues.values()].filter((issue) => issue.milestoneNumber === milestone.number);
  const url = `${repositoryApiUrl(hub, repository)}/milestones/${milestone.number}`;
  return {
    url,
    html_url: `${repositoryWebUrl(hub, repository)}/milestone/${milestone.number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: milestone.nodeId,
    number: milestone.number,
    title: milestone.title,
    description: milestone.description,
    creator: accountByIdJson(hub, milestone.creatorId),
    open_issues: mine.filter((issue) => issue.state === "open").length,
    closed_issues: mine.filter((issue) => issue.state === "closed").length,
    state: milestone.state,
    created_at: isoSeconds(milestone.createdAt),
    updated_at: isoSeconds(milestone.updatedAt),
    due_on: isoOrNull(milestone.dueOn),
    closed_at: isoOrNull(milestone.closedAt),
  };
}

export function milestoneOf(repository: Repository, issue: Issue): Milestone | null {
  return issue.milestoneNumber === null ? null : (repository.milestones.get(issue.milestoneNumber) ?? null);
}

/** The counts below everything that can be reacted to. */
export function reactionsJson(thing: Pick<Authored, "reactions">, url: string): JsonObject {
  const counts: Record<string, Json> = { url: `${url}/reactions`, total_count: thing.reactions.size };
  for (const content of REACTIONS) {
    counts[content] = [...thing.reactions.values()].filter((reaction) => reaction.content === content).length;
  }
  return counts;
}

export function issueJson(hub: Hub, issue: Issue): JsonObject {
  const repository = repositoryOf(hub.world, issue);
  const url = `${repositoryApiUrl(hub, repository)}/issues/${issue.number}`;
  const milestone = milestoneOf(repository, issue);
  const assignees = issue.assigneeIds.map((id) => accountByIdJson(hub, id));
  return {
    url,
    repository_url: repositoryApiUrl(hub, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${repositoryWebUrl(hub, repository)}/${issue.isPull ? "pull" : "issues"}/${issue.number}`,
    id: issue.id,
    // The issue side of a pull request carries the pull request's node id, but an id of its own.
    node_id: repository.pulls.get(issue.number)?.nodeId ?? issue.nodeId,
    number: issue.number,
    title: issue.title,
    user: accountByIdJson(hub, issue.authorId),
    labels: issue.labelIds.map((id) => labelJson(hub, entity(hub.world.labels, id, "label"))),
    state: issue.state,
    locked: issue.locked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: milestone === null ? null : milestoneJson(hub, milestone),
    comments: issue.commentIds.length,
    created_at: isoSeconds(issue.createdAt),
    updated_at: isoSeconds(issue.updatedAt),
    closed_at: isoOrNull(issue.closedAt),
    author_association: authorAssociation(hub, repository, issue.authorId),
    active_lock_reason: issue.lockReason,
    ...(issue.isPull ? pullFields(hub, repository, issue) : issueOnlyFields(hub, repository, issue)),
    body: issue.body === "" ? null : issue.body,
    reactions: reactionsJson(issue, url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: appOrNullJson(hub, issue.viaAppId),
    state_reason: issue.stateReason,
  };
}

/** The single-issue form, which alone says who closed it. */
export function fullIssueJson(hub: Hub, issue: Issue): JsonObject {
  return { ...issueJson(hub, issue), closed_by: accountOrNullJson(hub, issue.closedById) };
}

function pullFields(hub: Hub, repository: Repository, issue: Issue): JsonObject {
  const pull = repository.pulls.get(issue.number);
  const web = `${repositoryWebUrl(hub, repository)}/pull/${issue.number}`;
  return {
    draft: pull?.draft ?? false,
    pull_request: {
      url: `${repositoryApiUrl(hub, repository)}/pulls/${issue.number}`,
      html_url: web,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      merged_at: isoOrNull(pull?.mergedAt ?? null),
    },
  };
}

function issueOnlyFields(hub: Hub, repository: Repository, issue: Issue): JsonObject {
  const parent = issue.parentId === null ? null : entity(hub.world.issues, issue.parentId, "issue");
  const parentRepository = parent === null ? repository : repositoryOf(hub.world, parent);
  const type = issue.typeName === null ? null : findIssueType(issue.typeName);
  return {
    type: type === null ? null : issueTypeJson(type),
    sub_issues_summary: subIssuesSummary(hub, issue),
    issue_dependencies_summary: dependenciesSummary(hub, issue),
    ...(parent === null
      ? {}
      : { parent_issue_url: `${repositoryApiUrl(hub, parentRepository)}/issues/${parent.number}` }),
  };
}

export function subIssuesSummary(hub: Hub, issue: Issue): JsonObject {
  const total = issue.subIssueIds.length;
  const completed = issue.subIssueIds.filter((id) => hub.world.issues.get(id)?.state === "closed").length;
  return { total, completed, percent_completed: total === 0 ? 0 : Math.floor((completed * 100) / total) };
}

function dependenciesSummary(hub: Hub, issue: Issue): JsonObject {
  const isOpen = (id: number): boolean => hub.world.issues.get(id)?.state === "open";
  return {
    blocked_by: issue.blockedByIds.filter(isOpen).length,
    total_blocked_by: issue.blockedByIds.length,
    blocking: issue.blockingIds.filter(isOpen).length,
    total_blocking: issue.blockingIds.length,
  };
}

export function commentJson(hub: Hub, comment: Comment): JsonObject {
  const repository = repositoryOf(hub.world, comment);
  const issue = entity(hub.world.issues, comment.issueId, "issue");
  const api = repositoryApiUrl(hub, repository);
  const url = `${api}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${repositoryWebUrl(hub, repository)}/${issue.isPull ? "pull" : "issues"}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${issue.number}`,
    id: comment.id,
    node_id: comment.nodeId,
    user: accountByIdJson(hub, comment.authorId),
    created_at: isoSeconds(comment.createdAt),
    updated_at: isoSeconds(comment.updatedAt),
    author_association: authorAssociation(hub, repository, comment.authorId),
    body: comment.body,
    reactions: reactionsJson(comment, url),
    performed_via_github_app: appOrNullJson(hub, comment.viaAppId),
    minimized: comment.minimized === null ? null : { reason: comment.minimized.reason },
  };
}
