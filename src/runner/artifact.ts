// Reads what the work job left behind. It was written next to a model: sizes and kinds are looked at before anything is
// read, and a result that does not belong to exactly this run does not count.

import { lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { RESULT_BYTES_MAX, type RunResult, runResultSchema } from "../core/result.ts";
import type { RunRef, Sha } from "../core/task.ts";

/** Largest bundle that is looked at, in bytes: twice the largest change. */
const BUNDLE_BYTES_MAX = 8 * 1024 * 1024;

export interface RunIdentity {
  readonly repository: string;
  readonly issue: number;
  readonly token: Sha;
  readonly run: RunRef;
}

export interface Artifact {
  /** Null: there is none that could be read, which is as good as none. */
  readonly result: RunResult | null;
  /** Path of the bundle, or null when there is none. */
  readonly bundle: string | null;
  /** What was wrong, for the log of the job. */
  readonly problem: string | null;
  /** The work job left no result at all: its runner died, and its lease expires by itself. */
  readonly isMissing: boolean;
}

const NOTHING: Artifact = { result: null, bundle: null, problem: null, isMissing: false };

/** A run that was stopped before its end left what it had after its last phase. */
export async function readArtifact(directory: string, identity: RunIdentity): Promise<Artifact> {
  const left = await readDirectory(directory, identity);
  if (!left.isMissing) return left;
  const kept = await readDirectory(path.join(directory, "checkpoints"), identity);
  return kept.isMissing ? left : kept;
}

async function readDirectory(directory: string, identity: RunIdentity): Promise<Artifact> {
  const resultFile = path.join(directory, "result.json");
  const size = await regularSize(resultFile);
  if (size === null) return { ...NOTHING, problem: "the work job left no result", isMissing: true };
  if (size > RESULT_BYTES_MAX) return { ...NOTHING, problem: "the result is too large" };
  const result = parse(await readFile(resultFile, "utf8"));
  if (result === null) return { ...NOTHING, problem: "the result cannot be read" };
  if (!belongs(result, identity)) return { ...NOTHING, problem: "the result is of another run" };
  const bundle = path.join(directory, "work.bundle");
  const bundleSize = await regularSize(bundle);
  if (bundleSize === null) return { ...NOTHING, result };
  return bundleSize <= BUNDLE_BYTES_MAX
    ? { ...NOTHING, result, bundle }
    : {
        ...NOTHING,
        result: withoutWork(result, "The change is too large to be published."),
        problem: "the bundle is too large",
      };
}

/** The same run as one that failed: nothing of its work is published. */
export function withoutWork(result: RunResult, reason: string): RunResult {
  return { ...result, exit: "failed", reason, question: null, pullRequest: null, head: null, progress: null };
}

async function regularSize(file: string): Promise<number | null> {
  const facts = await lstat(file).catch(() => null);
  return facts?.isFile() === true ? facts.size : null;
}

function parse(text: string): RunResult | null {
  try {
    const parsed = runResultSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function belongs(result: RunResult, identity: RunIdentity): boolean {
  return (
    result.repository.toLowerCase() === identity.repository.toLowerCase() &&
    result.issue === identity.issue &&
    result.token === identity.token &&
    result.run.id === identity.run.id &&
    result.run.attempt === identity.run.attempt
  );
}
