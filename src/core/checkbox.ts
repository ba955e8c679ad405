// Choices that a person makes by ticking a box in a comment of ours: their keys, and which boxes an edit ticked.
// Whoever reads them has already checked that the comment is the app's own.

import type { Verb } from "./commands.ts";

/** Each box and the command that it stands for. */
export const BOXES = {
  accept: "accept",
  rescope: "queue",
  abandon: "cancel",
} as const satisfies Record<string, Verb>;

export type Box = keyof typeof BOXES;
const NAMES = Object.keys(BOXES) as readonly Box[];

/** @returns the boxes whose command is among the legal ones, in a fixed order */
export function boxesFor(legal: readonly Verb[]): readonly Box[] {
  return NAMES.filter((box) => legal.includes(BOXES[box]));
}

/** One unticked box, with its key hidden before what it says. */
export function writeBox(box: Box, label: string): string {
  return `- [ ] <!-- signalbox:${box} --> ${label}`;
}

const BOX = new RegExp(`^- \\[([ xX])\\] <!-- signalbox:(${NAMES.join("|")}) --> `, "gm");

function ticked(body: string): ReadonlySet<string> {
  const lines = body.replaceAll("\r\n", "\n").matchAll(BOX);
  return new Set([...lines].flatMap(([, mark, box]) => (mark === " " || box === undefined ? [] : [box])));
}

/**
 * Boxes that an edit ticked. Unticking asks for nothing.
 *
 * @param before  the comment as we wrote it
 * @param after   the comment as it stands
 */
export function boxesTicked(before: string, after: string): readonly Box[] {
  const [old, current] = [ticked(before), ticked(after)];
  return NAMES.filter((box) => current.has(box) && !old.has(box));
}
