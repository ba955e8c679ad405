// Which commands wait for an answer: of new comments every one, of an edit only those that are new in it, and boxes that
// somebody ticked in a comment of ours. What each means is `command-requests.ts`.

import { boxesTicked, commandsOfBox } from "./checkbox.ts";
import { commandsAdded, type ParsedCommand } from "./command.ts";
import { parseCommands } from "./command-parser.ts";
import { type OwnComment, ownComments, readCommentKey } from "./comment-keys.ts";
import type { Account, Observation, ObservedComment } from "./observation.ts";
import type { Task } from "./task.ts";

/** One command that waits for an answer. */
export interface Heard {
  readonly cause: string;
  readonly comment: ObservedComment;
  readonly author: Account;
  readonly parsed: ParsedCommand;
  /** `edit`: reactions may be of what the comment said before, so it is answered in words. `box`: of a comment of ours. */
  readonly by: "comment" | "edit" | "box";
}

/** Unanswered comments that one look goes through at the most; the rest wait for the next look. */
const COMMENTS_MAX = 50;

const FINAL_REACTIONS: ReadonlySet<string> = new Set(["rocket", "+1", "confused"]);

export function hasFinalReaction({ reactions }: ObservedComment): boolean {
  return reactions.some((reaction) => FINAL_REACTIONS.has(reaction));
}

/** @returns the key under which a comment, as it reads now, is answered */
export function answerKeyOf({ id, bodyDigest }: Pick<ObservedComment, "id" | "bodyDigest">): string {
  return `comment:${id}/${bodyDigest}`;
}

/** A box that was put back and is ticked again makes the same words: the time of the edit tells them apart. */
export function boxKeyOf(comment: ObservedComment): string {
  return `${answerKeyOf(comment)}/${comment.updatedAt}`;
}

/** @param mention the app's name as people mention it, without `@` */
export function heardCommands(observation: Observation, mention: string, task: Task | null): readonly Heard[] {
  const { comments, writer, issue, repository } = observation;
  const answered = answersIn(ownComments(comments, writer.id, issue.number));
  const heard: Heard[] = [];
  let pending = 0;
  for (const comment of comments.toSorted((a, b) => a.id - b.id)) {
    const isOwn = comment.author?.id === writer.id;
    if (comment.createdAt < repository.installedAt) continue;
    if (answered.has(isOwn ? boxKeyOf(comment) : answerKeyOf(comment))) continue;
    const found = isOwn ? boxesIn(comment, observation, task) : commandsIn(comment, mention, task, answered);
    if (found.length === 0) continue;
    heard.push(...found);
    pending += 1;
    if (pending >= COMMENTS_MAX) break;
  }
  return heard;
}

function answersIn(own: readonly OwnComment[]): ReadonlySet<string> {
  return new Set(own.flatMap(({ key }) => (key.is === "answer" ? [key.to] : [])));
}

function commandsIn(
  comment: ObservedComment,
  mention: string,
  task: Task | null,
  answered: ReadonlySet<string>,
): readonly Heard[] {
  const { author, editor, body } = comment;
  // Only its author's own words count, and only while nobody else's are among them.
  if (author === null || (editor !== null && editor.id !== author.id)) return [];
  const isJudged = hasFinalReaction(comment) || hasCause(task, `comment:${comment.id}/`, comment.bodyDigest);
  if (isJudged && editor === null) return [];
  const all = parseCommands(body, mention);
  const parsed = isJudged ? added(comment, all, mention, task, answered) : all;
  const by = editor === null ? "comment" : "edit";
  return parsed.map((one) => ({ cause: `${answerKeyOf(comment)}/${one.index}`, comment, author, parsed: one, by }));
}

/** A command of this comment, as it read before, was obeyed: its reaction may have been lost. */
function hasCause(task: Task | null, prefix: string, digest: string): boolean {
  if (task === null) return false;
  return [...task.causes].some((cause) => cause.startsWith(prefix) && !cause.startsWith(`${prefix}${digest}/`));
}

/** What was judged last is what an edit is compared with; a comment whose earlier words nobody can tell adds nothing. */
function added(
  comment: ObservedComment,
  now: readonly ParsedCommand[],
  mention: string,
  task: Task | null,
  answered: ReadonlySet<string>,
): readonly ParsedCommand[] {
  const { revisions, id } = comment;
  const judged = revisions.findLast(({ bodyDigest }) => {
    const key = answerKeyOf({ id, bodyDigest });
    return answered.has(key) || [...(task?.causes ?? [])].some((cause) => cause.startsWith(`${key}/`));
  });
  const before = judged ?? revisions[0];
  return before === undefined ? [] : commandsAdded(parseCommands(before.body, mention), now);
}

/** Boxes that the last editor of a comment of ours ticked. */
function boxesIn(comment: ObservedComment, { writer, issue }: Observation, task: Task | null): readonly Heard[] {
  const { editor, body, revisions } = comment;
  const before = revisions.at(-1);
  if (task === null || editor === null || editor.id === writer.id || comment.on !== issue.number) return [];
  if (before === undefined) return [];
  const key = readCommentKey(before.body);
  if (key?.is !== "need" && key?.is !== "status") return [];
  return boxesTicked(before.body, body)
    .flatMap((box) => commandsOfBox(box, task))
    .map((command, index) => ({
      cause: `${boxKeyOf(comment)}${index + 1}`,
      comment,
      author: editor,
      parsed: { ...command, index: index + 1, dryRun: false },
      by: "box" as const,
    }));
}
