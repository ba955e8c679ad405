// Settings of Actions in a repository: variables, secrets, what GITHUB_TOKEN may do, who may use its actions.
import { generateKeyPairSync } from "node:crypto";
import { engineOf } from "../actions/runs/engine.ts";
import { once } from "../descriptions/once.ts";
import { optionalBoolean, optionalOneOf, optionalString, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { conflict, notFound, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Need } from "../world/caller.ts";
import { isoSeconds } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";

const ADMIN_READ: Need = { permission: "administration", level: "read", role: "admin" };
const ADMIN_WRITE: Need = { permission: "administration", level: "write", role: "admin" };

/** GitHub's limits of a variable. */
const NAME = /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i;
const VALUE_BYTES_MAX = 48 * 1024;

const HOUR_MS = 3_600_000;

export function registerActionsSettings(api: Api, hub: Hub): void {
  registerVariables(api, hub);
  registerSecrets(api, hub);
  registerPermissions(api, hub);

  const token = (verb: "registration" | "remove"): void => {
    api.post(`/repos/:owner/:repo/actions/runners/${verb}-token`, (c) => {
      enterToWrite(c, hub, ADMIN_WRITE);
      const expires = isoSeconds(hub.world.clock.now() + HOUR_MS);
      return c.json({ token: hub.world.randomBytes(16).toString("hex").toUpperCase(), expires_at: expires }, 201);
    });
  };
  token("registration");
  token("remove");
  api.get("/repos/:owner/:repo/actions/runners", (c) => {
    enter(c, hub, ADMIN_READ);
    return c.json({ total_count: 0, runners: [] });
  });
}

function registerVariables(api: Api, hub: Hub): void {
  const all = "/repos/:owner/:repo/actions/variables";
  const need = (level: "read" | "write"): Need => ({
    permission: ["actions_variables", "variables"],
    level,
    role: "write",
  });
  const json = (repository: Repository, name: string): JsonObject => ({
    name,
    value: repository.variables.get(name) ?? "",
    created_at: isoSeconds(repository.createdAt),
    updated_at: isoSeconds(repository.updatedAt),
  });
  const known = (c: Ctx, repository: Repository): string => {
    const name = (c.req.param("name") ?? "").toUpperCase();
    if (!repository.variables.has(name)) throw notFound();
    return name;
  };

  api.get(all, (c) => {
    const { repository } = enter(c, hub, need("read"));
    const names = [...repository.variables.keys()].sort();
    const variables = pageOf(c, hub, names).map((name) => json(repository, name));
    return c.json({ total_count: names.length, variables });
  });
  api.post(all, async (c) => {
    const { repository } = enterToWrite(c, hub, need("write"));
    const body = await readJson(c);
    const name = requiredString(body, "name").toUpperCase();
    const value = requiredString(body, "value");
    checkVariable(name, value);
    if (repository.variables.has(name)) throw conflict(`Variable already exists`);
    repository.variables.set(name, value);
    return c.json({}, 201);
  });
  api.get(`${all}/:name`, (c) => {
    const { repository } = enter(c, hub, need("read"));
    return c.json(json(repository, known(c, repository)));
  });
  api.patch(`${all}/:name`, async (c) => {
    const { repository } = enterToWrite(c, hub, need("write"));
    const name = known(c, repository);
    const body = await readJson(c);
    const renamed = (optionalString(body, "name") ?? name).toUpperCase();
    const value = optionalString(body, "value") ?? repository.variables.get(name) ?? "";
    checkVariable(renamed, value);
    repository.variables.delete(name);
    repository.variables.set(renamed, value);
    return c.body(null, 204);
  });
  api.delete(`${all}/:name`, (c) => {
    const { repository } = enterToWrite(c, hub, need("write"));
    repository.variables.delete(known(c, repository));
    return c.body(null, 204);
  });
}

function checkVariable(name: string, value: string): void {
  if (!NAME.test(name)) throw unprocessable(`Variable name '${name}' is invalid.`);
  if (Buffer.byteLength(value) > VALUE_BYTES_MAX)
    throw unprocessable(`Variable value is larger than ${VALUE_BYTES_MAX} bytes.`);
}

const KEY_ID = "568250167242549743";

/** What secrets would be sealed with; the last 32 bytes of the DER form are the key itself. */
function newPublicKey(): string {
  const der = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "der" });
  return der.subarray(-32).toString("base64");
}

/** Values go in through the control plane only: the sealed boxes of the API are not emulated. */
function registerSecrets(api: Api, hub: Hub): void {
  const all = "/repos/:owner/:repo/actions/secrets";
  const need = (level: "read" | "write"): Need => ({ permission: "secrets", level, role: "write" });
  const json = (repository: Repository, name: string): JsonObject => ({
    name,
    created_at: isoSeconds(repository.createdAt),
    updated_at: isoSeconds(repository.updatedAt),
  });
  const publicKey = once(newPublicKey);
  const known = (c: Ctx, repository: Repository): string => {
    const name = (c.req.param("secret_name") ?? "").toUpperCase();
    if (!repository.secrets.has(name)) throw notFound();
    return name;
  };

  api.get(all, (c) => {
    const { repository } = enter(c, hub, need("read"));
    const names = [...repository.secrets.keys()].sort();
    return c.json({ total_count: names.length, secrets: pageOf(c, hub, names).map((name) => json(repository, name)) });
  });
  api.get(`${all}/public-key`, (c) => {
    enter(c, hub, need("read"));
    return c.json({ key_id: KEY_ID, key: publicKey() });
  });
  api.get(`${all}/:secret_name`, (c) => {
    const { repository } = enter(c, hub, need("read"));
    return c.json(json(repository, known(c, repository)));
  });
  api.delete(`${all}/:secret_name`, (c) => {
    const { repository } = enterToWrite(c, hub, need("write"));
    repository.secrets.delete(known(c, repository));
    return c.body(null, 204);
  });
}

function registerPermissions(api: Api, hub: Hub): void {
  const base = "/repos/:owner/:repo/actions/permissions";
  const { access } = engineOf(hub);

  api.get(base, (c) => {
    enter(c, hub, ADMIN_READ);
    return c.json({ enabled: hub.actions.enabled, allowed_actions: "all" });
  });
  api.get(`${base}/workflow`, (c) => {
    const { repository } = enter(c, hub, ADMIN_READ);
    return c.json({
      default_workflow_permissions: repository.defaultWorkflowPermissions,
      can_approve_pull_request_reviews: repository.canApprovePullRequestReviews,
    });
  });
  api.put(`${base}/workflow`, async (c) => {
    const { repository } = enterToWrite(c, hub, ADMIN_WRITE);
    const body = await readJson(c);
    repository.defaultWorkflowPermissions =
      optionalOneOf(body, "default_workflow_permissions", ["read", "write"]) ?? repository.defaultWorkflowPermissions;
    repository.canApprovePullRequestReviews =
      optionalBoolean(body, "can_approve_pull_request_reviews") ?? repository.canApprovePullRequestReviews;
    return c.body(null, 204);
  });
  api.get(`${base}/access`, (c) => {
    const { repository } = enter(c, hub, ADMIN_READ);
    return c.json({ access_level: access.levelOf(repository) });
  });
  api.put(`${base}/access`, async (c) => {
    const { repository } = enterToWrite(c, hub, ADMIN_WRITE);
    const level = optionalOneOf(await readJson(c), "access_level", ["none", "user", "organization"]);
    if (level === undefined) throw unprocessable(`Invalid request.\n\n"access_level" wasn't supplied.`);
    access.setLevel(repository, level);
    return c.body(null, 204);
  });
}
