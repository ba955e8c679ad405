// Repositories as REST and webhooks show them.
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import { isoSeconds } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { ownerOf } from "../world/world.ts";
import { accountJson, permissionFlags } from "./accounts.ts";

export function repositoryApiUrl(hub: Hub, repository: Repository): string {
  return `${hub.urls.api}/repos/${ownerOf(hub.world, repository).login}/${repository.name}`;
}

export function repositoryWebUrl(hub: Hub, repository: Repository): string {
  return `${hub.urls.web}/${ownerOf(hub.world, repository).login}/${repository.name}`;
}

/**
 * @param viewer given = `permissions` says what that account may do here
 */
export function repositoryJson(hub: Hub, repository: Repository, viewer: Account | null = null): JsonObject {
  const owner = ownerOf(hub.world, repository);
  const openIssues = repository.openIssueCount;
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: `${owner.login}/${repository.name}`,
    private: repository.private,
    owner: accountJson(hub, owner),
    html_url: repositoryWebUrl(hub, repository),
    description: repository.description,
    fork: false,
    ...repositoryUrls(hub, repository),
    created_at: isoSeconds(repository.createdAt),
    updated_at: isoSeconds(repository.updatedAt),
    pushed_at: isoSeconds(repository.pushedAt),
    homepage: repository.homepage,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: repository.hasIssues,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: repository.disabled,
    open_issues_count: openIssues,
    license: null,
    allow_forking: true,
    is_template: repository.isTemplate,
    web_commit_signoff_required: false,
    topics: repository.topics,
    visibility: repository.private ? "private" : "public",
    forks: 0,
    open_issues: openIssues,
    watchers: 0,
    default_branch: repository.defaultBranch,
    ...(viewer === null ? {} : { permissions: permissionFlags(hub, viewer, repository) }),
  };
}

/** What GET /repos/{owner}/{repo} says beyond the form used everywhere else. */
export function fullRepositoryJson(hub: Hub, repository: Repository, viewer: Account | null): JsonObject {
  const owner = ownerOf(hub.world, repository);
  return {
    ...repositoryJson(hub, repository, viewer),
    temp_clone_token: null,
    allow_squash_merge: repository.allowSquashMerge,
    allow_merge_commit: repository.allowMergeCommit,
    allow_rebase_merge: repository.allowRebaseMerge,
    allow_auto_merge: repository.allowAutoMerge,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
    allow_update_branch: repository.allowUpdateBranch,
    use_squash_pr_title_as_default: false,
    squash_merge_commit_message: "COMMIT_MESSAGES",
    squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
    merge_commit_message: "PR_TITLE",
    merge_commit_title: "MERGE_MESSAGE",
    ...(owner.type === "Organization" ? { organization: accountJson(hub, owner) } : {}),
    network_count: 0,
    subscribers_count: 0,
  };
}

function repositoryUrls(hub: Hub, repository: Repository): JsonObject {
  const api = repositoryApiUrl(hub, repository);
  const web = repositoryWebUrl(hub, repository);
  const host = hub.urls.web.replace(/^https?:\/\//, "");
  const path = web.slice(hub.urls.web.length + 1);
  return {
    url: api,
    forks_url: `${api}/forks`,
    keys_url: `${api}/keys{/key_id}`,
    collaborators_url: `${api}/collaborators{/collaborator}`,
    teams_url: `${api}/teams`,
    hooks_url: `${api}/hooks`,
    issue_events_url: `${api}/issues/events{/number}`,
    events_url: `${api}/events`,
    assignees_url: `${api}/assignees{/user}`,
    branches_url: `${api}/branches{/branch}`,
    tags_url: `${api}/tags`,
    blobs_url: `${api}/git/blobs{/sha}`,
    git_tags_url: `${api}/git/tags{/sha}`,
    git_refs_url: `${api}/git/refs{/sha}`,
    trees_url: `${api}/git/trees{/sha}`,
    statuses_url: `${api}/statuses/{sha}`,
    languages_url: `${api}/languages`,
    stargazers_url: `${api}/stargazers`,
    contributors_url: `${api}/contributors`,
    subscribers_url: `${api}/subscribers`,
    subscription_url: `${api}/subscription`,
    commits_url: `${api}/commits{/sha}`,
    git_commits_url: `${api}/git/commits{/sha}`,
    comments_url: `${api}/comments{/number}`,
    issue_comment_url: `${api}/issues/comments{/number}`,
    contents_url: `${api}/contents/{+path}`,
    compare_url: `${api}/compare/{base}...{head}`,
    merges_url: `${api}/merges`,
    archive_url: `${api}/{archive_format}{/ref}`,
    downloads_url: `${api}/downloads`,
    issues_url: `${api}/issues{/number}`,
    pulls_url: `${api}/pulls{/number}`,
    milestones_url: `${api}/milestones{/number}`,
    notifications_url: `${api}/notifications{?since,all,participating}`,
    labels_url: `${api}/labels{/name}`,
    releases_url: `${api}/releases{/id}`,
    deployments_url: `${api}/deployments`,
    git_url: `git://${host}/${path}.git`,
    ssh_url: `git@${host}:${path}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
  };
}
