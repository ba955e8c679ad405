// `.github/signalbox.yml` as GitHub has it: parsed, joined with the organisation's file where it extends one, and
// replaced by its last good version while it is wrong. That version is found in memory, or in the file's own history.

import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { DEFAULT_CONFIG, type RepositoryConfig } from "../../core/config.ts";
import { extendedBy, ignoredKeys, joinedConfig, SHARED_REPOSITORY, sharedProblems } from "../../core/config-extend.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { ConfigReport } from "../../core/survey.ts";
import type { EpochMs } from "../../core/task.ts";
import { createTable, nameOf } from "./context.ts";
import { CONFIG_FILE, CONFIG_HISTORY } from "./documents.ts";
import { type Blob, blobSchema } from "./look-schema.ts";
import { readWhole, type Wire } from "./wire.ts";

/** The config in force, what YAML made of its file, and what is wrong with the newest file. */
export interface ConfigInForce {
  readonly config: RepositoryConfig;
  /** Null when no version of the file holds: then nothing is known of what people want. */
  readonly source: unknown;
  readonly problems: readonly string[];
}

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

type Parsed = { readonly source: unknown } | { readonly problem: string };

function parseFile(blob: Blob): Parsed {
  if (blob === null) return { source: {} };
  if (typeof blob.text !== "string" || blob.isTruncated === true) {
    return { problem: "the file is no text, or longer than GitHub shows" };
  }
  try {
    return { source: parseYaml(blob.text, { maxAliasCount: YAML_ALIASES_MAX, logLevel: "error" }) ?? {} };
  } catch (error) {
    const [line = "no reason"] = error instanceof Error ? error.message.split("\n") : [];
    return { problem: `the file is no YAML: ${line}` };
  }
}

export interface ConfigReader {
  /** @param blob the file as the look found it; null when there is none */
  inForce(repository: RepositoryRef, blob: Blob, now: EpochMs): Promise<ConfigInForce>;
  /** Judges a version of the file that need not be in force. */
  report(repository: RepositoryRef, blob: Blob, now: EpochMs): Promise<ConfigReport>;
}

/** An organisation's file as it holds, and what is wrong with its newest version. */
interface Shared {
  readonly source: unknown;
  readonly problems: readonly string[];
}

interface Checked {
  readonly report: ConfigReport;
  /** Null when this version does not hold. */
  readonly good: { readonly config: RepositoryConfig; readonly source: unknown } | null;
}

export function createConfigReader(wireTo: (repository: RepositoryRef) => Promise<Wire>): ConfigReader {
  const lastGood = createTable<ConfigInForce>();
  const shared = createTable<{ readonly file: Shared; readonly at: EpochMs }>();

  async function versionsOf(repository: RepositoryRef): Promise<readonly Blob[]> {
    const wire = await wireTo(repository);
    const { data } = await readWhole(wire, CONFIG_HISTORY, { ...repository, versions: VERSIONS_MAX });
    const versions = historySchema.parse(data).repository.defaultBranchRef?.target.history.nodes ?? [];
    return versions.flatMap(({ file }) => (file === null ? [] : [file.object]));
  }

  /** Where the newest version of the organisation's file is wrong, the last good one holds: it concerns everybody. */
  async function readShared(repository: RepositoryRef): Promise<Shared> {
    const name = nameOf(repository);
    const unreadable = { source: null, problems: [`\`_extends\`: ${name} cannot be read`] };
    const wire = await wireTo(repository).catch(() => null);
    if (wire === null) return unreadable;
    const variables = { ...repository };
    const answer = await wire.graphql({ document: CONFIG_FILE, variables, repeat: "freely", kind: "read" });
    const found = fileSchema.safeParse(answer.data);
    if (answer.problems.length > 0 || !found.success || found.data.repository === null) return unreadable;
    const newest = judgeShared(found.data.repository.config);
    if (newest.problems.length === 0) return newest;
    const problems = newest.problems.map((problem) => `${name}: ${problem}`);
    const versions = await versionsOf(repository);
    const good = versions.map(judgeShared).find((version) => version.problems.length === 0);
    return { source: good?.source ?? null, problems };
  }

  async function sharedBy(repository: RepositoryRef, now: EpochMs): Promise<Shared> {
    const known = shared.get(nameOf(repository));
    if (known !== undefined && now - known.at < EXTENDED_FRESH_MS) return known.file;
    const file = await readShared(repository);
    shared.set(nameOf(repository), { file, at: now });
    return file;
  }

  /** One version of the repository's own file, joined and checked. */
  async function check(repository: RepositoryRef, blob: Blob, now: EpochMs): Promise<Checked> {
    const own = parseFile(blob);
    if ("problem" in own) return { report: { problems: [own.problem], ignored: [] }, good: null };
    const above = extendedBy(own.source, repository.owner);
    const base = above === null ? { source: undefined, problems: [] } : await sharedBy(above, now);
    const ignored = ignoredKeys(base.source, own.source);
    if (base.source === null) return { report: { problems: base.problems, ignored }, good: null };
    const joined = joinedConfig(base.source, withoutLocks(repository, own.source));
    if ("problems" in joined) {
      return { report: { problems: [...joined.problems, ...base.problems], ignored }, good: null };
    }
    return { report: { problems: base.problems, ignored }, good: joined };
  }

  async function fromHistory(repository: RepositoryRef, now: EpochMs): Promise<ConfigInForce | null> {
    for (const blob of await versionsOf(repository)) {
      const { good } = await check(repository, blob, now);
      if (good !== null) return { ...good, problems: [] };
    }
    return null;
  }

  return {
    async inForce(repository, blob, now) {
      const { report, good } = await check(repository, blob, now);
      const known =
        good === null ? (lastGood.get(nameOf(repository)) ?? (await fromHistory(repository, now))) : { ...good };
      if (known !== null) lastGood.set(nameOf(repository), { ...known, problems: [] });
      return { config: known?.config ?? DEFAULT_CONFIG, source: known?.source ?? null, problems: report.problems };
    },
    report: async (repository, blob, now) => (await check(repository, blob, now)).report,
  };
}

function judgeShared(blob: Blob): Shared {
  const parsed = parseFile(blob);
  if ("problem" in parsed) return { source: null, problems: [parsed.problem] };
  return { source: parsed.source, problems: sharedProblems(parsed.source) };
}

/** Only the repository that others extend may list locked keys, which are no setting of its own. */
function withoutLocks({ name }: RepositoryRef, source: unknown): unknown {
  if (name !== SHARED_REPOSITORY || typeof source !== "object" || source === null) return source;
  return Object.fromEntries(Object.entries(source).filter(([key]) => key !== "locked"));
}
