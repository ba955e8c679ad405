// /repos/{owner}/{repo}/contents and /readme: files and folders of a commit, and changing one file at a time.
import { moveBranch } from "../code/move-refs.ts";
import { type Mover, moverOf } from "../code/mover.ts";
import { commitError } from "../code/refusals.ts";
import { isWorkflowPath } from "../code/workflow-files.ts";
import { writeCommit } from "../code/write-commit.ts";
import { gitCommitJson } from "../formats/commits.ts";
import { contentJson } from "../formats/contents.ts";
import { EMPTY_TREE_SHA, kindOfMode, type Sha, ZERO_SHA } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import { editTree, entryAt, isTreePath, listTree, type PathEdit, type PathEntry } from "../git/trees.ts";
import { optionalString, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { conflict, forbidden, notFound, requiresAuthentication, unprocessable } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { personFrom } from "./people-in-body.ts";

const READ = { permission: ["contents", "single_file"], level: "read", role: "read" } as const;
const WRITE = { permission: "contents", level: "write", role: "write" } as const;
/** Above this, only the raw media type has the content. */
const INLINE_BYTES_MAX = 1024 * 1024;

interface Place {
  readonly repository: Repository;
  readonly git: GitRepository;
  readonly ref: string;
  readonly tree: Sha;
}

async function placeOf(hub: Hub, repository: Repository, ref: string): Promise<Place> {
  const git = hub.git.of(repository);
  const sha = await git.resolve(ref);
  const commit = sha === null ? null : await git.objects.readCommit(sha);
  if (commit === null) {
    const isEmpty = git.refs.list("refs/heads/").length === 0;
    throw notFound(isEmpty ? "This repository is empty." : `No commit found for the ref ${ref}`);
  }
  return { repository, git, ref, tree: commit.tree };
}

/** The path below /contents/, decoded once; a trailing slash means the folder itself. */
function pathParam(c: Ctx): string {
  return (c.req.param("path") ?? "").replace(/^\/+|\/+$/g, "");
}

async function answerEntry(c: Ctx, hub: Hub, place: Place, entry: PathEntry): Promise<Response> {
  const { git, repository, ref } = place;
  const accept = c.req.header("accept") ?? "";
  if (entry.mode === "040000") {
    const { entries } = await listTree(git.objects, entry.sha, { recursive: false });
    const items: JsonObject[] = [];
    for (const item of entries) {
      const path = entry.path === "" ? item.path : `${entry.path}/${item.path}`;
      const bytes = kindOfMode(item.mode) === "blob" ? await git.objects.readBlob(item.sha) : null;
      items.push(contentJson(hub, repository, { ref, entry: { ...item, path }, size: bytes?.length ?? 0 }));
    }
    if (accept.includes("object"))
      return c.json({ ...contentJson(hub, repository, { ref, entry, size: 0 }), entries: items });
    return c.json(items);
  }
  const bytes = (await git.objects.readBlob(entry.sha)) ?? Buffer.alloc(0);
  if (/[./]raw(\+json)?\b/.test(accept)) {
    const type = accept.includes("raw+json") ? "raw+json" : "raw";
    return c.body(new Uint8Array(bytes), 200, { "Content-Type": `application/vnd.github.${type}; charset=utf-8` });
  }
  const content = bytes.length > INLINE_BYTES_MAX ? Buffer.alloc(0) : bytes;
  return c.json(contentJson(hub, repository, { ref, entry, size: bytes.length, content }));
}

async function getContents(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const place = await placeOf(hub, repository, c.req.query("ref") ?? repository.defaultBranch);
  const entry = await entryAt(place.git.objects, place.tree, pathParam(c));
  if (entry === null) throw notFound();
  return answerEntry(c, hub, place, entry);
}

async function getReadme(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const place = await placeOf(hub, repository, c.req.query("ref") ?? repository.defaultBranch);
  const { entries } = await listTree(place.git.objects, place.tree, { recursive: false });
  const readme = entries.find((entry) => /^readme(\.\w+)?$/i.test(entry.path));
  if (readme === undefined) throw notFound();
  return answerEntry(c, hub, place, readme);
}

interface FileChange {
  readonly repository: Repository;
  readonly git: GitRepository;
  readonly mover: Mover;
  readonly body: JsonObject;
  readonly path: string;
  readonly branch: string;
  readonly tip: Sha | null;
  readonly tree: Sha;
}

async function beginChange(c: Ctx, hub: Hub): Promise<FileChange> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const path = pathParam(c);
  const mover = moverOf(hub.world, c.get("caller"), repository);
  if (mover === null) throw requiresAuthentication();
  if (!isTreePath(path)) throw unprocessable("path contains a malformed path component");
  if (isWorkflowPath(path) && !mover.mayWriteWorkflows) throw forbidden("Resource not accessible by integration");
  const git = hub.git.of(repository);
  const branch = (optionalString(body, "branch") ?? repository.defaultBranch).replace(/^refs\/heads\//, "");
  const tip = git.refs.resolve(`refs/heads/${branch}`);
  const isEmpty = git.refs.list("refs/heads/").length === 0;
  if (tip === null && !isEmpty) throw notFound(`Branch ${branch} not found`);
  const commit = tip === null ? null : await git.objects.readCommit(tip);
  return { repository, git, mover, body, path, branch, tip, tree: commit?.tree ?? EMPTY_TREE_SHA };
}

/** The caller names the blob it saw: a changed file refuses the write. */
async function assertBlobUnchanged(change: FileChange, isDelete: boolean): Promise<PathEntry | null> {
  const entry = await entryAt(change.git.objects, change.tree, change.path);
  const seen = optionalString(change.body, "sha");
  if (entry === null) {
    if (isDelete) throw notFound();
    if (seen !== undefined) throw conflict(`${change.path} does not match ${seen}`);
    return null;
  }
  if (entry.mode === "040000") throw unprocessable(`${change.path} is a directory`);
  if (seen === undefined) throw unprocessable(`Invalid request.\n\n"sha" wasn't supplied.`);
  if (entry.sha !== seen) throw conflict(`${change.path} does not match ${seen}`);
  return entry;
}

async function commitChange(hub: Hub, change: FileChange, entry: PathEdit["entry"]): Promise<Sha> {
  const { git, mover, body, path, tip, branch, repository } = change;
  const now = hub.world.clock.now();
  const author = personFrom(body, "author", now);
  const committer = personFrom(body, "committer", now);
  const tree = await editTree(git.objects, change.tree, [{ path, entry }]);
  const draft = {
    tree,
    parents: tip === null ? [] : [tip],
    message: requiredString(body, "message"),
    ...(author === undefined ? {} : { author }),
    ...(committer === undefined ? {} : { committer }),
  };
  const sha = writeCommit(hub, git, mover.actor, draft, "web");
  const verdict = await moveBranch(hub, repository, mover, { branch, before: tip ?? ZERO_SHA, after: sha });
  if ("refused" in verdict) throw commitError(verdict.refused);
  return sha;
}

async function changeJson(hub: Hub, change: FileChange, sha: Sha, entry: PathEntry | null): Promise<JsonObject> {
  const commit = await change.git.objects.readCommit(sha);
  if (commit === null) throw new Error(`commit ${sha} was not written`);
  const bytes = entry === null ? null : await change.git.objects.readBlob(entry.sha);
  return {
    content:
      entry === null
        ? null
        : contentJson(hub, change.repository, { ref: change.branch, entry, size: bytes?.length ?? 0 }),
    commit: gitCommitJson(hub, change.repository, commit),
  };
}

async function putContents(c: Ctx, hub: Hub): Promise<Response> {
  const change = await beginChange(c, hub);
  const content = requiredString(change.body, "content");
  if (!/^[A-Za-z0-9+/=\s]*$/.test(content)) throw unprocessable("content is not valid Base64");
  const before = await assertBlobUnchanged(change, false);
  const entry = {
    path: change.path,
    mode: before?.mode ?? "100644",
    sha: change.git.objects.writeBlob(Buffer.from(content, "base64")),
  } as const;
  const sha = await commitChange(hub, change, entry);
  return c.json(await changeJson(hub, change, sha, entry), before === null ? 201 : 200);
}

async function deleteContents(c: Ctx, hub: Hub): Promise<Response> {
  const change = await beginChange(c, hub);
  await assertBlobUnchanged(change, true);
  const sha = await commitChange(hub, change, null);
  return c.json(await changeJson(hub, change, sha, null));
}

export function registerContents(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/readme", (c) => getReadme(c, hub));
  for (const path of [
    "/repos/:owner/:repo/contents",
    "/repos/:owner/:repo/contents/",
    "/repos/:owner/:repo/contents/:path{.+}",
  ]) {
    api.get(path, (c) => getContents(c, hub));
  }
  api.put("/repos/:owner/:repo/contents/:path{.+}", (c) => putContents(c, hub));
  api.delete("/repos/:owner/:repo/contents/:path{.+}", (c) => deleteContents(c, hub));
}
