// Pull requests as REST and webhooks show them. Asks git nothing: what it needs of git is kept on the pull request.
import { checkRunsOf, latestRuns } from "../code/checks.ts";
import { OUT_OF_DATE, PASSING, requirementsOf } from "../code/requirements.ts";
import type { Hub } from "../hub.ts";
import type { CheckRun } from "../world/checks.ts";
import { isoOrNull } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import type { Pull, PullSide } from "../world/pulls.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { accountByIdJson, accountOrNullJson } from "./accounts.ts";
import { issueJson } from "./issues.ts";
import { repositoryApiUrl, repositoryJson, repositoryWebUrl } from "./repositories.ts";

/** The form in lists: without the counts and the merge state. */
export function pullSummaryJson(hub: Hub, pull: Pull): JsonObject {
  const repository = repositoryOf(hub.world, pull);
  const issue = entity(hub.world.issues, pull.issueId, "issue");
  const shared = issueJson(hub, issue);
  const url = `${repositoryApiUrl(hub, repository)}/pulls/${pull.number}`;
  const issueUrl = `${repositoryApiUrl(hub, repository)}/issues/${pull.number}`;
  const web = `${repositoryWebUrl(hub, repository)}/pull/${pull.number}`;
  const statusesUrl = `${repositoryApiUrl(hub, repository)}/statuses/${pull.head.sha}`;
  return {
    url,
    id: pull.id,
    node_id: pull.nodeId,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryApiUrl(hub, repository)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statusesUrl,
    number: pull.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: shared["user"],
    body: shared["body"],
    created_at: shared["created_at"],
    updated_at: shared["updated_at"],
    closed_at: shared["closed_at"],
    merged_at: isoOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: shared["assignee"],
    assignees: shared["assignees"],
    requested_reviewers: pull.requestedReviewerIds.map((id) => accountByIdJson(hub, id)),
    requested_teams: [],
    labels: shared["labels"],
    milestone: shared["milestone"],
    draft: pull.draft,
    head: sideJson(hub, pull.head),
    base: sideJson(hub, pull.base),
    _links: {
      self: { href: url },
      html: { href: web },
      issue: { href: issueUrl },
      comments: { href: `${issueUrl}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryApiUrl(hub, repository)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statusesUrl },
    },
    author_association: shared["author_association"],
    auto_merge: autoMergeJson(hub, pull),
    active_lock_reason: issue.lockReason,
  };
}

/** The form of a single pull request and of webhooks. */
export function pullJson(hub: Hub, pull: Pull): JsonObject {
  const issue = entity(hub.world.issues, pull.issueId, "issue");
  const reviewComments = [...hub.world.reviewComments.values()].filter((comment) => comment.pullId === pull.id);
  return {
    ...pullSummaryJson(hub, pull),
    merged: pull.merged,
    mergeable: pull.merged ? null : pull.mergeable,
    rebaseable: pull.merged ? null : pull.mergeable,
    mergeable_state: mergeableState(hub, pull),
    merged_by: accountOrNullJson(hub, pull.mergedById),
    comments: issue.commentIds.length,
    review_comments: reviewComments.length,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: pull.stats.commits,
    additions: pull.stats.additions,
    deletions: pull.stats.deletions,
    changed_files: pull.stats.changedFiles,
  };
}

/** GitHub's summary of what keeps a pull request from being merged; the first that holds, worst first. */
export function mergeableState(hub: Hub, pull: Pull): string {
  if (pull.merged || pull.mergeable === null) return "unknown";
  if (!pull.mergeable) return "dirty";
  if (pull.draft) return "draft";
  const unmet = requirementsOf(hub, pull, null);
  if (unmet !== null) return unmet === OUT_OF_DATE ? "behind" : "blocked";
  const repository = repositoryOf(hub.world, pull);
  const runs = latestRuns(checkRunsOf(hub, repository, pull.head.sha));
  const isFine = (run: CheckRun) => run.status === "completed" && PASSING.includes(run.conclusion);
  return runs.every(isFine) ? "clean" : "unstable";
}

function sideJson(hub: Hub, side: PullSide): JsonObject {
  const owner = entity(hub.world.accounts, side.ownerId, "account");
  const repository = side.repositoryId === null ? null : (hub.world.repositories.get(side.repositoryId) ?? null);
  return {
    label: `${owner.login}:${side.ref}`,
    ref: side.ref,
    sha: side.sha,
    user: accountByIdJson(hub, side.ownerId),
    repo: repository === null ? null : repositoryJson(hub, repository),
  };
}

function autoMergeJson(hub: Hub, pull: Pull): JsonObject | null {
  if (pull.autoMerge === null) return null;
  return {
    enabled_by: accountByIdJson(hub, pull.autoMerge.enabledById),
    merge_method: pull.autoMerge.method,
    commit_title: pull.autoMerge.title ?? "",
    commit_message: pull.autoMerge.message ?? "",
  };
}
