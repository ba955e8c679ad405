// Which rulesets hold for a ref, who passes them, and what they add up to beside classic branch protection. Decides only.

import type { Role } from "../world/accounts.ts";
import type { Actor } from "../world/caller.ts";
import type { JsonObject } from "../world/json.ts";
import { isJsonObject } from "../world/json.ts";
import type { BranchProtection, Repository } from "../world/repositories.ts";
import type { Rule, Ruleset } from "../world/rulesets.ts";

/** GitHub's ids of the built-in roles in bypass lists. */
const ROLE_IDS: Readonly<Record<number, Role>> = { 2: "maintain", 4: "write", 5: "admin" };

/** `*` stays within one part of the name, `**` does not. */
export function matchesRef(pattern: string, ref: string, defaultBranch: string): boolean {
  if (pattern === "~ALL") return true;
  if (pattern === "~DEFAULT_BRANCH") return ref === `refs/heads/${defaultBranch}`;
  const source = pattern
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      return part === "?" ? "[^/]" : part.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`).test(ref);
}

export function rulesetsFor(repository: Repository, ref: string): readonly Ruleset[] {
  const target = ref.startsWith("refs/tags/") ? "tag" : "branch";
  const isCovered = (patterns: readonly string[]) =>
    patterns.some((pattern) => matchesRef(pattern, ref, repository.defaultBranch));
  return [...repository.rulesets.values()].filter(
    (ruleset) =>
      ruleset.enforcement === "active" &&
      ruleset.target === target &&
      isCovered(ruleset.include) &&
      !isCovered(ruleset.exclude),
  );
}

export interface Passer {
  readonly actor: Actor;
  readonly role: Role;
}

export function passes(ruleset: Ruleset, passer: Passer): boolean {
  return ruleset.bypass.some(({ type, id }) => {
    if (type === "Integration") return passer.actor.app?.id === id;
    if (type === "User") return passer.actor.account.id === id;
    if (type === "OrganizationAdmin") return passer.role === "admin";
    return id !== null && ROLE_IDS[id] === passer.role;
  });
}

/** The rules that hold for this actor on this ref. */
export function rulesFor(repository: Repository, ref: string, passer: Passer | null): readonly Rule[] {
  const holding = rulesetsFor(repository, ref).filter((ruleset) => passer === null || !passes(ruleset, passer));
  return holding.flatMap((ruleset) => ruleset.rules);
}

function contextsIn(parameters: JsonObject): readonly string[] {
  const checks = parameters["required_status_checks"];
  if (!Array.isArray(checks)) return [];
  return checks.flatMap((check) =>
    isJsonObject(check) && typeof check["context"] === "string" ? [check["context"]] : [],
  );
}

function numberIn(parameters: JsonObject, name: string): number {
  const value = parameters[name];
  return typeof value === "number" ? value : 0;
}

/**
 * Classic protection and rulesets of a branch as one set of conditions for merges; null = none. Administrators pass
 * classic protection unless it says otherwise; rulesets are passed by their own lists.
 */
export function mergeConditions(
  repository: Repository,
  branch: string,
  passer: Passer | null,
): BranchProtection | null {
  const classic = repository.protections.get(branch) ?? null;
  const isPassed = passer?.role === "admin" && classic?.enforceAdmins === false;
  const rules = rulesFor(repository, `refs/heads/${branch}`, passer);
  const checks = rules.filter((rule) => rule.type === "required_status_checks");
  const reviews = rules.filter((rule) => rule.type === "pull_request");
  if (checks.length === 0 && reviews.length === 0) return isPassed ? null : classic;
  const base = isPassed ? null : classic;
  const contexts = [...(base?.requiredChecks ?? []), ...checks.flatMap((rule) => contextsIn(rule.parameters))];
  const approvals = reviews.map((rule) => numberIn(rule.parameters, "required_approving_review_count"));
  const says = (of: readonly Rule[], name: string) => of.some((rule) => rule.parameters[name] === true);
  return {
    branch,
    requiredChecks: contexts.length === 0 ? null : [...new Set(contexts)],
    strictChecks: (base?.strictChecks ?? false) || says(checks, "strict_required_status_checks_policy"),
    requiredApprovals: Math.max(base?.requiredApprovals ?? 0, ...approvals),
    dismissStaleReviews: (base?.dismissStaleReviews ?? false) || says(reviews, "dismiss_stale_reviews_on_push"),
    enforceAdmins: true,
    allowForcePushes: base?.allowForcePushes ?? true,
    allowDeletions: base?.allowDeletions ?? true,
    pushLogins: base?.pushLogins ?? null,
  };
}
