// Answers to requests that need words: refusals, dry runs, what was asked for. Requests that are simply done get a
// reaction and no comment. Also the one comment that calls a person, because edits notify nobody.

import { type Box, writeBox, writeMarker } from "./marker.ts";
import type { Refusal } from "./refusal.ts";
import { refusalSentence } from "./render-refusal.ts";
import { safeBlock, safeCode, safeInline } from "./safe-text.ts";
import type { HumanNeed, Sha } from "./task.ts";

/** One request and what is said to it. `text` is ours already; a refusal is put into words here. */
export type Answer =
  | { readonly to: string; readonly refusal: Refusal }
  | { readonly to: string; readonly text: string };

const REQUEST_CHARS_MAX = 120;
const WHY_CHARS_MAX = 500;
const QUESTION_CHARS_MAX = 4_000;

function answerLines(answer: Answer): string {
  const text = "refusal" in answer ? refusalSentence(answer.refusal) : answer.text;
  const separator = text.includes("\n") ? "\n\n" : " ";
  return `${safeCode(answer.to, REQUEST_CHARS_MAX)}:${separator}${text}`;
}

/**
 * One comment for all requests of one comment or label edit that need words.
 *
 * @param key  the cause of the first of them: the comment is looked up by it before it is created again
 */
export function renderAnswers(key: string, answers: readonly Answer[]): string {
  return [writeMarker({ kind: "answer", key }), answers.map(answerLines).join("\n\n")].join("\n");
}

/** @returns what a dry run says: the sentence that the ledger would show, and that nothing happened */
export function dryRunText(sentence: string): string {
  return `Would be recorded as: ${safeInline(sentence, WHY_CHARS_MAX)}. Nothing was changed.`;
}

const CHOICES: Readonly<Record<Box, string>> = {
  accept: "Accept the work as it stands",
  rescope: "Queue it again: the issue's text is right now, or it deserves another attempt",
  abandon: "Abandon the task",
  "approve-plan": "Approve the plan",
  "allow-2-dollars-more": "Allow $2 more",
};

export interface NeedView {
  readonly tip: Sha;
  /** Who should decide, or null when nobody with the right to is known. */
  readonly mention: string | null;
  readonly need: HumanNeed;
  /** Choices that are legal now. */
  readonly choices: readonly Box[];
}

/** GitHub's rule for logins of people; nobody else is ever mentioned. */
const LOGIN = /^[a-z\d](?:[a-z\d-]{0,38})$/i;

function quote(text: string): readonly string[] {
  return safeBlock(text, QUESTION_CHARS_MAX)
    .split("\n")
    .map((line) => `> ${line}`.trimEnd());
}

/** The whole comment that asks a person to decide. */
export function renderNeed({ tip, mention, need, choices }: NeedView): string {
  const called = mention !== null && LOGIN.test(mention) ? `@${mention}, this` : "This";
  const question = need.question === null ? [] : ["", ...quote(need.question)];
  const how =
    need.question === null
      ? "Tick one box, or say more in a command."
      : "Answer with `/task answer <text>`, or tick one box.";
  return [
    writeMarker({ kind: "needs-human", tip }),
    `${called} task needs a decision: ${safeInline(need.why, WHY_CHARS_MAX)}.`,
    ...question,
    "",
    ...choices.map((box) => writeBox(box, CHOICES[box])),
    "",
    how,
  ].join("\n");
}
