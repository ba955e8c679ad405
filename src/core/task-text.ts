// What an agent may know of people's words: what a reader sees, within limits, with acceptance criteria as checkboxes.

import { seenCharacters, visible } from "./hidden-text.ts";
import { markdownLines } from "./markdown-lines.ts";
import { capped } from "./safe-text.ts";

/** Code points of an issue's text, of a comment and of a title that reach an agent. */
export const TASK_CHARS_MAX = 40_000;
export const COMMENT_CHARS_MAX = 8_000;
export const TITLE_CHARS_MAX = 300;

/** Cuts like `capped`, and says that it did: an agent must know that it has not read everything. */
function cappedAloud(text: string, max: number): string {
  const cut = capped(text, max);
  return cut === text ? text : `${cut}\n\n(The rest is left out: the text is longer than ${max} characters.)`;
}

/** An issue's title: one line of characters that show. */
export function readableTitle(title: string): string {
  return capped(seenCharacters(title).replace(/\s+/g, " ").trim(), TITLE_CHARS_MAX);
}

/** A comment, an answer or a review, as a reader sees it. */
export function readableComment(body: string): string {
  return cappedAloud(visible(body).trim(), COMMENT_CHARS_MAX);
}

/** An issue's body, as a reader sees it. */
export function readableBody(body: string): string {
  return cappedAloud(withCriteria(visible(body).trim()), TASK_CHARS_MAX);
}

const CRITERIA_HEADING =
  /^\s{0,3}(?:#{1,6}\s+|\*\*|__)(?:acceptance\s+)?(?:criteria|tests?\s+criteria|definition of done)\b.*$/i;
const ANY_HEADING = /^\s{0,3}#{1,6}\s/;
const ITEM = /^(\s*)(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]?\]\s*)?(?=\S)/;
/** What GitHub's issue forms write for a field that was left empty. */
const NO_RESPONSE = /^_No response_$/;

/**
 * Writes the items under a heading of acceptance criteria as unticked checkboxes: a ticked box in a request proves nothing.
 * Lines of such a section that are no list become items of their own; everything else stays as it is.
 */
export function withCriteria(text: string): string {
  const { lines, kinds } = markdownLines(text);
  let inCriteria = false;
  return lines
    .map((line, at) => {
      if (kinds[at] !== "prose") return line;
      if (CRITERIA_HEADING.test(line)) {
        inCriteria = true;
        return line;
      }
      if (ANY_HEADING.test(line)) inCriteria = false;
      if (!inCriteria || NO_RESPONSE.test(line)) return line;
      if (ITEM.test(line)) return line.replace(ITEM, "$1- [ ] ");
      return /^\s/.test(line) ? line : `- [ ] ${line}`;
    })
    .join("\n");
}
