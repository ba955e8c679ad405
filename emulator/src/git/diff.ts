// What changed between two trees: one entry per file with counts and hunks, as GitHub's "files" lists show it. Reads only.
import type { Sha } from "./objects.ts";
import { git } from "./run-git.ts";

export type FileStatus = "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
export interface FileDiff {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: FileStatus;
  /** The blob after the change; of a removed file, the blob before it. */
  readonly sha: Sha;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks without the file header; null for binary files and files without changed lines. */
  readonly patch: string | null;
}

/** Diffs of two objects never change: remembering them is always right. */
const REMEMBERED_MAX = 300;
const DIFF_OPTIONS = ["-r", "-M", "--no-ext-diff", "--no-textconv"] as const;

interface RawChange {
  readonly status: FileStatus;
  readonly path: string;
  readonly previousPath: string | null;
  readonly sha: Sha;
}

function statusOf(letter: string): FileStatus {
  const statuses: Readonly<Record<string, FileStatus>> = {
    A: "added",
    D: "removed",
    M: "modified",
    R: "renamed",
    C: "copied",
    T: "changed",
  };
  return statuses[letter] ?? "changed";
}

/** Parses `--raw --numstat -z`: all raw records first, then one count per file in the same order. */
function parseSummary(
  text: string,
): readonly (RawChange & { readonly additions: number; readonly deletions: number })[] {
  const fields = text.split("\0");
  const raw: RawChange[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(":") === true; ) {
    const [, , before, after, letter] = (fields[at] ?? "").split(" ");
    const status = statusOf((letter ?? "").slice(0, 1));
    const moved = status === "renamed" || status === "copied";
    const first = fields[at + 1] ?? "";
    const path = moved ? (fields[at + 2] ?? "") : first;
    raw.push({ status, path, previousPath: moved ? first : null, sha: (status === "removed" ? before : after) ?? "" });
    at += moved ? 3 : 2;
  }
  return raw.map((change) => {
    const [additions, deletions] = (fields[at] ?? "").split("\t");
    at += change.previousPath === null ? 1 : 3;
    // Binary files have "-" for both.
    return { ...change, additions: Number(additions) || 0, deletions: Number(deletions) || 0 };
  });
}

function hunksOf(section: string): string | null {
  const start = section.indexOf("\n@@ ");
  return start === -1 ? null : section.slice(start + 1).replace(/\n$/, "");
}

async function readDiff(gitDir: string, before: Sha, after: Sha): Promise<readonly FileDiff[]> {
  const summary = git({
    args: ["diff-tree", ...DIFF_OPTIONS, "--raw", "--numstat", "--no-abbrev", "-z", before, after],
    cwd: gitDir,
  });
  const patches = git({ args: ["diff-tree", ...DIFF_OPTIONS, "-p", before, after], cwd: gitDir });
  const sections = (await patches)
    .toString("utf8")
    .split(/^(?=diff --git )/m)
    .filter((section) => section.startsWith("diff --git "));
  const changes = parseSummary((await summary).toString("utf8"));
  return changes.map((change, index) => ({ ...change, patch: hunksOf(sections[index] ?? "") }));
}

export interface DiffReader {
  /** Both may be commits or trees. */
  files(before: Sha, after: Sha): Promise<readonly FileDiff[]>;
  /** The whole as `git diff` prints it. */
  text(before: Sha, after: Sha): Promise<string>;
  /** The commits of a range as mails, as GitHub's `.patch` shows them. */
  mailbox(before: Sha, after: Sha): Promise<string>;
}

export function openDiffReader(gitDir: string): DiffReader {
  const remembered = new Map<string, Promise<readonly FileDiff[]>>();
  return {
    files: (before, after) => {
      const key = `${before}..${after}`;
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const oldest = remembered.keys().next();
      if (remembered.size >= REMEMBERED_MAX && !oldest.done) remembered.delete(oldest.value);
      const found = readDiff(gitDir, before, after);
      remembered.set(key, found);
      found.catch(() => remembered.delete(key));
      return found;
    },
    text: async (before, after) =>
      (await git({ args: ["diff", "-M", "--no-ext-diff", before, after], cwd: gitDir })).toString("utf8"),
    mailbox: async (before, after) =>
      (
        await git({ args: ["format-patch", "--stdout", "-M", "--no-signature", `${before}..${after}`], cwd: gitDir })
      ).toString("utf8"),
  };
}
