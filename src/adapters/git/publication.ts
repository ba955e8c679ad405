// The git side of publishing: takes a bundle apart in a bare repository that never has a worktree, and pushes its objects.
// Nothing in the bundle is executed, checked out or believed before it was looked at.

import { open } from "node:fs/promises";
import type { Sha } from "../../core/task.ts";
import type { Git, GitCall } from "./git-process.ts";
import { BUNDLE_REF, FETCH_DEPTH, type Remote, remoteOptions } from "./work-copy.ts";

/** Bytes of a bundle's header that are read, and commits that it may need. The runner names two. */
const HEADER_BYTES_MAX = 4_096;
const PREREQUISITES_MAX = 2;
/** History in which the base is looked for when it has moved far since the claim, in commits. */
const DEEPENED = 2_000;
/** Changed files that are read; the policy refuses far fewer. */
const CHANGES_READ_MAX = 1_000;
/** Largest file that is read, in bytes; in the place of a larger one stand as many zeros, which break the policy. */
const BLOB_BYTES_MAX = 8 * 1024 * 1024;

/** Why a bundle cannot be used: a clause for a sentence. */
export class BadBundle extends Error {}

export interface BundleFacts {
  readonly head: Sha;
  readonly prerequisites: readonly Sha[];
}

/** Reads the header of a bundle without git. */
export async function bundleFacts(file: string): Promise<BundleFacts> {
  const handle = await open(file);
  let header: string;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES_MAX), 0, HEADER_BYTES_MAX, 0);
    header = buffer.subarray(0, bytesRead).toString("latin1");
  } finally {
    await handle.close();
  }
  const end = header.indexOf("\n\n");
  const [version, ...lines] = header.slice(0, Math.max(0, end)).split("\n");
  if (end < 0 || version !== "# v2 git bundle") throw new BadBundle("its bundle has no readable header");
  const prerequisites = lines.flatMap((line) => /^-([0-9a-f]{40})(?: |$)/.exec(line)?.[1] ?? []);
  const heads = lines.flatMap((line) => /^([0-9a-f]{40}) (\S+)$/.exec(line)?.slice(1, 3) ?? []);
  const [head, name] = heads;
  if (prerequisites.length + heads.length / 2 !== lines.length) throw new BadBundle("its bundle has an unknown header");
  if (heads.length !== 2 || name !== BUNDLE_REF || head === undefined)
    throw new BadBundle("its bundle does not hold exactly one head");
  if (prerequisites.length === 0 || prerequisites.length > PREREQUISITES_MAX)
    throw new BadBundle("its bundle starts from unexpected commits");
  return { head, prerequisites };
}

export interface PublishedState {
  readonly baseTip: Sha;
  /** Head of the task's branch, or null when there is none. */
  readonly taskHead: Sha | null;
}

/** Fetches base and task branch into a new bare repository. */
export async function fetchPublished(
  git: Git,
  gitDir: string,
  remote: Remote,
  branches: { readonly base: string; readonly task: string },
): Promise<PublishedState> {
  await git.run({ args: ["init", "--quiet", "--bare", gitDir] });
  const base = `refs/heads/${branches.base}`;
  const task = `refs/heads/${branches.task}`;
  const listed = await git.run({
    args: ["ls-remote", "--refs", remote.url, base, task],
    gitDir,
    ...remoteOptions(remote),
  });
  const tipOf = (ref: string): Sha | null =>
    listed
      .split("\n")
      .find((line) => line.endsWith(`\t${ref}`))
      ?.slice(0, 40) ?? null;
  const baseTip = tipOf(base);
  if (baseTip === null) throw new BadBundle(`its base branch ${branches.base} does not exist`);
  const taskHead = tipOf(task);
  const wanted = [
    `+${baseTip}:refs/published/base`,
    ...(taskHead === null ? [] : [`+${taskHead}:refs/published/task`]),
  ];
  await git.run({
    args: ["fetch", "--quiet", "--no-tags", `--depth=${FETCH_DEPTH}`, remote.url, ...wanted],
    gitDir,
    ...remoteOptions(remote),
  });
  return { baseTip, taskHead };
}

/** @returns whether a commit is part of the base branch; history is fetched further once when it is not found at first */
export async function isOnBase(
  git: Git,
  gitDir: string,
  remote: Remote,
  { branch, commit }: { readonly branch: string; readonly commit: Sha },
): Promise<boolean> {
  const contains = async (): Promise<boolean> =>
    (await git.ask({ args: ["merge-base", "--is-ancestor", commit, "refs/published/base"], gitDir })).exitCode === 0;
  if (await contains()) return true;
  const more = await git.ask({
    args: [
      "fetch",
      "--quiet",
      "--no-tags",
      `--deepen=${DEEPENED}`,
      remote.url,
      `+refs/heads/${branch}:refs/published/base`,
    ],
    gitDir,
    ...remoteOptions(remote),
  });
  return more.exitCode === 0 && contains();
}

/** Verifies a bundle and takes its objects over, every one of them checked for its form. */
export async function takeBundle(git: Git, gitDir: string, file: string, facts: BundleFacts): Promise<void> {
  const must = async (complaint: string, call: Omit<GitCall, "gitDir">): Promise<string> => {
    const answer = await git.ask({ ...call, gitDir });
    if (answer.exitCode !== 0) throw new BadBundle(complaint);
    return answer.stdout.trim();
  };
  await must("its bundle does not fit the repository", { args: ["bundle", "verify", "--quiet", file] });
  await must("its bundle cannot be taken apart", {
    args: ["fetch", "--quiet", "--no-tags", file, `+${BUNDLE_REF}:${BUNDLE_REF}`],
    protocols: ["file"],
  });
  // Git looks at the form of what comes over a network, not of what comes out of a bundle.
  const revisions = [facts.head, ...facts.prerequisites.map((sha) => `^${sha}`)];
  const pack = `${gitDir}/incoming`;
  const packed = { args: ["pack-objects", "--revs", "--quiet", pack], input: `${revisions.join("\n")}\n` };
  const name = await must("its bundle holds malformed objects", packed);
  await must("its bundle holds malformed objects", { args: ["index-pack", "--strict", `${pack}-${name}.pack`] });
}

/** @returns the parents of a commit */
export async function parentsOf(git: Git, gitDir: string, commit: Sha): Promise<readonly Sha[]> {
  const line = await git.run({ args: ["rev-list", "--parents", "--max-count=1", commit, "--"], gitDir });
  return line.trim().split(" ").slice(1);
}

/** @returns the commit in which two histories part, or null */
export async function mergeBase(git: Git, gitDir: string, one: Sha, other: Sha): Promise<Sha | null> {
  const found = await git.ask({ args: ["merge-base", one, other], gitDir });
  return found.exitCode === 0 ? found.stdout.trim() : null;
}

/** Where objects are read from: a repository, and a directory of others beside it. */
export interface ObjectStore {
  readonly gitDir: string;
  readonly objects: string | null;
}

export interface RawChange {
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

/** @returns what differs between two commits or trees, file by file, renames as one file gone and one come */
export async function changesBetween(
  git: Git,
  { gitDir, objects }: ObjectStore,
  from: Sha,
  to: Sha,
): Promise<readonly RawChange[]> {
  const store = { gitDir, ...(objects === null ? {} : { env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: objects } }) };
  const raw = await git.run({
    args: ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none", from, to],
    ...store,
  });
  const fields = raw.split("\0");
  const changes: RawChange[] = [];
  for (let index = 0; index + 1 < fields.length && changes.length < CHANGES_READ_MAX; index += 2) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = ""] = (fields[index] ?? "").slice(1).split(" ");
    const before = await blob(git, store, oldMode, oldBlob);
    const after = await blob(git, store, newMode, newBlob);
    changes.push({ path: fields[index + 1] ?? "", oldMode, newMode, before, after });
  }
  return changes;
}

async function blob(
  git: Git,
  store: Pick<GitCall, "gitDir" | "env">,
  mode: string,
  object: Sha,
): Promise<Buffer | null> {
  if (!mode.startsWith("100")) return null;
  const size = Number((await git.run({ args: ["cat-file", "-s", object], ...store })).trim());
  if (size > BLOB_BYTES_MAX) return Buffer.alloc(BLOB_BYTES_MAX);
  return git.bytes({ args: ["cat-file", "blob", object], ...store });
}

/** Sends a commit to a ref that is no branch, so that nothing starts. */
export async function pushTo(git: Git, gitDir: string, remote: Remote, commit: Sha, ref: string): Promise<void> {
  await git.run({
    args: ["push", "--quiet", "--no-verify", remote.url, `${commit}:${ref}`],
    gitDir,
    ...remoteOptions(remote),
  });
}
