// The config file on the pretended GitHub: joined with the organisation's, and held to its last good version while it
// is wrong. That version is found in the file's own history, so nothing is lost with the process.

import { DEFAULT_CONFIG, type RepositoryConfig } from "../../core/config.ts";
import { extendedBy, ignoredKeys, joinedConfig, sharedProblems } from "../../core/config-extend.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { ConfigReport } from "../../core/survey.ts";
import type { MemoryRepository } from "./state.ts";

/** The config in force, what the file says, and what is wrong with it. */
export interface MemoryConfig {
  readonly config: RepositoryConfig;
  /** Null when no version holds. */
  readonly source: unknown;
  readonly problems: readonly string[];
}

/** @returns another repository, or null when it cannot be read */
export type FindRepository = (ref: RepositoryRef) => MemoryRepository | null;

interface Checked {
  readonly report: ConfigReport;
  readonly good: Omit<MemoryConfig, "problems"> | null;
}

function sharedBy(ref: RepositoryRef, find: FindRepository): Pick<MemoryConfig, "source" | "problems"> {
  const name = `${ref.owner}/${ref.name}`;
  const repository = find(ref);
  if (repository === null) return { source: null, problems: [`\`_extends\`: ${name} cannot be read`] };
  const versions = [repository.configSource, ...repository.formerConfigs].map((source) => source ?? {});
  const problems = sharedProblems(versions[0]).map((problem) => `${name}: ${problem}`);
  return { source: versions.find((version) => sharedProblems(version).length === 0) ?? null, problems };
}

function check(repository: MemoryRepository, source: unknown, find: FindRepository): Checked {
  const own = source ?? {};
  const above = extendedBy(own, repository.owner);
  const base = above === null ? { source: undefined, problems: [] } : sharedBy(above, find);
  const ignored = ignoredKeys(base.source, own);
  if (base.source === null) return { report: { problems: base.problems, ignored }, good: null };
  const joined = joinedConfig(base.source, own);
  if ("config" in joined) return { report: { problems: base.problems, ignored }, good: joined };
  return { report: { problems: [...joined.problems, ...base.problems], ignored }, good: null };
}

export function readConfig(repository: MemoryRepository, find: FindRepository): MemoryConfig {
  const { report, good } = check(repository, repository.configSource, find);
  const held = good ?? repository.formerConfigs.map((former) => check(repository, former, find).good).find(Boolean);
  return { config: held?.config ?? DEFAULT_CONFIG, source: held?.source ?? null, problems: report.problems };
}

/** Judges a version of the file that need not be in force. */
export function reportConfig(repository: MemoryRepository, source: unknown, find: FindRepository): ConfigReport {
  return check(repository, source, find).report;
}
