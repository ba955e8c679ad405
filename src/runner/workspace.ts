// The place of one attempt: a worktree that commands inside the sandbox may change, and around it what they may not: the
// repository, the results, the logs. Git commands that read the worktree run inside the sandbox too, because its content is hostile.

import { cp, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import type { Git } from "../adapters/git/git-process.ts";
import { changesBetween, type RawChange } from "../adapters/git/publication.ts";
import {
  addWorktree,
  commitTree,
  excludePaths,
  fetchCommits,
  type Remote,
  treeOf,
  writeBundle,
} from "../adapters/git/work-copy.ts";
import type { Mount, Network } from "../adapters/sandbox/bubblewrap.ts";
import type { ProcessLimits, ProcessOutcome } from "../adapters/sandbox/run-process.ts";
import type { Sandbox } from "../adapters/sandbox/sandbox.ts";
import { type HostProgram, startToolHost, type ToolHost } from "../adapters/sandbox/tool-host.ts";
import type { Clock } from "../core/ports.ts";
import type { Sha } from "../core/task.ts";
import { diffText } from "./base-branch.ts";
import { persist } from "./persist.ts";

/** Time for git to look through the worktree, in milliseconds. */
const SNAPSHOT_MS_MAX = 120_000;
/** Untracked paths that a setup may leave without anybody ignoring them. */
const SETUP_LEFTOVERS_MAX = 1_000;

/** Who commits are by, unless the publisher knows better. */
const AUTHOR = { name: "signalbox[bot]", email: "signalbox[bot]@users.noreply.github.com" };

/** Somebody left the worktree in a state that git cannot take a tree from. The run ends; it is no bug of the runner. */
export class UnreadableWorktree extends Error {
  constructor(output: string) {
    super(`git could not read the worktree: ${output.trim().slice(0, 500)}`);
  }
}

export interface WorkspaceParts {
  readonly git: Git;
  readonly sandbox: Sandbox;
  readonly program: HostProgram;
  /** A directory of this run alone. */
  readonly root: string;
}

export interface ShellCommand {
  readonly command: string;
  readonly network: Network;
  /** Which of the private homes: what an agent leaves in its own never reaches the checks. */
  readonly home: Home;
  /** `read`: the worktree cannot be changed. `change` when nothing is said. */
  readonly access?: "read" | "change";
  readonly env?: Readonly<Record<string, string>>;
}

type Home = "setup" | "agent" | "checks";

export interface Workspace {
  /** Runs a shell command in the worktree. */
  shell(command: ShellCommand, limits: ProcessLimits): Promise<ProcessOutcome>;
  /** Checks the attempt's start out, after setup has run on the base. What setup left behind is never committed. */
  moveTo(start: Sha): Promise<void>;
  /** Tools for an agent; `read` sees the worktree but cannot change it: the kernel refuses. */
  tools(access: "read" | "change"): Promise<ToolHost>;
  /** @returns the tree that the worktree holds now, everything ignored left out */
  snapshot(): Promise<Sha>;
  /** Puts the worktree back to a tree of {@link snapshot}; only ignored files stay as they are. */
  restore(tree: Sha): Promise<void>;
  treeOf(commit: Sha): Promise<Sha>;
  /** @returns what differs between a commit and a tree of {@link snapshot}, file by file */
  changes(from: Sha, tree: Sha): Promise<readonly RawChange[]>;
  /** @returns the same as text for a reviewer */
  diff(from: Sha, tree: Sha): Promise<string>;
  commit(tree: Sha, parent: Sha, message: string, atMs: number): Promise<Sha>;
  bundle(file: string, known: readonly Sha[]): Promise<void>;
  /** Outside of the sandbox, where it is. What lies there was written by whoever had it as home. */
  homeOf(home: Home): string;
  readonly gitDir: string;
}

/** Fetches the commits and checks `base` out. */
export async function openWorkspace(
  parts: WorkspaceParts,
  remote: Remote,
  commits: { readonly base: Sha; readonly start: Sha },
  clock: Clock,
): Promise<Workspace> {
  const at = (name: string): string => path.join(parts.root, name);
  const [tree, gitDir, objects] = [at("tree"), at("repository.git"), at("objects")];
  for (const name of ["objects", "home-setup", "home-agent", "home-checks", "home-git"])
    await mkdir(at(name), { recursive: true });
  await persist(clock, () => fetchCommits(parts.git, gitDir, remote, [commits.base, commits.start]));
  await addWorktree(parts.git, gitDir, tree, commits.base);
  const repository: Mount = { path: gitDir, writable: false };

  const gitInside = async (
    script: string,
    mounts: readonly Mount[],
    env: Record<string, string> = {},
  ): Promise<string> => {
    const outcome = await parts.sandbox.run(
      {
        argv: ["bash", "-euc", script],
        cwd: tree,
        home: at("home-git"),
        network: "none",
        mounts,
        // Whatever the worktree's `.git` says by now, git looks at our repository.
        env: {
          ...GIT_INSIDE,
          GIT_DIR: path.join(gitDir, "worktrees", path.basename(tree)),
          GIT_WORK_TREE: tree,
          ...env,
        },
      },
      { timeoutMs: SNAPSHOT_MS_MAX },
    );
    if (outcome.exitCode !== 0) throw new UnreadableWorktree(outcome.output);
    return outcome.output;
  };
  /** New objects and the index that belongs to them lie outside of the repository: it stays read-only inside. */
  const store = {
    GIT_INDEX_FILE: path.join(objects, "index"),
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: path.join(gitDir, "objects"),
  };
  return {
    gitDir,
    homeOf: (home) => at(`home-${home}`),
    shell: (command, limits) =>
      parts.sandbox.run(
        {
          argv: ["bash", "-c", command.command],
          cwd: tree,
          home: at(`home-${command.home}`),
          network: command.network,
          mounts: [repository, { path: tree, writable: command.access !== "read" }],
          ...(command.env === undefined ? {} : { env: command.env }),
        },
        limits,
      ),
    async moveTo(start) {
      const listed = await gitInside("git ls-files --others --exclude-standard --directory", [
        repository,
        { path: tree, writable: false },
      ]);
      const leftovers = listed.split("\n").filter((line) => line !== "");
      await excludePaths(gitDir, leftovers.slice(0, SETUP_LEFTOVERS_MAX));
      if (start !== commits.base) {
        const everything = [
          { path: gitDir, writable: true },
          { path: tree, writable: true },
        ];
        await gitInside(`git checkout --quiet --force --detach ${start}`, everything);
      }
      // Caches that setup filled serve both later homes; each gets a copy of its own.
      for (const name of ["home-agent", "home-checks"]) await copyInto(at("home-setup"), at(name));
    },
    async tools(access) {
      return startToolHost(parts.sandbox, parts.program, {
        cwd: tree,
        home: at("home-agent"),
        network: "none",
        mounts: [repository, { path: tree, writable: access === "change" }],
      });
    },
    async snapshot() {
      const mounts = [repository, { path: tree, writable: true }, { path: objects, writable: true }];
      const printed = await gitInside(
        `${FLATTEN}\ngit read-tree HEAD && git add --all && git write-tree`,
        mounts,
        store,
      );
      const sha = printed.trim().split("\n").at(-1) ?? "";
      if (!/^[0-9a-f]{40}$/.test(sha)) throw new UnreadableWorktree("it named no tree");
      return sha;
    },
    async restore(treeSha) {
      const mounts = [repository, { path: tree, writable: true }, { path: objects, writable: true }];
      await gitInside(`git read-tree ${treeSha} && git checkout-index --all --force && git clean -ffdq`, mounts, store);
    },
    treeOf: (commit) => treeOf(parts.git, gitDir, commit),
    changes: (from, treeSha) => changesBetween(parts.git, { gitDir, objects }, from, treeSha),
    diff: (from, treeSha) => diffText(parts.git, { gitDir, objects }, from, treeSha),
    commit: (treeSha, parent, message, atMs) =>
      commitTree(parts.git, {
        gitDir,
        objects,
        tree: treeSha,
        parent,
        message,
        author: AUTHOR,
        at: Math.floor(atMs / 1_000),
      }),
    bundle: (file, known) => writeBundle(parts.git, { gitDir, objects, known, file }),
  };
}

/** Git inside of the sandbox follows nobody's settings but these. */
const GIT_INSIDE: Record<string, string> = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_COUNT: "3",
  GIT_CONFIG_KEY_0: "core.hooksPath",
  GIT_CONFIG_VALUE_0: "/dev/null",
  GIT_CONFIG_KEY_1: "core.fsmonitor",
  GIT_CONFIG_VALUE_1: "false",
  GIT_CONFIG_KEY_2: "advice.addEmbeddedRepo",
  GIT_CONFIG_VALUE_2: "false",
};

/** Repositories inside of the worktree would become submodules, which nobody could publish: their files are plain files to us. */
const FLATTEN = `find . -mindepth 2 \\( -name node_modules -prune -o -name .git -prune -print0 \\) | while IFS= read -r -d '' inner; do
  git check-ignore --quiet -- "$(dirname "$inner")" || rm -rf -- "$inner"
done`;

async function copyInto(from: string, to: string): Promise<void> {
  if ((await readdir(from)).length > 0) await cp(from, to, { recursive: true, verbatimSymlinks: true });
}
