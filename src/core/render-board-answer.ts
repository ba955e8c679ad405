// What a person hears whose box or gesture on a board was refused: one comment, which names them.

import type { Account } from "./observation.ts";
import type { Refusal } from "./refusal.ts";
import { refusalSentence } from "./render-refusal.ts";
import { safeInline } from "./safe-text.ts";

/** GitHub's rule for logins of people; nobody else is ever mentioned. */
const LOGIN = /^[a-z\d](?:[a-z\d-]{0,38})$/i;
const NAME_CHARS_MAX = 100;

/** The hidden first line of the comment: what it answers. */
export function boardAnswerKey(cause: string): string {
  return `<!-- signalbox:answer ${cause} -->`;
}

/** @param about what was asked for, in a few words */
export function boardAnswer(by: Account, about: string, refusal: Refusal): string {
  const name = LOGIN.test(by.login) ? `@${by.login}` : safeInline(by.login, NAME_CHARS_MAX);
  return `${name}, ${about} was not done. ${refusalSentence(refusal)}`;
}
