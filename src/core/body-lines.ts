// Lines of an issue's body that say something to the machine: what blocks it, and which paths it touches. Prose only: what
// stands in code, HTML or a quote says nothing.

import { markdownLines } from "./markdown-lines.ts";

/** Issues that a body may name as blockers. Source: GitHub's own limit for dependencies. */
export const BLOCKED_BY_MAX = 50;
/** Paths that a body may declare; more than that is the whole repository anyway. */
export const PATHS_MAX = 50;
const PATH_CHARS_MAX = 300;

const LIST_MARK = /^\s{0,3}(?:[-*+]\s+(?:\[[ xX]\]\s+)?)?/;
const BLOCKED_BY = /^\**blocked by\**:?\**\s+(.+)$/i;
const PATHS = /^\**paths\**:\**\s*(.+)$/i;
const PATHS_HEADING = /^#{1,6}\s+paths\s*#*$/i;
const ANY_HEADING = /^#{1,6}\s/;
const REFERENCE = /^(?:([\w.-]+)\/([\w.-]+))?#([1-9]\d{0,9})$/;
const ISSUE_ADDRESS = /^https?:\/\/[^/\s]+\/([\w.-]+)\/([\w.-]+)\/(?:issues|pull)\/([1-9]\d{0,9})$/;
/** What an issue form writes into a field that was left empty. */
const NO_RESPONSE = "_No response_";

function proseOf(body: string): readonly string[] {
  const { lines, kinds } = markdownLines(body.replaceAll(/\r\n?/g, "\n"));
  return lines.map((line, at) => (kinds[at] === "prose" && !/^\s*>/.test(line) ? line.replace(LIST_MARK, "") : ""));
}

/** `#7`, `owner/repo#7` or an issue's address, as `owner/repo#7`; null for any other word. */
function reference(word: string, repository: string): string | null {
  const bare = word.replace(/[.,;]+$/, "");
  const [, owner, name, number] = REFERENCE.exec(bare) ?? ISSUE_ADDRESS.exec(bare) ?? [];
  if (number === undefined) return null;
  return owner === undefined || name === undefined ? `${repository}#${number}` : `${owner}/${name}#${number}`;
}

/**
 * Reads `Blocked by #7, acme/lib#3 and #9` lines, each on a line of its own.
 *
 * @param repository `owner/name` that a bare number is of
 * @returns `owner/name#n`, each once, in order, at most `BLOCKED_BY_MAX`
 */
export function blockedByIn(body: string, repository: string): readonly string[] {
  const found = proseOf(body).flatMap((line) => {
    const [, rest = ""] = BLOCKED_BY.exec(line.trim()) ?? [];
    const refs: string[] = [];
    for (const word of rest.split(/[\s,]+/)) {
      const ref = reference(word, repository);
      if (ref !== null) refs.push(ref);
      // What follows the list is a sentence; what it names blocks nothing.
      else if (word !== "" && word.toLowerCase() !== "and") break;
    }
    return refs;
  });
  return [...new Set(found)].slice(0, BLOCKED_BY_MAX);
}

function pathsOf(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((word) => word.replaceAll("`", "").replace(/^\.?\/+/, ""))
    .filter((word) => word !== "" && word.length <= PATH_CHARS_MAX);
}

/**
 * Reads a `Paths: src/cart/**, docs` line, or what stands under a heading `Paths` as an issue form writes it.
 *
 * @returns patterns without a leading slash, each once, at most `PATHS_MAX`; none = nothing was declared
 */
export function pathsIn(body: string): readonly string[] {
  const found: string[] = [];
  let isUnderHeading = false;
  for (const raw of proseOf(body)) {
    const line = raw.trim();
    const [, rest] = PATHS.exec(line) ?? [];
    if (rest !== undefined) found.push(...pathsOf(rest));
    else if (ANY_HEADING.test(line)) isUnderHeading = PATHS_HEADING.test(line);
    else if (isUnderHeading && line !== NO_RESPONSE) found.push(...pathsOf(line));
  }
  return [...new Set(found)].slice(0, PATHS_MAX);
}
