// /repos/{owner}/{repo}/branches, their protection, tags, and merging one branch into another.
import { moveBranch, moveRefs } from "../code/move-refs.ts";
import { type Mover, moverOf } from "../code/mover.ts";
import { branchName, workflowRefusal } from "../code/ref-rules.ts";
import { commitError, refError } from "../code/refusals.ts";
import { workflowChange } from "../code/workflow-files.ts";
import { writeCommit } from "../code/write-commit.ts";
import { commitJson } from "../formats/commits.ts";
import { repositoryApiUrl, repositoryWebUrl } from "../formats/repositories.ts";
import { isAncestor } from "../git/history.ts";
import { mergeTrees } from "../git/merges.ts";
import { type Sha, ZERO_SHA } from "../git/objects.ts";
import { optionalString, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { conflict, forbidden, notFound, requiresAuthentication, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { nodeId } from "../world/ids.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";

const READ = { permission: "contents", level: "read", role: "read" } as const;
const WRITE = { permission: "contents", level: "write", role: "write" } as const;

function protectionSummary(hub: Hub, repository: Repository, branch: string): JsonObject {
  const rule = repository.protections.get(branch);
  const contexts = rule?.requiredChecks ?? [];
  return {
    protected: rule !== undefined,
    protection: {
      enabled: rule !== undefined,
      required_status_checks: {
        enforcement_level: contexts.length === 0 ? "off" : "non_admins",
        contexts,
        checks: contexts.map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${repositoryApiUrl(hub, repository)}/branches/${encodeURIComponent(branch)}/protection`,
  };
}

async function listBranches(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const refs = hub.git.of(repository).refs.list("refs/heads/");
  const wanted = c.req.query("protected");
  const branches = refs
    .map((ref) => ({ name: branchName(ref.name) ?? "", sha: ref.sha }))
    .filter((branch) => wanted === undefined || repository.protections.has(branch.name) === (wanted === "true"));
  const api = repositoryApiUrl(hub, repository);
  return c.json(
    pageOf(c, hub, branches).map(({ name, sha }) => ({
      name,
      commit: { sha, url: `${api}/commits/${sha}` },
      ...protectionSummary(hub, repository, name),
    })),
  );
}

async function getBranch(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  const name = c.req.param("branch") ?? "";
  const sha = git.refs.resolve(`refs/heads/${name}`);
  const commit = sha === null ? null : await git.objects.readCommit(sha);
  if (commit === null) throw notFound("Branch not found");
  const url = `${repositoryApiUrl(hub, repository)}/branches/${name}`;
  return c.json({
    name,
    commit: commitJson(hub, repository, commit),
    _links: { self: url, html: `${repositoryWebUrl(hub, repository)}/tree/${name}` },
    ...protectionSummary(hub, repository, name),
  });
}

async function renameBranch(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const git = hub.git.of(repository);
  const from = c.req.param("branch") ?? "";
  const to = requiredString(await readJson(c), "new_name");
  const sha = git.refs.resolve(`refs/heads/${from}`);
  if (sha === null) throw notFound("Branch not found");
  const mover = moverHere(c, hub, repository);
  const wasDefault = repository.defaultBranch === from;
  if (wasDefault) repository.defaultBranch = to;
  const verdict = await moveRefs(hub, repository, mover, [
    { name: `refs/heads/${to}`, before: ZERO_SHA, after: sha, force: false },
    { name: `refs/heads/${from}`, before: sha, after: ZERO_SHA, force: true },
  ]);
  if ("refused" in verdict) {
    if (wasDefault) repository.defaultBranch = from;
    throw refError(verdict.refused);
  }
  if (wasDefault) git.setHead(to);
  const commit = await git.objects.readCommit(sha);
  const url = `${repositoryApiUrl(hub, repository)}/branches/${to}`;
  const body = {
    name: to,
    commit: commit === null ? null : commitJson(hub, repository, commit),
    _links: { self: url, html: `${repositoryWebUrl(hub, repository)}/tree/${to}` },
    ...protectionSummary(hub, repository, to),
  };
  return c.json(body, 201);
}

function moverHere(c: Ctx, hub: Hub, repository: Repository): Mover {
  const mover = moverOf(hub.world, c.get("caller"), repository);
  if (mover === null) throw requiresAuthentication();
  return mover;
}

async function listTags(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  const api = repositoryApiUrl(hub, repository);
  const page = pageOf(c, hub, [...git.refs.list("refs/tags/")].reverse());
  const tags: JsonObject[] = [];
  for (const ref of page) {
    const name = ref.name.slice("refs/tags/".length);
    const sha = (await git.resolve(ref.name)) ?? ref.sha;
    tags.push({
      name,
      commit: { sha, url: `${api}/commits/${sha}` },
      zipball_url: `${api}/zipball/${ref.name}`,
      tarball_url: `${api}/tarball/${ref.name}`,
      node_id: nodeId("Ref", repository.id, ref.name),
    });
  }
  return c.json(tags);
}

/** POST /merges: merges any commit into a branch, without a pull request. */
async function mergeIntoBranch(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const git = hub.git.of(repository);
  const base = requiredString(body, "base");
  const headName = requiredString(body, "head");
  const tip = git.refs.resolve(`refs/heads/${base}`);
  const head: Sha | null = await git.resolve(headName);
  if (tip === null) throw notFound("Base does not exist");
  if (head === null) throw notFound("Head does not exist");
  if (await isAncestor(git.objects, head, tip)) return c.body(null, 204);
  const result = await mergeTrees(git.path, tip, head);
  if ("conflicts" in result) throw conflict("Merge conflict");
  const message = optionalString(body, "commit_message") ?? `Merge ${headName} into ${base}`;
  const mover = moverHere(c, hub, repository);
  const sha = writeCommit(hub, git, actor, { tree: result.tree, parents: [tip, head], message }, "web");
  const path = mover.mayWriteWorkflows ? null : await workflowChange(git, tip, sha);
  if (path !== null) throw forbidden(workflowRefusal(mover, path));
  const verdict = await moveBranch(hub, repository, mover, { branch: base, before: tip, after: sha });
  if ("refused" in verdict) throw commitError(verdict.refused);
  const commit = await git.objects.readCommit(sha);
  if (commit === null) throw unprocessable("Merge failed");
  return c.json(commitJson(hub, repository, commit), 201);
}

export function registerBranches(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/branches", (c) => listBranches(c, hub));
  api.post("/repos/:owner/:repo/branches/:branch{.+}/rename", (c) => renameBranch(c, hub));
  api.get("/repos/:owner/:repo/tags", (c) => listTags(c, hub));
  api.post("/repos/:owner/:repo/merges", (c) => mergeIntoBranch(c, hub));
}

/** Apart from the rest: its parameter may hold slashes, so everything below /branches/{branch}/ must be registered before it. */
export function registerSingleBranch(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/branches/:branch{.+}", (c) => getBranch(c, hub));
}
