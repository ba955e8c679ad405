// Issues: list, open, read, change, lock. A pull request answers here as an issue with the same number.
import { accountsByLogin, setAssignees } from "../changes/assignees.ts";
import {
  closeIssue,
  editIssue,
  lockIssue,
  openIssue,
  reopenIssue,
  setMilestone,
  setType,
  unlockIssue,
} from "../changes/issues.ts";
import { labelsByName, setLabels } from "../changes/labels.ts";
import { findIssueType } from "../formats/issue-types.ts";
import { fullIssueJson, issueJson } from "../formats/issues.ts";
import {
  nullableString,
  optionalNumber,
  optionalOneOf,
  optionalString,
  optionalStrings,
  readJson,
  requiredString,
} from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, issueParam } from "../http/context.ts";
import { forbidden, gone, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { roleAtLeast } from "../world/accounts.ts";
import { type Actor, type Caller, roleOf } from "../world/caller.ts";
import type { Issue, Milestone } from "../world/issues.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { filterIssues } from "./issue-filters.ts";
import { checkBody, readIssues, writeIssues } from "./issue-needs.ts";

export function registerIssues(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/issues", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const found = filterIssues(hub, repository, c.req.query());
    return c.json(pageOf(c, hub, found).map((issue) => issueJson(hub, issue)));
  });
  api.post("/repos/:owner/:repo/issues", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("read"));
    if (!repository.hasIssues) throw gone("Issues are disabled for this repo");
    const body = await readJson(c);
    const issue = openFrom(hub, c.get("caller"), actor, repository, body);
    const json = fullIssueJson(hub, issue);
    c.header("Location", String(json["url"]));
    return c.json(json, 201);
  });
  api.get("/repos/:owner/:repo/issues/:issue_number", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    return c.json(fullIssueJson(hub, issueParam(c, repository)));
  });
  api.patch("/repos/:owner/:repo/issues/:issue_number", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("read"));
    const issue = issueParam(c, repository);
    const mayTriage = canTriage(hub, c.get("caller"), repository);
    if (!mayTriage && issue.authorId !== actor.account.id) throw forbidden("Must have triage rights to Repository.");
    change(hub, actor, repository, issue, await readJson(c), mayTriage);
    return c.json(fullIssueJson(hub, issue));
  });
  registerLocks(api, hub);
}

function registerLocks(api: Api, hub: Hub): void {
  api.put("/repos/:owner/:repo/issues/:issue_number/lock", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    const body = await readJson(c);
    const reason = optionalOneOf(body, "lock_reason", ["off-topic", "too heated", "resolved", "spam"] as const);
    lockIssue(hub, actor, issueParam(c, repository), reason ?? null);
    return c.body(null, 204);
  });
  api.delete("/repos/:owner/:repo/issues/:issue_number/lock", (c: Ctx) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("triage"));
    unlockIssue(hub, actor, issueParam(c, repository));
    return c.body(null, 204);
  });
}

/** Apps with the permission may; people need the role. Others' labels and assignees are dropped in silence. */
function canTriage(hub: Hub, caller: Caller, repository: Repository): boolean {
  if (caller.kind !== "user" && caller.kind !== "user-to-server") return true;
  return roleAtLeast(roleOf(hub.world, caller.account, repository), "triage");
}

function openFrom(hub: Hub, caller: Caller, actor: Actor, repository: Repository, body: JsonObject): Issue {
  const title = titleOf(body);
  if (title === undefined) throw validationFailed([{ resource: "Issue", code: "missing_field", field: "title" }]);
  const text = nullableString(body, "body") ?? "";
  checkBody(hub, "Issue", text);
  const mayTriage = canTriage(hub, caller, repository);
  const type = mayTriage ? typeIn(body) : undefined;
  const issue = openIssue(hub, actor, repository, {
    title,
    body: text,
    labels: mayTriage ? labelsByName(hub, actor, repository, labelNames(body["labels"]) ?? []) : [],
    assignees: mayTriage ? accountsByLogin(hub, assigneeLogins(body) ?? []) : [],
    milestone: mayTriage ? (milestoneIn(repository, body) ?? null) : null,
  });
  if (type !== undefined) setType(hub, actor, issue, type);
  return issue;
}

function change(
  hub: Hub,
  actor: Actor,
  repository: Repository,
  issue: Issue,
  body: JsonObject,
  mayTriage: boolean,
): void {
  const title = titleOf(body);
  const text = nullableString(body, "body");
  if (text !== undefined && text !== null) checkBody(hub, "Issue", text);
  const state = optionalOneOf(body, "state", ["open", "closed"] as const);
  const reason = nullableString(body, "state_reason");
  if (reason !== undefined && reason !== null && !isCloseReason(reason) && reason !== "reopened") {
    throw validationFailed([{ resource: "Issue", code: "invalid", field: "state_reason" }]);
  }
  const milestone = mayTriage ? milestoneIn(repository, body) : undefined;
  editIssue(hub, actor, issue, {
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { body: text ?? "" }),
  });
  if (mayTriage) {
    const names = labelNames(body["labels"]);
    if (names !== undefined) setLabels(hub, actor, issue, labelsByName(hub, actor, repository, names));
    const logins = assigneeLogins(body);
    if (logins !== undefined) setAssignees(hub, actor, issue, accountsByLogin(hub, logins));
    if (milestone !== undefined) setMilestone(hub, actor, issue, milestone);
    const type = typeIn(body);
    if (type !== undefined) setType(hub, actor, issue, type);
  }
  if (state === "closed") closeIssue(hub, actor, issue, isCloseReason(reason) ? reason : null);
  if (state === "open") reopenIssue(hub, actor, issue);
}

function isCloseReason(reason: string | null | undefined): reason is "completed" | "not_planned" | "duplicate" {
  return reason === "completed" || reason === "not_planned" || reason === "duplicate";
}

function titleOf(body: JsonObject): string | undefined {
  const title = body["title"];
  if (title === undefined) return undefined;
  if (typeof title === "number") return String(title);
  const text = requiredString(body, "title");
  if (text.trim() === "") throw validationFailed([{ resource: "Issue", code: "missing_field", field: "title" }]);
  return text;
}

/** Labels come as names or as objects with a name. */
export function labelNames(value: Json | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((entry: Json) => {
    const name = isJsonObject(entry) ? entry["name"] : entry;
    if (typeof name !== "string" || name.trim() === "") {
      throw validationFailed([{ resource: "Label", code: "invalid", field: "name", value: String(name) }]);
    }
    return name;
  });
}

function assigneeLogins(body: JsonObject): readonly string[] | undefined {
  const several = optionalStrings(body, "assignees");
  if (several !== undefined) return several;
  if (body["assignee"] === null) return [];
  const one = optionalString(body, "assignee");
  return one === undefined ? undefined : [one].filter((login) => login !== "");
}

function typeIn(body: JsonObject): string | null | undefined {
  const name = nullableString(body, "type");
  if (name === undefined || name === null) return name;
  const type = findIssueType(name);
  if (type === null) throw validationFailed([{ resource: "Issue", code: "invalid", field: "type", value: name }]);
  return type.name;
}

/** undefined = not given, null = none. */
function milestoneIn(repository: Repository, body: JsonObject): Milestone | null | undefined {
  if (body["milestone"] === null) return null;
  const number = optionalNumber(body, "milestone");
  if (number === undefined) return undefined;
  const milestone = repository.milestones.get(number);
  if (milestone === undefined) {
    throw validationFailed([{ resource: "Issue", code: "invalid", field: "milestone", value: number }]);
  }
  return milestone;
}
