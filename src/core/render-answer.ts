// Answers to requests that need words: refusals, dry runs, what was asked for. Requests that are simply done get a
// reaction and no comment.

import type { Reply } from "./plan.ts";
import { renderHelp } from "./render-help.ts";
import { recordSentence } from "./render-record.ts";
import { refusalSentence } from "./render-refusal.ts";
import { safeCode, safeInline } from "./safe-text.ts";

const REQUEST_CHARS_MAX = 120;
const SENTENCE_CHARS_MAX = 300;

/** One request as its author wrote it, and what came of it. */
export interface Answered {
  readonly source: string;
  readonly reply: Reply;
}

/** @param status  what `/task status` answers here */
function replyText(reply: Reply, status: string): string {
  switch (reply.reply) {
    case "done":
      return "Done.";
    case "nothing-to-do":
      return refusalSentence({ reason: "already-done" });
    case "refused":
      return refusalSentence(reply.refusal);
    case "would":
      return reply.verdict.ok
        ? `Would be recorded as “${safeInline(recordSentence(reply.verdict.record), SENTENCE_CHARS_MAX)}”. Nothing was changed.`
        : `Would be refused. ${refusalSentence(reply.verdict.refusal)}`;
    case "would-change": {
      const whose = reply.role === null ? "every task" : `the role ${safeCode(reply.role, REQUEST_CHARS_MAX)}`;
      return `Would ${reply.change} claims of ${whose}. Nothing was changed.`;
    }
    case "status":
      return status;
    case "help":
      return renderHelp(reply.about);
  }
}

/** One comment for all requests of one comment or label edit that need words. */
export function answersText(answers: readonly Answered[], status: string): string {
  return answers
    .map(({ source, reply }) => {
      const text = replyText(reply, status);
      const [first = ""] = source.split("\n");
      if (first === "") return text;
      return `${safeCode(first, REQUEST_CHARS_MAX)}:${text.includes("\n") ? "\n\n" : " "}${text}`;
    })
    .join("\n\n");
}
