// /repos/{owner}/{repo}/pulls: opening, listing, reading and editing pull requests. Merging and reviews have files of their own.
import { editIssue, reopenIssue } from "../changes/issues.ts";
import { changeBase, closePull, issueOf, openPull, type PullRefusal } from "../changes/pulls.ts";
import { refreshMergeability } from "../code/mergeability.ts";
import { commitJson, fileJson } from "../formats/commits.ts";
import { pullJson, pullSummaryJson } from "../formats/pulls.ts";
import { commitsBetween, mergeBase } from "../git/history.ts";
import { EMPTY_TREE_SHA, type Sha } from "../git/objects.ts";
import {
  nullableString,
  optionalBoolean,
  optionalOneOf,
  optionalString,
  readJson,
  requiredString,
} from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { forbidden, type GitHubError, notEmulated, notFound, validationFailed } from "../http/errors.ts";
import { mediaFormat } from "../http/media-type.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Pull } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, ownerOf, repositoryOf } from "../world/world.ts";

export const PULLS_READ = { permission: "pull_requests", level: "read", role: "read" } as const;
const OPEN = { permission: "pull_requests", level: "write", role: "read" } as const;
export const PULLS_WRITE = { permission: "pull_requests", level: "write", role: "write" } as const;
/** GitHub's bounds of these two lists. */
const FILES_LISTED_MAX = 3_000;
const COMMITS_LISTED_MAX = 250;

export function pullParam(c: Ctx, repository: Repository): Pull {
  const pull = repository.pulls.get(numberParam(c, "pull_number"));
  if (pull === undefined) throw notFound();
  return pull;
}

function pullError(hub: Hub, refusal: PullRefusal, head: string, base: string): GitHubError {
  const custom = (message: string) => validationFailed([{ resource: "PullRequest", code: "custom", message }]);
  switch (refusal.reason) {
    case "invalid":
      return validationFailed([{ resource: "PullRequest", field: refusal.field, code: "invalid" }]);
    case "no-commits":
      return custom(`No commits between ${base} and ${head}`);
    case "unrelated":
      return custom(`The ${head} branch has no history in common with ${base}`);
    case "exists":
      return custom(
        `A pull request already exists for ${ownerOf(hub.world, repositoryOf(hub.world, refusal.pull)).login}:${head}.`,
      );
  }
}

/** `branch` or `owner:branch` of this repository; forks are not emulated. */
function headBranch(hub: Hub, repository: Repository, head: string): string {
  const colon = head.indexOf(":");
  if (colon === -1) return head;
  if (head.slice(0, colon).toLowerCase() === ownerOf(hub.world, repository).login.toLowerCase())
    return head.slice(colon + 1);
  throw validationFailed([{ resource: "PullRequest", field: "head", code: "invalid" }]);
}

async function createPull(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, OPEN);
  if (actor.through === "job" && !repository.canApprovePullRequestReviews) {
    throw forbidden("GitHub Actions is not permitted to create or approve pull requests.");
  }
  const body = await readJson(c);
  if (body["issue"] !== undefined) throw notEmulated("POST /repos/{owner}/{repo}/pulls with issue");
  const title = optionalString(body, "title");
  if (title === undefined || title.trim() === "")
    throw validationFailed([{ resource: "PullRequest", field: "title", code: "missing_field" }]);
  const head = headBranch(hub, repository, requiredString(body, "head"));
  const base = requiredString(body, "base");
  const text = nullableString(body, "body") ?? "";
  if (text.length > hub.limits.bodyCharsMax) {
    throw validationFailed([
      {
        resource: "PullRequest",
        field: "body",
        code: "custom",
        message: `body is too long (maximum is ${hub.limits.bodyCharsMax} characters)`,
      },
    ]);
  }
  const draft = optionalBoolean(body, "draft") ?? false;
  const maintainerCanModify = optionalBoolean(body, "maintainer_can_modify") ?? false;
  const opened = await openPull(hub, actor, repository, { title, body: text, head, base, draft, maintainerCanModify });
  if ("reason" in opened) throw pullError(hub, opened, head, base);
  const json = pullJson(hub, opened);
  c.header("Location", String(json["url"]));
  return c.json(json, 201);
}

const SORTS: Readonly<Record<string, (hub: Hub, pull: Pull) => number>> = {
  created: (hub, pull) => issueOf(hub, pull).createdAt,
  updated: (hub, pull) => issueOf(hub, pull).updatedAt,
  popularity: (hub, pull) => issueOf(hub, pull).commentIds.length,
  "long-running": (hub, pull) => issueOf(hub, pull).createdAt,
};

function listPulls(c: Ctx, hub: Hub): Response {
  const { repository } = enter(c, hub, PULLS_READ);
  const state = c.req.query("state") ?? "open";
  const base = c.req.query("base");
  const head = c.req.query("head");
  const sort = c.req.query("sort") ?? "created";
  const keyOf = SORTS[sort];
  if (keyOf === undefined) throw validationFailed([{ resource: "PullRequest", field: "sort", code: "invalid" }]);
  const found = [...repository.pulls.values()].filter((pull) => {
    if (state !== "all" && issueOf(hub, pull).state !== state) return false;
    if (base !== undefined && pull.base.ref !== base) return false;
    if (head === undefined || !head.includes(":")) return true;
    return (
      `${entity(hub.world.accounts, pull.head.ownerId, "account").login}:${pull.head.ref}`.toLowerCase() ===
      head.toLowerCase()
    );
  });
  const descending = (c.req.query("direction") ?? (sort === "created" ? "desc" : "asc")) === "desc";
  found.sort((a, b) => (keyOf(hub, a) - keyOf(hub, b) || a.number - b.number) * (descending ? -1 : 1));
  return c.json(pageOf(c, hub, found).map((pull) => pullSummaryJson(hub, pull)));
}

/** Where the changes of a pull request begin: after its merge, at the base that it had. */
export async function diffBase(hub: Hub, pull: Pull): Promise<Sha> {
  const git = hub.git.of(repositoryOf(hub.world, pull));
  return (await mergeBase(git.objects, git.path, pull.base.sha, pull.head.sha)) ?? EMPTY_TREE_SHA;
}

async function getPull(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, PULLS_READ);
  const pull = pullParam(c, repository);
  const format = mediaFormat(c);
  if (format === "diff" || format === "patch") {
    const { diffs } = hub.git.of(repository);
    const base = await diffBase(hub, pull);
    const text = format === "diff" ? await diffs.text(base, pull.head.sha) : await diffs.mailbox(base, pull.head.sha);
    return c.body(text, 200, { "Content-Type": `application/vnd.github.${format}; charset=utf-8` });
  }
  await refreshMergeability(hub, pull);
  return c.json(pullJson(hub, pull));
}

async function updatePull(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, OPEN);
  const pull = pullParam(c, repository);
  const issue = issueOf(hub, pull);
  if (issue.authorId !== actor.account.id) enter(c, hub, PULLS_WRITE);
  const body = await readJson(c);
  const state = optionalOneOf(body, "state", ["open", "closed"] as const);
  const base = optionalString(body, "base");
  const title = optionalString(body, "title");
  const text = nullableString(body, "body");
  if (base !== undefined) {
    const refusal = await changeBase(hub, actor, pull, base);
    if (refusal !== null) throw pullError(hub, refusal, pull.head.ref, base);
  }
  editIssue(hub, actor, issue, {
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { body: text ?? "" }),
  });
  pull.maintainerCanModify = optionalBoolean(body, "maintainer_can_modify") ?? pull.maintainerCanModify;
  if (state === "closed") closePull(hub, actor, pull);
  if (state === "open" && issue.state === "closed") reopen(c, hub, repository, pull);
  return c.json(pullJson(hub, pull));
}

/** A merged pull request stays closed; so does one whose branch is gone. */
function reopen(c: Ctx, hub: Hub, repository: Repository, pull: Pull): void {
  const { actor } = enterToWrite(c, hub, OPEN);
  const tip = hub.git.of(repository).refs.resolve(`refs/heads/${pull.head.ref}`);
  const refuse = (message: string) =>
    validationFailed([{ resource: "PullRequest", field: "state", code: "invalid", message }]);
  if (pull.merged) throw refuse("state cannot be changed. The pull request is already merged.");
  if (tip === null) throw refuse(`state cannot be changed. The ${pull.head.ref} branch has been deleted.`);
  pull.head.sha = tip;
  pull.mergeable = null;
  reopenIssue(hub, actor, issueOf(hub, pull));
}

async function listFiles(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, PULLS_READ);
  const pull = pullParam(c, repository);
  const files = await hub.git.of(repository).diffs.files(await diffBase(hub, pull), pull.head.sha);
  return c.json(
    pageOf(c, hub, files.slice(0, FILES_LISTED_MAX)).map((file) => fileJson(hub, repository, pull.head.sha, file)),
  );
}

async function listCommits(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, PULLS_READ);
  const pull = pullParam(c, repository);
  const commits = [...(await commitsBetween(hub.git.of(repository).objects, pull.base.sha, pull.head.sha))].reverse();
  return c.json(
    pageOf(c, hub, commits.slice(0, COMMITS_LISTED_MAX)).map((commit) => commitJson(hub, repository, commit)),
  );
}

export function registerPulls(api: Api, hub: Hub): void {
  api.get("/repos/:owner/:repo/pulls", (c) => listPulls(c, hub));
  api.post("/repos/:owner/:repo/pulls", (c) => createPull(c, hub));
  api.get("/repos/:owner/:repo/pulls/:pull_number", (c) => getPull(c, hub));
  api.patch("/repos/:owner/:repo/pulls/:pull_number", (c) => updatePull(c, hub));
  api.get("/repos/:owner/:repo/pulls/:pull_number/files", (c) => listFiles(c, hub));
  api.get("/repos/:owner/:repo/pulls/:pull_number/commits", (c) => listCommits(c, hub));
}
