// Brings a repository's labels to what the config says: missing ones made, ours put right, old names renamed so that
// issues keep them. A label that is not ours is never touched and nothing is ever deleted.

import type { RepositoryConfig } from "./config.ts";
import { type LabelDefinition, labelDefinitions } from "./labels.ts";
import type { Effect } from "./ports.ts";
import type { ObservedLabel } from "./survey.ts";

/** @returns one write per label that differs; empty when all is as it should be */
export function labelEffects(
  present: readonly ObservedLabel[],
  config: RepositoryConfig,
  repositoryNodeId: string,
): readonly Effect[] {
  const byName = new Map(present.map((label) => [label.name.toLowerCase(), label]));
  const taken = new Set<string>();
  return labelDefinitions(config).flatMap((wanted): readonly Effect[] => {
    const found = byName.get(wanted.name.toLowerCase()) ?? former(wanted, byName, taken);
    const { name, colour, description } = wanted;
    if (found === undefined) return [{ kind: "create-label", repositoryNodeId, name, colour, description }];
    if (isAsWanted(found, wanted)) return [];
    return [{ kind: "edit-label", nodeId: found.nodeId, name, colour, description }];
  });
}

/** A label under an old name becomes the new one, once. */
function former(
  { previously }: LabelDefinition,
  byName: ReadonlyMap<string, ObservedLabel>,
  taken: Set<string>,
): ObservedLabel | undefined {
  const old = previously.map((name) => name.toLowerCase()).find((name) => byName.has(name) && !taken.has(name));
  if (old === undefined) return undefined;
  taken.add(old);
  return byName.get(old);
}

function isAsWanted(found: ObservedLabel, wanted: LabelDefinition): boolean {
  return (
    found.name === wanted.name &&
    found.colour.toLowerCase() === wanted.colour &&
    found.description === wanted.description
  );
}
