// How a repository's config file stands on its organisation's: joined key by key, but for those that the organisation
// locked. Works on what YAML made of the files; whether the result is a config is for the schema to say.

import { parseConfig, type RepositoryConfig } from "./config.ts";
import { configMistakes } from "./config-mistakes.ts";
import type { RepositoryRef } from "./ports.ts";

/** Where an organisation keeps what all of its repositories share. */
export const SHARED_REPOSITORY = ".github";

type Mapping = { readonly [key: string]: unknown };

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns where `_extends` points: a repository of the same owner unless it names one; null when it is no name at all */
export function extendedBy(source: unknown, owner: string): RepositoryRef | null {
  const text = isMapping(source) ? source["_extends"] : undefined;
  if (typeof text !== "string") return null;
  const found = /^(?:([\w.-]+)\/)?([\w.-]+)$/.exec(text);
  const name = found?.[2];
  return name === undefined ? null : { owner: found?.[1] ?? owner, name };
}

/** Deeply: mappings are joined, everything else of the upper one replaces the lower. */
function joined(lower: Mapping, upper: Mapping): Mapping {
  const entries = Object.entries(upper).map(([key, value]) => {
    const under = lower[key];
    return [key, isMapping(under) && isMapping(value) ? joined(under, value) : value];
  });
  return { ...lower, ...Object.fromEntries(entries) };
}

/** @returns the mapping with one dotted key as the other mapping has it, or without it where that has none */
function withKeyOf(mapping: Mapping, other: Mapping, path: readonly string[]): Mapping {
  const [key = "", ...rest] = path;
  const { [key]: mine, ...others } = mapping;
  const theirs = other[key];
  if (rest.length === 0) return theirs === undefined ? others : { ...mapping, [key]: theirs };
  const inner = withKeyOf(isMapping(mine) ? mine : {}, isMapping(theirs) ? theirs : {}, rest);
  return { ...mapping, [key]: inner };
}

function lockedKeys(base: Mapping): readonly string[] {
  const { locked } = base;
  return Array.isArray(locked) ? locked.filter((key: unknown) => typeof key === "string") : [];
}

/**
 * Joins a repository's file over its organisation's.
 *
 * @param base may list dotted keys under `locked`: those hold as the organisation wrote them, whatever the repository says
 */
export function extendConfig(base: unknown, own: unknown): unknown {
  if (!isMapping(base)) return own;
  const { locked: _locked, _extends, ...shared } = base;
  const all = joined(shared, isMapping(own) ? own : {});
  return lockedKeys(base).reduce<Mapping>((mapping, key) => withKeyOf(mapping, shared, key.split(".")), all);
}

function says(mapping: Mapping, path: readonly string[]): boolean {
  const [key = "", ...rest] = path;
  if (!Object.hasOwn(mapping, key)) return false;
  const inner = mapping[key];
  return rest.length === 0 || (isMapping(inner) && says(inner, rest));
}

/** @returns dotted keys that the organisation locked and that the repository's own file sets in vain */
export function ignoredKeys(base: unknown, own: unknown): readonly string[] {
  if (!isMapping(base) || !isMapping(own)) return [];
  return lockedKeys(base).filter((key) => says(own, key.split(".")));
}

/** @returns what is wrong with an organisation's file by itself; empty when it is a config but for `locked` */
export function sharedProblems(base: unknown): readonly string[] {
  const joined = joinedConfig(base, {});
  return "problems" in joined ? joined.problems : [];
}

/** @returns the config that both files together are, or every mistake */
export function joinedConfig(
  base: unknown,
  own: unknown,
): { readonly config: RepositoryConfig; readonly source: unknown } | { readonly problems: readonly string[] } {
  const source = extendConfig(base, own);
  const parsed = parseConfig(source);
  if ("problems" in parsed) return parsed;
  const mistakes = configMistakes(parsed.config);
  return mistakes.length > 0 ? { problems: mistakes } : { config: parsed.config, source };
}
