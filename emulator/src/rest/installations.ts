// Installations as tokens see them: which repositories, and for people, which installations.
import { installationJson } from "../formats/apps.ts";
import { repositoryJson } from "../formats/repositories.ts";
import { type Api, type Ctx, numberParam, requireUser } from "../http/context.ts";
import { forbidden, notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { announceSelection, coveredRepositories } from "../webhooks/installation-payloads.ts";
import type { Account } from "../world/accounts.ts";
import type { Installation } from "../world/apps.ts";
import { roleOf } from "../world/caller.ts";
import type { Repository } from "../world/repositories.ts";
import { entity } from "../world/world.ts";

export function registerInstallations(api: Api, hub: Hub): void {
  api.get("/installation/repositories", (c) => {
    const caller = c.get("caller");
    if (caller.kind !== "installation") throw forbidden("Resource not accessible by integration");
    const { repositoryIds } = caller.token;
    const covered = coveredRepositories(hub, caller.installation).filter(
      (repository) => repositoryIds === null || repositoryIds.has(repository.id),
    );
    const isSelected = repositoryIds !== null || caller.installation.repositoryIds !== null;
    return c.json({
      total_count: covered.length,
      repository_selection: isSelected ? "selected" : "all",
      repositories: pageOf(c, hub, covered).map((repository) => repositoryJson(hub, repository, caller.account)),
    });
  });
  api.get("/user/installations", (c) => {
    const { account, app } = requireUser(c);
    const mine = [...hub.world.installations.values()].filter(
      (each) => (app === null || each.appId === app.id) && reaches(hub, account, each).length > 0,
    );
    const installations = pageOf(c, hub, mine).map((installation) => installationJson(hub, installation));
    return c.json({ total_count: mine.length, installations });
  });
  api.get("/user/installations/:installation_id/repositories", (c) => {
    const { account } = requireUser(c);
    const found = reaches(hub, account, installationParam(c, hub));
    const repositories = pageOf(c, hub, found).map((repository) => repositoryJson(hub, repository, account));
    return c.json({ total_count: found.length, repositories });
  });
  api.put("/user/installations/:installation_id/repositories/:repository_id", (c) => changeSelection(c, hub, "add"));
  api.delete("/user/installations/:installation_id/repositories/:repository_id", (c) =>
    changeSelection(c, hub, "remove"),
  );
}

function installationParam(c: Ctx, hub: Hub): Installation {
  const installation = hub.world.installations.get(numberParam(c, "installation_id"));
  if (installation === undefined) throw notFound();
  return installation;
}

/** The repositories of an installation that belong to the account's world: not just public ones of strangers. */
function reaches(hub: Hub, account: Account, installation: Installation): readonly Repository[] {
  const owner = entity(hub.world.accounts, installation.accountId, "account");
  return coveredRepositories(hub, installation).filter((repository) => {
    const belongs =
      owner.id === account.id || owner.members.has(account.id) || repository.collaborators.has(account.id);
    return belongs && roleOf(hub.world, account, repository) !== "none";
  });
}

function changeSelection(c: Ctx, hub: Hub, what: "add" | "remove"): Response {
  const { account } = requireUser(c);
  const installation = installationParam(c, hub);
  const repository = hub.world.repositories.get(numberParam(c, "repository_id"));
  if (repository === undefined || repository.ownerId !== installation.accountId) throw notFound();
  if (roleOf(hub.world, account, repository) !== "admin") throw forbidden("Must have admin rights to Repository.");
  if (installation.repositoryIds === null) throw forbidden("The installation covers all repositories");
  if (what === "add") installation.repositoryIds.add(repository.id);
  else installation.repositoryIds.delete(repository.id);
  const change = { added: what === "add" ? [repository] : [], removed: what === "remove" ? [repository] : [] };
  announceSelection(hub, installation, change, account);
  return c.body(null, 204);
}
