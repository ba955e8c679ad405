// Milestones: list, make, read, change, remove.

import { setMilestone } from "../changes/issues.ts";
import { touch } from "../changes/record.ts";
import { milestoneJson } from "../formats/issues.ts";
import { nullableString, optionalOneOf, optionalString, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { notFound, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { nodeId } from "../world/ids.ts";
import type { Milestone } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { readIssues, writeIssues } from "./issue-needs.ts";

export function registerMilestones(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/milestones", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const state = c.req.query("state") ?? "open";
    const found = [...repository.milestones.values()].filter((each) => state === "all" || each.state === state);
    return c.json(pageOf(c, hub, found).map((milestone) => milestoneJson(hub, milestone)));
  });
  api.post("/repos/:owner/:repo/milestones", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("write"));
    const milestone = create(hub, actor, repository, await readJson(c));
    tell(hub, actor, repository, milestone, "created");
    const json = milestoneJson(hub, milestone);
    c.header("Location", String(json["url"]));
    return c.json(json, 201);
  });
  api.get("/repos/:owner/:repo/milestones/:milestone_number", (c) => {
    const { repository } = enter(c, hub, readIssues("read"));
    return c.json(milestoneJson(hub, milestoneParam(c, repository)));
  });
  api.patch("/repos/:owner/:repo/milestones/:milestone_number", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("write"));
    const milestone = milestoneParam(c, repository);
    change(hub, actor, repository, milestone, await readJson(c));
    return c.json(milestoneJson(hub, milestone));
  });
  api.delete("/repos/:owner/:repo/milestones/:milestone_number", (c) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("write"));
    const milestone = milestoneParam(c, repository);
    for (const issue of repository.issues.values()) {
      if (issue.milestoneNumber === milestone.number) setMilestone(hub, actor, issue, null);
    }
    tell(hub, actor, repository, milestone, "deleted");
    repository.milestones.delete(milestone.number);
    hub.world.milestones.delete(milestone.id);
    return c.body(null, 204);
  });
}

function milestoneParam(c: Ctx, repository: Repository): Milestone {
  const milestone = repository.milestones.get(numberParam(c, "milestone_number"));
  if (milestone === undefined) throw notFound();
  return milestone;
}

function create(hub: Hub, actor: Actor, repository: Repository, body: JsonObject): Milestone {
  const title = requiredString(body, "title");
  if ([...repository.milestones.values()].some((each) => each.title === title)) {
    throw validationFailed([{ resource: "Milestone", code: "already_exists", field: "title" }]);
  }
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  repository.lastMilestone += 1;
  const milestone: Milestone = {
    id,
    nodeId: nodeId("Milestone", id),
    repositoryId: repository.id,
    number: repository.lastMilestone,
    title,
    description: nullableString(body, "description") ?? null,
    state: optionalOneOf(body, "state", ["open", "closed"] as const) ?? "open",
    creatorId: actor.account.id,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    dueOn: dueOnIn(body) ?? null,
  };
  repository.milestones.set(milestone.number, milestone);
  hub.world.milestones.set(id, milestone);
  return milestone;
}

function change(hub: Hub, actor: Actor, repository: Repository, milestone: Milestone, body: JsonObject): void {
  const from: Record<string, JsonObject> = {};
  const title = optionalString(body, "title");
  if (title !== undefined && title !== milestone.title) {
    from["title"] = { from: milestone.title };
    milestone.title = title;
  }
  const description = nullableString(body, "description");
  if (description !== undefined && description !== milestone.description) {
    from["description"] = { from: milestone.description ?? "" };
    milestone.description = description;
  }
  const dueOn = dueOnIn(body);
  if (dueOn !== undefined) milestone.dueOn = dueOn;
  touch(hub, milestone);
  if (Object.keys(from).length > 0) tell(hub, actor, repository, milestone, "edited", { changes: from });
  const state = optionalOneOf(body, "state", ["open", "closed"] as const);
  if (state === undefined || state === milestone.state) return;
  milestone.state = state;
  milestone.closedAt = state === "closed" ? hub.world.clock.now() : null;
  tell(hub, actor, repository, milestone, state === "closed" ? "closed" : "opened");
}

function dueOnIn(body: JsonObject): number | null | undefined {
  const text = nullableString(body, "due_on");
  if (text === undefined || text === null) return text;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw validationFailed([{ resource: "Milestone", code: "invalid", field: "due_on" }]);
  return at;
}

function tell(
  hub: Hub,
  actor: Actor,
  repository: Repository,
  milestone: Milestone,
  action: string,
  more: JsonObject = {},
): void {
  const payload = { milestone: milestoneJson(hub, milestone), ...more };
  hub.events.emit({ name: "milestone", action, actor, repository, payload });
}
