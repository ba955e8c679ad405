// Follows a list of GitHub's beyond its first page, up to a named limit. A list that is longer throws: half of it is
// never taken for the whole.

import type { z } from "zod";
import { PAGES } from "./documents.ts";
import { pageSchemas } from "./page-schemas.ts";
import { readWhole, type Wire } from "./wire.ts";

/** Pages of a hundred that are followed. Source: GitHub takes no more than 2,500 comments on an issue. */
export const PAGES_MAX = 30;

export type PageName = keyof typeof PAGES;
type PageOf<N extends PageName> = z.infer<(typeof pageSchemas)[N]>;
type NodeOf<N extends PageName> = PageOf<N>["nodes"][number];

interface Page<T> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly T[];
}

/**
 * @param first     the page that is there already; null to begin at the beginning
 * @param variables of the page's document, without `after`
 * @param itemsMax  stop, without complaint, when this many are there
 * @returns every node of the list, in its order
 */
export async function followPages<N extends PageName>(
  wire: Wire,
  name: N,
  first: Page<NodeOf<N>> | null,
  variables: { readonly [name: string]: unknown },
  itemsMax = Number.POSITIVE_INFINITY,
): Promise<readonly NodeOf<N>[]> {
  const nodes: NodeOf<N>[] = [...(first?.nodes ?? [])];
  let at = first?.pageInfo ?? { hasNextPage: true, endCursor: null };
  for (let pages = 1; at.hasNextPage && nodes.length < itemsMax; pages += 1) {
    if (pages > PAGES_MAX) throw new Error(`the list of ${name} is longer than ${PAGES_MAX} pages`);
    const { data } = await readWhole(wire, PAGES[name], { ...variables, after: at.endCursor });
    // The schema of this name parses this page; TypeScript cannot follow the name through the table.
    const page = pageSchemas[name].parse(data) as Page<NodeOf<N>>;
    nodes.push(...page.nodes);
    at = page.pageInfo;
  }
  return nodes;
}
