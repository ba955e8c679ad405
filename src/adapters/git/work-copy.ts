// The git side of one attempt: a bare repository outside the sandbox, a detached worktree for it, a commit made from a
// tree that the sandbox wrote, and a bundle of what is new. Never reads a worktree itself: its content is hostile.

import { writeFile } from "node:fs/promises";
import type { Sha } from "../../core/task.ts";
import type { Git, GitCredential } from "./git-process.ts";

/** History that an attempt can look at, in commits. A whole clone of a large repository would cost minutes. */
export const FETCH_DEPTH = 50;
/** The one ref in a bundle. */
export const BUNDLE_REF = "refs/signalbox/head";

export interface Remote {
  readonly url: string;
  /** Null for a local remote in tests and for public repositories. */
  readonly credential: GitCredential | null;
}

function protocolsOf(url: string): readonly ("http" | "https" | "file")[] {
  if (url.startsWith("https://")) return ["https"];
  return url.startsWith("http://") ? ["http"] : ["file"];
}

/** What a call against a remote needs beside its arguments. */
export function remoteOptions(remote: Remote): Pick<Parameters<Git["run"]>[0], "protocols" | "credential"> {
  return {
    protocols: protocolsOf(remote.url),
    ...(remote.credential === null ? {} : { credential: remote.credential }),
  };
}

/** Makes a bare repository that holds the given commits and {@link FETCH_DEPTH} of their ancestors. Its config names no remote. */
export async function fetchCommits(git: Git, gitDir: string, remote: Remote, commits: readonly Sha[]): Promise<void> {
  await git.run({ args: ["init", "--quiet", "--bare", gitDir] });
  await git.run({
    args: ["fetch", "--quiet", "--no-tags", `--depth=${FETCH_DEPTH}`, remote.url, ...new Set(commits)],
    gitDir,
    ...remoteOptions(remote),
  });
}

/** Checks a commit out, detached, into a new directory. */
export async function addWorktree(git: Git, gitDir: string, directory: string, commit: Sha): Promise<void> {
  await git.run({ args: ["worktree", "add", "--quiet", "--detach", directory, commit], gitDir });
}

/** Files that git shall never add, beside those the repository ignores: one literal path each. */
export async function excludePaths(gitDir: string, paths: readonly string[]): Promise<void> {
  const patterns = paths.map((path) => `/${path.replaceAll(/[\\*?[\]!# ]/g, (character) => `\\${character}`)}`);
  await writeFile(`${gitDir}/info/exclude`, `${patterns.join("\n")}\n`);
}

/** @returns a file of a commit as text, or null when it is not there, is no regular file or is larger than the limit */
export async function fileOf(
  git: Git,
  gitDir: string,
  commit: Sha,
  path: string,
  bytesMax: number,
): Promise<string | null> {
  const listed = await git.ask({ args: ["ls-tree", "-l", "-z", commit, "--", path], gitDir });
  const [mode, kind, object, size] = listed.stdout.split(/\s+/);
  if (listed.exitCode !== 0 || kind !== "blob" || mode === "120000" || object === undefined) return null;
  if (Number(size) > bytesMax) return null;
  return git.run({ args: ["cat-file", "blob", object], gitDir });
}

export async function treeOf(git: Git, gitDir: string, commit: Sha): Promise<Sha> {
  return (await git.run({ args: ["rev-parse", "--verify", `${commit}^{tree}`], gitDir })).trim();
}

export interface CommitRequest {
  readonly gitDir: string;
  /** Where the sandbox wrote the tree's objects; the publisher checks every one of them again. */
  readonly objects: string;
  readonly tree: Sha;
  readonly parent: Sha;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Seconds since 1970. */
  readonly at: number;
}

/** Commits a tree and points {@link BUNDLE_REF} at it. @returns the new commit */
export async function commitTree(git: Git, request: CommitRequest): Promise<Sha> {
  const { gitDir, author, at } = request;
  const env = {
    GIT_ALTERNATE_OBJECT_DIRECTORIES: request.objects,
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: `${at} +0000`,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: `${at} +0000`,
  };
  const args = ["commit-tree", request.tree, "-p", request.parent, "-F", "-"];
  const commit = (await git.run({ args, gitDir, env, input: request.message })).trim();
  await git.run({ args: ["update-ref", BUNDLE_REF, commit], gitDir, env });
  return commit;
}

export interface BundleRequest {
  readonly gitDir: string;
  readonly objects: string;
  /** Commits that the publisher finds on GitHub. */
  readonly known: readonly Sha[];
  readonly file: string;
}

/** Writes what {@link BUNDLE_REF} has and GitHub has not. */
export async function writeBundle(git: Git, request: BundleRequest): Promise<void> {
  await git.run({
    args: ["bundle", "create", "--quiet", request.file, BUNDLE_REF, ...new Set(request.known.map((sha) => `^${sha}`))],
    gitDir: request.gitDir,
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: request.objects },
  });
}
