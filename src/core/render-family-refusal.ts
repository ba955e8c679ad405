// Refusals about kin in words: circles, sub-tasks, breakdowns, and tasks that touch the same paths.

import type { Refusal } from "./refusal.ts";
import { safeClause, safeCode } from "./safe-text.ts";

const QUOTED_CHARS_MAX = 200;
/** Paths that one sentence names. */
const OVERLAPS_MAX = 5;

const REASONS = ["circle", "sub-tasks-open", "no-sub-tasks", "overlap", "too-deep", "nothing-to-approve"] as const;
export type FamilyRefusal = Extract<Refusal, { reason: (typeof REASONS)[number] }>;

export function isFamilyRefusal(refusal: Refusal): refusal is FamilyRefusal {
  return REASONS.some((reason) => reason === refusal.reason);
}

/** `owner/repo#n` is ours to link: it names an issue that already blocks this one. Anything else is somebody's text. */
export function linked(ref: string): string {
  return /^[\w.-]+\/[\w.-]+#\d+$/.test(ref) ? ref : safeClause(ref, QUOTED_CHARS_MAX);
}

function pathList(paths: readonly string[]): string {
  const shown = paths.slice(0, OVERLAPS_MAX).map((path) => safeCode(path, QUOTED_CHARS_MAX));
  return [...shown, ...(paths.length > OVERLAPS_MAX ? ["more"] : [])].join(", ");
}

/** What is said of a task that goes on although another one touches the same paths. */
export function overlapWarning({
  issue,
  paths,
}: {
  readonly issue: number;
  readonly paths: readonly string[];
}): string {
  return `Task #${issue} is under way and touches the same paths (${pathList(paths)}). Expect a conflict.`;
}

export function familySentence(refusal: FamilyRefusal): string {
  switch (refusal.reason) {
    case "circle":
      return `It waits for itself: ${refusal.path.map(linked).join(" → ")}. Take one of these dependencies away, then \`/task queue\`.`;
    case "sub-tasks-open":
      return refusal.open.length === 0
        ? "It was split, so its sub-tasks are worked on and not the issue itself. It ends by itself when they are done."
        : `Its sub-tasks are worked on, not the issue itself. Still open: ${refusal.open.map(linked).join(", ")}.`;
    case "no-sub-tasks":
      return "It is a project with a branch of its own and has no sub-issue yet. Add some, or `/task breakdown`.";
    case "overlap":
      return `Task #${refusal.issue} is under way and touches the same paths (${pathList(refusal.paths)}). It is claimed when that one has ended.`;
    case "too-deep":
      return `It came out of ${refusal.depth === 1 ? "a breakdown" : `${refusal.depth} breakdowns`} already, and \`breakdown.depth\` allows ${refusal.limit}. Let it be worked on with \`/task set role implement\`, or split it by hand.`;
    case "nothing-to-approve":
      return "No list of sub-tasks waits for approval here.";
  }
}
