// Assignees of issues, and who could be one.
import { accountsByLogin, addAssignees, removeAssignees } from "../changes/assignees.ts";
import { accountJson } from "../formats/accounts.ts";
import { fullIssueJson } from "../formats/issues.ts";
import { optionalStrings, readJson } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, issueParam } from "../http/context.ts";
import { notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { assignableAccounts, isAssignable } from "../world/assignable.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount } from "../world/world.ts";
import { readIssues, writeIssues } from "./issue-needs.ts";

export function registerAssignees(api: Api, hub: Hub): void {
  const onIssue = "/repos/:owner/:repo/issues/:issue_number/assignees";
  api.get("/repos/:owner/:repo/assignees", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const accounts = assignableAccounts(hub.world, repository);
    return c.json(pageOf(c, hub, accounts).map((account) => accountJson(hub, account)));
  });
  api.get("/repos/:owner/:repo/assignees/:assignee", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    return answerAssignable(c, hub, repository);
  });
  api.get(`${onIssue}/:assignee`, (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    issueParam(c, repository);
    return answerAssignable(c, hub, repository);
  });
  api.post(onIssue, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    const issue = issueParam(c, repository);
    addAssignees(hub, actor, issue, accountsByLogin(hub, optionalStrings(await readJson(c), "assignees") ?? []));
    return c.json(fullIssueJson(hub, issue), 201);
  });
  api.delete(onIssue, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    const issue = issueParam(c, repository);
    removeAssignees(hub, actor, issue, accountsByLogin(hub, optionalStrings(await readJson(c), "assignees") ?? []));
    return c.json(fullIssueJson(hub, issue));
  });
}

function answerAssignable(c: Ctx, hub: Hub, repository: Repository): Response {
  const account = findAccount(hub.world, c.req.param("assignee") ?? "");
  if (account === null || !isAssignable(hub.world, account, repository)) throw notFound();
  return c.body(null, 204);
}
