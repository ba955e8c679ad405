// Merging a pull request, bringing its branch up to date, and asking people for reviews.
import { accountsByLogin } from "../changes/assignees.ts";
import { type MergeRefusal, mergePull } from "../changes/merge-pull.ts";
import { canReview, issueOf, requestReviewers, unrequestReviewers } from "../changes/pulls.ts";
import { baseTip } from "../code/mergeability.ts";
import { moveBranch } from "../code/move-refs.ts";
import { type Mover, moverOf } from "../code/mover.ts";
import { workflowRefusal } from "../code/ref-rules.ts";
import { commitError } from "../code/refusals.ts";
import { workflowChange } from "../code/workflow-files.ts";
import { writeCommit } from "../code/write-commit.ts";
import { accountByIdJson } from "../formats/accounts.ts";
import { pullSummaryJson } from "../formats/pulls.ts";
import { repositoryWebUrl } from "../formats/repositories.ts";
import { isAncestor } from "../git/history.ts";
import { mergeTrees } from "../git/merges.ts";
import { nullableString, optionalOneOf, optionalString, optionalStrings, readJson } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import {
  conflict,
  forbidden,
  type GitHubError,
  methodNotAllowed,
  notFound,
  requiresAuthentication,
  unprocessable,
} from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import type { Repository } from "../world/repositories.ts";
import { PULLS_READ, PULLS_WRITE, pullParam } from "./pulls.ts";

const MERGE = { permission: "contents", level: "write", role: "write" } as const;
const METHODS = ["merge", "squash", "rebase"] as const;

export function moverIn(c: Ctx, hub: Hub, repository: Repository): Mover {
  const mover = moverOf(hub.world, c.get("caller"), repository);
  if (mover === null) throw requiresAuthentication();
  return mover;
}

export function mergeError(refusal: MergeRefusal): GitHubError {
  switch (refusal.reason) {
    case "not-open":
    case "conflict":
      return methodNotAllowed("Pull Request is not mergeable");
    case "draft":
      return methodNotAllowed("Pull Request is still a draft");
    case "method":
      return methodNotAllowed(
        { merge: "Merge commits are", squash: "Squash merges are", rebase: "Rebase merges are" }[refusal.method] +
          " not allowed on this repository.",
      );
    case "head-moved":
      return conflict("Head branch was modified. Review and try the merge again.");
    case "base-moved":
      return methodNotAllowed("Base branch was modified. Review and try the merge again.");
    case "unmet":
      return methodNotAllowed(refusal.message);
    case "workflow-file":
      return forbidden(refusal.message);
    case "refused":
      return refusal.refusal.reason === "protected"
        ? methodNotAllowed(refusal.refusal.message)
        : commitError(refusal.refusal);
  }
}

async function merge(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, MERGE);
  const pull = pullParam(c, repository);
  const body = await readJson(c);
  const verdict = await mergePull(hub, moverIn(c, hub, repository), pull, {
    method: optionalOneOf(body, "merge_method", METHODS) ?? "merge",
    sha: optionalString(body, "sha") ?? null,
    title: nullableString(body, "commit_title") ?? null,
    message: nullableString(body, "commit_message") ?? null,
  });
  if ("refused" in verdict) throw mergeError(verdict.refused);
  return c.json({ sha: verdict.sha, merged: true, message: "Pull Request successfully merged" });
}

/** Merges the base branch into the head branch. */
async function updateBranch(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, PULLS_WRITE);
  const pull = pullParam(c, repository);
  const git = hub.git.of(repository);
  const expected = optionalString(await readJson(c), "expected_head_sha");
  if (expected !== undefined && expected !== pull.head.sha) {
    throw unprocessable("expected head sha didn’t match current head ref.");
  }
  const tip = baseTip(git, pull);
  if (tip === null || issueOf(hub, pull).state === "closed") throw unprocessable("The pull request is closed.");
  if (await isAncestor(git.objects, tip, pull.head.sha))
    throw unprocessable("There are no new commits on the base branch.");
  const result = await mergeTrees(git.path, pull.head.sha, tip);
  if ("conflicts" in result) throw unprocessable("merge conflict between base and head");
  const mover = moverIn(c, hub, repository);
  const message = `Merge branch '${pull.base.ref}' into ${pull.head.ref}`;
  const before = pull.head.sha;
  const sha = writeCommit(hub, git, actor, { tree: result.tree, parents: [before, tip], message }, "web");
  const path = mover.mayWriteWorkflows ? null : await workflowChange(git, before, sha);
  if (path !== null) throw forbidden(workflowRefusal(mover, path));
  const verdict = await moveBranch(hub, repository, mover, { branch: pull.head.ref, before, after: sha });
  if ("refused" in verdict) throw commitError(verdict.refused);
  return c.json(
    { message: "Updating pull request branch.", url: `${repositoryWebUrl(hub, repository)}/pull/${pull.number}` },
    202,
  );
}

async function changeReviewers(c: Ctx, hub: Hub, isRequest: boolean): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, PULLS_WRITE);
  const pull = pullParam(c, repository);
  const logins = optionalStrings(await readJson(c), "reviewers") ?? [];
  const accounts = accountsByLogin(hub, logins);
  if (isRequest) {
    if (logins.some((login) => login.toLowerCase() === actorLogin(hub, issueOf(hub, pull).authorId))) {
      throw unprocessable("Review cannot be requested from pull request author.");
    }
    if (accounts.length < logins.length || accounts.some((account) => !canReview(hub, pull, account))) {
      throw unprocessable(
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
      );
    }
    requestReviewers(hub, actor, pull, accounts);
  } else unrequestReviewers(hub, actor, pull, accounts);
  return c.json(pullSummaryJson(hub, pull), isRequest ? 201 : 200);
}

function actorLogin(hub: Hub, id: number): string {
  return hub.world.accounts.get(id)?.login.toLowerCase() ?? "";
}

export function registerPullMerges(api: Api, hub: Hub): void {
  const path = "/repos/:owner/:repo/pulls/:pull_number";
  api.get(`${path}/merge`, (c) => {
    const { repository } = enter(c, hub, PULLS_READ);
    if (!pullParam(c, repository).merged) throw notFound();
    return c.body(null, 204);
  });
  api.put(`${path}/merge`, (c) => merge(c, hub));
  api.put(`${path}/update-branch`, (c) => updateBranch(c, hub));
  api.get(`${path}/requested_reviewers`, (c) => {
    const { repository } = enter(c, hub, PULLS_READ);
    const pull = pullParam(c, repository);
    return c.json({ users: pull.requestedReviewerIds.map((id) => accountByIdJson(hub, id)), teams: [] });
  });
  api.post(`${path}/requested_reviewers`, (c) => changeReviewers(c, hub, true));
  api.delete(`${path}/requested_reviewers`, (c) => changeReviewers(c, hub, false));
}
