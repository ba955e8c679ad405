// What people see of what they asked for: a reaction, and words where a reaction does not say it. Each answer is looked
// for before it is written.

import { type CommentKey, commentKeyLine, lookupKey, type OwnComment } from "./comment-keys.ts";
import { answerKeyOf, boxKeyOf, type Heard, hasFinalReaction, heardCommands } from "./heard.ts";
import type { ObservedComment, Reaction } from "./observation.ts";
import type { Reply } from "./plan.ts";
import type { Effect } from "./ports.ts";
import type { Projection } from "./project.ts";
import { renderAnswers } from "./render.ts";

interface Answer {
  readonly cause: string;
  readonly source: string;
  readonly reply: Reply;
  readonly by: Heard["by"];
}

export function replyEffects(projection: Projection, own: readonly OwnComment[]): readonly Effect[] {
  const { observation, mention, replies } = projection;
  const effects: Effect[] = [];
  const byComment = new Map<ObservedComment, Answer[]>();
  for (const { comment, cause, parsed, by } of heardCommands(observation, mention, projection.task)) {
    const reply = replies.get(cause);
    if (reply === undefined) continue;
    byComment.set(comment, [...(byComment.get(comment) ?? []), { cause, source: parsed.source, reply, by }]);
  }
  for (const [comment, answers] of byComment) effects.push(...commentReply(projection, own, comment, answers));
  for (const [key, reply] of replies) {
    if (reply.reply !== "refused" || !PUBLIC_CAUSE.test(key)) continue;
    effects.push(...answer(projection, own, key, [{ cause: key, source: "", reply, by: "comment" }]));
  }
  return effects;
}

/** Causes whose refusal is told in a comment of its own. */
const PUBLIC_CAUSE = /^(?:label|issue|review):/;

function commentReply(
  projection: Projection,
  own: readonly OwnComment[],
  comment: ObservedComment,
  answers: readonly Answer[],
): readonly Effect[] {
  const isEdit = answers.some(({ by }) => by === "edit");
  const isBox = answers.some(({ by }) => by === "box");
  // An edit is always answered in words: the reaction below it is of what it said before.
  const spoken = answers.filter(({ reply }) => isEdit || (reply.reply !== "done" && reply.reply !== "nothing-to-do"));
  const said =
    spoken.length === 0 ? [] : answer(projection, own, isBox ? boxKeyOf(comment) : answerKeyOf(comment), spoken);
  if (isBox || (isEdit && hasFinalReaction(comment))) return said;
  return [...said, { kind: "react", nodeId: comment.nodeId, reaction: finalReaction(answers) }];
}

function finalReaction(answers: readonly Answer[]): Reaction {
  if (answers.some(({ reply }) => reply.reply === "refused")) return "confused";
  return answers.some(({ reply }) => reply.reply !== "nothing-to-do") ? "rocket" : "+1";
}

/** One comment answers all the commands of another; it is looked for before it is written. */
function answer(
  { observation, task, shown, situation, waits }: Projection,
  own: readonly OwnComment[],
  to: string,
  answers: readonly Answer[],
): readonly Effect[] {
  if (own.some(({ key }) => key.is === "answer" && key.to === to)) return [];
  const key: CommentKey = { is: "answer", to };
  const text = renderAnswers({ answers, task, shown, waits, blockers: situation.blockers, observation });
  return [
    {
      kind: "create-comment",
      issue: observation.issue.number,
      key: lookupKey(key),
      body: `${commentKeyLine(key)}\n${text}`,
    },
  ];
}
