// What a document costs, by GitHub's published formula, before it runs: requests for every connection, divided by a hundred.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

export interface Cost {
  readonly points: number;
  readonly nodes: number;
}

const NODES_MAX = 500_000;
const DEPTH_MAX = 64;

interface Tally {
  requests: number;
  nodes: number;
}

function pageSize(field: FieldNode, variables: Readonly<Record<string, unknown>>): number | null {
  for (const argument of field.arguments ?? []) {
    if (argument.name.value !== "first" && argument.name.value !== "last") continue;
    if (argument.value.kind === Kind.INT) return Number(argument.value.value);
    const value = argument.value.kind === Kind.VARIABLE ? variables[argument.value.name.value] : null;
    if (typeof value === "number") return value;
  }
  return null;
}

export function costOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Cost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const tally: Tally = { requests: 0, nodes: 0 };
  const visit = (set: SelectionSetNode | undefined, parents: number, depth: number): void => {
    if (depth > DEPTH_MAX) return;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        visit(fragments.get(selection.name.value)?.selectionSet, parents, depth + 1);
      else if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet, parents, depth + 1);
      else {
        const size = pageSize(selection, variables);
        if (size !== null) {
          tally.requests += parents;
          tally.nodes += parents * size;
        }
        visit(selection.selectionSet, size === null ? parents : parents * size, depth + 1);
      }
    }
  };
  visit(operation.selectionSet, 1, 0);
  return { points: Math.max(1, Math.round(tally.requests / 100)), nodes: tally.nodes };
}

export function isTooLarge(cost: Cost): boolean {
  return cost.nodes > NODES_MAX;
}
