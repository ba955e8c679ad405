// The one notice of a pause that the machine made by itself: what failed, what it means, and how to go on.

import { safeClause } from "./safe-text.ts";

const REASON_CHARS_MAX = 500;
/** GitHub's rule for logins of people; nobody else is ever mentioned. */
const LOGIN = /^[a-z\d](?:[a-z\d-]{0,38})$/i;

export interface PauseView {
  readonly mention: string | null;
  readonly why: string;
  /** Of the last failure. */
  readonly reason: string;
}

export function pauseNotice({ mention, why, reason }: PauseView): string {
  const called = mention !== null && LOGIN.test(mention) ? `@${mention}, no` : "No";
  const last = reason === "" ? "" : ` The last one: ${safeClause(reason, REASON_CHARS_MAX)}.`;
  return [
    `${called} task of this repository is claimed any more: ${safeClause(why, REASON_CHARS_MAX)}.${last}`,
    "",
    "No attempt was charged for it. See that the runner's workflow can start and that its model answers; then `/task resume`, or the box on the dashboard, goes on.",
  ].join("\n");
}
