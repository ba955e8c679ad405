// What edited comments said before. GitHub's list is asked for where an edit may be a request, and kept: a revision that
// was made never changes.

import { hasTick } from "../../core/checkbox.ts";
import type { CommentRevision, ObservedComment } from "../../core/observation.ts";
import type { Context } from "./context.ts";
import { bodyDigest } from "./digest.ts";
import { REVISIONS } from "./documents.ts";
import { revisionsSchema } from "./look-schema.ts";
import { readWhole, type Wire } from "./wire.ts";

/** Comments whose history one look asks for, newest first. Source: GitHub takes a hundred ids at once. */
const COMMENTS_MAX = 50;

/** An author's edit of what may be a command, or somebody's tick in a comment of ours. */
function mayMatter({ author, editor, body }: ObservedComment, writerId: number): boolean {
  if (author === null || editor === null) return false;
  if (author.id === writerId) return editor.id !== writerId && hasTick(body);
  return editor.id === author.id && /\/task|@/i.test(body);
}

/** @returns the comments, those that matter with their revisions; one whose history GitHub does not tell stays without */
export async function withRevisions(
  context: Context,
  wire: Wire,
  comments: readonly ObservedComment[],
): Promise<readonly ObservedComment[]> {
  const { revisions: table } = context.memory;
  const keyOf = ({ nodeId, bodyDigest: digest }: ObservedComment) => `${nodeId} ${digest}`;
  const edited = comments.filter((comment) => mayMatter(comment, context.writer.id)).slice(-COMMENTS_MAX);
  const unknown = edited.filter((comment) => table.get(keyOf(comment)) === undefined);
  if (unknown.length > 0) {
    const { data } = await readWhole(wire, REVISIONS, { ids: unknown.map(({ nodeId }) => nodeId) });
    const { nodes } = revisionsSchema.parse(data);
    for (const comment of unknown) {
      const found = nodes.find((node) => node?.id === comment.nodeId)?.userContentEdits?.nodes ?? [];
      table.set(keyOf(comment), earlier(found, comment));
    }
  }
  return comments.map((comment) => ({ ...comment, revisions: table.get(keyOf(comment)) ?? [] }));
}

/** Oldest first, without what the comment says now. */
function earlier(
  edits: readonly ({ readonly diff: string | null } | null)[],
  { body }: ObservedComment,
): readonly CommentRevision[] {
  const bodies = edits.flatMap((edit) => (edit === null || edit.diff === null ? [] : [edit.diff])).toReversed();
  const before = bodies.at(-1) === body ? bodies.slice(0, -1) : bodies;
  return before.map((text) => ({ body: text, bodyDigest: bodyDigest(text) }));
}
