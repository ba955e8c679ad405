// Creates comments, which people are notified of and which no second request can take back: an answer that was lost is
// followed by a look, never by a second comment on the spot.

import { z } from "zod";
import type { Effect, EffectResult, IssueRef } from "../../core/ports.ts";
import { type Context, nameOf } from "./context.ts";
import { NEWEST_COMMENTS } from "./documents.ts";
import { AmbiguousAnswer, readWhole } from "./wire.ts";

/** Before the look after a lost answer: GitHub may show a comment a little after it took it. */
const SETTLE_MS = 3_000;

const threadSchema = z.object({
  repository: z.object({
    thread: z
      .object({
        comments: z.object({
          nodes: z.array(
            z.object({
              fullDatabaseId: z.union([z.string(), z.int()]),
              body: z.string(),
              viewerDidAuthor: z.boolean(),
            }),
          ),
        }),
      })
      .nullable(),
  }),
});
const madeSchema = z.object({ id: z.int() });

/** @returns the id of our oldest comment whose first line has the key, among the newest ones */
async function findByKey(context: Context, ref: IssueRef, key: string): Promise<number | null> {
  const wire = await context.wireTo(ref);
  const { owner, name, issue: number } = ref;
  const { data } = await readWhole(wire, NEWEST_COMMENTS, { owner, name, number });
  const comments = threadSchema.parse(data).repository.thread?.comments.nodes ?? [];
  const ours = comments.find(({ body, viewerDidAuthor }) => viewerDidAuthor && body.split("\n", 1)[0]?.includes(key));
  return ours === undefined ? null : Number(ours.fullDatabaseId);
}

/**
 * @param ref   where the comment is to stand: an issue or a pull request
 * @param first look for it even when nothing says that an earlier try was made
 * @throws when the answer was lost and no comment shows: a later try looks again before it writes
 */
export async function createComment(
  context: Context,
  ref: IssueRef,
  { key, body }: Pick<Extract<Effect, { kind: "create-comment" }>, "key" | "body">,
  first: "write" | "look" = "write",
): Promise<EffectResult> {
  const { unsureComments } = context.memory;
  const name = `${nameOf(ref)}#${ref.issue} ${key}`;
  if (first === "look" || unsureComments.get(name) === true) {
    const id = await findByKey(context, ref, key);
    if (id !== null) return { ok: true, id };
  }
  const wire = await context.wireTo(ref);
  try {
    const answer = await wire.rest({
      route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      parameters: { owner: ref.owner, repo: ref.name, issue_number: ref.issue, body },
      repeat: "never",
      kind: "content",
    });
    unsureComments.delete(name);
    return answer.ok ? { ok: true, id: madeSchema.parse(answer.data).id } : { ok: false, refused: answer.message };
  } catch (error) {
    if (!(error instanceof AmbiguousAnswer)) throw error;
    unsureComments.set(name, true);
    await context.clock.wait(SETTLE_MS);
    const id = await findByKey(context, ref, key);
    if (id === null) throw error;
    return { ok: true, id };
  }
}
