// Commit statuses: /repos/{owner}/{repo}/statuses/{sha} and what a ref's statuses add up to.
import { addStatus, latestStatuses, statusesOf } from "../code/statuses.ts";
import { statusJson } from "../formats/checks.ts";
import { repositoryApiUrl, repositoryJson } from "../formats/repositories.ts";
import type { Sha } from "../git/objects.ts";
import { nullableString, optionalOneOf, optionalString, readJson } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { notFound, unprocessable, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { CommitStatus } from "../world/checks.ts";
import type { Repository } from "../world/repositories.ts";

const READ = { permission: "statuses", level: "read", role: "read" } as const;
const WRITE = { permission: "statuses", level: "write", role: "write" } as const;
const STATES = ["error", "failure", "pending", "success"] as const;
/** GitHub's bounds of one commit and one context. */
const STATUSES_PER_COMMIT_MAX = 1_000;
const DESCRIPTION_CHARS_MAX = 140;

async function shaOf(hub: Hub, repository: Repository, ref: string): Promise<Sha> {
  const git = hub.git.of(repository);
  const sha = await git.resolve(ref);
  if (sha === null || (await git.objects.readCommit(sha)) === null) throw notFound();
  return sha;
}

async function createStatus(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, WRITE);
  const body = await readJson(c);
  const git = hub.git.of(repository);
  const sha = c.req.param("sha") ?? "";
  if ((await git.objects.readCommit(sha)) === null) throw unprocessable(`No commit found for SHA: ${sha}`);
  const state = optionalOneOf(body, "state", STATES);
  if (state === undefined) throw validationFailed([{ resource: "Status", field: "state", code: "missing_field" }]);
  const description = nullableString(body, "description") ?? null;
  if (description !== null && description.length > DESCRIPTION_CHARS_MAX) {
    throw validationFailed([
      {
        resource: "Status",
        field: "description",
        code: "custom",
        message: "description is too long (maximum is 140 characters)",
      },
    ]);
  }
  if (statusesOf(hub, repository, sha).length >= STATUSES_PER_COMMIT_MAX) {
    throw validationFailed(["This SHA and context has reached the maximum number of statuses."]);
  }
  const status = await addStatus(hub, repository, actor, {
    sha,
    state,
    context: optionalString(body, "context") ?? "default",
    description,
    targetUrl: nullableString(body, "target_url") ?? null,
  });
  c.header("Location", `${repositoryApiUrl(hub, repository)}/statuses/${sha}`);
  return c.json(statusJson(hub, repository, status), 201);
}

async function listStatuses(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const sha = await shaOf(hub, repository, c.req.param("ref") ?? "");
  return c.json(pageOf(c, hub, statusesOf(hub, repository, sha)).map((status) => statusJson(hub, repository, status)));
}

/** failure before pending before success; a commit without statuses is pending. */
export function combinedState(latest: readonly CommitStatus[]): "failure" | "pending" | "success" {
  if (latest.some((status) => status.state === "failure" || status.state === "error")) return "failure";
  return latest.length > 0 && latest.every((status) => status.state === "success") ? "success" : "pending";
}

async function combined(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const sha = await shaOf(hub, repository, c.req.param("ref") ?? "");
  const latest = latestStatuses(statusesOf(hub, repository, sha));
  const api = repositoryApiUrl(hub, repository);
  return c.json({
    state: combinedState(latest),
    statuses: pageOf(c, hub, latest).map((status) => statusJson(hub, repository, status)),
    sha,
    total_count: latest.length,
    repository: repositoryJson(hub, repository),
    commit_url: `${api}/commits/${sha}`,
    url: `${api}/commits/${sha}/status`,
  });
}

export function registerStatuses(api: Api, hub: Hub): void {
  api.post("/repos/:owner/:repo/statuses/:sha", (c) => createStatus(c, hub));
  api.get("/repos/:owner/:repo/commits/:ref{.+}/statuses", (c) => listStatuses(c, hub));
  api.get("/repos/:owner/:repo/commits/:ref{.+}/status", (c) => combined(c, hub));
}
