// Effects that share one GraphQL document: labels, assignees, edits, reactions, open and closed. Each of them twice is
// the same as once, so the whole document may be repeated.

import { z } from "zod";
import type { Account, Reaction } from "../../core/observation.ts";
import type { Effect, EffectResult, RepositoryRef } from "../../core/ports.ts";
import type { Context, Knowledge } from "./context.ts";
import { ACCOUNT_NODE } from "./documents.ts";
import { forgetLabels, labelIds } from "./labels.ts";
import { type GraphqlProblem, isDefinite } from "./wire.ts";

const SHARED_KINDS = [
  "add-labels",
  "remove-labels",
  "assign",
  "unassign",
  "edit-comment",
  "minimize-comment",
  "delete-comment",
  "react",
  "close-issue",
  "reopen-issue",
  "block",
  "edit-issue",
  "create-label",
  "edit-label",
] as const;
export type SharedEffect = Extract<Effect, { kind: (typeof SHARED_KINDS)[number] }>;

export function isShared(effect: Effect): effect is SharedEffect {
  return SHARED_KINDS.some((kind) => kind === effect.kind);
}

/** Effects whose aim is reached when their object is gone. */
const MEANT_TO_GO: ReadonlySet<Effect["kind"]> = new Set([
  "minimize-comment",
  "delete-comment",
  "remove-labels",
  "unassign",
]);

const REACTIONS: { readonly [R in Reaction]: string } = {
  eyes: "EYES",
  rocket: "ROCKET",
  "+1": "THUMBS_UP",
  confused: "CONFUSED",
};

interface Mutation {
  readonly field: string;
  readonly input: { readonly [key: string]: unknown };
}

const accountSchema = z.object({ user: z.object({ id: z.string(), databaseId: z.int() }).nullable() });

/** @returns the account's node id, or null for one that cannot be assigned: a bot, or a login that is somebody else's now */
async function accountNode(context: Context, repository: RepositoryRef, account: Account): Promise<string | null> {
  if (account.isBot) return null;
  const { accounts } = context.memory;
  const known = accounts.get(`${account.id}`);
  if (known !== undefined) return known;
  const wire = await context.wireTo(repository);
  const variables = { login: account.login };
  const answer = await wire.graphql({ document: ACCOUNT_NODE, variables, repeat: "freely", kind: "read" });
  const found = accountSchema.safeParse(answer.data);
  const user = found.success ? found.data.user : null;
  if (user === null || user.databaseId !== account.id) return null;
  accounts.set(`${account.id}`, user.id);
  return user.id;
}

async function labelInput(
  context: Context,
  repository: RepositoryRef,
  known: Knowledge,
  effect: Extract<SharedEffect, { kind: "add-labels" | "remove-labels" }>,
): Promise<Mutation | null> {
  const isAdding = effect.kind === "add-labels";
  const ids = await labelIds(context, repository, effect.labels, isAdding ? known.config : null);
  if (ids.size === 0) return null;
  const field = isAdding ? "addLabelsToLabelable" : "removeLabelsFromLabelable";
  return { field, input: { labelableId: effect.nodeId, labelIds: [...ids.values()] } };
}

async function assigneeInput(
  context: Context,
  repository: RepositoryRef,
  effect: Extract<SharedEffect, { kind: "assign" | "unassign" }>,
): Promise<Mutation | null> {
  const nodes = await Promise.all(effect.accounts.map((account) => accountNode(context, repository, account)));
  const assigneeIds = nodes.filter((node) => node !== null);
  if (assigneeIds.length === 0) return null;
  const field = effect.kind === "assign" ? "addAssigneesToAssignable" : "removeAssigneesFromAssignable";
  return { field, input: { assignableId: effect.nodeId, assigneeIds } };
}

/** @returns the mutation for an effect, or null when there is nothing to write */
async function mutationFor(
  context: Context,
  repository: RepositoryRef,
  known: Knowledge,
  effect: SharedEffect,
): Promise<Mutation | null> {
  switch (effect.kind) {
    case "add-labels":
    case "remove-labels":
      return await labelInput(context, repository, known, effect);
    case "assign":
    case "unassign":
      return await assigneeInput(context, repository, effect);
    case "edit-comment":
      return { field: "updateIssueComment", input: { id: effect.nodeId, body: effect.body } };
    case "minimize-comment":
      return { field: "minimizeComment", input: { subjectId: effect.nodeId, classifier: "OUTDATED" } };
    case "delete-comment":
      return { field: "deleteIssueComment", input: { id: effect.nodeId } };
    case "react":
      return { field: "addReaction", input: { subjectId: effect.nodeId, content: REACTIONS[effect.reaction] } };
    case "close-issue":
      return {
        field: "closeIssue",
        input: { issueId: effect.nodeId, stateReason: effect.reason === "completed" ? "COMPLETED" : "NOT_PLANNED" },
      };
    case "block":
      return { field: "addBlockedBy", input: { issueId: effect.nodeId, blockingIssueId: effect.by } };
    case "reopen-issue":
      return { field: "reopenIssue", input: { issueId: effect.nodeId } };
    case "edit-issue":
      return { field: "updateIssue", input: { id: effect.nodeId, title: effect.title, body: effect.body } };
    case "create-label": {
      const { repositoryNodeId: repositoryId, name, colour: color, description } = effect;
      return { field: "createLabel", input: { repositoryId, name, color, description } };
    }
    case "edit-label": {
      const { nodeId: id, name, colour: color, description } = effect;
      return { field: "updateLabel", input: { id, name, color, description } };
    }
  }
}

/** `mutation Effects($i0: AddReactionInput!) { e0: addReaction(input: $i0) { clientMutationId } }`, for all of them. */
function documentOf(mutations: readonly Mutation[]): string {
  const inputs = mutations.map(
    ({ field }, index) => `$i${index}: ${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`,
  );
  const calls = mutations.map(({ field }, index) => `e${index}: ${field}(input: $i${index}) { clientMutationId }`);
  return `mutation Effects(${inputs.join(", ")}) {\n  ${calls.join("\n  ")}\n}`;
}

function resultOf(effect: SharedEffect, problem: GraphqlProblem | undefined): EffectResult {
  if (problem === undefined) return { ok: true };
  if (!isDefinite(problem)) throw new Error(`GitHub did not say what came of ${effect.kind}: ${problem.message}`);
  if (problem.type === "NOT_FOUND" && MEANT_TO_GO.has(effect.kind)) return { ok: true };
  // There already, or a circle that GitHub does not let be: either way there is nothing to repeat.
  if (problem.type === "UNPROCESSABLE" && effect.kind === "block") return { ok: true };
  return { ok: false, refused: problem.message };
}

async function send(
  context: Context,
  repository: RepositoryRef,
  mutations: readonly Mutation[],
  effects: readonly SharedEffect[],
): Promise<readonly GraphqlProblem[]> {
  const wire = await context.wireTo(repository);
  const { problems } = await wire.graphql({
    document: documentOf(mutations),
    variables: Object.fromEntries(mutations.map(({ input }, index) => [`i${index}`, input])),
    repeat: "freely",
    kind: effects.some(({ kind }) => kind === "edit-comment" || kind === "edit-issue") ? "content" : "write",
    priority: effects.some((effect) => effect.kind === "react") ? "urgent" : "normal",
  });
  const whole = problems.find((problem) => problem.path.length === 0);
  if (whole !== undefined) throw new Error(`GitHub refused a document of effects: ${whole.message}`);
  return problems;
}

/** @returns one result for each effect, in their order */
export async function applyShared(
  context: Context,
  repository: RepositoryRef,
  known: Knowledge,
  effects: readonly SharedEffect[],
  isSecondTry = false,
): Promise<readonly EffectResult[]> {
  const planned: { readonly effect: SharedEffect; readonly mutation: Mutation | null }[] = [];
  for (const effect of effects) {
    planned.push({ effect, mutation: await mutationFor(context, repository, known, effect) });
  }
  const mutations = planned.flatMap(({ mutation }) => mutation ?? []);
  const problems = mutations.length === 0 ? [] : await send(context, repository, mutations, effects);
  const problemOf = (mutation: Mutation) => problems.find(({ path }) => path[0] === `e${mutations.indexOf(mutation)}`);
  // A label that was deleted or made anew has another id now: its name is looked up once more.
  const stale = planned.flatMap(({ effect, mutation }) =>
    mutation !== null && "labels" in effect && problemOf(mutation)?.type === "NOT_FOUND" ? [effect] : [],
  );
  if (stale.length === 0 || isSecondTry) {
    return planned.map(({ effect, mutation }) => resultOf(effect, mutation === null ? undefined : problemOf(mutation)));
  }
  forgetLabels(
    context,
    repository,
    stale.flatMap((effect) => effect.labels),
  );
  const again = await applyShared(context, repository, known, stale, true);
  return planned.map(({ effect, mutation }) => {
    const second = "labels" in effect ? again[stale.indexOf(effect)] : undefined;
    return second ?? resultOf(effect, mutation === null ? undefined : problemOf(mutation));
  });
}
