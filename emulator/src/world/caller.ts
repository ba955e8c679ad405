// Who a request comes from, and what that identity may touch. Pure: decides, never answers.
import type { Account, Role } from "./accounts.ts";
import { ROLES } from "./accounts.ts";
import type { App, Installation, PermissionLevel, Permissions } from "./apps.ts";
import { permits } from "./apps.ts";
import type { Repository } from "./repositories.ts";
import type { InstallationToken, JobToken, UserToken, UserToServerToken } from "./tokens.ts";
import type { World } from "./world.ts";

export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "jwt"; readonly app: App }
  /** HTTP basic authentication with an app's client id and secret. */
  | { readonly kind: "client"; readonly app: App }
  | {
      readonly kind: "installation";
      readonly app: App;
      readonly installation: Installation;
      readonly token: InstallationToken;
      readonly account: Account;
    }
  | { readonly kind: "job"; readonly app: App; readonly token: JobToken; readonly account: Account }
  | { readonly kind: "user"; readonly token: UserToken; readonly account: Account }
  | {
      readonly kind: "user-to-server";
      readonly app: App;
      readonly token: UserToServerToken;
      readonly account: Account;
    };

/** The acting side of a change: goes into events, timelines and `performed_via_github_app`. */
export interface Actor {
  readonly account: Account;
  readonly app: App | null;
  /** "job" = made with a GITHUB_TOKEN: its events start no workflow (except dispatches). "system" = GitHub itself. */
  readonly through: "job" | "installation" | "user" | "user-to-server" | "system";
}

/** null for callers that cannot act: anonymous, JWT, client. */
export function actorOf(caller: Caller): Actor | null {
  if (caller.kind === "anonymous" || caller.kind === "jwt" || caller.kind === "client") return null;
  const app = caller.kind === "user" ? null : caller.app;
  return { account: caller.account, app, through: caller.kind };
}

/** An actor for changes that no request made: set-up by the control plane, closing keywords, … */
export function actingAs(account: Account): Actor {
  return { account, app: null, through: "system" };
}

/** The role that an account holds on a repository, from ownership, membership, collaboration and visibility. */
export function roleOf(world: World, account: Account, repository: Repository): Role {
  const owner = world.accounts.get(repository.ownerId);
  if (owner === undefined) return "none";
  if (owner.id === account.id) return "admin";
  const membership = owner.members.get(account.id);
  if (membership === "admin") return "admin";
  const held: Role[] = ["none"];
  const direct = repository.collaborators.get(account.id);
  if (direct !== undefined) held.push(direct);
  if (membership === "member") held.push(owner.defaultRole);
  if (!repository.private) held.push("read");
  return held.reduce((best, role) => (ROLES.indexOf(role) > ROLES.indexOf(best) ? role : best), "none");
}

export interface Need {
  /** Permission of an app's token; several = any of them is enough. `metadata` = every token that sees the repository. */
  readonly permission: string | readonly string[];
  readonly level: PermissionLevel;
  /** Least role of a user. */
  readonly role: Role;
}

export type Access =
  | { readonly allowed: true }
  /** "hidden" = answer as if the repository did not exist. */
  | { readonly allowed: false; readonly why: "hidden" | "not-installed" | "permission" | "role" | "suspended" };

const YES: Access = { allowed: true };

/** Public things may be read without any permission: the documentation says so below each endpoint that reads. */
function isPublicRead(repository: Repository, need: Need): boolean {
  return !repository.private && need.level === "read" && need.role === "read";
}

/** May this caller do this to this repository? */
export function accessTo(world: World, caller: Caller, repository: Repository, need: Need): Access {
  switch (caller.kind) {
    case "anonymous":
    case "jwt":
    case "client":
      if (repository.private) return { allowed: false, why: "hidden" };
      return isPublicRead(repository, need) ? YES : { allowed: false, why: "role" };
    case "user":
      return userAccess(world, caller.account, repository, need);
    case "job":
      if (isPublicRead(repository, need)) return YES;
      if (caller.token.repositoryId !== repository.id) return outside(repository);
      return hasPermission(caller.token.permissions, need) ? YES : { allowed: false, why: "permission" };
    case "installation":
      if (caller.installation.suspendedAt !== null) return { allowed: false, why: "suspended" };
      if (isPublicRead(repository, need)) return YES;
      if (!coversRepository(caller.installation, caller.token, repository)) return outside(repository);
      return hasPermission(caller.token.permissions, need) ? YES : { allowed: false, why: "permission" };
    case "user-to-server": {
      const role = userAccess(world, caller.account, repository, need);
      if (!role.allowed || isPublicRead(repository, need)) return role;
      const installation = installationFor(world, caller.app, repository);
      if (installation === null) return outside(repository);
      return hasPermission(installation.permissions, need) ? YES : { allowed: false, why: "permission" };
    }
  }
}

/** The installation of an app that covers a repository, or null. */
export function installationFor(world: World, app: App, repository: Repository): Installation | null {
  for (const installation of world.installations.values()) {
    if (installation.appId !== app.id || installation.accountId !== repository.ownerId) continue;
    if (installation.repositoryIds === null || installation.repositoryIds.has(repository.id)) return installation;
  }
  return null;
}

export function canRead(world: World, caller: Caller, repository: Repository): boolean {
  return accessTo(world, caller, repository, { permission: "metadata", level: "read", role: "read" }).allowed;
}

function coversRepository(installation: Installation, token: InstallationToken, repository: Repository): boolean {
  if (installation.accountId !== repository.ownerId) return false;
  if (installation.repositoryIds !== null && !installation.repositoryIds.has(repository.id)) return false;
  return token.repositoryIds === null || token.repositoryIds.has(repository.id);
}

function outside(repository: Repository): Access {
  return { allowed: false, why: repository.private ? "hidden" : "not-installed" };
}

function userAccess(world: World, account: Account, repository: Repository, need: Need): Access {
  const role = roleOf(world, account, repository);
  if (role === "none") return { allowed: false, why: "hidden" };
  return ROLES.indexOf(role) >= ROLES.indexOf(need.role) ? YES : { allowed: false, why: "role" };
}

function hasPermission(held: Permissions, need: Need): boolean {
  const names = typeof need.permission === "string" ? [need.permission] : need.permission;
  return names.some((name) => permits(held, name, need.level));
}
