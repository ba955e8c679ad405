// Relay connections: pages of a list with cursors. A page must be bounded, as on GitHub.
import { optionalObject, optionalText, text } from "./args.ts";
import { GraphqlRefusal } from "./refusal.ts";
import type { Args, View } from "./view.ts";

const PAGE_MAX = 100;

export interface Bounds {
  readonly first: number | null;
  readonly last: number | null;
  readonly after: string | null;
  readonly before: string | null;
}

/** Throws GitHub's refusal of a page without bounds or with too large ones. */
export function boundsOf(args: Args, field: string): Bounds {
  const read = (name: "first" | "last"): number | null => {
    const value = args[name];
    if (typeof value !== "number") return null;
    if (value < 0)
      throw new GraphqlRefusal(
        "BAD_USER_INPUT",
        `\`${name}\` on the \`${field}\` connection cannot be less than zero.`,
      );
    if (value <= PAGE_MAX) return value;
    const excess = `Requesting ${value} records on the \`${field}\` connection exceeds the \`${name}\` limit of ${PAGE_MAX} records.`;
    throw new GraphqlRefusal("EXCESSIVE_PAGINATION", excess);
  };
  const first = read("first");
  const last = read("last");
  if (first === null && last === null) {
    const missing = `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`;
    throw new GraphqlRefusal("MISSING_PAGINATION_BOUNDARIES", missing);
  }
  return { first, last, after: optionalText(args, "after") ?? null, before: optionalText(args, "before") ?? null };
}

export function cursorOf(key: string | number): string {
  return Buffer.from(`cursor:v2:${key}`).toString("base64");
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Names an item for its cursor; must stay the same when other items come and go. */
  readonly key: (item: T) => string | number;
  readonly view: (item: T) => unknown;
  /** What the edge says beyond node and cursor. */
  readonly edge?: (item: T) => View;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly start: number;
  readonly end: number;
}

function positionOf(keys: readonly string[], cursor: string | null): number | null {
  if (cursor === null) return null;
  const at = keys.indexOf(cursor);
  if (at === -1) throw new GraphqlRefusal("BAD_USER_INPUT", `\`${cursor}\` does not appear to be a valid cursor.`);
  return at;
}

function pageOf<T>(list: Listed<T>, bounds: Bounds): Page<T> {
  const hasCursor = bounds.after !== null || bounds.before !== null;
  const keys = hasCursor ? list.items.map((item) => cursorOf(list.key(item))) : [];
  const after = positionOf(keys, bounds.after);
  const before = positionOf(keys, bounds.before);
  let start = after === null ? 0 : after + 1;
  let end = before ?? list.items.length;
  if (bounds.first !== null) end = Math.min(end, start + bounds.first);
  if (bounds.last !== null) start = Math.max(start, end - bounds.last);
  return { items: list.items.slice(start, Math.max(start, end)), start, end: Math.max(start, end) };
}

/** A connection over a list that is at hand. `more` adds fields that only this connection has. */
export function connection<T>(field: string, args: Args, list: Listed<T>, more: View = {}): View {
  const page = pageOf(list, boundsOf(args, field));
  const cursors = page.items.map((item) => cursorOf(list.key(item)));
  // One view per item, shared by nodes and edges.
  let views: readonly unknown[] | null = null;
  const viewed = () => {
    views ??= page.items.map(list.view);
    return views;
  };
  return {
    totalCount: list.items.length,
    nodes: viewed,
    edges: () =>
      page.items.map((item, index) => ({ node: viewed()[index], cursor: cursors[index], ...list.edge?.(item) })),
    pageInfo: {
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
      hasNextPage: page.end < list.items.length,
      hasPreviousPage: page.start > 0,
    },
    pageCount: page.items.length,
    ...more,
  };
}

/** The usual case: things with an id. */
export function connectionOf<T extends { readonly id: number }>(
  field: string,
  args: Args,
  items: readonly T[],
  view: (item: T) => unknown,
  more: View = {},
): View {
  return connection(field, args, { items, key: (item) => item.id, view }, more);
}

export function orderOf(args: Args): { readonly field: string; readonly sign: 1 | -1 } | null {
  const order = optionalObject(args, "orderBy");
  return order === null ? null : { field: text(order, "field"), sign: order["direction"] === "DESC" ? -1 : 1 };
}
