// Sub-issues and the parent of an issue.
import {
  addSubIssue,
  moveSubIssue,
  type RelationRefusal,
  removeSubIssue,
  subIssueRefusal,
} from "../changes/relations.ts";
import { fullIssueJson, issueJson } from "../formats/issues.ts";
import { optionalBoolean, optionalNumber, readJson, requiredNumber } from "../http/body.ts";
import { type Api, enter, enterToWrite, issueParam } from "../http/context.ts";
import { type GitHubError, notFound, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Need } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import { entity } from "../world/world.ts";

const READ: Need = { permission: "issues", level: "read", role: "read" };
const WRITE: Need = { permission: "issues", level: "write", role: "triage" };

export function registerSubIssues(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/issues/:issue_number";
  api.get(`${path}/sub_issues`, (c) => {
    const parent = issueParam(c, enter(c, hub, READ).repository);
    const children = parent.subIssueIds.map((id) => entity(hub.world.issues, id, "issue"));
    return c.json(pageOf(c, hub, children).map((issue) => issueJson(hub, issue)));
  });
  api.get(`${path}/parent`, (c) => {
    const child = issueParam(c, enter(c, hub, READ).repository);
    if (child.parentId === null) throw notFound();
    return c.json(fullIssueJson(hub, entity(hub.world.issues, child.parentId, "issue")));
  });
  api.post(`${path}/sub_issues`, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    const parent = issueParam(c, repository);
    const body = await readJson(c);
    const child = issueById(hub, requiredNumber(body, "sub_issue_id"));
    const refusal = subIssueRefusal(hub, parent, child, optionalBoolean(body, "replace_parent") ?? false);
    if (refusal !== null) throw relationError(refusal);
    addSubIssue(hub, actor, parent, child);
    return c.json(fullIssueJson(hub, parent), 201);
  });
  api.delete(`${path}/sub_issue`, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    const parent = issueParam(c, repository);
    const child = issueById(hub, requiredNumber(await readJson(c), "sub_issue_id"));
    if (child.parentId !== parent.id) throw notFound();
    removeSubIssue(hub, actor, parent, child);
    return c.json(fullIssueJson(hub, parent));
  });
  api.patch(`${path}/sub_issues/priority`, async (c) => {
    const parent = issueParam(c, enterToWrite(c, hub, WRITE).repository);
    const body = await readJson(c);
    const child = issueById(hub, requiredNumber(body, "sub_issue_id"));
    const [after, before] = [optionalNumber(body, "after_id"), optionalNumber(body, "before_id")];
    const sibling = after ?? before;
    if (child.parentId !== parent.id || sibling === undefined || !parent.subIssueIds.includes(sibling)) {
      throw unprocessable("The sub-issue or its sibling is not below this issue");
    }
    moveSubIssue(parent, child, after === undefined ? { before: sibling } : { after: sibling });
    return c.json(fullIssueJson(hub, parent));
  });
}

/** Pull requests are neither parents nor blockers. */
export function issueById(hub: Hub, id: number): Issue {
  const issue = hub.world.issues.get(id);
  if (issue === undefined || issue.isPull) throw notFound();
  return issue;
}

export function relationError(refusal: NonNullable<RelationRefusal>): GitHubError {
  const messages: Readonly<Record<NonNullable<RelationRefusal>, string>> = {
    self: "An issue cannot be related to itself",
    cycle: "This relation would form a cycle",
    exists: "This relation exists already",
    "has-parent": "Sub issue may only have one parent",
    "too-many": "This issue has too many relations of this kind",
    "too-deep": "Sub-issues are nested too deeply",
  };
  return unprocessable(messages[refusal]);
}
