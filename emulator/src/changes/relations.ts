// Relations between issues: parent and sub-issue, blocked by and blocking. Both ends hear of a change.
import { issueJson } from "../formats/issues.ts";
import { repositoryJson } from "../formats/repositories.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { addToTimeline, touch } from "./record.ts";

/** GitHub's limits: 100 sub-issues, 8 levels, 50 blockers. */
const SUB_ISSUES_MAX = 100;
const NESTING_MAX = 8;
const BLOCKERS_MAX = 50;

/** Why a relation cannot be; null = it can. */
export type RelationRefusal = "self" | "cycle" | "exists" | "has-parent" | "too-many" | "too-deep" | null;

export function subIssueRefusal(hub: Hub, parent: Issue, child: Issue, replaceParent: boolean): RelationRefusal {
  if (parent.id === child.id) return "self";
  if (parent.subIssueIds.includes(child.id)) return "exists";
  if (child.parentId !== null && !replaceParent) return "has-parent";
  if (parent.subIssueIds.length >= SUB_ISSUES_MAX) return "too-many";
  const above = ancestors(hub, parent);
  if (above.includes(child.id)) return "cycle";
  return above.length + 1 >= NESTING_MAX ? "too-deep" : null;
}

function ancestors(hub: Hub, issue: Issue): readonly number[] {
  const found: number[] = [];
  for (let id = issue.parentId; id !== null && !found.includes(id); ) {
    found.push(id);
    id = hub.world.issues.get(id)?.parentId ?? null;
  }
  return found;
}

export function addSubIssue(hub: Hub, actor: Actor, parent: Issue, child: Issue): void {
  if (child.parentId !== null) removeSubIssue(hub, actor, entity(hub.world.issues, child.parentId, "issue"), child);
  parent.subIssueIds = [...parent.subIssueIds, child.id];
  child.parentId = parent.id;
  noteFamily(hub, actor, parent, child, "added");
}

export function removeSubIssue(hub: Hub, actor: Actor, parent: Issue, child: Issue): void {
  parent.subIssueIds = parent.subIssueIds.filter((id) => id !== child.id);
  child.parentId = null;
  noteFamily(hub, actor, parent, child, "removed");
}

/** Moves a sub-issue behind or before a sibling. */
export function moveSubIssue(
  parent: Issue,
  child: Issue,
  place: { readonly after: number } | { readonly before: number },
): void {
  const others = parent.subIssueIds.filter((id) => id !== child.id);
  const at = "after" in place ? others.indexOf(place.after) + 1 : others.indexOf(place.before);
  parent.subIssueIds = [...others.slice(0, at), child.id, ...others.slice(at)];
}

function noteFamily(hub: Hub, actor: Actor, parent: Issue, child: Issue, what: "added" | "removed"): void {
  touch(hub, parent);
  touch(hub, child);
  addToTimeline(hub, actor, parent, `sub_issue_${what}`, { issueId: child.id });
  addToTimeline(hub, actor, child, `parent_issue_${what}`, { issueId: parent.id });
  const both = {
    parent_issue_id: parent.id,
    parent_issue: issueJson(hub, parent),
    sub_issue_id: child.id,
    sub_issue: issueJson(hub, child),
  };
  const parentRepository = repositoryOf(hub.world, parent);
  const childRepository = repositoryOf(hub.world, child);
  hub.events.emit({
    name: "sub_issues",
    action: `sub_issue_${what}`,
    actor,
    repository: parentRepository,
    payload: { ...both, sub_issue_repo: repositoryJson(hub, childRepository) },
  });
  hub.events.emit({
    name: "sub_issues",
    action: `parent_issue_${what}`,
    actor,
    repository: childRepository,
    payload: { ...both, parent_issue_repo: repositoryJson(hub, parentRepository) },
  });
}

export function blockerRefusal(hub: Hub, blocked: Issue, blocker: Issue): RelationRefusal {
  if (blocked.id === blocker.id) return "self";
  if (blocked.blockedByIds.includes(blocker.id)) return "exists";
  if (blocked.blockedByIds.length >= BLOCKERS_MAX) return "too-many";
  return waitsFor(hub, blocker, blocked.id) ? "cycle" : null;
}

function waitsFor(hub: Hub, issue: Issue, wanted: number): boolean {
  const seen = new Set<number>();
  const ahead = [...issue.blockedByIds];
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    if (id === wanted) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    ahead.push(...(hub.world.issues.get(id)?.blockedByIds ?? []));
  }
  return false;
}

export function addBlocker(hub: Hub, actor: Actor, blocked: Issue, blocker: Issue): void {
  blocked.blockedByIds = [...blocked.blockedByIds, blocker.id];
  blocker.blockingIds = [...blocker.blockingIds, blocked.id];
  noteBlocking(hub, actor, blocked, blocker, "added");
}

export function removeBlocker(hub: Hub, actor: Actor, blocked: Issue, blocker: Issue): void {
  blocked.blockedByIds = blocked.blockedByIds.filter((id) => id !== blocker.id);
  blocker.blockingIds = blocker.blockingIds.filter((id) => id !== blocked.id);
  noteBlocking(hub, actor, blocked, blocker, "removed");
}

function noteBlocking(hub: Hub, actor: Actor, blocked: Issue, blocker: Issue, what: "added" | "removed"): void {
  touch(hub, blocked);
  touch(hub, blocker);
  addToTimeline(hub, actor, blocked, `blocked_by_${what}`, { issueId: blocker.id });
  addToTimeline(hub, actor, blocker, `blocking_${what}`, { issueId: blocked.id });
  const both = {
    blocked_issue_id: blocked.id,
    blocked_issue: issueJson(hub, blocked),
    blocking_issue_id: blocker.id,
    blocking_issue: issueJson(hub, blocker),
  };
  const blockedRepository = repositoryOf(hub.world, blocked);
  const blockerRepository = repositoryOf(hub.world, blocker);
  hub.events.emit({
    name: "issue_dependencies",
    action: `blocked_by_${what}`,
    actor,
    repository: blockedRepository,
    payload: { ...both, blocking_issue_repo: repositoryJson(hub, blockerRepository) },
  });
  hub.events.emit({
    name: "issue_dependencies",
    action: `blocking_${what}`,
    actor,
    repository: blockerRepository,
    payload: { ...both, blocked_issue_repo: repositoryJson(hub, blockedRepository) },
  });
}
