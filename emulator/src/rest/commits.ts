// /repos/{owner}/{repo}/commits and /compare: histories, single commits, and what lies between two of them.

import { accountOfAddress } from "../code/people.ts";
import { commitJson, fileJson, fullCommitJson } from "../formats/commits.ts";
import { pullSummaryJson } from "../formats/pulls.ts";
import { repositoryApiUrl, repositoryWebUrl } from "../formats/repositories.ts";
import { commitsBetween, isAncestor, log, mergeBase } from "../git/history.ts";
import { type Commit, EMPTY_TREE_SHA } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import { type Api, type Ctx, enter } from "../http/context.ts";
import { conflict, notFound, unprocessable } from "../http/errors.ts";
import { mediaFormat } from "../http/media-type.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Repository } from "../world/repositories.ts";
import { findRepository } from "../world/world.ts";

const READ = { permission: "contents", level: "read", role: "read" } as const;
/** GitHub compares at most this many commits and files at once. */
const COMPARED_COMMITS_MAX = 250;
const COMPARED_FILES_MAX = 300;
/** Histories are read as far as pages can reach. */
const LISTED_MAX = 10_000;

async function commitNamed(git: GitRepository, name: string): Promise<Commit | null> {
  const sha = await git.resolve(name);
  return sha === null ? null : git.objects.readCommit(sha);
}

function keeps(c: Ctx, hub: Hub): (commit: Commit) => boolean {
  const since = Date.parse(c.req.query("since") ?? "");
  const until = Date.parse(c.req.query("until") ?? "");
  const author = c.req.query("author")?.toLowerCase();
  return (commit) => {
    if (commit.committer.date < since || commit.committer.date > until) return false;
    if (author === undefined) return true;
    return (
      commit.author.email.toLowerCase() === author ||
      accountOfAddress(hub.world, commit.author.email)?.login.toLowerCase() === author
    );
  };
}

async function listCommits(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  if (git.refs.list("refs/heads/").length === 0) throw conflict("Git Repository is empty.");
  const tip = await commitNamed(git, c.req.query("sha") ?? repository.defaultBranch);
  if (tip === null) throw notFound();
  const path = c.req.query("path");
  const options = { count: LISTED_MAX, keep: keeps(c, hub), ...(path === undefined || path === "" ? {} : { path }) };
  const page = pageOf(c, hub, await log(git.objects, tip.sha, options));
  return c.json(page.map((commit) => commitJson(hub, repository, commit)));
}

async function getCommit(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  const name = c.req.param("ref") ?? "";
  const commit = await commitNamed(git, name);
  if (commit === null) throw unprocessable(`No commit found for SHA: ${name}`);
  const format = mediaFormat(c);
  if (format === "sha") return c.body(commit.sha, 200, { "Content-Type": "application/vnd.github.sha; charset=utf-8" });
  const base = commit.parents[0] ?? EMPTY_TREE_SHA;
  if (format === "diff" || format === "patch") {
    const text =
      format === "diff" || commit.parents.length === 0
        ? await git.diffs.text(base, commit.sha)
        : await git.diffs.mailbox(base, commit.sha);
    return c.body(text, 200, { "Content-Type": `application/vnd.github.${format}; charset=utf-8` });
  }
  return c.json(await fullCommitJson(hub, repository, git, commit));
}

interface Comparison {
  readonly base: Commit;
  readonly head: Commit;
  readonly merge: Commit;
}

/** `base...head`, where a side may be `owner:branch` of the same network; other networks are not known here. */
async function sidesOf(hub: Hub, repository: Repository, git: GitRepository, basehead: string): Promise<Comparison> {
  const separator = basehead.includes("...") ? "..." : "..";
  const [baseName = "", headName = ""] = basehead.split(separator);
  const read = async (name: string): Promise<Commit> => {
    const [owner, ...rest] = name.includes(":") ? name.split(":") : ["", name];
    if (owner !== "" && findRepository(hub.world, owner ?? "", repository.name) !== repository) throw notFound();
    const commit = await commitNamed(git, rest.join(":"));
    if (commit === null) throw notFound();
    return commit;
  };
  const base = await read(baseName);
  const head = await read(headName);
  const shared = await mergeBase(git.objects, git.path, base.sha, head.sha);
  const merge = shared === null ? null : await git.objects.readCommit(shared);
  if (merge === null) throw notFound(`No common ancestor between ${baseName} and ${headName}.`);
  return { base, head, merge };
}

async function compare(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  const basehead = c.req.param("basehead") ?? "";
  const { base, head, merge } = await sidesOf(hub, repository, git, basehead);
  const format = mediaFormat(c);
  if (format === "diff" || format === "patch") {
    const text =
      format === "diff" ? await git.diffs.text(merge.sha, head.sha) : await git.diffs.mailbox(merge.sha, head.sha);
    return c.body(text, 200, { "Content-Type": `application/vnd.github.${format}; charset=utf-8` });
  }
  const ahead = [...(await commitsBetween(git.objects, base.sha, head.sha))].reverse();
  const behind = await commitsBetween(git.objects, head.sha, base.sha);
  const files = await git.diffs.files(merge.sha, head.sha);
  const api = `${repositoryApiUrl(hub, repository)}/compare/${basehead}`;
  const web = `${repositoryWebUrl(hub, repository)}/compare/${basehead}`;
  const page =
    c.req.query("per_page") === undefined && c.req.query("page") === undefined
      ? ahead.slice(-COMPARED_COMMITS_MAX)
      : pageOf(c, hub, ahead);
  return c.json({
    url: api,
    html_url: web,
    permalink_url: `${web}#permalink`,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: commitJson(hub, repository, base),
    merge_base_commit: commitJson(hub, repository, merge),
    status: statusOf(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: page.map((commit) => commitJson(hub, repository, commit)),
    files: files.slice(0, COMPARED_FILES_MAX).map((file) => fileJson(hub, repository, head.sha, file)),
  });
}

function statusOf(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? "identical" : "behind";
  return behind === 0 ? "ahead" : "diverged";
}

/** Pull requests that brought a commit, or contain it. */
async function pullsOfCommit(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, { permission: "pull_requests", level: "read", role: "read" });
  const git = hub.git.of(repository);
  const commit = await commitNamed(git, c.req.param("commit_sha") ?? "");
  if (commit === null) throw unprocessable("No commit found for SHA");
  const found = [];
  for (const pull of repository.pulls.values()) {
    if (pull.mergeCommitSha === commit.sha || pull.head.sha === commit.sha) found.push(pull);
    else if (await inPull(git, commit, pull)) found.push(pull);
  }
  return c.json(pageOf(c, hub, found).map((pull) => pullSummaryJson(hub, pull)));
}

async function inPull(
  git: GitRepository,
  commit: Commit,
  pull: { readonly head: { readonly sha: string }; readonly base: { readonly sha: string } },
): Promise<boolean> {
  if (!(await isAncestor(git.objects, commit.sha, pull.head.sha))) return false;
  return !(await isAncestor(git.objects, commit.sha, pull.base.sha));
}

async function headsOfCommit(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const git = hub.git.of(repository);
  const sha = c.req.param("commit_sha") ?? "";
  const heads = git.refs.list("refs/heads/").filter((ref) => ref.sha === sha);
  const api = repositoryApiUrl(hub, repository);
  return c.json(
    heads.map((ref) => ({
      name: ref.name.slice("refs/heads/".length),
      commit: { sha: ref.sha, url: `${api}/commits/${ref.sha}` },
      protected: repository.protections.has(ref.name.slice("refs/heads/".length)),
    })),
  );
}

export function registerCommits(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/commits", (c) => listCommits(c, hub));
  api.get("/repos/:owner/:repo/commits/:commit_sha/pulls", (c) => pullsOfCommit(c, hub));
  api.get("/repos/:owner/:repo/commits/:commit_sha/branches-where-head", (c) => headsOfCommit(c, hub));
  api.get("/repos/:owner/:repo/compare/:basehead{.+}", (c) => compare(c, hub));
}

/** Apart from the rest: its parameter may hold slashes, so everything below /commits/ must be registered before it. */
export function registerSingleCommit(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/commits/:ref{.+}", (c) => getCommit(c, hub));
}
