// Runs the `checks:` of the configuration and writes down what happened: evidence is measured here and never taken from a model.
// Each measurement belongs to one tree; the same tree is not measured twice.

import path from "node:path";
import type { Evidence, Sha } from "../core/task.ts";
import type { Workspace } from "./workspace.ts";

/** Longest that one check may take, in milliseconds. */
const CHECK_MS_MAX = 30 * 60_000;

export interface Check {
  readonly name: string;
  readonly run: string;
  readonly kind: "test" | "e2e";
}

export interface FailedCheck {
  readonly name: string;
  readonly command: string;
  readonly exitCode: number;
  /** Start and end of what it printed. */
  readonly output: string;
}

export interface Measurement {
  readonly tree: Sha;
  readonly evidence: readonly Evidence[];
  readonly failed: readonly FailedCheck[];
}

export interface Checks {
  readonly list: readonly Check[];
  /** Takes a snapshot, runs every check on it, `quick` all but the end-to-end ones, and puts the worktree back. */
  measure(extent?: "whole" | "quick"): Promise<Measurement>;
}

export interface ChecksParts {
  readonly workspace: Workspace;
  readonly list: readonly Check[];
  /** Where the logs go: a directory that no sandbox sees. */
  readonly logs: string;
  readonly now: () => number;
  readonly deadline: number;
}

export function createChecks(parts: ChecksParts): Checks {
  const latest = new Map<string, Measurement>();
  let count = 0;
  const measureTree = async (tree: Sha, list: readonly Check[]): Promise<Measurement> => {
    const evidence: Evidence[] = [];
    const failed: FailedCheck[] = [];
    for (const check of list) {
      count += 1;
      const startedAt = parts.now();
      const outcome = await parts.workspace.shell(
        { command: check.run, network: "none", home: "checks" },
        {
          timeoutMs: Math.max(1_000, Math.min(CHECK_MS_MAX, parts.deadline - startedAt)),
          logFile: path.join(parts.logs, `${String(count).padStart(3, "0")}-check.log`),
        },
      );
      evidence.push({
        name: check.name,
        command: check.run,
        exitCode: outcome.exitCode,
        durationMs: Math.max(0, Math.round(parts.now() - startedAt)),
        logDigest: outcome.digest,
      });
      if (outcome.exitCode !== 0) {
        failed.push({ name: check.name, command: check.run, exitCode: outcome.exitCode, output: outcome.output });
      }
    }
    // What a check wrote (coverage, snapshots) is neither committed nor shown to the next phase.
    if (list.length > 0) await parts.workspace.restore(tree);
    return { tree, evidence, failed };
  };
  return {
    list: parts.list,
    async measure(extent = "whole") {
      const tree = await parts.workspace.snapshot();
      const list = extent === "whole" ? parts.list : parts.list.filter(({ kind }) => kind === "test");
      const known = latest.get(`${tree} ${list.length}`);
      if (known !== undefined) return known;
      const measured = await measureTree(tree, list);
      latest.clear();
      latest.set(`${tree} ${list.length}`, measured);
      return measured;
    },
  };
}
