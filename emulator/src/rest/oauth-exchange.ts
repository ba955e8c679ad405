// Turning codes and refresh tokens into user tokens. Refusals are bodies with `error`, not statuses, as GitHub's are.
import { createHash } from "node:crypto";
import type { Hub } from "../hub.ts";
import type { App } from "../world/apps.ts";
import type { JsonObject } from "../world/json.ts";
import { mintUserToServerToken, REFRESH_TOKEN_MS, USER_TO_SERVER_TOKEN_MS } from "../world/mint.ts";
import { entity } from "../world/world.ts";
import { findClient } from "./oauth-fields.ts";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const DEVICE_CODE_MS = 900_000;
const POLL_INTERVAL_S = 5;

export type Exchange = JsonObject;
type Fields = Readonly<Record<string, string>>;

const DESCRIPTIONS = {
  incorrect_client_credentials: "The client_id and/or client_secret passed are incorrect.",
  redirect_uri_mismatch: "The redirect_uri MUST match the registered callback URL for this application.",
  bad_verification_code: "The code passed is incorrect or expired.",
  bad_refresh_token: "The refresh token passed is incorrect or expired.",
  authorization_pending: "The authorization request is still pending.",
  slow_down: "Too many requests have been made in the same timeframe.",
  expired_token: "The device_code has expired.",
  access_denied: "The authorization request was denied.",
  incorrect_device_code: "The device_code provided is not valid.",
} as const;

function refuse(error: keyof typeof DESCRIPTIONS, more: JsonObject = {}): Exchange {
  return {
    error,
    error_description: DESCRIPTIONS[error],
    error_uri:
      "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors",
    ...more,
  };
}

function grantTokens(hub: Hub, app: App, userId: number): Exchange {
  const token = mintUserToServerToken(hub.world, entity(hub.world.accounts, userId, "account"), app);
  return {
    access_token: token.value,
    expires_in: USER_TO_SERVER_TOKEN_MS / 1000,
    refresh_token: token.refreshToken,
    refresh_token_expires_in: REFRESH_TOKEN_MS / 1000,
    token_type: "bearer",
    scope: "",
  };
}

function clientWithSecret(hub: Hub, fields: Fields): App | null {
  const app = findClient(hub, fields["client_id"] ?? "");
  return app !== null && app.clientSecret === fields["client_secret"] ? app : null;
}

export function exchangeCode(hub: Hub, fields: Fields): Exchange {
  const app = clientWithSecret(hub, fields);
  if (app === null) return refuse("incorrect_client_credentials");
  const code = fields["code"] ?? "";
  const grant = hub.world.grants.get(code);
  if (grant?.kind !== "web" || grant.appId !== app.id || grant.expiresAt <= hub.world.clock.now()) {
    return refuse("bad_verification_code");
  }
  // A code is good for one try, right or wrong.
  hub.world.grants.delete(code);
  const redirectUri = fields["redirect_uri"];
  if (redirectUri !== undefined && redirectUri !== grant.redirectUri) return refuse("redirect_uri_mismatch");
  if (grant.challenge !== null) {
    const answer = createHash("sha256")
      .update(fields["code_verifier"] ?? "")
      .digest("base64url");
    if (answer !== grant.challenge) return refuse("bad_verification_code");
  }
  return grantTokens(hub, app, grant.userId);
}

export function refresh(hub: Hub, fields: Fields): Exchange {
  const app = clientWithSecret(hub, fields);
  if (app === null) return refuse("incorrect_client_credentials");
  for (const token of hub.world.tokens.values()) {
    if (token.kind !== "user-to-server" || token.refreshToken !== fields["refresh_token"]) continue;
    if (token.appId !== app.id || token.revoked || token.refreshExpiresAt <= hub.world.clock.now()) break;
    token.revoked = true;
    return grantTokens(hub, app, token.userId);
  }
  return refuse("bad_refresh_token");
}

export function startDevice(hub: Hub, fields: Fields): Exchange {
  const app = findClient(hub, fields["client_id"] ?? "");
  if (app === null) return { error: "Not Found" };
  const deviceCode = hub.world.randomBytes(20).toString("hex");
  const letters = hub.world.randomBytes(4).toString("hex").toUpperCase();
  const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
  const expiresAt = hub.world.clock.now() + DEVICE_CODE_MS;
  hub.world.grants.set(deviceCode, {
    kind: "device",
    appId: app.id,
    userCode,
    answer: null,
    lastAskedAt: 0,
    expiresAt,
  });
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${hub.urls.web}/login/device`,
    expires_in: DEVICE_CODE_MS / 1000,
    interval: POLL_INTERVAL_S,
  };
}

export function deviceToken(hub: Hub, fields: Fields): Exchange {
  const app = findClient(hub, fields["client_id"] ?? "");
  if (app === null) return refuse("incorrect_client_credentials");
  const code = fields["device_code"] ?? "";
  const grant = hub.world.grants.get(code);
  if (grant?.kind !== "device" || grant.appId !== app.id) return refuse("incorrect_device_code");
  const now = hub.world.clock.now();
  if (grant.expiresAt <= now) return refuse("expired_token");
  if (grant.answer === "denied") return refuse("access_denied");
  if (grant.answer !== null) {
    hub.world.grants.delete(code);
    return grantTokens(hub, app, grant.answer.userId);
  }
  const tooSoon = now - grant.lastAskedAt < POLL_INTERVAL_S * 1000;
  grant.lastAskedAt = now;
  return tooSoon ? refuse("slow_down", { interval: POLL_INTERVAL_S * 2 }) : refuse("authorization_pending");
}
