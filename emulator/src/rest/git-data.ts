// /repos/{owner}/{repo}/git/…: blobs, trees, commits, tags. Refs are in git-refs.ts.
import { writeCommit } from "../code/write-commit.ts";
import { gitCommitJson, treeEntryJson } from "../formats/commits.ts";
import { repositoryApiUrl } from "../formats/repositories.ts";
import { isFileMode, isSha, type ObjectKind, type Sha } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import { editTree, isTreePath, listTree, type PathEdit } from "../git/trees.ts";
import { nullableString, optionalString, optionalStrings, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { conflict, notFound, unprocessable, validationFailed } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import { isoSeconds } from "../world/clock.ts";
import { nodeId } from "../world/ids.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { personFrom } from "./people-in-body.ts";

const READ = { permission: "contents", level: "read", role: "read" } as const;
const WRITE = { permission: "contents", level: "write", role: "write" } as const;
/** GitHub refuses larger blobs. */
const BLOB_BYTES_MAX = 100 * 1024 * 1024;

function gitOf(hub: Hub, repository: Repository): GitRepository {
  const git = hub.git.of(repository);
  if (git.refs.list("refs/heads/").length === 0) throw conflict("Git Repository is empty.");
  return git;
}

function shaParam(c: Ctx, name: string): Sha {
  const sha = c.req.param(name) ?? "";
  if (!isSha(sha)) throw unprocessable(`The sha parameter must be exactly 40 characters and contain only [0-9a-f].`);
  return sha;
}

async function createBlob(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const encoding = optionalString(body, "encoding") ?? "utf-8";
  const text = requiredString(body, "content");
  const bytes = Buffer.from(text, encoding === "base64" ? "base64" : "utf8");
  if (bytes.length > BLOB_BYTES_MAX) throw unprocessable("Sorry, your input was too large to process.");
  const sha = gitOf(hub, repository).objects.writeBlob(bytes);
  const url = `${repositoryApiUrl(hub, repository)}/git/blobs/${sha}`;
  c.header("Location", url);
  return c.json({ sha, url }, 201);
}

async function getBlob(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const sha = shaParam(c, "file_sha");
  const bytes = await gitOf(hub, repository).objects.readBlob(sha);
  if (bytes === null) throw notFound();
  if ((c.req.header("accept") ?? "").includes("raw"))
    return c.body(new Uint8Array(bytes), 200, { "Content-Type": "application/vnd.github.raw; charset=utf-8" });
  return c.json({
    sha,
    node_id: nodeId("Blob", repository.id, sha),
    size: bytes.length,
    url: `${repositoryApiUrl(hub, repository)}/git/blobs/${sha}`,
    content: bytes.toString("base64").replaceAll(/(.{60})/g, "$1\n"),
    encoding: "base64",
  });
}

function treeEdit(git: GitRepository, entry: Json): PathEdit {
  if (!isJsonObject(entry)) throw unprocessable("Invalid tree info");
  const path = requiredString(entry, "path");
  if (!isTreePath(path)) throw unprocessable(`tree.path contains a malformed path component`);
  const sha = nullableString(entry, "sha");
  if (sha === null) return { path, entry: null };
  const mode = optionalString(entry, "mode") ?? "100644";
  if (!isFileMode(mode)) throw unprocessable(`tree.mode must be one of 100644, 100755, 040000, 160000 or 120000`);
  const content = optionalString(entry, "content");
  if (sha !== undefined) return { path, entry: { mode, sha } };
  if (content === undefined) throw unprocessable("Must supply either tree.sha or tree.content");
  return { path, entry: { mode, sha: git.objects.writeBlob(content) } };
}

async function treeJson(
  hub: Hub,
  repository: Repository,
  git: GitRepository,
  sha: Sha,
  recursive: boolean,
): Promise<JsonObject> {
  const { entries, truncated } = await listTree(git.objects, sha, { recursive });
  const tree: JsonObject[] = [];
  for (const entry of entries) {
    const blob = entry.mode === "040000" || entry.mode === "160000" ? null : await git.objects.readBlob(entry.sha);
    tree.push(treeEntryJson(hub, repository, entry, blob?.length ?? null));
  }
  return { sha, url: `${repositoryApiUrl(hub, repository)}/git/trees/${sha}`, tree, truncated };
}

/** A commit or tree SHA, or a branch, as the tree it stands for. */
async function treeNamed(git: GitRepository, name: string): Promise<Sha | null> {
  const sha = await git.resolve(name);
  const object = sha === null ? null : await git.objects.read(sha);
  if (sha === null || object === null) return null;
  if (object.kind === "commit") return (await git.objects.readCommit(sha))?.tree ?? null;
  return object.kind === "tree" ? sha : null;
}

async function createTree(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const git = gitOf(hub, repository);
  const entries = body["tree"];
  if (!Array.isArray(entries)) throw unprocessable("Invalid tree info");
  const edits = entries.map((entry: Json) => treeEdit(git, entry));
  for (const { entry } of edits) {
    if (entry !== null && entry.mode !== "160000" && !(await git.objects.has(entry.sha)))
      throw unprocessable(`tree.sha ${entry.sha} is not a valid ${entry.mode === "040000" ? "tree" : "blob"}`);
  }
  const baseName = optionalString(body, "base_tree");
  const base = baseName === undefined ? git.objects.writeTree([]) : await treeNamed(git, baseName);
  if (base === null) throw notFound();
  const sha = await editTree(git.objects, base, edits);
  c.header("Location", `${repositoryApiUrl(hub, repository)}/git/trees/${sha}`);
  return c.json(await treeJson(hub, repository, git, sha, false), 201);
}

async function getTree(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = gitOf(hub, repository);
  const sha = await treeNamed(git, c.req.param("tree_sha") ?? "");
  if (sha === null) throw notFound();
  const recursive = c.req.query("recursive");
  return c.json(await treeJson(hub, repository, git, sha, recursive !== undefined && recursive !== ""));
}

async function createCommit(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const git = gitOf(hub, repository);
  const message = requiredString(body, "message");
  const tree = requiredString(body, "tree");
  const parents = optionalStrings(body, "parents") ?? [];
  if (!isSha(tree) || (await git.objects.readTree(tree)) === null)
    throw validationFailed(["Tree SHA does not exist"], "Tree SHA does not exist");
  for (const parent of parents) {
    if (!isSha(parent) || (await git.objects.readCommit(parent)) === null)
      throw unprocessable("Parent SHA does not exist or is not a commit object");
  }
  const now = hub.world.clock.now();
  const author = personFrom(body, "author", now);
  const committer = personFrom(body, "committer", now);
  const draft = {
    tree,
    parents,
    message,
    ...(author === undefined ? {} : { author }),
    ...(committer === undefined ? {} : { committer }),
  };
  const sha = writeCommit(hub, git, actor, draft, actor.account.type === "Bot" ? "own" : "web");
  const commit = await git.objects.readCommit(sha);
  if (commit === null) throw new Error(`commit ${sha} was not written`);
  const json = gitCommitJson(hub, repository, commit);
  c.header("Location", String(json["url"]));
  return c.json(json, 201);
}

async function getCommit(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const commit = await gitOf(hub, repository).objects.readCommit(shaParam(c, "commit_sha"));
  if (commit === null) throw notFound();
  return c.json(gitCommitJson(hub, repository, commit));
}

function tagKind(text: string): ObjectKind {
  if (text === "commit" || text === "tree" || text === "blob" || text === "tag") return text;
  throw unprocessable("Invalid tag type");
}

async function createTag(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const git = gitOf(hub, repository);
  const now = hub.world.clock.now();
  const object = requiredString(body, "object");
  if (!(await git.objects.has(object))) throw unprocessable("Object does not exist");
  const tagger = personFrom(body, "tagger", now) ?? {
    name: actor.account.login,
    email: `${actor.account.login}@users.noreply.github.com`,
    date: now,
    offset: "+0000",
  };
  const type = tagKind(requiredString(body, "type"));
  const sha = git.objects.writeTag({
    object,
    type,
    tag: requiredString(body, "tag"),
    tagger,
    message: requiredString(body, "message"),
  });
  return c.json(await tagJson(hub, repository, git, sha), 201);
}

async function tagJson(hub: Hub, repository: Repository, git: GitRepository, sha: Sha): Promise<JsonObject> {
  const tag = await git.objects.readTag(sha);
  if (tag === null) throw notFound();
  const api = repositoryApiUrl(hub, repository);
  return {
    node_id: nodeId("Tag", repository.id, sha),
    sha,
    url: `${api}/git/tags/${sha}`,
    tag: tag.tag,
    message: tag.message.trimEnd(),
    tagger:
      tag.tagger === null
        ? null
        : { name: tag.tagger.name, email: tag.tagger.email, date: isoSeconds(tag.tagger.date) },
    object: { sha: tag.object, type: tag.type, url: `${api}/git/${tag.type}s/${tag.object}` },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

export function registerGitData(api: Api, hub: Hub): void {
  api.post("/repos/:owner/:repo/git/blobs", (c) => createBlob(c, hub));
  api.get("/repos/:owner/:repo/git/blobs/:file_sha", (c) => getBlob(c, hub));
  api.post("/repos/:owner/:repo/git/trees", (c) => createTree(c, hub));
  api.get("/repos/:owner/:repo/git/trees/:tree_sha", (c) => getTree(c, hub));
  api.post("/repos/:owner/:repo/git/commits", (c) => createCommit(c, hub));
  api.get("/repos/:owner/:repo/git/commits/:commit_sha", (c) => getCommit(c, hub));
  api.post("/repos/:owner/:repo/git/tags", (c) => createTag(c, hub));
  api.get("/repos/:owner/:repo/git/tags/:tag_sha", async (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(await tagJson(hub, repository, gitOf(hub, repository), shaParam(c, "tag_sha")));
  });
}
