// Moves refs, all or none, over GraphQL: the only arbiter of the protocol. What a lost answer means is not decided here:
// `core/settle-refs.ts` says it, so that the simulation runs the same steps.

import { z } from "zod";
import type { AppendResult, RefUpdate, RepositoryRef } from "../../core/ports.ts";
import { type RefStanding, type Sent, settleRefs } from "../../core/settle-refs.ts";
import type { ConfigReader } from "./config-file.ts";
import type { Context } from "./context.ts";
import { refsDocument, UPDATE_REFS } from "./documents.ts";
import { knowledgeOf } from "./repositories.ts";
import { AmbiguousAnswer, backoffMs, isDefinite, readWhole, type Wire } from "./wire.ts";

/** Forty zeros: the ref must not exist, or is to be deleted. */
const ZERO = "0".repeat(40);

const refsSchema = z.record(
  z.string(),
  z
    .object({
      target: z.object({
        oid: z.string(),
        history: z.object({ nodes: z.array(z.object({ oid: z.string() })) }).optional(),
      }),
    })
    .nullable(),
);

async function standings(
  wire: Wire,
  repository: RepositoryRef,
  updates: readonly RefUpdate[],
): Promise<readonly RefStanding[]> {
  const names = Object.fromEntries(updates.map(({ ref }, index) => [`ref${index}`, ref]));
  const { owner, name } = repository;
  const { data } = await readWhole(wire, refsDocument(updates.length), { owner, name, ...names });
  const refs = z.object({ repository: refsSchema }).parse(data).repository;
  return updates.map((update, index) => {
    const target = refs[`ref${index}`]?.target;
    return { update, tip: target?.oid ?? null, newest: (target?.history?.nodes ?? []).map(({ oid }) => oid) };
  });
}

async function send(wire: Wire, nodeId: string, updates: readonly RefUpdate[]): Promise<Sent> {
  const refUpdates = updates.map(({ ref, before, after }) => ({
    name: ref,
    beforeOid: before ?? ZERO,
    afterOid: after ?? ZERO,
    force: after === null,
  }));
  try {
    const { problems } = await wire.graphql({
      document: UPDATE_REFS,
      variables: { input: { repositoryId: nodeId, refUpdates } },
      repeat: "never",
      kind: "write",
      priority: "urgent",
    });
    const [problem] = problems;
    if (problem === undefined) return { kind: "won" };
    return { kind: isDefinite(problem) ? "refused" : "unsure", why: problem.message };
  } catch (error) {
    if (error instanceof AmbiguousAnswer) return { kind: "unsure", why: error.message };
    throw error;
  }
}

/**
 * All or nothing, fast-forward only.
 *
 * @throws when GitHub refuses although nothing stands in the way (a rule, a right that is missing), or when no try got
 *   a definite answer: the caller reads again and decides again
 */
export async function updateRefs(
  context: Context,
  configs: ConfigReader,
  repository: RepositoryRef,
  updates: readonly RefUpdate[],
): Promise<AppendResult> {
  const wire = await context.wireTo(repository);
  const { nodeId } = await knowledgeOf(context, configs, repository);
  return settleRefs(
    {
      send: (asked) => send(wire, nodeId, asked),
      standings: (asked) => standings(wire, repository, asked),
      rest: (tries) => context.clock.wait(backoffMs(tries, context.random)),
    },
    updates,
  );
}
