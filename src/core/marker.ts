// The hidden first line by which the app finds its own comments again, and the keys in its checkboxes. A marker proves
// nothing: whoever reads one has already checked that the comment is the app's and was last edited by it.

import type { Sha } from "./task.ts";

/** What a comment of ours is: the task's status, one attempt's claim, an answer to a request, a call for a person. */
export type Marker =
  | { readonly kind: "status"; readonly tip: Sha }
  | { readonly kind: "claim"; readonly token: Sha }
  | { readonly kind: "answer"; readonly key: string }
  | { readonly kind: "needs-human"; readonly tip: Sha };

const KEY = /^[\w:/@.=+-]{1,200}$/;

/** @throws when a key could end the marker: keys are causes and SHAs, never text */
export function writeMarker(marker: Marker): string {
  const value = markerValue(marker);
  if (!KEY.test(value)) throw new Error("a marker's key holds characters that no cause has");
  const named = marker.kind === "status" || marker.kind === "needs-human" ? `tip=${value}` : value;
  return `<!-- signalbox:${marker.kind} ${named} -->`;
}

function markerValue(marker: Marker): string {
  switch (marker.kind) {
    case "status":
    case "needs-human":
      return marker.tip;
    case "claim":
      return marker.token;
    case "answer":
      return marker.key;
  }
}

const SHA = "[0-9a-f]{40}";
const MARKER = new RegExp(
  `^<!-- signalbox:(?:(status|needs-human) tip=(${SHA})|(claim) (${SHA})|(answer) ([\\w:/@.=+-]{1,200})) -->(?:\\r?\\n|$)`,
);

/** @returns the marker on the first line of a comment of ours, or null */
export function readMarker(body: string): Marker | null {
  const [, tipKind, tip, claim, token, , key] = MARKER.exec(body) ?? [];
  if (tip !== undefined) return { kind: tipKind === "status" ? "status" : "needs-human", tip };
  if (claim !== undefined && token !== undefined) return { kind: "claim", token };
  return key === undefined ? null : { kind: "answer", key };
}

/** Choices that a person makes by ticking a box in a comment of ours. */
export const BOXES = ["accept", "rescope", "abandon", "approve-plan", "allow-2-dollars-more"] as const;
export type Box = (typeof BOXES)[number];

/** One checkbox, with its key hidden before what it says. */
export function writeBox(box: Box, label: string): string {
  return `- [ ] <!-- signalbox:${box} --> ${label}`;
}

const BOX = new RegExp(`^- \\[([ xX])\\] <!-- signalbox:(${BOXES.join("|")}) --> `, "gm");

function ticked(body: string): ReadonlySet<string> {
  return new Set([...body.matchAll(BOX)].filter(([, mark]) => mark !== " ").map(([, , box]) => box ?? ""));
}

/**
 * Boxes that an edit ticked, in the order of `BOXES`. Unticking asks for nothing.
 *
 * @param before  the comment as we wrote it
 * @param after   the comment as it stands
 */
export function boxesTicked(before: string, after: string): readonly Box[] {
  const [old, current] = [ticked(before), ticked(after)];
  return BOXES.filter((box) => current.has(box) && !old.has(box));
}
