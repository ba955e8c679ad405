// Repositories: read, make, change, delete; topics and languages.

import { deleteRepository, renameRepository } from "../changes/repositories.ts";
import { seedFiles } from "../control/git-view.ts";
import { fullRepositoryJson } from "../formats/repositories.ts";
import { nullableString, optionalBoolean, optionalString, readJson, requiredString } from "../http/body.ts";
import {
  type Api,
  type Ctx,
  enter,
  enterToWrite,
  numberParam,
  refusalFor,
  requireActor,
  requireUser,
} from "../http/context.ts";
import { forbidden, notFound, unprocessable, validationFailed } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import type { Actor, Need } from "../world/caller.ts";
import { addRepository } from "../world/create.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { findRepository, ownerOf } from "../world/world.ts";
import { accountParam } from "./users.ts";

const READ: Need = { permission: "metadata", level: "read", role: "read" };
const ADMIN: Need = { permission: "administration", level: "write", role: "admin" };

export function registerRepositories(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo", (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(fullRepositoryJson(hub, repository, viewer(c)));
  });
  api.get("/repositories/:repository_id", (c) => {
    const repository = hub.world.repositories.get(numberParam(c, "repository_id"));
    if (repository === undefined) throw notFound();
    const refusal = refusalFor(hub, c.get("caller"), repository, READ);
    if (refusal !== null) throw refusal;
    return c.json(fullRepositoryJson(hub, repository, viewer(c)));
  });
  api.patch("/repos/:owner/:repo", async (c) => {
    const { repository } = enter(c, hub, ADMIN);
    await change(hub, requireActor(c), repository, await readJson(c));
    return c.json(fullRepositoryJson(hub, repository, viewer(c)));
  });
  api.delete("/repos/:owner/:repo", (c) => {
    const { repository, actor } = enterToWrite(c, hub, ADMIN);
    deleteRepository(hub, actor, repository);
    return c.body(null, 204);
  });
  api.post("/user/repos", async (c) => {
    const actor = requireUser(c);
    return c.json(await create(hub, actor, actor.account, await readJson(c)), 201);
  });
  api.post("/orgs/:org/repos", async (c) => {
    const actor = requireActor(c);
    const organization = accountParam(c, hub, "org");
    if (!organization.members.has(actor.account.id)) throw forbidden("You need to be a member of the organization.");
    return c.json(await create(hub, actor, organization, await readJson(c)), 201);
  });
  registerTopics(api, hub);
}

function registerTopics(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/topics", (c) => c.json({ names: enter(c, hub, READ).repository.topics }));
  api.get("/repos/:owner/:repo/languages", (c) => {
    enter(c, hub, READ);
    return c.json({});
  });
}

function viewer(c: Ctx): Account | null {
  const caller = c.get("caller");
  return "account" in caller ? caller.account : null;
}

async function create(hub: Hub, actor: Actor, owner: Account, body: JsonObject): Promise<JsonObject> {
  const name = requiredString(body, "name");
  if (!/^[\w.-]{1,100}$/.test(name))
    throw validationFailed([{ resource: "Repository", code: "invalid", field: "name" }]);
  if (findRepository(hub.world, owner.login, name) !== null) {
    throw validationFailed(
      [{ resource: "Repository", code: "custom", field: "name", message: "name already exists on this account" }],
      "Repository creation failed.",
    );
  }
  const repository = addRepository(hub.world, {
    owner,
    name,
    private: optionalBoolean(body, "private") ?? false,
    description: nullableString(body, "description") ?? null,
  });
  hub.git.create(repository);
  if (optionalBoolean(body, "auto_init") === true) {
    await seedFiles(hub, repository, actor.account, { "README.md": `# ${name}\n` });
  }
  hub.events.emit({ name: "repository", action: "created", actor, repository, payload: {} });
  return fullRepositoryJson(hub, repository, actor.account);
}

async function change(hub: Hub, actor: Actor, repository: Repository, body: JsonObject): Promise<void> {
  const name = optionalString(body, "name");
  const branch = optionalString(body, "default_branch");
  if (branch !== undefined) {
    if ((await hub.git.of(repository).resolve(`refs/heads/${branch}`)) === null) {
      throw unprocessable(
        `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`,
      );
    }
    repository.defaultBranch = branch;
    hub.git.of(repository).setHead(branch);
  }
  if (name !== undefined && name !== repository.name) {
    if (findRepository(hub.world, ownerOf(hub.world, repository).login, name) !== null) {
      throw validationFailed([{ resource: "Repository", code: "already_exists", field: "name" }]);
    }
    renameRepository(hub, actor, repository, name);
  }
  repository.private = optionalBoolean(body, "private") ?? repository.private;
  repository.archived = optionalBoolean(body, "archived") ?? repository.archived;
  repository.hasIssues = optionalBoolean(body, "has_issues") ?? repository.hasIssues;
  repository.allowSquashMerge = optionalBoolean(body, "allow_squash_merge") ?? repository.allowSquashMerge;
  repository.allowMergeCommit = optionalBoolean(body, "allow_merge_commit") ?? repository.allowMergeCommit;
  repository.allowRebaseMerge = optionalBoolean(body, "allow_rebase_merge") ?? repository.allowRebaseMerge;
  repository.allowAutoMerge = optionalBoolean(body, "allow_auto_merge") ?? repository.allowAutoMerge;
  repository.allowUpdateBranch = optionalBoolean(body, "allow_update_branch") ?? repository.allowUpdateBranch;
  repository.deleteBranchOnMerge = optionalBoolean(body, "delete_branch_on_merge") ?? repository.deleteBranchOnMerge;
  const description = nullableString(body, "description");
  if (description !== undefined) repository.description = description;
  repository.updatedAt = hub.world.clock.now();
}
