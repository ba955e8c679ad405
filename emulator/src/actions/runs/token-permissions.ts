// What a job's GITHUB_TOKEN may do: the workflow's wish, the repository's default, and the rule that a called workflow
// never gets more than its caller has. Pure.
import type { Permissions as ApiPermissions, PermissionLevel } from "../../world/apps.ts";
import { type Access, type Permissions, TOKEN_SCOPES, type TokenScope } from "../workflow/model.ts";

/** GITHUB_TOKEN when nobody says anything, by the repository's setting. */
export function defaultPermissions(setting: "read" | "write"): Permissions {
  if (setting === "read") return { contents: "read", packages: "read" };
  return Object.fromEntries(
    TOKEN_SCOPES.filter((scope) => scope !== "id-token" && scope !== "vulnerability-alerts").map((scope) => [
      scope,
      "write",
    ]),
  );
}

const ORDER: readonly Access[] = ["none", "read", "write"];

/** The first scope in which `wish` goes beyond `cap`, or null. */
export function firstExcess(
  wish: Permissions,
  cap: Permissions,
): { readonly scope: TokenScope; readonly wished: Access; readonly allowed: Access } | null {
  for (const scope of TOKEN_SCOPES) {
    const wished = wish[scope] ?? "none";
    const allowed = cap[scope] ?? "none";
    if (ORDER.indexOf(wished) > ORDER.indexOf(allowed)) return { scope, wished, allowed };
  }
  return null;
}

/** As an installation token carries them: `pull-requests` becomes `pull_requests`; id-token is no permission of a token. */
export function apiPermissions(permissions: Permissions): ApiPermissions {
  const entries = TOKEN_SCOPES.flatMap((scope): readonly (readonly [string, PermissionLevel])[] => {
    const access = permissions[scope] ?? "none";
    return access === "none" || scope === "id-token" ? [] : [[scope.replaceAll("-", "_"), access]];
  });
  return { metadata: "read", ...Object.fromEntries(entries) };
}
