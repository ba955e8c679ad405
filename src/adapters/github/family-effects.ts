// Makes sub-issues and the branch that a project's sub-tasks are merged into. Both are looked for before they are made.

import { z } from "zod";
import type { Effect, EffectResult, RepositoryRef } from "../../core/ports.ts";
import type { ConfigReader } from "./config-file.ts";
import type { Context } from "./context.ts";
import { labelIds } from "./labels.ts";
import { readChildren } from "./observe-family.ts";
import { CREATE_CHILD } from "./relation-documents.ts";
import { knowledgeOf } from "./repositories.ts";
import { AmbiguousAnswer, type Wire } from "./wire.ts";

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

/** Before the look after a lost answer: GitHub may show an issue a little after it took it. */
const SETTLE_MS = 3_000;

const madeSchema = z.object({
  createIssue: z.object({ issue: z.object({ id: z.string(), number: z.int() }) }),
});
const refSchema = z.object({ object: z.object({ sha: z.string() }) });

/** @returns our sub-issue with this key, the oldest one */
async function findChild(wire: Wire, effect: Of<"create-child">): Promise<EffectResult | null> {
  const children = [...(await readChildren(wire, effect.parent.nodeId)).values()];
  const ours = children.filter(({ body, viewerDidAuthor }) => viewerDidAuthor && body.startsWith(effect.key));
  const [first] = ours.toSorted((a, b) => a.number - b.number);
  return first === undefined ? null : { ok: true, id: first.number, nodeId: first.id };
}

/** Born below its parent in one request: a crash leaves a sub-issue or nothing, never an issue that nobody finds again. */
export async function createChild(
  context: Context,
  configs: ConfigReader,
  ref: RepositoryRef,
  effect: Of<"create-child">,
): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  const there = await findChild(wire, effect);
  if (there !== null) return there;
  const { nodeId: repositoryId, config } = await knowledgeOf(context, configs, ref);
  const labels = await labelIds(context, ref, effect.labels, config);
  const { title, body } = effect;
  const input = { repositoryId, title, body, labelIds: [...labels.values()], parentIssueId: effect.parent.nodeId };
  try {
    const answer = await wire.graphql({
      document: CREATE_CHILD,
      variables: { input },
      repeat: "never",
      kind: "content",
    });
    const [problem] = answer.problems;
    if (problem !== undefined) return { ok: false, refused: problem.message };
    const { issue } = madeSchema.parse(answer.data).createIssue;
    return { ok: true, id: issue.number, nodeId: issue.id };
  } catch (error) {
    if (!(error instanceof AmbiguousAnswer)) throw error;
    await context.clock.wait(SETTLE_MS);
    const found = await findChild(wire, effect);
    if (found === null) throw error;
    return found;
  }
}

export async function createBranch(
  context: Context,
  ref: RepositoryRef,
  effect: Of<"create-branch">,
): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  const repository = { owner: ref.owner, repo: ref.name };
  const from = await wire.rest({
    route: "GET /repos/{owner}/{repo}/git/ref/{+ref}",
    parameters: { ...repository, ref: `heads/${effect.from}` },
    repeat: "freely",
    kind: "read",
  });
  if (from.status === 404) return { ok: false, refused: `there is no branch ${effect.from}` };
  if (!from.ok) throw new Error(`GitHub did not show the branch ${effect.from}: ${from.message}`);
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/git/refs",
    parameters: { ...repository, ref: `refs/heads/${effect.branch}`, sha: refSchema.parse(from.data).object.sha },
    // A second one of the same name is refused.
    repeat: "freely",
    kind: "write",
  });
  if (answer.ok || (answer.status === 422 && /already exists/i.test(answer.message))) return { ok: true };
  return { ok: false, refused: answer.message };
}
