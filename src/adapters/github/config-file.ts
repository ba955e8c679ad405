// `.github/signalbox.yml` as GitHub has it: parsed, joined with the organisation's file where it extends one, and
// replaced by its last good version while it is wrong. That version is found in memory, or in the file's own history.

import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { DEFAULT_CONFIG, parseConfig, type RepositoryConfig } from "../../core/config.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import { createTable, nameOf } from "./context.ts";
import { CONFIG_FILE, CONFIG_HISTORY } from "./documents.ts";
import { type Blob, blobSchema } from "./look-schema.ts";
import { readWhole, type Wire } from "./wire.ts";

/** The config in force, what YAML made of its file, and what is wrong with the newest file. */
export interface ConfigInForce {
  readonly config: RepositoryConfig;
  readonly source: unknown;
  readonly problems: readonly string[];
}

/** Where an organisation keeps what all of its repositories share. */
const SHARED_REPOSITORY = ".github";
/** Versions of the file that are tried for one that holds, newest first. */
const VERSIONS_MAX = 20;
/** How long the organisation's file is believed before it is read again. */
const EXTENDED_FRESH_MS = 60_000;
/** Aliases that a file may expand: YAML can be made to explode. */
const YAML_ALIASES_MAX = 50;

const fileSchema = z.object({ repository: z.object({ config: blobSchema }).nullable() });
const historySchema = z.object({
  repository: z.object({
    defaultBranchRef: z
      .object({
        target: z.object({
          history: z.object({ nodes: z.array(z.object({ file: z.object({ object: blobSchema }).nullable() })) }),
        }),
      })
      .nullable(),
  }),
});

type Mapping = { readonly [key: string]: unknown };

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where `_extends` points: a repository of the same owner unless it names one. Null when it is no name at all. */
function extendedBy(source: unknown, owner: string): RepositoryRef | null {
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

/**
 * Joins a repository's file over its organisation's.
 *
 * @param base may list dotted keys under `locked`: those hold as the organisation wrote them, whatever the repository says
 */
export function extendConfig(base: unknown, own: unknown): unknown {
  if (!isMapping(base)) return own;
  const { locked, _extends, ...shared } = base;
  const keys = Array.isArray(locked) ? locked.filter((key: unknown) => typeof key === "string") : [];
  const all = joined(shared, isMapping(own) ? own : {});
  return keys.reduce<Mapping>((mapping, key) => withKeyOf(mapping, shared, key.split(".")), all);
}

/** Only the repository that others extend may list locked keys, which are no setting of its own. */
function withoutLocks({ name }: RepositoryRef, source: unknown): unknown {
  if (name !== SHARED_REPOSITORY || !isMapping(source)) return source;
  const { locked: _locked, ...settings } = source;
  return settings;
}

type Parsed = { readonly source: unknown } | { readonly problem: string };

function parseFile(blob: Blob): Parsed {
  if (blob === null) return { source: {} };
  if (typeof blob.text !== "string" || blob.isTruncated === true) {
    return { problem: "the file is no text, or longer than GitHub shows" };
  }
  try {
    return { source: parseYaml(blob.text, { maxAliasCount: YAML_ALIASES_MAX }) ?? {} };
  } catch (error) {
    const [line = "no reason"] = error instanceof Error ? error.message.split("\n") : [];
    return { problem: `the file is no YAML: ${line}` };
  }
}

export interface ConfigReader {
  /** @param blob the file as the look found it; null when there is none */
  inForce(repository: RepositoryRef, blob: Blob, now: EpochMs): Promise<ConfigInForce>;
}

export function createConfigReader(wireTo: (repository: RepositoryRef) => Promise<Wire>): ConfigReader {
  const lastGood = createTable<ConfigInForce>();
  const extended = createTable<{ readonly file: Parsed; readonly at: EpochMs }>();

  async function fileOf(repository: RepositoryRef, now: EpochMs): Promise<Parsed> {
    const known = extended.get(nameOf(repository));
    if (known !== undefined && now - known.at < EXTENDED_FRESH_MS) return known.file;
    const wire = await wireTo(repository);
    const answer = await wire.graphql({
      document: CONFIG_FILE,
      variables: { ...repository },
      repeat: "freely",
      kind: "read",
    });
    const found = fileSchema.safeParse(answer.data);
    const file: Parsed =
      answer.problems.length > 0 || !found.success || found.data.repository === null
        ? { problem: `\`_extends\`: ${nameOf(repository)} cannot be read` }
        : parseFile(found.data.repository.config);
    extended.set(nameOf(repository), { file, at: now });
    return file;
  }

  /** One version of the repository's own file, joined and checked. */
  async function check(
    repository: RepositoryRef,
    blob: Blob,
    now: EpochMs,
  ): Promise<ConfigInForce | readonly string[]> {
    const own = parseFile(blob);
    if ("problem" in own) return [own.problem];
    const above = extendedBy(own.source, repository.owner);
    const base = above === null ? { source: undefined } : await fileOf(above, now);
    if ("problem" in base) return [base.problem];
    const source = withoutLocks(repository, extendConfig(base.source, own.source));
    const parsed = parseConfig(source);
    return "config" in parsed ? { config: parsed.config, source, problems: [] } : parsed.problems;
  }

  async function fromHistory(repository: RepositoryRef, now: EpochMs): Promise<ConfigInForce | null> {
    const wire = await wireTo(repository);
    const { data } = await readWhole(wire, CONFIG_HISTORY, { ...repository, versions: VERSIONS_MAX });
    const versions = historySchema.parse(data).repository.defaultBranchRef?.target.history.nodes ?? [];
    for (const { file } of versions) {
      if (file === null) continue;
      const checked = await check(repository, file.object, now);
      if ("config" in checked) return checked;
    }
    return null;
  }

  return {
    async inForce(repository, blob, now) {
      const checked = await check(repository, blob, now);
      if ("config" in checked) {
        lastGood.set(nameOf(repository), checked);
        return checked;
      }
      const known = lastGood.get(nameOf(repository)) ?? (await fromHistory(repository, now));
      if (known !== null) lastGood.set(nameOf(repository), known);
      return { config: known?.config ?? DEFAULT_CONFIG, source: known?.source ?? {}, problems: checked };
    },
  };
}
