// Labels by their node ids, which is how GraphQL wants them. One that is missing is made, once.

import { z } from "zod";
import type { RepositoryConfig } from "../../core/config.ts";
import { labelDefinitions } from "../../core/labels.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { Context } from "./context.ts";
import { nameOf } from "./context.ts";
import { labelsDocument } from "./documents.ts";
import { readWhole, type Wire } from "./wire.ts";

const foundSchema = z.object({
  repository: z.record(z.string(), z.object({ id: z.string(), name: z.string() }).nullable()),
});
const madeSchema = z.object({ node_id: z.string() });

/** What a label of somebody else's looks like, should we ever have to make one. */
const PLAIN = { colour: "ededed", description: "" };

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

/** @returns the labels of these names that the repository has */
export async function findLabels(
  wire: Wire,
  repository: RepositoryRef,
  names: readonly string[],
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return [...(await find(wire, repository, names))].map(([name, id]) => ({ name, id }));
}

/** @returns the new label's id, or null when somebody else was faster */
async function make(
  wire: Wire,
  repository: RepositoryRef,
  label: string,
  config: RepositoryConfig,
): Promise<string | null> {
  const { colour, description } = labelDefinitions(config).find(({ name }) => name === label) ?? PLAIN;
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/labels",
    parameters: { owner: repository.owner, repo: repository.name, name: label, color: colour, description },
    // The name is unique: a second one is refused.
    repeat: "freely",
    kind: "content",
  });
  if (answer.ok) return madeSchema.parse(answer.data).node_id;
  if (answer.status === 422) return null;
  throw new Error(`GitHub did not make the label ${label}: ${answer.message}`);
}

/**
 * @param toBeMadeFor whose config says how a missing label looks; null for labels that are only to be taken off
 * @returns the id of every label that exists, by name
 */
export async function labelIds(
  context: Context,
  repository: RepositoryRef,
  names: readonly string[],
  toBeMadeFor: RepositoryConfig | null,
): Promise<ReadonlyMap<string, string>> {
  const { labels } = context.memory;
  const keyOf = (label: string) => `${nameOf(repository)} ${label}`;
  const unknown = names.filter((label) => labels.get(keyOf(label)) === undefined);
  if (unknown.length > 0) {
    const wire = await context.wireTo(repository);
    const found = new Map(await find(wire, repository, unknown));
    for (const label of unknown) {
      if (found.has(label) || toBeMadeFor === null) continue;
      const id =
        (await make(wire, repository, label, toBeMadeFor)) ?? (await find(wire, repository, [label])).get(label);
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
