// Commits, trees, refs and changed files as REST shows them. Reads git; writes nothing.
import { accountOfAddress } from "../code/people.ts";
import type { FileDiff } from "../git/diff.ts";
import { type Commit, commitPayload, EMPTY_TREE_SHA, kindOfMode, type Person, type Sha } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import type { PathEntry } from "../git/trees.ts";
import type { Hub } from "../hub.ts";
import { isoSeconds } from "../world/clock.ts";
import { nodeId } from "../world/ids.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { accountJson } from "./accounts.ts";
import { repositoryApiUrl, repositoryWebUrl } from "./repositories.ts";

export function verificationJson(hub: Hub, commit: Commit): JsonObject {
  if (!hub.world.signedCommits.has(commit.sha)) {
    const reason = commit.signature === null ? "unsigned" : "unknown_key";
    return {
      verified: false,
      reason,
      signature: commit.signature,
      payload: commit.signature === null ? null : commitPayload(commit),
      verified_at: null,
    };
  }
  return {
    verified: true,
    reason: "valid",
    signature: commit.signature,
    payload: commitPayload(commit),
    verified_at: isoSeconds(commit.committer.date),
  };
}

function personJson(person: Person): JsonObject {
  return { name: person.name, email: person.email, date: isoSeconds(person.date) };
}

/** The git object itself: what /git/commits answers. */
export function gitCommitJson(hub: Hub, repository: Repository, commit: Commit): JsonObject {
  const api = repositoryApiUrl(hub, repository);
  const web = repositoryWebUrl(hub, repository);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", repository.id, commit.sha),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${web}/commit/${commit.sha}`,
    author: personJson(commit.author),
    committer: personJson(commit.committer),
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message.trimEnd(),
    parents: parentsJson(hub, repository, commit, "git/commits"),
    verification: verificationJson(hub, commit),
  };
}

function parentsJson(hub: Hub, repository: Repository, commit: Commit, area: string): readonly JsonObject[] {
  return commit.parents.map((sha) => ({
    sha,
    url: `${repositoryApiUrl(hub, repository)}/${area}/${sha}`,
    html_url: `${repositoryWebUrl(hub, repository)}/commit/${sha}`,
  }));
}

/** The form in lists and comparisons: with the accounts behind the addresses. */
export function commitJson(hub: Hub, repository: Repository, commit: Commit): JsonObject {
  const api = repositoryApiUrl(hub, repository);
  const author = accountOfAddress(hub.world, commit.author.email);
  const committer = accountOfAddress(hub.world, commit.committer.email);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", repository.id, commit.sha),
    commit: {
      author: personJson(commit.author),
      committer: personJson(commit.committer),
      message: commit.message.trimEnd(),
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: verificationJson(hub, commit),
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${repositoryWebUrl(hub, repository)}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: author === null ? null : accountJson(hub, author),
    committer: committer === null ? null : accountJson(hub, committer),
    parents: parentsJson(hub, repository, commit, "commits"),
  };
}

export function fileJson(hub: Hub, repository: Repository, ref: Sha, file: FileDiff): JsonObject {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const web = repositoryWebUrl(hub, repository);
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/blob/${ref}/${path}`,
    raw_url: `${web}/raw/${ref}/${path}`,
    contents_url: `${repositoryApiUrl(hub, repository)}/contents/${path}?ref=${ref}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}

/** GET /commits/{ref}: with files against the first parent. */
export async function fullCommitJson(
  hub: Hub,
  repository: Repository,
  git: GitRepository,
  commit: Commit,
): Promise<JsonObject> {
  const files = await git.diffs.files(commit.parents[0] ?? EMPTY_TREE_SHA, commit.sha);
  const sum = (pick: (file: FileDiff) => number) => files.reduce((total, file) => total + pick(file), 0);
  const additions = sum((file) => file.additions);
  const deletions = sum((file) => file.deletions);
  return {
    ...commitJson(hub, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.map((file) => fileJson(hub, repository, commit.sha, file)),
  };
}

export function refJson(
  hub: Hub,
  repository: Repository,
  ref: { readonly name: string; readonly sha: Sha; readonly type: string },
): JsonObject {
  const api = repositoryApiUrl(hub, repository);
  return {
    ref: ref.name,
    node_id: nodeId("Ref", repository.id, ref.name),
    url: `${api}/git/${ref.name}`,
    object: { sha: ref.sha, type: ref.type, url: `${api}/git/${ref.type}s/${ref.sha}` },
  };
}

export function treeEntryJson(hub: Hub, repository: Repository, entry: PathEntry, size: number | null): JsonObject {
  const type = kindOfMode(entry.mode);
  const api = repositoryApiUrl(hub, repository);
  return {
    path: entry.path,
    mode: entry.mode,
    type,
    sha: entry.sha,
    ...(size === null ? {} : { size }),
    ...(type === "commit" ? {} : { url: `${api}/git/${type}s/${entry.sha}` }),
  };
}
