// What a run reads out of commits: the project's instructions to agents, always from the base branch, and the change as text.

import type { Git } from "../adapters/git/git-process.ts";
import { fileOf } from "../adapters/git/work-copy.ts";
import type { Sha } from "../core/task.ts";

/** Files in which projects tell agents and contributors how they work. Those of the worktree are never obeyed: an agent could have written them. */
const INSTRUCTION_FILES = ["AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md"] as const;
const INSTRUCTION_BYTES_MAX = 16_000;
/** Longest change that is shown to a reviewer, in characters; the rest can be read in the worktree. */
const DIFF_CHARS_MAX = 60_000;

export async function projectInstructions(
  git: Git,
  gitDir: string,
  base: Sha,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const found = await Promise.all(
    INSTRUCTION_FILES.map((path) => fileOf(git, gitDir, base, path, INSTRUCTION_BYTES_MAX)),
  );
  return INSTRUCTION_FILES.flatMap((path, index) => {
    const text = found[index];
    return text === null || text === undefined ? [] : [{ path, text }];
  });
}

export async function diffText(
  git: Git,
  store: { readonly gitDir: string; readonly objects: string },
  base: Sha,
  tree: Sha,
): Promise<string> {
  const text = await git.run({
    args: ["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--stat", "--patch", base, tree],
    gitDir: store.gitDir,
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: store.objects },
  });
  return text.length <= DIFF_CHARS_MAX
    ? text
    : `${text.slice(0, DIFF_CHARS_MAX)}\n[… ${text.length - DIFF_CHARS_MAX} characters left out …]`;
}
