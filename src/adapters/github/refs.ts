// Moves refs, all or none: the only arbiter of the protocol. An answer that leaves it open whether they moved is
// settled here, by looking at the refs and repeating the very same update, so that the caller hears `won` or `lost`.

import { z } from "zod";
import type { AppendResult, RefUpdate, RepositoryRef } from "../../core/ports.ts";
import type { Sha } from "../../core/task.ts";
import type { ConfigReader } from "./config-file.ts";
import type { Context } from "./context.ts";
import { refsDocument, UPDATE_REFS } from "./documents.ts";
import { knowledgeOf } from "./repositories.ts";
import { AmbiguousAnswer, backoffMs, isDefinite, readWhole, type Wire } from "./wire.ts";

/** Forty zeros: the ref must not exist, or is to be deleted. */
const ZERO = "0".repeat(40);
/** Times that the same update is sent before the caller is told that nobody knows. */
const UPDATES_MAX = 5;

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

/** Where a ref stands: its tip and the newest commits below it, or nowhere. */
interface Standing {
  readonly update: RefUpdate;
  readonly tip: Sha | null;
  readonly newest: readonly Sha[];
}

async function standings(
  wire: Wire,
  repository: RepositoryRef,
  updates: readonly RefUpdate[],
): Promise<readonly Standing[]> {
  const names = Object.fromEntries(updates.map(({ ref }, index) => [`ref${index}`, ref]));
  const { owner, name } = repository;
  const { data } = await readWhole(wire, refsDocument(updates.length), { owner, name, ...names });
  const refs = z.object({ repository: refsSchema }).parse(data).repository;
  return updates.map((update, index) => {
    const target = refs[`ref${index}`]?.target;
    return { update, tip: target?.oid ?? null, newest: (target?.history?.nodes ?? []).map(({ oid }) => oid) };
  });
}

/** Our own value stands, or somebody built on it. */
function isOurs({ update, tip, newest }: Standing): boolean {
  return update.after !== null && (tip === update.after || newest.includes(update.after));
}

/**
 * The update is atomic, but one ref does not speak for all: somebody else's update may have put a branch on the very
 * head that ours names. A ref that is gone by now says nothing.
 */
function areOurs(found: readonly Standing[]): boolean {
  const telling = found.filter(({ update, tip }) => update.after !== null && tip !== null);
  return telling.length > 0 && telling.every(isOurs);
}

/** Somebody's value stands, built on what we expected. A copy of GitHub's that lags shows older values, which prove nothing. */
function isOthers({ update, tip, newest }: Standing): boolean {
  if (tip === update.before || tip === update.after || tip === null) return false;
  return update.before === null || newest.includes(update.before);
}

type Verdict = AppendResult | "as-before" | "elsewhere";

/** @returns what the refs prove; `elsewhere`: something was deleted or moved by force, or we were shown the past */
function verdict(found: readonly Standing[]): Verdict {
  if (areOurs(found)) return "won";
  if (found.some(isOthers)) return "lost";
  if (found.every(({ update, tip }) => tip === update.before)) return "as-before";
  const onlyDeletes = found.every(({ update }) => update.after === null);
  return onlyDeletes && found.every(({ tip }) => tip === null) ? "won" : "elsewhere";
}

type Sent = { readonly kind: "won" } | { readonly kind: "refused" | "unsure"; readonly why: string };

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
  let last: { readonly sent: Sent; readonly proved: Verdict } | null = null;
  for (let tries = 1; tries <= UPDATES_MAX; tries += 1) {
    const sent = await send(wire, nodeId, updates);
    if (sent.kind === "won") return "won";
    const proved = verdict(await standings(wire, repository, updates));
    if (proved === "won" || proved === "lost") return proved;
    last = { sent, proved };
    await context.clock.wait(backoffMs(tries, context.random));
  }
  // Refused every time, and a ref does stand elsewhere: that is no lag any more.
  if (last?.sent.kind === "refused" && last.proved === "elsewhere") return "lost";
  const why = last === null || last.sent.kind === "won" ? "" : last.sent.why;
  throw new Error(`the refs did not move, and nothing stands in their way: ${why}`);
}
