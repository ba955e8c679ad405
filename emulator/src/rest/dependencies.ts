// Which issues an issue waits for, and which wait for it.
import { addBlocker, blockerRefusal, removeBlocker } from "../changes/relations.ts";
import { fullIssueJson, issueJson } from "../formats/issues.ts";
import { readJson, requiredNumber } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, issueParam, numberParam } from "../http/context.ts";
import { notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Need } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import { entity } from "../world/world.ts";
import { issueById, relationError } from "./sub-issues.ts";

const READ: Need = { permission: "issues", level: "read", role: "read" };
const WRITE: Need = { permission: "issues", level: "write", role: "triage" };

export function registerDependencies(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/issues/:issue_number/dependencies";
  const list = (c: Ctx, pick: (issue: Issue) => readonly number[]): Response => {
    const issue = issueParam(c, enter(c, hub, READ).repository);
    const found = pick(issue).map((id) => entity(hub.world.issues, id, "issue"));
    return c.json(pageOf(c, hub, found).map((each) => issueJson(hub, each)));
  };
  api.get(`${path}/blocked_by`, (c: Ctx) => list(c, (issue) => issue.blockedByIds));
  api.get(`${path}/blocking`, (c: Ctx) => list(c, (issue) => issue.blockingIds));
  api.post(`${path}/blocked_by`, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    const blocked = issueParam(c, repository);
    const blocker = issueById(hub, requiredNumber(await readJson(c), "issue_id"));
    const refusal = blockerRefusal(hub, blocked, blocker);
    if (refusal !== null) throw relationError(refusal);
    addBlocker(hub, actor, blocked, blocker);
    return c.json(fullIssueJson(hub, blocked), 201);
  });
  api.delete(`${path}/blocked_by/:issue_id`, (c: Ctx) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    const blocked = issueParam(c, repository);
    const blocker = issueById(hub, numberParam(c, "issue_id"));
    if (!blocked.blockedByIds.includes(blocker.id)) throw notFound();
    removeBlocker(hub, actor, blocked, blocker);
    return c.json(fullIssueJson(hub, blocked));
  });
}
