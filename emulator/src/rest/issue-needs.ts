// Which rights the issue endpoints ask for, and the limit of their bodies.
import { validationFailed } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import type { Role } from "../world/accounts.ts";
import type { Need } from "../world/caller.ts";

/** Endpoints that work on issues and pull requests alike accept either permission. */
const EITHER = ["issues", "pull_requests"] as const;

export const readIssues = (role: Role): Need => ({ permission: EITHER, level: "read", role });
export const writeIssues = (role: Role): Need => ({ permission: EITHER, level: "write", role });

export function checkBody(hub: Hub, resource: string, text: string): void {
  if ([...text].length <= hub.limits.bodyCharsMax) return;
  throw validationFailed([
    {
      resource,
      code: "custom",
      field: "body",
      message: `body is too long (maximum is ${hub.limits.bodyCharsMax} characters)`,
    },
  ]);
}
