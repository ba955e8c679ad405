// Whether two declarations of paths can mean the same file. Patterns are `src/cart`, `src/cart/**`, `*.md`: a name without
// a star stands for itself and all below it. When in doubt they meet: waiting costs less than a conflict.

import { pathsIn } from "./body-lines.ts";
import type { RepositoryConfig } from "./config.ts";
import type { State } from "./task.ts";

/** States in which an overlap could keep the task from its next claim. */
const ASKED_IN: ReadonlySet<State | "none"> = new Set(["none", "draft", "queued"]);

/**
 * Whether a look has to find out what else is under way.
 *
 * @param issue.hasPullRequest an open one of the task's own, from an attempt before
 */
export function isAskedForWorks(
  issue: { readonly body: string; readonly hasPullRequest: boolean },
  state: State | "none",
  config: RepositoryConfig,
): boolean {
  if (config.paths.overlap === "ignore" || !ASKED_IN.has(state)) return false;
  return issue.hasPullRequest || pathsIn(issue.body).length > 0;
}

type Segments = readonly string[];

function segmentsOf(pattern: string): Segments {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  // A directory means what is below it as well, and a file has nothing below it.
  return parts.at(-1) === "**" ? parts : [...parts, "**"];
}

/** Whether one name can be meant by both: exact, or as far as the letters before and after the stars allow. */
function namesMeet(a: string, b: string): boolean {
  if (!a.includes("*") && !b.includes("*")) return a === b;
  const [headA = "", headB = ""] = [a.split("*", 1)[0], b.split("*", 1)[0]];
  const [tailA = "", tailB = ""] = [a.split("*").at(-1), b.split("*").at(-1)];
  const ends = (long: string, short: string) => long.endsWith(short) || short.endsWith(long);
  const starts = headA.startsWith(headB) || headB.startsWith(headA);
  if (!a.includes("*")) return a.startsWith(headB) && a.endsWith(tailB) && a.length >= headB.length + tailB.length;
  if (!b.includes("*")) return b.startsWith(headA) && b.endsWith(tailA) && b.length >= headA.length + tailA.length;
  return starts && ends(tailA, tailB);
}

function segmentsMeet(a: Segments, b: Segments): boolean {
  const [firstA, ...restA] = a;
  const [firstB, ...restB] = b;
  if (firstA === undefined) return b.every((part) => part === "**");
  if (firstB === undefined) return a.every((part) => part === "**");
  if (firstA === "**") return segmentsMeet(restA, b) || segmentsMeet(a, restB);
  if (firstB === "**") return segmentsMeet(a, restB) || segmentsMeet(restA, b);
  return namesMeet(firstA, firstB) && segmentsMeet(restA, restB);
}

/** Segments of one pattern; a deeper one is cut, which only makes it meet more. */
const SEGMENTS_MAX = 12;

function cut(segments: Segments): Segments {
  return segments.length <= SEGMENTS_MAX ? segments : [...segments.slice(0, SEGMENTS_MAX - 1), "**"];
}

export function patternsMeet(a: string, b: string): boolean {
  return segmentsMeet(cut(segmentsOf(a)), cut(segmentsOf(b)));
}

/** @returns what of `mine` meets anything of `theirs`, in order */
export function overlapOf(mine: readonly string[], theirs: readonly string[]): readonly string[] {
  return mine.filter((one) => theirs.some((other) => patternsMeet(one, other)));
}
