// Whom an issue can be assigned to. GitHub ignores everybody else without a word.
import type { Account } from "./accounts.ts";
import { roleOf } from "./caller.ts";
import type { Repository } from "./repositories.ts";
import { ownerOf, type World } from "./world.ts";

/** GitHub's limit for one issue. */
export const ASSIGNEES_MAX = 10;

export function canSee(world: World, account: Account, repository: Repository): boolean {
  return roleOf(world, account, repository) !== "none";
}

/** People who belong: the owner, members of the organisation who can read, collaborators. Never bots or organisations. */
export function isAssignable(world: World, account: Account, repository: Repository): boolean {
  if (account.type !== "User") return false;
  const owner = ownerOf(world, repository);
  if (owner.id === account.id || repository.collaborators.has(account.id)) return true;
  return owner.members.has(account.id) && canSee(world, account, repository);
}

export function assignableAccounts(world: World, repository: Repository): readonly Account[] {
  return [...world.accounts.values()].filter((account) => isAssignable(world, account, repository));
}
