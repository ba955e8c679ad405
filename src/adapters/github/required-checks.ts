// Which checks a branch requires: by its protection and by rulesets. They change rarely, so they are kept for a while;
// GitHub itself refuses a merge that lacks one, whatever is believed here.

import { z } from "zod";
import type { RepositoryRef } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import { type Context, nameOf } from "./context.ts";
import type { Wire } from "./wire.ts";

/** How long the requirements of a branch are believed. */
const FRESH_MS = 5 * 60_000;

const branchSchema = z.object({
  protection: z
    .object({ required_status_checks: z.object({ contexts: z.array(z.string()).optional() }).nullish() })
    .optional(),
});
const rulesSchema = z.array(
  z.object({
    type: z.string(),
    parameters: z.object({ required_status_checks: z.array(z.object({ context: z.string() })).optional() }).nullish(),
  }),
);

/** @returns the body, or null when GitHub has none: no such branch any more, or a GitHub without rulesets */
async function read(wire: Wire, route: string, repository: RepositoryRef, branch: string): Promise<unknown> {
  const parameters = { owner: repository.owner, repo: repository.name, branch };
  const answer = await wire.rest({ route, parameters, repeat: "freely", kind: "read" });
  if (answer.ok) return answer.data;
  if (answer.status === 404 || answer.status === 501) return null;
  throw new Error(`GitHub did not say what ${branch} requires: ${answer.message}`);
}

async function namesFor(wire: Wire, repository: RepositoryRef, branch: string): Promise<ReadonlySet<string>> {
  const [protectedBranch, rules] = await Promise.all([
    read(wire, "GET /repos/{owner}/{repo}/branches/{branch}", repository, branch),
    read(wire, "GET /repos/{owner}/{repo}/rules/branches/{branch}", repository, branch),
  ]);
  const byProtection =
    protectedBranch === null
      ? []
      : (branchSchema.parse(protectedBranch).protection?.required_status_checks?.contexts ?? []);
  const byRules = rules === null ? [] : rulesSchema.parse(rules);
  const contexts = byRules.flatMap((rule) => rule.parameters?.required_status_checks ?? []);
  return new Set([...byProtection, ...contexts.map(({ context }) => context)]);
}

/** @returns names of required checks by branch */
export async function requiredChecks(
  context: Context,
  repository: RepositoryRef,
  branches: readonly string[],
  now: EpochMs,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const table = context.memory.requiredChecks;
  const found = new Map<string, ReadonlySet<string>>();
  for (const branch of new Set(branches)) {
    const key = `${nameOf(repository)} ${branch}`;
    const known = table.get(key);
    const isFresh = known !== undefined && now - known.at < FRESH_MS;
    const names = isFresh ? known.names : await namesFor(await context.wireTo(repository), repository, branch);
    if (!isFresh) table.set(key, { names, at: now });
    found.set(branch, names);
  }
  return found;
}
