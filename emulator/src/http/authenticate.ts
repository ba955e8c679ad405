// Who is asking: the Authorization header turned into a caller. Nothing here answers a request.
import { createPublicKey, type KeyObject } from "node:crypto";
import { decodeJwt, errors, jwtVerify } from "jose";
import type { Hub, RequestToken } from "../hub.ts";
import type { App } from "../world/apps.ts";
import type { Caller } from "../world/caller.ts";
import { ACTIONS_APP_ID } from "../world/create.ts";
import { liveToken } from "../world/mint.ts";
import type { Token } from "../world/tokens.ts";
import { entity } from "../world/world.ts";
import { badCredentials, GitHubError } from "./errors.ts";

/** GitHub's own numbers for JWTs of apps. */
const JWT_LIFETIME_S_MAX = 600;
const JWT_TOLERANCE_S = 60;

export type Authentication =
  | { readonly ok: true; readonly caller: Caller; readonly secret: string }
  | { readonly ok: false; readonly refusal: GitHubError };

/** Reads `token x`, `bearer x` and basic authentication, where a token may be the user name or the password. */
export async function authenticate(hub: Hub, header: string | undefined): Promise<Authentication> {
  if (header === undefined || header === "") return { ok: true, caller: { kind: "anonymous" }, secret: "" };
  const [scheme = "", credential = ""] = header.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === "basic") return basic(hub, credential);
  if (!/^(token|bearer)$/i.test(scheme)) return { ok: false, refusal: badCredentials() };
  return bearer(hub, credential);
}

async function bearer(hub: Hub, credential: string): Promise<Authentication> {
  if (credential.startsWith("eyJ") && credential.split(".").length === 3) return jwt(hub, credential);
  const token = liveToken(hub.world, credential);
  const caller = token === null ? null : callerOf(hub, token);
  return caller === null ? { ok: false, refusal: badCredentials() } : { ok: true, caller, secret: credential };
}

async function basic(hub: Hub, encoded: string): Promise<Authentication> {
  const [user = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const password = rest.join(":");
  for (const app of hub.world.apps.values()) {
    if (app.clientId === user && app.clientSecret === password) {
      return { ok: true, caller: { kind: "client", app }, secret: user };
    }
  }
  return bearer(hub, password === "" || password === "x-oauth-basic" ? user : password);
}

function callerOf(hub: Hub, token: Token): Caller | null {
  const { world } = hub;
  switch (token.kind) {
    case "installation": {
      const installation = world.installations.get(token.installationId);
      if (installation === undefined) return null;
      const app = entity(world.apps, installation.appId, "app");
      return { kind: "installation", app, installation, token, account: entity(world.accounts, app.botId, "account") };
    }
    case "job": {
      const app = entity(world.apps, ACTIONS_APP_ID, "app");
      return { kind: "job", app, token, account: entity(world.accounts, app.botId, "account") };
    }
    case "user":
      return { kind: "user", token, account: entity(world.accounts, token.userId, "account") };
    case "user-to-server": {
      const app = world.apps.get(token.appId);
      if (app === undefined) return null;
      return { kind: "user-to-server", app, token, account: entity(world.accounts, token.userId, "account") };
    }
  }
}

const keys = new WeakMap<App, KeyObject>();

function publicKeyOf(app: App): KeyObject | null {
  if (app.publicKeyPem === null) return null;
  const known = keys.get(app) ?? createPublicKey(app.publicKeyPem);
  keys.set(app, known);
  return known;
}

const jwtRefusal = (message: string): Authentication => ({ ok: false, refusal: new GitHubError(401, message) });
const UNDECODABLE = "A JSON web token could not be decoded";
// Octokit recognises the next two sentences and makes a new token by the Date header of the answer.
const BAD_IAT = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
const BAD_EXP =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";

async function jwt(hub: Hub, credential: string): Promise<Authentication> {
  let issuer: string;
  try {
    issuer = String(decodeJwt(credential).iss ?? "");
  } catch {
    return jwtRefusal(UNDECODABLE);
  }
  const app = [...hub.world.apps.values()].find((each) => String(each.id) === issuer || each.clientId === issuer);
  if (app === undefined) return { ok: false, refusal: new GitHubError(404, "Integration not found") };
  const key = publicKeyOf(app);
  if (key === null) return jwtRefusal(UNDECODABLE);
  const now = Math.floor(hub.world.clock.now() / 1000);
  try {
    const { payload } = await jwtVerify(credential, key, {
      algorithms: ["RS256"],
      currentDate: new Date(now * 1000),
      clockTolerance: JWT_TOLERANCE_S,
    });
    if (payload.iat === undefined || payload.iat > now + JWT_TOLERANCE_S) return jwtRefusal(BAD_IAT);
    if (payload.exp === undefined) return jwtRefusal(BAD_EXP);
    if (payload.exp > now + JWT_LIFETIME_S_MAX + JWT_TOLERANCE_S) {
      return jwtRefusal("'Expiration time' claim ('exp') is too far in the future");
    }
  } catch (error) {
    if (error instanceof errors.JWTExpired) return jwtRefusal(BAD_EXP);
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "iat") return jwtRefusal(BAD_IAT);
    return jwtRefusal(UNDECODABLE);
  }
  return { ok: true, caller: { kind: "jwt", app }, secret: app.clientId };
}

/** What the request log says about a caller: never the token. */
export function describeCaller(authentication: Authentication): RequestToken {
  if (!authentication.ok) return { kind: "invalid", login: null };
  const { caller } = authentication;
  switch (caller.kind) {
    case "anonymous":
      return { kind: "anonymous", login: null };
    case "jwt":
    case "client":
      return { kind: caller.kind, login: caller.app.slug };
    case "installation":
      return { kind: "installation", login: caller.account.login, installationId: caller.installation.id };
    default:
      return { kind: caller.kind, login: caller.account.login };
  }
}
