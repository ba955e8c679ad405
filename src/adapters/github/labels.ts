// Labels by their node ids, which is how GraphQL wants them. One that is missing is made, once.

import { z } from "zod";
import type { RepositoryRef } from "../../core/ports.ts";
import type { Context } from "./context.ts";
import { nameOf } from "./context.ts";
import { labelsDocument } from "./documents.ts";
import { readWhole, type Wire } from "./wire.ts";

const foundSchema = z.object({
  repository: z.record(z.string(), z.object({ id: z.string(), name: z.string() }).nullable()),
});
const madeSchema = z.object({ node_id: z.string() });

/** What a label of ours looks like, by the part after the prefix: people read a list of issues by colour. */
const LOOKS: { readonly [state: string]: { readonly color: string; readonly description: string } } = {
  draft: { color: "d4d4d4", description: "Proposed, not yet released to the queue" },
  queued: { color: "a5c8ff", description: "Waits for a runner" },
  blocked: { color: "c9b6e4", description: "Queued, but something keeps it" },
  claimed: { color: "1f6feb", description: "An attempt is under way" },
  review: { color: "e3b341", description: "A pull request waits for gate and people" },
  "needs-human": { color: "f0883e", description: "The machine stopped and asks" },
  done: { color: "2da44e", description: "Ended: merged or otherwise finished" },
  failed: { color: "cf222e", description: "Ended: the last attempt failed" },
  cancelled: { color: "8c959f", description: "Ended: withdrawn" },
};
const PLAIN = { color: "ededed", description: "" };

async function find(
  wire: Wire,
  repository: RepositoryRef,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const variables = Object.fromEntries(names.map((name, index) => [`label${index}`, name]));
  const { owner, name } = repository;
  const { data } = await readWhole(wire, labelsDocument(names.length), { owner, name, ...variables });
  const found = foundSchema.parse(data).repository;
  const ids = new Map<string, string>();
  for (const [index, label] of names.entries()) {
    const one = found[`label${index}`];
    if (one !== undefined && one !== null) ids.set(label, one.id);
  }
  return ids;
}

/** @returns the new label's id, or null when somebody else was faster */
async function make(wire: Wire, repository: RepositoryRef, label: string): Promise<string | null> {
  const looks = LOOKS[label.split(":").at(-1) ?? ""] ?? PLAIN;
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/labels",
    parameters: { owner: repository.owner, repo: repository.name, name: label, ...looks },
    // The name is unique: a second one is refused.
    repeat: "freely",
    kind: "content",
  });
  if (answer.ok) return madeSchema.parse(answer.data).node_id;
  if (answer.status === 422) return null;
  throw new Error(`GitHub did not make the label ${label}: ${answer.message}`);
}

/**
 * @param isToBeMade false for labels that are only to be taken off: one that does not exist is on nothing
 * @returns the id of every label that exists, by name
 */
export async function labelIds(
  context: Context,
  repository: RepositoryRef,
  names: readonly string[],
  isToBeMade: boolean,
): Promise<ReadonlyMap<string, string>> {
  const { labels } = context.memory;
  const keyOf = (label: string) => `${nameOf(repository)} ${label}`;
  const unknown = names.filter((label) => labels.get(keyOf(label)) === undefined);
  if (unknown.length > 0) {
    const wire = await context.wireTo(repository);
    const found = new Map(await find(wire, repository, unknown));
    const missing = isToBeMade ? unknown.filter((label) => !found.has(label)) : [];
    for (const label of missing) {
      const id = (await make(wire, repository, label)) ?? (await find(wire, repository, [label])).get(label);
      if (id === undefined) throw new Error(`GitHub has the label ${label} and does not find it`);
      found.set(label, id);
    }
    for (const [label, id] of found) labels.set(keyOf(label), id);
  }
  const ids = new Map<string, string>();
  for (const label of names) {
    const id = labels.get(keyOf(label));
    if (id !== undefined) ids.set(label, id);
  }
  return ids;
}

/** Forgets ids that turned out to be no labels any more. */
export function forgetLabels(context: Context, repository: RepositoryRef, names: readonly string[]): void {
  for (const label of names) context.memory.labels.delete(`${nameOf(repository)} ${label}`);
}
