// Assignees. Whoever cannot be assigned is left out without a word, as on GitHub.
import { accountJson } from "../formats/accounts.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import { ASSIGNEES_MAX, isAssignable } from "../world/assignable.ts";
import type { Actor } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import { entity, findAccount, repositoryOf } from "../world/world.ts";
import { addToTimeline, tellAboutIssue, touch } from "./record.ts";

export function accountsByLogin(hub: Hub, logins: readonly string[]): readonly Account[] {
  return logins.map((login) => findAccount(hub.world, login)).filter((account) => account !== null);
}

export function addAssignees(hub: Hub, actor: Actor, issue: Issue, accounts: readonly Account[]): void {
  const repository = repositoryOf(hub.world, issue);
  for (const account of accounts) {
    if (issue.assigneeIds.includes(account.id) || issue.assigneeIds.length >= ASSIGNEES_MAX) continue;
    if (!isAssignable(hub.world, account, repository)) continue;
    issue.assigneeIds = [...issue.assigneeIds, account.id];
    note(hub, actor, issue, account, "assigned");
  }
}

export function removeAssignees(hub: Hub, actor: Actor, issue: Issue, accounts: readonly Account[]): void {
  for (const account of accounts) {
    if (!issue.assigneeIds.includes(account.id)) continue;
    issue.assigneeIds = issue.assigneeIds.filter((id) => id !== account.id);
    note(hub, actor, issue, account, "unassigned");
  }
}

export function setAssignees(hub: Hub, actor: Actor, issue: Issue, accounts: readonly Account[]): void {
  const wanted = new Set(accounts.map((account) => account.id));
  const gone = issue.assigneeIds.filter((id) => !wanted.has(id)).map((id) => entity(hub.world.accounts, id, "account"));
  removeAssignees(hub, actor, issue, gone);
  addAssignees(hub, actor, issue, accounts);
}

function note(hub: Hub, actor: Actor, issue: Issue, account: Account, kind: "assigned" | "unassigned"): void {
  touch(hub, issue);
  addToTimeline(hub, actor, issue, kind, { assigneeId: account.id });
  tellAboutIssue(hub, actor, issue, kind, { assignee: accountJson(hub, account) });
}
