// Users, bots and organisations as REST shows them.
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import { roleAtLeast } from "../world/accounts.ts";
import { roleOf } from "../world/caller.ts";
import { isoSeconds } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, ownerOf } from "../world/world.ts";

/** "simple user": the short form inside other objects. */
export function accountJson(hub: Hub, account: Account): JsonObject {
  const url = `${hub.urls.api}/users/${encodeURIComponent(account.login)}`;
  const page = account.appId === null ? `${hub.urls.web}/${account.login}` : `${hub.urls.web}/apps/${botSlug(account)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    avatar_url: `${hub.urls.web}/_avatars/u/${account.id}`,
    gravatar_id: "",
    url,
    html_url: page,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}

export function accountByIdJson(hub: Hub, id: number): JsonObject {
  return accountJson(hub, entity(hub.world.accounts, id, "account"));
}

export function accountOrNullJson(hub: Hub, id: number | null): JsonObject | null {
  return id === null ? null : accountByIdJson(hub, id);
}

/** The long form, as GET /users/{username} answers it. */
export function accountProfileJson(hub: Hub, account: Account): JsonObject {
  const owned = [...hub.world.repositories.values()].filter((repository) => repository.ownerId === account.id);
  return {
    ...accountJson(hub, account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: account.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: owned.filter((repository) => !repository.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: isoSeconds(account.createdAt),
    updated_at: isoSeconds(account.updatedAt),
  };
}

/** "organization": the short form in webhook payloads and organisation lists. */
export function organizationJson(hub: Hub, account: Account): JsonObject {
  const url = `${hub.urls.api}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${hub.urls.web}/_avatars/u/${account.id}`,
    description: null,
  };
}

/** How GitHub describes an author's relation to a repository. Not a permission. */
export function authorAssociation(hub: Hub, repository: Repository, accountId: number): string {
  const owner = ownerOf(hub.world, repository);
  if (owner.id === accountId) return "OWNER";
  if (owner.members.has(accountId)) return "MEMBER";
  if (repository.collaborators.has(accountId)) return "COLLABORATOR";
  return "NONE";
}

export function permissionFlags(hub: Hub, account: Account, repository: Repository): JsonObject {
  const role = roleOf(hub.world, account, repository);
  return {
    admin: roleAtLeast(role, "admin"),
    maintain: roleAtLeast(role, "maintain"),
    push: roleAtLeast(role, "write"),
    triage: roleAtLeast(role, "triage"),
    pull: roleAtLeast(role, "read"),
  };
}

function botSlug(account: Account): string {
  return account.login.replace(/\[bot\]$/, "");
}
