// Where a line of a file stands inside a patch: review comments may only be put on lines that the patch shows. Pure.

export type DiffSide = "LEFT" | "RIGHT";
export interface DiffPlace {
  /** Lines below the first hunk header, counted from 1: GitHub's old way of naming a place. */
  readonly position: number;
  /** The hunk up to and including the line. */
  readonly hunk: string;
}

export interface DiffLine {
  readonly side: DiffSide;
  readonly line: number;
}

interface Walk {
  readonly place: DiffPlace;
  readonly left: number | null;
  readonly right: number | null;
}

/** GitHub shows at most this many lines above the commented one. */
const HUNK_LINES_MAX = 60;

function* walk(patch: string): Generator<Walk> {
  let left = 0;
  let right = 0;
  let hunk: string[] = [];
  for (const [index, text] of patch.split("\n").entries()) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header !== null) {
      left = Number(header[1]);
      right = Number(header[2]);
      hunk = [text];
      continue;
    }
    hunk.push(text);
    const shown = hunk.length > HUNK_LINES_MAX ? [hunk[0] ?? "", ...hunk.slice(-HUNK_LINES_MAX)] : hunk;
    const place = { position: index, hunk: shown.join("\n") };
    if (text.startsWith("\\")) continue;
    const isOld = text.startsWith("-");
    const isNew = text.startsWith("+");
    yield { place, left: isNew ? null : left, right: isOld ? null : right };
    if (!isNew) left += 1;
    if (!isOld) right += 1;
  }
}

export function placeOfLine(patch: string, wanted: DiffLine): DiffPlace | null {
  for (const { place, left, right } of walk(patch)) {
    if ((wanted.side === "LEFT" ? left : right) === wanted.line) return place;
  }
  return null;
}

/** The line at an old-style position; deleted lines are on the left. */
export function lineAtPosition(patch: string, position: number): (DiffLine & DiffPlace) | null {
  for (const { place, left, right } of walk(patch)) {
    if (place.position !== position) continue;
    return right === null ? { ...place, side: "LEFT", line: left ?? 0 } : { ...place, side: "RIGHT", line: right };
  }
  return null;
}
