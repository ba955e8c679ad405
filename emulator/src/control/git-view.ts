// Git as tests and set-up see it: reads past the API, and commits as a named user.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { moveBranch } from "../code/move-refs.ts";
import { unboundMover } from "../code/mover.ts";
import { personOf } from "../code/people.ts";
import type { CommitInput, Files, GitView, LogLine } from "../emulator.ts";
import { log } from "../git/history.ts";
import { EMPTY_TREE_SHA, ZERO_SHA } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import { editTree, entryAt, type PathEdit } from "../git/trees.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount } from "../world/world.ts";

const LOG_COMMITS_MAX = 10_000;

export function createGitView(hub: Hub, repository: Repository): GitView {
  const git = hub.git.of(repository);
  return {
    path: git.path,
    resolve: (ref) => git.resolve(ref),
    log: async (ref) => {
      const tip = await git.resolve(ref);
      if (tip === null) return [];
      return (await log(git.objects, tip, { count: LOG_COMMITS_MAX })).map(
        (commit): LogLine => ({
          sha: commit.sha,
          parents: commit.parents,
          message: commit.message,
          author: { name: commit.author.name, email: commit.author.email },
          at: commit.committer.date,
        }),
      );
    },
    show: async (ref, path) => {
      const commit = await readCommit(git, ref);
      const entry = commit === null ? null : await entryAt(git.objects, commit.tree, path);
      const blob = entry === null ? null : await git.objects.readBlob(entry.sha);
      return blob === null ? null : blob.toString("utf8");
    },
    refs: (prefix) => Object.fromEntries(git.refs.list(prefix).map((ref) => [ref.name, ref.sha])),
    commitFiles: (input) => commitFiles(hub, repository, input),
  };
}

async function commitFiles(hub: Hub, repository: Repository, input: CommitInput): Promise<string> {
  const git = hub.git.of(repository);
  const author = findAccount(hub.world, input.author);
  if (author === null) throw new Error(`there is no user ${input.author}`);
  const tip = await git.resolve(`refs/heads/${input.branch}`);
  const parent = tip ?? (await git.resolve(`refs/heads/${repository.defaultBranch}`));
  const sha = await writeFiles(hub, git, { author, message: input.message, files: input.files, parent });
  const mover = unboundMover({ account: author, app: null, through: "user" });
  const move = { branch: input.branch, before: tip ?? ZERO_SHA, after: sha };
  const verdict = await moveBranch(hub, repository, mover, move);
  if ("refused" in verdict) throw new Error(`${input.branch} did not move: ${verdict.refused.reason}`);
  return sha;
}

/** The first commit of a new repository. Tells nobody: nothing listens to a repository that is being made. */
export async function seedFiles(hub: Hub, repository: Repository, author: Account, files: Files): Promise<string> {
  const git = hub.git.of(repository);
  const contents = isDirectory(files) ? readDirectory(files.fromDirectory) : files;
  const sha = await writeFiles(hub, git, { author, message: "Initial commit", files: contents, parent: null });
  const verdict = await git.refs.update([
    { name: `refs/heads/${repository.defaultBranch}`, before: ZERO_SHA, after: sha },
  ]);
  if ("refused" in verdict) throw new Error(`the first commit was refused: ${verdict.refused.reason}`);
  return sha;
}

interface NewCommit {
  readonly author: Account;
  readonly message: string;
  readonly files: CommitInput["files"];
  readonly parent: string | null;
}

async function writeFiles(hub: Hub, git: GitRepository, input: NewCommit): Promise<string> {
  const parent = input.parent === null ? null : await readCommit(git, input.parent);
  const edits = Object.entries(input.files).map(
    ([path, content]): PathEdit => ({
      path,
      entry:
        content === null
          ? null
          : { mode: isExecutable(content) ? "100755" : "100644", sha: git.objects.writeBlob(content) },
    }),
  );
  const tree = await editTree(git.objects, parent?.tree ?? EMPTY_TREE_SHA, edits);
  const person = personOf(input.author, Math.floor(hub.world.clock.now() / 1000) * 1000);
  return git.objects.writeCommit({
    tree,
    parents: parent === null ? [] : [parent.sha],
    author: person,
    committer: person,
    message: input.message,
    signature: null,
  });
}

async function readCommit(git: GitRepository, ref: string): ReturnType<GitRepository["objects"]["readCommit"]> {
  const sha = await git.resolve(ref);
  return sha === null ? null : git.objects.readCommit(sha);
}

/** Scripts are meant to be run: whatever starts with `#!` gets the executable bit. */
function isExecutable(content: string | Uint8Array): boolean {
  return Buffer.from(content.slice(0, 2)).toString("latin1") === "#!";
}

function isDirectory(files: Files): files is { readonly fromDirectory: string } {
  return "fromDirectory" in files && typeof files["fromDirectory"] === "string" && Object.keys(files).length === 1;
}

function readDirectory(root: string): Readonly<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const path = name.replaceAll("\\", "/");
    if (/(^|\/)(\.git|node_modules)(\/|$)/.test(path)) continue;
    if (statSync(join(root, name)).isFile()) files[path] = readFileSync(join(root, name));
  }
  return files;
}
