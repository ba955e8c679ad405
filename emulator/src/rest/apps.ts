// Apps by JWT: who am I, where am I installed, give me a token.

import { applyChange } from "../control/installation-changes.ts";
import { appJson, installationJson } from "../formats/apps.ts";
import { repositoryJson } from "../formats/repositories.ts";
import { optionalNumbers, optionalObject, optionalStrings, readJson } from "../http/body.ts";
import { type Api, type Ctx, numberParam } from "../http/context.ts";
import { forbidden, GitHubError, notFound, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { coveredRepositories } from "../webhooks/installation-payloads.ts";
import type { Account } from "../world/accounts.ts";
import { type App, type Installation, type PermissionLevel, type Permissions, permits } from "../world/apps.ts";
import { installationFor } from "../world/caller.ts";
import { isoSeconds } from "../world/clock.ts";
import { findApp } from "../world/create.ts";
import type { JsonObject } from "../world/json.ts";
import { mintInstallationToken } from "../world/mint.ts";
import type { InstallationToken } from "../world/tokens.ts";
import { entity, findAccount, findRepository } from "../world/world.ts";

/** GitHub's limit of `repository_ids` and `repositories`. */
const NARROWED_REPOSITORIES_MAX = 500;

export function registerApps(api: Api, hub: Hub): void {
  api.get("/app", (c) => {
    const app = requireJwt(c);
    const count = [...hub.world.installations.values()].filter((each) => each.appId === app.id).length;
    return c.json({ ...appJson(hub, app), installations_count: count });
  });
  api.get("/apps/:app_slug", (c) => {
    const app = findApp(hub.world, c.req.param("app_slug"));
    if (app === null) throw notFound();
    return c.json(appJson(hub, app));
  });
  api.get("/app/installations", (c) => {
    const app = requireJwt(c);
    const mine = [...hub.world.installations.values()].filter((each) => each.appId === app.id);
    return c.json(pageOf(c, hub, mine).map((installation) => installationJson(hub, installation)));
  });
  api.get("/app/installations/:installation_id", (c) => c.json(installationJson(hub, installationParam(c, hub))));
  api.delete("/app/installations/:installation_id", (c) => {
    const installation = installationParam(c, hub);
    applyChange(hub, installation, "deleted", accountOf(hub, installation));
    return c.body(null, 204);
  });
  api.put("/app/installations/:installation_id/suspended", (c) => {
    const installation = installationParam(c, hub);
    applyChange(hub, installation, "suspend", accountOf(hub, installation));
    return c.body(null, 204);
  });
  api.delete("/app/installations/:installation_id/suspended", (c) => {
    const installation = installationParam(c, hub);
    applyChange(hub, installation, "unsuspend", accountOf(hub, installation));
    return c.body(null, 204);
  });
  registerTokens(api, hub);
  registerLookups(api, hub);
}

function registerTokens(api: Api, hub: Hub): void {
  api.post("/app/installations/:installation_id/access_tokens", async (c) => {
    const installation = installationParam(c, hub);
    if (installation.suspendedAt !== null) throw forbidden("This installation has been suspended");
    const token = mint(hub, installation, await readJson(c));
    return c.json(tokenJson(hub, installation, token), 201);
  });
  api.delete("/installation/token", (c) => {
    const caller = c.get("caller");
    if (caller.kind !== "installation" && caller.kind !== "job")
      throw forbidden("Resource not accessible by integration");
    caller.token.revoked = true;
    return c.body(null, 204);
  });
}

function registerLookups(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/installation", (c) => {
    const app = requireJwt(c);
    const repository = findRepository(hub.world, c.req.param("owner"), c.req.param("repo"));
    const installation = repository === null ? null : installationFor(hub.world, app, repository);
    if (installation === null) throw notFound();
    return c.json(installationJson(hub, installation));
  });
  const byAccount = (c: Ctx, login: string): Response => {
    const app = requireJwt(c);
    const account = findAccount(hub.world, login);
    const found = [...hub.world.installations.values()].find(
      (each) => each.appId === app.id && each.accountId === account?.id,
    );
    if (found === undefined) throw notFound();
    return c.json(installationJson(hub, found));
  };
  api.get("/orgs/:org/installation", (c) => byAccount(c, c.req.param("org")));
  api.get("/users/:username/installation", (c) => byAccount(c, c.req.param("username")));
}

/** 401 unless the request carries an app's JWT. */
export function requireJwt(c: Ctx): App {
  const caller = c.get("caller");
  if (caller.kind === "jwt") return caller.app;
  throw new GitHubError(401, "A JSON web token could not be decoded");
}

function installationParam(c: Ctx, hub: Hub): Installation {
  const app = requireJwt(c);
  const installation = hub.world.installations.get(numberParam(c, "installation_id"));
  if (installation === undefined || installation.appId !== app.id) throw notFound();
  return installation;
}

function accountOf(hub: Hub, installation: Installation): Account {
  return entity(hub.world.accounts, installation.accountId, "account");
}

function mint(hub: Hub, installation: Installation, body: JsonObject): InstallationToken {
  return mintInstallationToken(hub.world, {
    installation,
    repositoryIds: narrowedRepositories(hub, installation, body),
    permissions: narrowedPermissions(installation, optionalObject(body, "permissions")),
  });
}

function narrowedRepositories(hub: Hub, installation: Installation, body: JsonObject): ReadonlySet<number> | null {
  const ids = optionalNumbers(body, "repository_ids");
  const names = optionalStrings(body, "repositories");
  if (ids === undefined && names === undefined) return null;
  const wanted = [...(ids ?? []), ...(names ?? [])];
  if (wanted.length > NARROWED_REPOSITORIES_MAX) throw unprocessable("Too many repositories");
  const covered = coveredRepositories(hub, installation);
  const chosen = wanted.map((each) =>
    covered.find((repository) => repository.id === each || repository.name === String(each).split("/").at(-1)),
  );
  if (chosen.some((repository) => repository === undefined)) {
    throw unprocessable(
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  return new Set(chosen.flatMap((repository) => (repository === undefined ? [] : [repository.id])));
}

function narrowedPermissions(installation: Installation, wanted: JsonObject | undefined): Permissions {
  if (wanted === undefined) return { metadata: "read", ...installation.permissions };
  const narrowed: Record<string, PermissionLevel> = {};
  for (const [name, level] of Object.entries(wanted)) {
    if (level !== "read" && level !== "write" && level !== "admin") throw unprocessable(`Invalid permission ${name}`);
    if (!permits(installation.permissions, name, level)) {
      throw unprocessable("The permissions requested are not granted to this installation.");
    }
    narrowed[name] = level;
  }
  return { metadata: "read", ...narrowed };
}

function tokenJson(hub: Hub, installation: Installation, token: InstallationToken): JsonObject {
  const { repositoryIds } = token;
  const isSelected = repositoryIds !== null || installation.repositoryIds !== null;
  const covered = coveredRepositories(hub, installation);
  return {
    token: token.value,
    expires_at: isoSeconds(token.expiresAt ?? 0),
    permissions: token.permissions,
    repository_selection: isSelected ? "selected" : "all",
    ...(repositoryIds === null
      ? {}
      : {
          repositories: covered
            .filter((repository) => repositoryIds.has(repository.id))
            .map((repository) => repositoryJson(hub, repository)),
        }),
  };
}
