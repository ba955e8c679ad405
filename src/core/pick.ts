// Which tasks a runner that asks for work may take, and in which order. A courtesy like the order of the queue: the claim
// itself is judged by its guards, whoever asks.

import { BUILT_IN_ROLES, knownRoles, type RepositoryConfig } from "./config.ts";
import { settingsOf } from "./labels.ts";
import type { ObservedNeighbour } from "./observation.ts";
import type { Refusal } from "./refusal.ts";
import { asWaiting, orderQueue, turnsTaken } from "./schedule.ts";

/** A state that work is taken from. */
export type ClaimsFrom = "queued" | "review";

export interface ClaimFilter {
  /** Only tasks of this role, or for this role's own kind of claim. Null: any. */
  readonly role: string | null;
  /** Only issues with this label, or with `type:` and this word. Null: any. */
  readonly type: string | null;
  /** Null: where the role takes its work from. */
  readonly from: ClaimsFrom | null;
}

/** Roles that judge take what waits for a judgement; all others what waits in the queue. */
export function claimsFrom(role: string | null, config: RepositoryConfig): ClaimsFrom {
  if (role === null) return "queued";
  const own = config.roles[role];
  const builtIn: Readonly<Record<string, string>> = BUILT_IN_ROLES;
  return own?.claims_from ?? ((own?.kind ?? builtIn[role]) === "verdict" ? "review" : "queued");
}

/**
 * @returns issue numbers, first to be claimed first; none is an answer and no error; a refusal for a role that nobody knows
 */
export function pick(
  tasks: readonly ObservedNeighbour[],
  filter: ClaimFilter,
  config: RepositoryConfig,
): { readonly issues: readonly number[] } | { readonly refusal: Refusal } {
  const { role, type } = filter;
  const known = knownRoles(config);
  if (role !== null && !known.includes(role)) return { refusal: { reason: "unknown-role", role, known } };
  const from = filter.from ?? claimsFrom(role, config);
  const offered = tasks.filter(
    (task) =>
      task.tip?.state === from &&
      !task.labels.includes(`${config.prefix}:blocked`) &&
      // Who judges takes every task that waits for it, whatever role has worked on it.
      (role === null || from === "review" || settingsOf(task.labels, config, null).role === role) &&
      (type === null || isOfType(task.labels, type)),
  );
  return { issues: orderQueue(offered.map(asWaiting), turnsTaken(tasks)) };
}

function isOfType(labels: readonly string[], type: string): boolean {
  const wanted = type.toLowerCase();
  return labels.some((label) => [wanted, `type:${wanted}`].includes(label.toLowerCase()));
}
