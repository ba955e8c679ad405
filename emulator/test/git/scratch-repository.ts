// A bare repository in a temporary folder with a few commits, for tests of the git layer.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Person, type Sha, ZERO_SHA } from "../../src/git/objects.ts";
import { createGitRepository, type GitRepository } from "../../src/git/repository.ts";
import { editTree } from "../../src/git/trees.ts";

const run = promisify(execFile);

export interface Scratch {
  readonly git: GitRepository;
  /** Commits files (null deletes) on a branch, at a date in seconds. */
  commit(branch: string, files: Readonly<Record<string, string | null>>, message: string, at?: number): Promise<Sha>;
  /** Real git, inside the bare repository. */
  realGit(...args: readonly string[]): Promise<string>;
  remove(): void;
}

export function personAt(seconds: number): Person {
  return { name: "Alice", email: "alice@example.com", date: seconds * 1000, offset: "+0000" };
}

export function createScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), "emulator-git-"));
  const git = createGitRepository(join(folder, "scratch.git"), "main");
  let clock = 1_700_000_000;
  return {
    git,
    commit: async (branch, files, message, at) => {
      clock = at ?? clock + 1;
      const parent = git.refs.resolve(`refs/heads/${branch}`);
      const base = parent === null ? null : await git.objects.readCommit(parent);
      const edits = Object.entries(files).map(([path, text]) => ({
        path,
        entry: text === null ? null : { mode: "100644" as const, sha: git.objects.writeBlob(text) },
      }));
      const tree = await editTree(git.objects, base?.tree ?? git.objects.writeTree([]), edits);
      const author = personAt(clock);
      const parents = parent === null ? [] : [parent];
      const sha = git.objects.writeCommit({ tree, parents, author, committer: author, message, signature: null });
      const verdict = await git.refs.update([{ name: `refs/heads/${branch}`, before: parent ?? ZERO_SHA, after: sha }]);
      if ("refused" in verdict) throw new Error(verdict.refused.reason);
      return sha;
    },
    realGit: async (...args) => (await run("git", ["-C", git.path, ...args])).stdout.trim(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
