// Webhooks of a repository.

import { accountJson } from "../formats/accounts.ts";
import { deliveryJson } from "../formats/deliveries.ts";
import { repositoryApiUrl, repositoryJson } from "../formats/repositories.ts";
import { optionalBoolean, optionalObject, optionalString, optionalStrings, readJson } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { notFound, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Actor, Need } from "../world/caller.ts";
import { isoSeconds } from "../world/clock.ts";
import type { Delivery, Hook } from "../world/hooks.ts";
import { nodeId } from "../world/ids.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { deliveryPage, redeliverSoon } from "./hook-deliveries.ts";

const READ: Need = { permission: "repository_hooks", level: "read", role: "admin" };
const WRITE: Need = { permission: "repository_hooks", level: "write", role: "admin" };

export function registerHooks(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/hooks";
  api.get(path, (c) => {
    const { repository } = enter(c, hub, READ);
    const mine = [...hub.world.hooks.values()].filter((hook) => hook.repositoryId === repository.id);
    return c.json(pageOf(c, hub, mine).map((hook) => hookJson(hub, repository, hook)));
  });
  api.post(path, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    const hook = create(hub, repository, await readJson(c));
    ping(hub, actor, repository, hook);
    return c.json(hookJson(hub, repository, hook), 201);
  });
  api.get(`${path}/:hook_id`, (c: Ctx) => {
    const { repository } = enter(c, hub, READ);
    return c.json(hookJson(hub, repository, hookParam(c, hub, repository)));
  });
  api.patch(`${path}/:hook_id`, async (c: Ctx) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    const hook = hookParam(c, hub, repository);
    change(hub, hook, await readJson(c));
    return c.json(hookJson(hub, repository, hook));
  });
  api.delete(`${path}/:hook_id`, (c: Ctx) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    hub.world.hooks.delete(hookParam(c, hub, repository).id);
    return c.body(null, 204);
  });
  api.post(`${path}/:hook_id/pings`, (c: Ctx) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    ping(hub, actor, repository, hookParam(c, hub, repository));
    return c.body(null, 204);
  });
  api.get(`${path}/:hook_id/deliveries`, (c: Ctx) => {
    const hook = hookParam(c, hub, enter(c, hub, READ).repository);
    return c.json(deliveryPage(c, hub, (delivery) => isOf(delivery, hook)));
  });
  api.get(`${path}/:hook_id/deliveries/:delivery_id`, (c: Ctx) => {
    const hook = hookParam(c, hub, enter(c, hub, READ).repository);
    return c.json(deliveryJson(deliveryParam(c, hub, hook)));
  });
  api.post(`${path}/:hook_id/deliveries/:delivery_id/attempts`, (c: Ctx) => {
    const hook = hookParam(c, hub, enterToWrite(c, hub, WRITE).repository);
    redeliverSoon(hub, deliveryParam(c, hub, hook));
    return c.json({}, 202);
  });
}

function isOf(delivery: Delivery, hook: Hook): boolean {
  return delivery.target.kind === "repository" && delivery.target.hookId === hook.id && delivery.status !== "lost";
}

function hookParam(c: Ctx, hub: Hub, repository: Repository): Hook {
  const hook = hub.world.hooks.get(numberParam(c, "hook_id"));
  if (hook === undefined || hook.repositoryId !== repository.id) throw notFound();
  return hook;
}

function deliveryParam(c: Ctx, hub: Hub, hook: Hook): Delivery {
  const delivery = hub.world.deliveries.get(numberParam(c, "delivery_id"));
  if (delivery === undefined || !isOf(delivery, hook)) throw notFound();
  return delivery;
}

function create(hub: Hub, repository: Repository, body: JsonObject): Hook {
  const config = optionalObject(body, "config") ?? {};
  const url = optionalString(config, "url");
  if (url === undefined) throw validationFailed([{ resource: "Hook", code: "missing_field", field: "config.url" }]);
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  const hook: Hook = {
    id,
    nodeId: nodeId("Hook", id),
    repositoryId: repository.id,
    url,
    secret: optionalString(config, "secret") ?? null,
    contentType: config["content_type"] === "json" ? "json" : "form",
    insecureSsl: String(config["insecure_ssl"] ?? "0") === "1" ? "1" : "0",
    events: optionalStrings(body, "events") ?? ["push"],
    active: optionalBoolean(body, "active") ?? true,
    createdAt: now,
    updatedAt: now,
  };
  hub.world.hooks.set(id, hook);
  return hook;
}

function change(hub: Hub, hook: Hook, body: JsonObject): void {
  const config = optionalObject(body, "config") ?? {};
  hook.url = optionalString(config, "url") ?? hook.url;
  hook.secret = optionalString(config, "secret") ?? hook.secret;
  hook.events = optionalStrings(body, "events") ?? hook.events;
  hook.active = optionalBoolean(body, "active") ?? hook.active;
  hook.updatedAt = hub.world.clock.now();
}

function ping(hub: Hub, actor: Actor, repository: Repository, hook: Hook): void {
  hub.webhooks.ping({ kind: "repository", repositoryId: repository.id, hookId: hook.id }, "ping", {
    zen: "Keep it logically awesome.",
    hook_id: hook.id,
    hook: hookJson(hub, repository, hook),
    repository: repositoryJson(hub, repository),
    sender: accountJson(hub, actor.account),
  });
}

function hookJson(hub: Hub, repository: Repository, hook: Hook): JsonObject {
  const url = `${repositoryApiUrl(hub, repository)}/hooks/${hook.id}`;
  return {
    type: "Repository",
    id: hook.id,
    name: "web",
    active: hook.active,
    events: hook.events,
    config: {
      content_type: hook.contentType,
      insecure_ssl: hook.insecureSsl,
      url: hook.url,
      ...(hook.secret === null ? {} : { secret: "********" }),
    },
    updated_at: isoSeconds(hook.updatedAt),
    created_at: isoSeconds(hook.createdAt),
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: null, status: "unused", message: null },
  };
}
