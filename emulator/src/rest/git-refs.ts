// /repos/{owner}/{repo}/git/ref(s): reading, creating, moving and deleting refs.
import { moveRefs } from "../code/move-refs.ts";
import { moverOf } from "../code/mover.ts";
import type { RefMove } from "../code/ref-rules.ts";
import { refError } from "../code/refusals.ts";
import { refJson } from "../formats/commits.ts";
import { isSha, type Sha, ZERO_SHA } from "../git/objects.ts";
import { isRefName } from "../git/refs.ts";
import type { GitRepository } from "../git/repository.ts";
import { optionalBoolean, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { conflict, notFound, requiresAuthentication, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";

const READ = { permission: "contents", level: "read", role: "read" } as const;
const WRITE = { permission: "contents", level: "write", role: "write" } as const;

function refParam(c: Ctx): string {
  return `refs/${(c.req.param("ref") ?? "").replace(/^refs\//, "")}`;
}

async function describe(
  hub: Hub,
  repository: Repository,
  ref: { readonly name: string; readonly sha: Sha },
): Promise<JsonObject> {
  const object = await hub.git.of(repository).objects.read(ref.sha);
  return refJson(hub, repository, { ...ref, type: object?.kind ?? "commit" });
}

function assertNotEmpty(git: GitRepository): void {
  if (git.refs.list("refs/").length === 0) throw conflict("Git Repository is empty.");
}

async function move(c: Ctx, hub: Hub, repository: Repository, wanted: RefMove): Promise<void> {
  const mover = moverOf(hub.world, c.get("caller"), repository);
  if (mover === null) throw requiresAuthentication();
  const verdict = await moveRefs(hub, repository, mover, [wanted]);
  if ("refused" in verdict) throw refError(verdict.refused);
}

async function getRef(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  assertNotEmpty(git);
  const name = refParam(c);
  const sha = isRefName(name) ? git.refs.resolve(name) : null;
  if (sha === null) throw notFound();
  return c.json(await describe(hub, repository, { name, sha }));
}

async function matchingRefs(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  assertNotEmpty(git);
  const page = pageOf(c, hub, git.refs.list(refParam(c)));
  return c.json(await Promise.all(page.map((ref) => describe(hub, repository, ref))));
}

async function createRef(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const name = requiredString(body, "ref");
  const sha = requiredString(body, "sha");
  assertNotEmpty(hub.git.of(repository));
  if (!isRefName(name)) throw unprocessable(`Reference name must start with 'refs' and have at least two slashes.`);
  if (!isSha(sha)) throw unprocessable("The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
  await move(c, hub, repository, { name, before: ZERO_SHA, after: sha, force: false });
  const json = await describe(hub, repository, { name, sha });
  c.header("Location", String(json["url"]));
  return c.json(json, 201);
}

async function updateRef(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const name = refParam(c);
  const sha = requiredString(body, "sha");
  const force = optionalBoolean(body, "force") ?? false;
  if (!isSha(sha)) throw unprocessable("The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
  if (hub.git.of(repository).refs.resolve(name) === null) throw unprocessable("Reference does not exist");
  await move(c, hub, repository, { name, after: sha, force });
  return c.json(await describe(hub, repository, { name, sha }));
}

async function deleteRef(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const name = refParam(c);
  if (hub.git.of(repository).refs.resolve(name) === null) throw unprocessable("Reference does not exist");
  await move(c, hub, repository, { name, after: ZERO_SHA, force: true });
  return c.body(null, 204);
}

export function registerGitRefs(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/git/ref/:ref{.+}", (c) => getRef(c, hub));
  api.get("/repos/:owner/:repo/git/matching-refs/:ref{.+}", (c) => matchingRefs(c, hub));
  api.post("/repos/:owner/:repo/git/refs", (c) => createRef(c, hub));
  api.patch("/repos/:owner/:repo/git/refs/:ref{.+}", (c) => updateRef(c, hub));
  api.delete("/repos/:owner/:repo/git/refs/:ref{.+}", (c) => deleteRef(c, hub));
}
