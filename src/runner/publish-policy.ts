// What an attempt may publish. Pure: it gets the change file by file and returns what is wrong with it, worst first.
// The change was written by an agent that read strangers' text, so everything is refused that a reviewer could overlook.

import { pathMatches } from "./path-pattern.ts";
import { secretsIn } from "./secret-patterns.ts";

/** Files of one change. Source: gh-aw's default. */
export const FILES_MAX = 100;
/** Bytes of all files after the change together. Source: gh-aw's default of 4,096 KB. */
export const CHANGE_BYTES_MAX = 4_096 * 1_024;
const PATH_CHARS_MAX = 500;
/** Violations that are told; the others are counted. */
const TOLD_MAX = 3;

export const MODE_FILE = "100644";
export const MODE_EXECUTABLE = "100755";
export const MODE_SYMLINK = "120000";
export const MODE_SUBMODULE = "160000";
export const MODE_ABSENT = "000000";

export interface FileChange {
  /** As git stores it; not necessarily valid text. */
  readonly path: string;
  readonly oldMode: string;
  readonly newMode: string;
  /** Content before and after; null where there is none, or where it is no file. */
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

export interface PolicyRules {
  /** `paths.protected` of the configuration on the default branch. */
  readonly protectedPaths: readonly string[];
  /** Secrets by value. */
  readonly secrets: readonly string[];
}

/** Never an agent's to change, whatever the configuration says: GitHub acts on them. */
const ALWAYS_PROTECTED = [".github/workflows/**", ".github/actions/**"] as const;

/** Files by which a repository tells git what to do, wherever they lie, with the short names that Windows knows them by. */
const GIT_FILES = /^(?:\.git(?:modules|attributes|config)|git(?:mod|att|con)~\d+)$/;
const GIT_DIRECTORY = /^(?:\.git|git~\d+)$/;

/** @returns one clause for each thing that is wrong, empty when the change may be published */
export function violations(changes: readonly FileChange[], rules: PolicyRules): readonly string[] {
  const bytes = changes.reduce((sum, change) => sum + (change.after?.length ?? 0), 0);
  const size = [
    ...(changes.length > FILES_MAX ? [`it changes ${changes.length} files, more than ${FILES_MAX}`] : []),
    ...(bytes > CHANGE_BYTES_MAX ? [`its files have ${bytes} bytes, more than ${CHANGE_BYTES_MAX}`] : []),
  ];
  return size.length > 0 ? size : changes.flatMap((change) => problemOf(change, rules));
}

/** A sentence for people, or null when nothing is wrong. */
export function refusalOf(found: readonly string[]): string | null {
  if (found.length === 0) return null;
  const more = found.length > TOLD_MAX ? `, and ${found.length - TOLD_MAX} more` : "";
  return `The change was not published: ${found.slice(0, TOLD_MAX).join("; ")}${more}.`;
}

function problemOf(change: FileChange, rules: PolicyRules): readonly string[] {
  const shown = `\`${printable(change.path)}\``;
  const path = pathProblem(change.path, rules.protectedPaths);
  if (path !== null) return [`${shown} ${path}`];
  const mode = modeProblem(change);
  if (mode !== null) return [`${shown} ${mode}`];
  return contentProblems(change, rules.secrets).map((problem) => `${shown} ${problem}`);
}

function pathProblem(path: string, protectedPaths: readonly string[]): string | null {
  if (path.length > PATH_CHARS_MAX) return "has too long a path";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u001f\u007f\ufffd\\]|[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u.test(path))
    return "has a path that does not look like what it is";
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) return "leads out of the repository";
  const plain = names.map(plainName);
  if (plain.some((name) => GIT_DIRECTORY.test(name))) return "is part of git's own directory";
  if (plain.some((name) => GIT_FILES.test(name))) return "tells git what to do";
  const always = ALWAYS_PROTECTED.find((pattern) => pathMatches(path, pattern));
  const pattern = always ?? protectedPaths.find((candidate) => pathMatches(path, candidate));
  return pattern === undefined ? null : `is protected (\`${pattern}\`)`;
}

/** A name as the most forgiving file systems read it. Source: git's own fsck rules for NTFS and HFS+. */
function plainName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/:.*$/, "")
    .replace(/[. ]+$/, "");
}

function modeProblem({ oldMode, newMode }: FileChange): string | null {
  if (newMode === MODE_SYMLINK) return "is a symbolic link";
  if (newMode === MODE_SUBMODULE) return "is a submodule";
  if (newMode === MODE_ABSENT) return null;
  if (newMode !== MODE_FILE && newMode !== MODE_EXECUTABLE) return `has the mode ${newMode}`;
  if (oldMode !== MODE_ABSENT && oldMode !== newMode) return `changes its mode from ${oldMode} to ${newMode}`;
  return null;
}

function contentProblems({ before, after }: FileChange, secrets: readonly string[]): readonly string[] {
  if (after === null) return [];
  if (after.includes(0)) return ["is not text"];
  const text = after.toString("utf8");
  return secretsIn(text, before?.toString("utf8") ?? "", secrets).map((kind) => `seems to contain ${kind}`);
}

function printable(path: string): string {
  return path.slice(0, 120).replaceAll(/[^\x20-\x7e]|`/g, "?");
}
