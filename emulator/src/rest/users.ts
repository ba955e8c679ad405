// People, bots and organisations.
import { accountProfileJson, organizationJson } from "../formats/accounts.ts";
import { repositoryJson } from "../formats/repositories.ts";
import { type Api, type Ctx, numberParam, requireUser } from "../http/context.ts";
import { notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import { canRead, roleOf } from "../world/caller.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount } from "../world/world.ts";

export function registerUsers(api: Api, hub: Hub): void {
  api.get("/user", (c) => {
    const { account } = requireUser(c);
    return c.json({ ...accountProfileJson(hub, account), ...privateFields(hub, account) });
  });
  api.get("/user/repos", (c) => {
    const { account } = requireUser(c);
    const mine = visible(hub, c).filter((repository) => takesPart(hub, account, repository));
    return c.json(pageOf(c, hub, mine).map((repository) => repositoryJson(hub, repository, account)));
  });
  api.get("/user/orgs", (c) => {
    const { account } = requireUser(c);
    const orgs = [...hub.world.accounts.values()].filter((each) => each.members.has(account.id));
    return c.json(pageOf(c, hub, orgs).map((each) => organizationJson(hub, each)));
  });
  api.get("/user/:account_id", (c) => {
    const account = hub.world.accounts.get(numberParam(c, "account_id"));
    if (account === undefined) throw notFound();
    return c.json(accountProfileJson(hub, account));
  });
  api.get("/users/:username", (c) => c.json(accountProfileJson(hub, accountParam(c, hub, "username"))));
  api.get("/users/:username/repos", (c) => {
    const account = accountParam(c, hub, "username");
    const owned = visible(hub, c).filter((repository) => repository.ownerId === account.id);
    return c.json(pageOf(c, hub, owned).map((repository) => repositoryJson(hub, repository)));
  });
}

export function accountParam(c: Ctx, hub: Hub, name: string): Account {
  const account = findAccount(hub.world, c.req.param(name) ?? "");
  if (account === null) throw notFound();
  return account;
}

export function visible(hub: Hub, c: Ctx): readonly Repository[] {
  const caller = c.get("caller");
  return [...hub.world.repositories.values()].filter((repository) => canRead(hub.world, caller, repository));
}

function takesPart(hub: Hub, account: Account, repository: Repository): boolean {
  const owner = hub.world.accounts.get(repository.ownerId);
  const belongs = repository.collaborators.has(account.id) || owner?.members.has(account.id) === true;
  return (belongs || owner?.id === account.id) && roleOf(hub.world, account, repository) !== "none";
}

function privateFields(hub: Hub, account: Account): JsonObject {
  const owned = [...hub.world.repositories.values()].filter((each) => each.ownerId === account.id && each.private);
  return {
    private_gists: 0,
    total_private_repos: owned.length,
    owned_private_repos: owned.length,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
    plan: { name: "free", space: 0, private_repos: 0, collaborators: 0 },
  };
}
