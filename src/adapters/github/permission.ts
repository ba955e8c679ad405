// What an account may do on a repository, asked of GitHub by login and believed only for the same numeric id.

import { z } from "zod";
import type { Account, Permission } from "../../core/observation.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { Context } from "./context.ts";

const answerSchema = z.object({
  role_name: z.string().optional(),
  permission: z.string(),
  user: z.object({ id: z.int() }).nullable(),
});

/** Roles that GitHub itself defines. A custom role is worth the standard right that it builds on. */
const ROLES: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];

function known(role: string | undefined): Permission | undefined {
  return ROLES.find((one) => one === role);
}

/** @returns `unknown` whenever GitHub does not say; never throws for that */
export async function permissionOf(context: Context, repository: RepositoryRef, account: Account): Promise<Permission> {
  const wire = await context.wireTo(repository);
  const answer = await wire
    .rest({
      route: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      parameters: { owner: repository.owner, repo: repository.name, username: account.login },
      repeat: "freely",
      kind: "read",
      priority: "urgent",
    })
    .catch(() => null);
  if (answer === null) return "unknown";
  if (answer.status === 404) return "none";
  const parsed = answerSchema.safeParse(answer.data);
  if (!answer.ok || !parsed.success) return "unknown";
  const { role_name, permission, user } = parsed.data;
  if (user === null) return "unknown";
  if (user.id !== account.id) return "none";
  return known(role_name) ?? known(permission) ?? "unknown";
}
