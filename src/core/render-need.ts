// The one comment that calls a person, because edits notify nobody: why the machine stopped, and the choices as boxes.

import { type Box, writeBox } from "./checkbox.ts";
import { safeBlock, safeClause } from "./safe-text.ts";
import type { HumanNeed } from "./task.ts";

const WHY_CHARS_MAX = 500;
const QUESTION_CHARS_MAX = 4_000;

export const CHOICES: Readonly<Record<Exclude<Box, "accept">, string>> = {
  rescope: "Queue it again: the issue's text is right now, or it deserves another attempt",
  abandon: "Abandon the task",
  allow: "Allow $2 more and go on",
};

export interface NeedView {
  /** Who should decide, or null when nobody with the right to is known. */
  readonly mention: string | null;
  readonly need: HumanNeed;
  /** Choices that are legal now. */
  readonly choices: readonly Box[];
  /** What an acceptance would be of. */
  readonly accepts?: string;
}

function choice(box: Box, accepts: string): string {
  return box === "accept" ? `Accept ${accepts} as it stands` : CHOICES[box];
}

/** GitHub's rule for logins of people; nobody else is ever mentioned. */
const LOGIN = /^[a-z\d](?:[a-z\d-]{0,38})$/i;

function quote(text: string): readonly string[] {
  return safeBlock(text, QUESTION_CHARS_MAX)
    .split("\n")
    .map((line) => `> ${line}`.trimEnd());
}

/** What the comment says, below its key. */
export function needText({ mention, need, choices, accepts = "the work" }: NeedView): string {
  const called = mention !== null && LOGIN.test(mention) ? `@${mention}, this` : "This";
  const question = need.question === null ? [] : ["", ...quote(need.question)];
  const boxes = choices.map((box) => writeBox(box, choice(box, accepts)));
  const answer = need.question === null ? "" : "Answer with `/task answer <text>`";
  const how =
    boxes.length === 0
      ? `${answer || "`/task help` lists what can be done"}.`
      : answer === ""
        ? "Tick one box."
        : `${answer}, or tick one box.`;
  return [
    `${called} task needs a decision: ${safeClause(need.why, WHY_CHARS_MAX)}.`,
    ...question,
    ...(boxes.length === 0 ? [] : ["", ...boxes]),
    "",
    how,
  ].join("\n");
}

export function decidedText(): string {
  return "This was decided; the status comment tells how the task stands.";
}

/** Said once to a person whose claim is about to lapse. */
export function reminderText(login: string): string {
  const called = LOGIN.test(login) ? `@${login}, your` : "Your";
  return `${called} claim lapses in a day. A push or a comment keeps it for a week; \`/task release\` gives it back.`;
}
