// The payloads of `push`, `create` and `delete`. Reads git; writes nothing.
import { accountOfAddress } from "../code/people.ts";
import { repositoryWebUrl } from "../formats/repositories.ts";
import { ancestorsOf, isAncestor, walk } from "../git/history.ts";
import { type Commit, EMPTY_TREE_SHA, type Person, type Sha, ZERO_SHA } from "../git/objects.ts";
import type { AppliedRefChange } from "../git/refs.ts";
import type { GitRepository } from "../git/repository.ts";
import { changedPaths } from "../git/tree-diff.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";

/** GitHub lists at most this many commits in one push payload. */
const COMMITS_LISTED_MAX = 2_048;

/** ISO 8601 in the zone that the commit names. */
export function zonedTime(person: Person): string {
  const sign = person.offset.startsWith("-") ? -1 : 1;
  const minutes = sign * (Number(person.offset.slice(1, 3)) * 60 + Number(person.offset.slice(3, 5)));
  const local = new Date(person.date + minutes * 60_000).toISOString().slice(0, 19);
  return minutes === 0 ? `${local}Z` : `${local}${person.offset.slice(0, 3)}:${person.offset.slice(3)}`;
}

function personJson(hub: Hub, person: Person): JsonObject {
  const account = accountOfAddress(hub.world, person.email);
  return {
    name: person.name,
    email: person.email,
    date: zonedTime(person),
    ...(account === null ? {} : { username: account.login }),
  };
}

async function commitJson(hub: Hub, repository: Repository, git: GitRepository, commit: Commit): Promise<JsonObject> {
  const parent = commit.parents[0] === undefined ? null : await git.objects.readCommit(commit.parents[0]);
  const paths = await changedPaths(git.objects, parent?.tree ?? EMPTY_TREE_SHA, commit.tree);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message.trimEnd(),
    timestamp: zonedTime(commit.committer),
    url: `${repositoryWebUrl(hub, repository)}/commit/${commit.sha}`,
    author: personJson(hub, commit.author),
    committer: personJson(hub, commit.committer),
    added: paths.added,
    removed: paths.removed,
    modified: paths.modified,
  };
}

export interface PushFacts {
  /** New commits, oldest first; for a new branch those that no other branch has. */
  readonly commits: readonly Commit[];
  readonly head: Commit | null;
  readonly forced: boolean;
}

/** What a move of a branch or tag brought: of a new branch, the commits that no branch had before. */
export async function pushFacts(git: GitRepository, change: AppliedRefChange): Promise<PushFacts> {
  const tip = change.after === ZERO_SHA ? null : await git.resolve(change.after);
  const head = tip === null ? null : await git.objects.readCommit(tip);
  if (head === null) return { commits: [], head: null, forced: false };
  const known = await git.branchCommits(change.name);
  const isNew = change.before === ZERO_SHA;
  const forced = !isNew && !(await isAncestor(git.objects, change.before, head.sha));
  const hidden = isNew ? known : await pastOf(git, head, change.before, forced);
  const commits: Commit[] = [];
  for await (const commit of walk(git.objects, [head.sha], hidden)) {
    commits.push(commit);
    if (commits.length >= COMMITS_LISTED_MAX) break;
  }
  for (const commit of commits) known.add(commit.sha);
  return { commits: commits.reverse(), head, forced };
}

/** A line of appended commits ends at the old tip; merges and forced moves reach around it and need its whole past. */
async function pastOf(git: GitRepository, head: Commit, before: Sha, forced: boolean): Promise<ReadonlySet<Sha>> {
  let commit: Commit | null = forced ? null : head;
  for (let steps = 0; commit !== null && commit.parents.length === 1 && steps < COMMITS_LISTED_MAX; steps += 1) {
    const parent: Sha = commit.parents[0] ?? "";
    if (parent === before) return new Set([before]);
    commit = await git.objects.readCommit(parent);
  }
  return ancestorsOf(git.objects, [before]);
}

export async function pushPayload(
  hub: Hub,
  repository: Repository,
  git: GitRepository,
  push: { readonly change: AppliedRefChange; readonly facts: PushFacts; readonly actor: Actor },
): Promise<JsonObject> {
  const { change, facts, actor } = push;
  const web = repositoryWebUrl(hub, repository);
  const created = change.before === ZERO_SHA;
  const commits: JsonObject[] = [];
  for (const commit of facts.commits) commits.push(await commitJson(hub, repository, git, commit));
  const short = (sha: Sha) => sha.slice(0, 12);
  return {
    ref: change.name,
    before: change.before,
    after: change.after,
    created,
    deleted: change.after === ZERO_SHA,
    forced: facts.forced,
    base_ref: null,
    compare: created
      ? `${web}/commit/${short(change.after)}`
      : `${web}/compare/${short(change.before)}...${short(change.after)}`,
    commits,
    head_commit: facts.head === null ? null : await commitJson(hub, repository, git, facts.head),
    pusher: {
      name: actor.account.login,
      email: actor.account.email ?? `${actor.account.login}@users.noreply.github.com`,
    },
  };
}

/** `create` and `delete` name the ref without its namespace. */
export function refPayload(repository: Repository, name: string): JsonObject {
  const isTag = name.startsWith("refs/tags/");
  return {
    ref: name.replace(/^refs\/(heads|tags)\//, ""),
    ref_type: isTag ? "tag" : "branch",
    full_ref: name,
    master_branch: repository.defaultBranch,
    description: repository.description,
    pusher_type: "user",
  };
}
