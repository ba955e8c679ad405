// Signing in with GitHub: the web flow, the device flow, and tokens from either. Beside /api, as on GitHub.

import type { Api, Ctx } from "../http/context.ts";
import type { Hub } from "../hub.ts";
import { html } from "../pages/markup.ts";
import type { Account } from "../world/accounts.ts";
import type { App } from "../world/apps.ts";
import { GHOST_ID, WEB_FLOW_ID } from "../world/create.ts";
import type { JsonObject } from "../world/json.ts";
import { findAccount } from "../world/world.ts";
import { DEVICE_GRANT, deviceToken, type Exchange, exchangeCode, refresh, startDevice } from "./oauth-exchange.ts";
import { fieldsOf, findClient } from "./oauth-fields.ts";

/** A code of the web flow lives this long. */
const WEB_CODE_MS = 600_000;
const GITHUB_OWN: ReadonlySet<number> = new Set([GHOST_ID, WEB_FLOW_ID]);

export function registerOAuth(root: Api, hub: Hub): void {
  root.get("/login/oauth/authorize", (c) => authorize(c, hub, c.req.query(), c.req.query("login")));
  root.post("/login/oauth/authorize", async (c) => {
    const fields = await fieldsOf(c);
    return authorize(c, hub, fields, fields["login"]);
  });
  root.post("/login/oauth/access_token", async (c) => {
    const fields = await fieldsOf(c);
    return answer(c, exchange(hub, fields));
  });
  root.post("/login/device/code", async (c) => answer(c, startDevice(hub, await fieldsOf(c))));
  root.get("/login/device", (c) => c.html(devicePage(people(hub))));
  root.post("/login/device", async (c) => {
    const { user_code: userCode = "", login = "", denied } = await fieldsOf(c);
    const user = findAccount(hub.world, login);
    for (const grant of hub.world.grants.values()) {
      if (grant.kind !== "device" || grant.userCode !== userCode.toUpperCase()) continue;
      grant.answer = denied === undefined && user !== null ? { userId: user.id } : "denied";
      return c.html(html`<p>You may go back to your device.</p>`.markup);
    }
    return c.html(html`<p>There is no such code.</p>`.markup, 404);
  });
}

function exchange(hub: Hub, fields: Readonly<Record<string, string>>): Exchange {
  const grantType = fields["grant_type"];
  if (grantType === DEVICE_GRANT) return deviceToken(hub, fields);
  return grantType === "refresh_token" ? refresh(hub, fields) : exchangeCode(hub, fields);
}

/** Form-encoded unless the client asks for JSON, and always with status 200: so GitHub does it. */
function answer(c: Ctx, body: JsonObject): Response {
  if ((c.req.header("accept") ?? "").includes("json")) return c.json(body);
  const pairs = Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]);
  return c.body(new URLSearchParams(pairs).toString(), 200, { "content-type": "application/x-www-form-urlencoded" });
}

type Fields = Readonly<Record<string, string | undefined>>;

/** With `login`, that person agrees at once: nobody has to click in a test. Without, a page asks who one is. */
function authorize(c: Ctx, hub: Hub, fields: Fields, login: string | undefined): Response | Promise<Response> {
  const app = findClient(hub, fields["client_id"] ?? "");
  if (app === null) return c.html(html`<h1>404</h1><p>There is no such application.</p>`.markup, 404);
  const redirectUri = allowedRedirect(app, fields["redirect_uri"]);
  if (redirectUri === null)
    return c.html(html`<p>The redirect_uri is not associated with this application.</p>`.markup, 400);
  const user = login === undefined ? null : findAccount(hub.world, login);
  if (user === null || user.type !== "User") return c.html(consentPage(app, people(hub), fields));
  const code = hub.world.randomBytes(10).toString("hex");
  hub.world.grants.set(code, {
    kind: "web",
    appId: app.id,
    userId: user.id,
    redirectUri,
    challenge: fields["code_challenge"] ?? null,
    expiresAt: hub.world.clock.now() + WEB_CODE_MS,
  });
  const target = new URL(redirectUri);
  target.searchParams.set("code", code);
  if (fields["state"] !== undefined) target.searchParams.set("state", fields["state"]);
  return c.redirect(target.href, 302);
}

/** The callback that was asked for, if the app registered it (or a folder above it, or a loopback port beside it). */
function allowedRedirect(app: App, asked: string | undefined): string | null {
  const first = app.callbackUrls[0] ?? null;
  if (asked === undefined) return first;
  if (!URL.canParse(asked)) return null;
  const wanted = new URL(asked);
  const fits = app.callbackUrls.some((registered) => {
    if (!URL.canParse(registered)) return false;
    const known = new URL(registered);
    const isLoopback = known.hostname === "127.0.0.1" || known.hostname === "localhost" || known.hostname === "[::1]";
    const samePlace = wanted.protocol === known.protocol && wanted.hostname === known.hostname;
    return samePlace && (isLoopback || wanted.port === known.port) && wanted.pathname.startsWith(known.pathname);
  });
  return fits ? asked : null;
}

function people(hub: Hub): readonly Account[] {
  return [...hub.world.accounts.values()].filter((account) => account.type === "User" && !GITHUB_OWN.has(account.id));
}

function consentPage(app: App, accounts: readonly Account[], fields: Fields): string {
  const hidden = ["client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"].map((name) =>
    fields[name] === undefined ? null : html`<input type="hidden" name="${name}" value="${fields[name]}">`,
  );
  const buttons = accounts.map(
    (account) => html`<button name="login" value="${account.login}">${account.login}</button> `,
  );
  return html`<!doctype html><meta charset="utf-8"><title>Authorize ${app.name}</title>
<h1>Authorize ${app.name}</h1><form method="post" action="/login/oauth/authorize">${hidden}<p>Continue as ${buttons}</p></form>`
    .markup;
}

function devicePage(accounts: readonly Account[]): string {
  const buttons = accounts.map(
    (account) => html`<button name="login" value="${account.login}">${account.login}</button> `,
  );
  return html`<!doctype html><meta charset="utf-8"><title>Device activation</title>
<form method="post" action="/login/device"><p>Code <input name="user_code" required> as ${buttons}</p></form>`.markup;
}
