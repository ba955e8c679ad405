// Apps from a manifest: a form posts it, GitHub sends the browser back with a code, the code is turned into an app once.

import { permissions } from "../control/inputs.ts";
import { appJson } from "../formats/apps.ts";
import { optionalObject, optionalString, optionalStrings } from "../http/body.ts";
import type { Api, Ctx } from "../http/context.ts";
import { notFound, unprocessable } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import { addApp, findApp } from "../world/create.ts";
import { isJsonObject, type JsonObject } from "../world/json.ts";
import { entity, findAccount } from "../world/world.ts";
import { fieldsOf } from "./oauth-fields.ts";

/** A code lives this long. */
const CODE_MS = 3_600_000;

export function registerManifestForms(root: Api, hub: Hub): void {
  root.post("/settings/apps/new", (c) => acceptManifest(c, hub, null));
  root.post("/organizations/:org/settings/apps/new", (c) => acceptManifest(c, hub, c.req.param("org")));
}

export function registerManifestConversion(api: Api, hub: Hub): void {
  api.post("/app-manifests/:code/conversions", (c) => {
    const code = c.req.param("code");
    const grant = hub.world.grants.get(code);
    if (grant?.kind !== "manifest" || grant.expiresAt <= hub.world.clock.now()) throw notFound();
    hub.world.grants.delete(code);
    return c.json(create(hub, grant.ownerId, grant.manifest), 201);
  });
}

/** The owner is the organisation of the path, or whoever `login` names, or the first person there is. */
async function acceptManifest(c: Ctx, hub: Hub, organization: string | null): Promise<Response> {
  const { manifest: text = "", state = c.req.query("state"), login } = await fieldsOf(c);
  const manifest: unknown = text === "" ? null : JSON.parse(text);
  if (!isJsonObject(manifest)) throw unprocessable("The manifest is not valid");
  const redirect = optionalString(manifest, "redirect_url");
  if (redirect === undefined || !URL.canParse(redirect)) throw unprocessable("The manifest has no redirect_url");
  const named = organization ?? login;
  const owner = named === undefined ? firstPerson(hub) : findAccount(hub.world, named);
  if (owner === null || owner === undefined) throw notFound();
  const code = hub.world.randomBytes(20).toString("hex");
  const expiresAt = hub.world.clock.now() + CODE_MS;
  hub.world.grants.set(code, { kind: "manifest", ownerId: owner.id, manifest, expiresAt });
  const target = new URL(redirect);
  target.searchParams.set("code", code);
  if (state !== undefined) target.searchParams.set("state", state);
  return c.redirect(target.href, 302);
}

function firstPerson(hub: Hub): ReturnType<typeof findAccount> {
  for (const account of hub.world.accounts.values()) {
    if (account.type === "User" && account.login !== "ghost" && account.login !== "web-flow") return account;
  }
  return null;
}

function create(hub: Hub, ownerId: number, manifest: JsonObject): JsonObject {
  const owner = entity(hub.world.accounts, ownerId, "account");
  const name = optionalString(manifest, "name") ?? `${owner.login}-app`;
  const slug = name.toLowerCase().replace(/[^a-z\d]+/g, "-");
  if (findApp(hub.world, slug) !== null) throw unprocessable("Name is already taken");
  const hook = optionalObject(manifest, "hook_attributes") ?? {};
  const { app, privateKeyPem } = addApp(hub.world, {
    slug,
    name,
    ownerId,
    permissions: permissions(optionalObject(manifest, "default_permissions") ?? {}),
    events: optionalStrings(manifest, "default_events") ?? [],
    webhookUrl: optionalString(hook, "url") ?? null,
    webhookSecret: hub.world.randomBytes(20).toString("hex"),
    callbackUrls: optionalStrings(manifest, "callback_urls") ?? [],
    externalUrl: optionalString(manifest, "url") ?? "https://example.com",
    description: optionalString(manifest, "description") ?? null,
  });
  return {
    ...appJson(hub, app),
    client_secret: app.clientSecret,
    webhook_secret: app.webhookSecret,
    pem: privateKeyPem,
  };
}
