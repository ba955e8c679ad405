// Half-finished sign-ins: what somebody may still turn into a token or an app, once and not for long.
import type { JsonObject } from "./json.ts";

/** `code` of the web flow. */
export interface WebGrant {
  readonly kind: "web";
  readonly appId: number;
  readonly userId: number;
  readonly redirectUri: string;
  /** PKCE: the S256 challenge that the verifier must answer; null = none was given. */
  readonly challenge: string | null;
  readonly expiresAt: number;
}

/** `device_code` of the device flow. */
export interface DeviceGrant {
  readonly kind: "device";
  readonly appId: number;
  /** What the person types in. */
  readonly userCode: string;
  /** null = nobody has answered yet. */
  answer: { readonly userId: number } | "denied" | null;
  lastAskedAt: number;
  readonly expiresAt: number;
}

/** `code` of an app manifest. */
export interface ManifestGrant {
  readonly kind: "manifest";
  readonly ownerId: number;
  readonly manifest: JsonObject;
  readonly expiresAt: number;
}

export type Grant = WebGrant | DeviceGrant | ManifestGrant;
