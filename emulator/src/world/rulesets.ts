// Rulesets: rules for refs by pattern, with actors that may pass them. The newer brother of branch protection.
import type { JsonObject } from "./json.ts";

/** The rules that are emulated; every other type is refused when somebody tries to set it. */
export const RULE_TYPES = [
  "creation",
  "update",
  "deletion",
  "non_fast_forward",
  "required_linear_history",
  "required_signatures",
  "pull_request",
  "required_status_checks",
] as const;
export type RuleType = (typeof RULE_TYPES)[number];

export interface Rule {
  readonly type: RuleType;
  readonly parameters: JsonObject;
}

export const BYPASS_TYPES = ["Integration", "OrganizationAdmin", "RepositoryRole", "User"] as const;

export interface BypassActor {
  readonly type: (typeof BYPASS_TYPES)[number];
  /** App id, role id (5 admin, 4 write, 2 maintain) or user id; null for organisation owners. */
  readonly id: number | null;
}

export interface Ruleset {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  name: string;
  target: "branch" | "tag";
  enforcement: "active" | "disabled" | "evaluate";
  /** Patterns of full ref names, or `~ALL` and `~DEFAULT_BRANCH`. */
  include: readonly string[];
  exclude: readonly string[];
  bypass: readonly BypassActor[];
  rules: readonly Rule[];
  readonly createdAt: number;
  updatedAt: number;
}
