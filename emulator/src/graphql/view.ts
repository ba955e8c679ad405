// How entities become GraphQL objects: a view is a plain object whose fields are values or functions of the arguments. What a
// view does not have is not emulated, and asking for it says so.
import type { GraphQLFieldResolver, GraphQLTypeResolver } from "graphql";
import type { EpochMs } from "../git/objects.ts";
import { isoSeconds } from "../world/clock.ts";
import type { Gql } from "./gql.ts";
import { notEmulated } from "./refusal.ts";

export type Args = Readonly<Record<string, unknown>>;

export interface View {
  /** Needed wherever the schema has an interface or a union. */
  readonly __typename?: string;
  readonly [field: string]: unknown;
}

function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null;
}

export const resolveField: GraphQLFieldResolver<unknown, Gql> = (source, args: Args, _context, info) => {
  const { fieldName } = info;
  if (!isView(source) || !Object.hasOwn(source, fieldName)) throw notEmulated(`${info.parentType.name}.${fieldName}`);
  const value = source[fieldName];
  return typeof value === "function" ? value(args) : value;
};

export const resolveType: GraphQLTypeResolver<unknown, Gql> = (value) => (isView(value) ? value.__typename : undefined);

export function time(epochMs: EpochMs): string {
  return isoSeconds(epochMs);
}

export function timeOrNull(epochMs: EpochMs | null): string | null {
  return epochMs === null ? null : isoSeconds(epochMs);
}

/** `off-topic` and `too heated` → `OFF_TOPIC`, `TOO_HEATED`. */
export function enumName(text: string): string {
  return text.toUpperCase().replaceAll(/[ -]/g, "_");
}
