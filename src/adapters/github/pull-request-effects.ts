// Opens, merges and closes pull requests. GitHub allows one open pull request from a branch into a base, and merges
// only the head that is named, so both may be repeated once the answer was looked for.

import { z } from "zod";
import type { Effect, EffectResult, IssueRef } from "../../core/ports.ts";
import { createComment } from "./comments.ts";
import type { Context } from "./context.ts";
import type { RestAnswer, Wire } from "./wire.ts";

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

const numberSchema = z.object({ number: z.int() });
const pullSchema = z.object({
  node_id: z.string().optional(),
  state: z.string(),
  merged: z.boolean().optional(),
  head: z.object({ sha: z.string() }),
});

/** @returns the open pull request from this branch into this base, or null */
async function openOne(wire: Wire, ref: IssueRef, effect: Of<"open-pull-request">): Promise<number | null> {
  const { ok, data, message } = await wire.rest({
    route: "GET /repos/{owner}/{repo}/pulls",
    parameters: {
      owner: ref.owner,
      repo: ref.name,
      head: `${ref.owner}:${effect.head}`,
      base: effect.base,
      state: "open",
    },
    repeat: "freely",
    kind: "read",
  });
  if (!ok) throw new Error(`GitHub did not list the pull requests: ${message}`);
  return z.array(numberSchema).parse(data)[0]?.number ?? null;
}

/** A 422 may say that there is one already: an earlier try whose answer was lost, or another instance. It is adopted. */
export async function openPullRequest(
  context: Context,
  ref: IssueRef,
  effect: Of<"open-pull-request">,
): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  const { head, base, title, body } = effect;
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/pulls",
    parameters: { owner: ref.owner, repo: ref.name, head, base, title, body },
    repeat: "freely",
    kind: "content",
    priority: "urgent",
  });
  if (answer.ok) return { ok: true, id: numberSchema.parse(answer.data).number };
  const existing = answer.status === 422 ? await openOne(wire, ref, effect) : null;
  return existing === null ? { ok: false, refused: answer.message } : { ok: true, id: existing };
}

async function pull(wire: Wire, ref: IssueRef, number: number): Promise<RestAnswer> {
  return await wire.rest({
    route: "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    parameters: { owner: ref.owner, repo: ref.name, pull_number: number },
    repeat: "freely",
    kind: "read",
    priority: "urgent",
  });
}

export async function merge(context: Context, ref: IssueRef, effect: Of<"merge">): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  const answer = await wire.rest({
    route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
    parameters: {
      owner: ref.owner,
      repo: ref.name,
      pull_number: effect.pullRequest,
      sha: effect.head,
      merge_method: effect.method,
      commit_title: effect.title,
    },
    // The head is named and a merged one is refused: twice is once.
    repeat: "freely",
    kind: "write",
    priority: "urgent",
  });
  if (answer.ok) return { ok: true };
  // The refusal may be for what an earlier try did, whose answer was lost.
  const now = pullSchema.safeParse((await pull(wire, ref, effect.pullRequest)).data);
  if (now.success && now.data.merged === true && now.data.head.sha === effect.head) return { ok: true };
  if (/merge queue/i.test(answer.message) && now.success && now.data.node_id !== undefined)
    return await enqueue(wire, now.data.node_id, effect.head);
  return { ok: false, refused: answer.message };
}

const ENQUEUE =
  "mutation Enqueue($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) { clientMutationId } }";

/** A branch with a merge queue takes nothing but from it. */
async function enqueue(wire: Wire, pullRequestId: string, expectedHeadOid: string): Promise<EffectResult> {
  const answer = await wire.graphql({
    document: ENQUEUE,
    variables: { input: { pullRequestId, expectedHeadOid } },
    // One that is in the queue is refused a second time: the next look sees that it is.
    repeat: "freely",
    kind: "write",
    priority: "urgent",
  });
  const [problem] = answer.problems;
  if (problem === undefined || /already in the (?:merge )?queue/i.test(problem.message))
    return { ok: true, queued: true };
  return { ok: false, refused: problem.message };
}

/** GitHub takes the request and moves the branch a moment later; a head that has moved already is its refusal. */
export async function updateBranch(
  context: Context,
  ref: IssueRef,
  effect: Of<"update-branch">,
): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  const answer = await wire.rest({
    route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch",
    parameters: {
      owner: ref.owner,
      repo: ref.name,
      pull_number: effect.pullRequest,
      expected_head_sha: effect.head,
    },
    repeat: "freely",
    kind: "write",
  });
  if (answer.ok) return { ok: true };
  const now = pullSchema.safeParse((await pull(wire, ref, effect.pullRequest)).data);
  // An earlier try whose answer was lost, or a person: the aim was another head, and there is one.
  if (now.success && now.data.head.sha !== effect.head) return { ok: true };
  return { ok: false, refused: answer.message };
}

/** Says why first: a pull request that is closed without a word is rude. One that is closed already is left alone. */
export async function closePullRequest(
  context: Context,
  ref: IssueRef,
  effect: Of<"close-pull-request">,
): Promise<EffectResult> {
  const wire = await context.wireTo(ref);
  const found = pullSchema.safeParse((await pull(wire, ref, effect.pullRequest)).data);
  if (found.success && found.data.state === "closed") return { ok: true };
  if (effect.comment !== "") {
    const key = effect.comment.split("\n", 1)[0] ?? "";
    const said = await createComment(
      context,
      { ...ref, issue: effect.pullRequest },
      { key, body: effect.comment },
      "look",
    );
    if (!said.ok) return said;
  }
  const answer = await wire.rest({
    route: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
    parameters: { owner: ref.owner, repo: ref.name, pull_number: effect.pullRequest, state: "closed" },
    repeat: "freely",
    kind: "write",
  });
  return answer.ok || answer.status === 404 ? { ok: true } : { ok: false, refused: answer.message };
}
