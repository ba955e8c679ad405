// /repos/{owner}/{repo}/branches/{branch}/protection: the classic rules of one branch.
import { repositoryApiUrl } from "../formats/repositories.ts";
import { readJson } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { notFound } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";
import type { BranchProtection, Repository } from "../world/repositories.ts";

const READ = { permission: "administration", level: "read", role: "write" } as const;
const WRITE = { permission: "administration", level: "write", role: "admin" } as const;

function namesIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

function requiredChecksIn(body: JsonObject): readonly string[] | null {
  const given = body["required_status_checks"];
  if (!isJsonObject(given)) return null;
  const checks = Array.isArray(given["checks"]) ? given["checks"] : [];
  const named = checks.map((check: Json) =>
    isJsonObject(check) && typeof check["context"] === "string" ? check["context"] : "",
  );
  return [...new Set([...namesIn(given["contexts"]), ...named.filter((name) => name !== "")])];
}

function protectionFrom(branch: string, body: JsonObject): BranchProtection {
  const checks = body["required_status_checks"];
  const reviews = body["required_pull_request_reviews"];
  const restrictions = body["restrictions"];
  const count = isJsonObject(reviews) ? reviews["required_approving_review_count"] : 0;
  return {
    branch,
    requiredChecks: requiredChecksIn(body),
    strictChecks: isJsonObject(checks) && checks["strict"] === true,
    requiredApprovals: isJsonObject(reviews) ? (typeof count === "number" ? count : 1) : 0,
    dismissStaleReviews: isJsonObject(reviews) && reviews["dismiss_stale_reviews"] === true,
    enforceAdmins: body["enforce_admins"] === true,
    allowForcePushes: body["allow_force_pushes"] === true,
    allowDeletions: body["allow_deletions"] === true,
    pushLogins: isJsonObject(restrictions) ? namesIn(restrictions["users"]) : null,
  };
}

function protectionJson(hub: Hub, repository: Repository, rule: BranchProtection): JsonObject {
  const url = `${repositoryApiUrl(hub, repository)}/branches/${encodeURIComponent(rule.branch)}/protection`;
  const contexts = rule.requiredChecks;
  return {
    url,
    ...(contexts === null
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: rule.strictChecks,
            contexts,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: contexts.map((context) => ({ context, app_id: null })),
          },
        }),
    ...(rule.requiredApprovals === 0
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: rule.dismissStaleReviews,
            require_code_owner_reviews: false,
            required_approving_review_count: rule.requiredApprovals,
            require_last_push_approval: false,
          },
        }),
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: rule.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: rule.allowForcePushes },
    allow_deletions: { enabled: rule.allowDeletions },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
}

function assertBranch(c: Ctx, hub: Hub, repository: Repository): string {
  const branch = c.req.param("branch") ?? "";
  if (hub.git.of(repository).refs.resolve(`refs/heads/${branch}`) === null) throw notFound("Branch not found");
  return branch;
}

export function registerBranchProtection(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/branches/:branch{.+}/protection";
  api.get(path, (c) => {
    const { repository } = enter(c, hub, READ);
    const rule = repository.protections.get(assertBranch(c, hub, repository));
    if (rule === undefined) throw notFound("Branch not protected");
    return c.json(protectionJson(hub, repository, rule));
  });
  api.put(path, async (c) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    const rule = protectionFrom(assertBranch(c, hub, repository), await readJson(c));
    repository.protections.set(rule.branch, rule);
    return c.json(protectionJson(hub, repository, rule));
  });
  api.delete(path, (c) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    if (!repository.protections.delete(assertBranch(c, hub, repository))) throw notFound("Branch not protected");
    return c.body(null, 204);
  });
}
