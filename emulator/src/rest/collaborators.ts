// Who may do what in a repository.
import { accountJson, permissionFlags } from "../formats/accounts.ts";
import { optionalString, readJson } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, requireActor } from "../http/context.ts";
import { forbidden, notFound, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { type Account, type Role, roleAtLeast } from "../world/accounts.ts";
import { type Need, roleOf } from "../world/caller.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount, ownerOf } from "../world/world.ts";

const READ: Need = { permission: "metadata", level: "read", role: "read" };
const ADMIN: Need = { permission: "administration", level: "write", role: "admin" };

const ROLE_OF_PERMISSION: Readonly<Record<string, Role>> = {
  pull: "read",
  read: "read",
  triage: "triage",
  push: "write",
  write: "write",
  maintain: "maintain",
  admin: "admin",
};

/** The older, coarser answer: it knows neither triage nor maintain. */
function legacyPermission(role: Role): string {
  if (role === "maintain") return "write";
  return role === "triage" ? "read" : role;
}

function collaboratorJson(hub: Hub, account: Account, repository: Repository): JsonObject {
  const role = roleOf(hub.world, account, repository);
  return { ...accountJson(hub, account), permissions: permissionFlags(hub, account, repository), role_name: role };
}

export function registerCollaborators(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/collaborators", (c) => {
    const { repository } = enter(c, hub, READ);
    requirePush(c, hub, repository, "repository collaborators");
    const people = [...hub.world.accounts.values()].filter((account) => belongs(hub, account, repository));
    return c.json(pageOf(c, hub, people).map((account) => collaboratorJson(hub, account, repository)));
  });
  api.get("/repos/:owner/:repo/collaborators/:username", (c) => {
    const { repository } = enter(c, hub, READ);
    const account = findAccount(hub.world, c.req.param("username"));
    if (account === null || !belongs(hub, account, repository)) throw notFound();
    return c.body(null, 204);
  });
  api.get("/repos/:owner/:repo/collaborators/:username/permission", (c) => {
    const { repository } = enter(c, hub, READ);
    requirePush(c, hub, repository, "collaborator permission");
    const account = findAccount(hub.world, c.req.param("username"));
    if (account === null) throw notFound();
    if (account.type !== "User") throw notFound(`${account.login} is not a user`);
    const role = roleOf(hub.world, account, repository);
    const user = collaboratorJson(hub, account, repository);
    return c.json({ permission: legacyPermission(role), role_name: role, user });
  });
  api.put("/repos/:owner/:repo/collaborators/:username", async (c) => {
    const { repository } = enterToWrite(c, hub, ADMIN);
    const account = findAccount(hub.world, c.req.param("username"));
    if (account === null) throw notFound();
    const role = ROLE_OF_PERMISSION[optionalString(await readJson(c), "permission") ?? "push"];
    if (role === undefined) throw unprocessable("Invalid permission");
    // Nobody here has an inbox: the invitation counts as accepted at once.
    repository.collaborators.set(account.id, role);
    return c.body(null, 204);
  });
  api.delete("/repos/:owner/:repo/collaborators/:username", (c) => {
    const { repository } = enterToWrite(c, hub, ADMIN);
    const account = findAccount(hub.world, c.req.param("username"));
    if (account !== null) repository.collaborators.delete(account.id);
    return c.body(null, 204);
  });
}

/** Apps need no more than to see the repository; people must be able to push to it. */
function requirePush(c: Ctx, hub: Hub, repository: Repository, what: string): void {
  const { account, through } = requireActor(c);
  if (through === "installation" || through === "job") return;
  if (roleAtLeast(roleOf(hub.world, account, repository), "write")) return;
  throw forbidden(`Must have push access to view ${what}.`);
}

function belongs(hub: Hub, account: Account, repository: Repository): boolean {
  if (account.type !== "User") return false;
  const owner = ownerOf(hub.world, repository);
  if (owner.id === account.id || repository.collaborators.has(account.id)) return true;
  return owner.members.has(account.id) && roleOf(hub.world, account, repository) !== "none";
}
