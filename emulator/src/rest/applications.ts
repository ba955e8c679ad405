// What an app may ask about the user tokens that it was given: check, reset, revoke. By client id and secret.
import { accountByIdJson } from "../formats/accounts.ts";
import { readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, requireActor } from "../http/context.ts";
import { GitHubError, notFound } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import type { App } from "../world/apps.ts";
import { isoOrNull, isoSeconds } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import { liveToken, mintUserToServerToken } from "../world/mint.ts";
import type { UserToServerToken } from "../world/tokens.ts";
import { entity } from "../world/world.ts";

export function registerApplications(api: Api, hub: Hub): void {
  const path = "/applications/:client_id";
  api.post(`${path}/token`, async (c: Ctx) => {
    const app = requireClient(c);
    return c.json(authorizationJson(hub, app, await tokenIn(c, hub, app)));
  });
  api.patch(`${path}/token`, async (c: Ctx) => {
    const app = requireClient(c);
    const old = await tokenIn(c, hub, app);
    old.revoked = true;
    const fresh = mintUserToServerToken(hub.world, entity(hub.world.accounts, old.userId, "account"), app);
    return c.json(authorizationJson(hub, app, fresh));
  });
  api.delete(`${path}/token`, async (c: Ctx) => {
    (await tokenIn(c, hub, requireClient(c))).revoked = true;
    return c.body(null, 204);
  });
  api.delete(`${path}/grant`, async (c: Ctx) => {
    const app = requireClient(c);
    const { userId } = await tokenIn(c, hub, app);
    for (const token of hub.world.tokens.values()) {
      if (token.kind === "user-to-server" && token.appId === app.id && token.userId === userId) token.revoked = true;
    }
    const account = entity(hub.world.accounts, userId, "account");
    hub.events.emit({
      name: "github_app_authorization",
      action: "revoked",
      actor: { account, app: null, through: "user" },
      repository: null,
      onlyAppId: app.id,
      payload: {},
    });
    return c.body(null, 204);
  });
  api.get("/user/emails", (c) => {
    const { account } = requireActor(c);
    const email = account.email ?? `${account.login}@example.com`;
    return c.json([{ email, primary: true, verified: true, visibility: "public" }]);
  });
}

function requireClient(c: Ctx): App {
  const caller = c.get("caller");
  if (caller.kind !== "client") throw new GitHubError(401, "Bad credentials");
  if (caller.app.clientId !== c.req.param("client_id")) throw notFound();
  return caller.app;
}

async function tokenIn(c: Ctx, hub: Hub, app: App): Promise<UserToServerToken> {
  const token = liveToken(hub.world, requiredString(await readJson(c), "access_token"));
  if (token?.kind !== "user-to-server" || token.appId !== app.id) throw notFound();
  return token;
}

function authorizationJson(hub: Hub, app: App, token: UserToServerToken): JsonObject {
  return {
    id: app.id,
    url: `${hub.urls.api}/authorizations/${app.id}`,
    app: { name: app.name, url: app.externalUrl, client_id: app.clientId },
    token: token.value,
    hashed_token: null,
    token_last_eight: token.value.slice(-8),
    note: null,
    note_url: null,
    created_at: isoSeconds(token.createdAt),
    updated_at: isoSeconds(token.createdAt),
    scopes: null,
    fingerprint: null,
    expires_at: isoOrNull(token.expiresAt),
    user: accountByIdJson(hub, token.userId),
  };
}
