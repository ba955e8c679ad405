// What runs report while they work: the phase that each is in. Held in memory for whoever watches; written nowhere, and
// worth nothing when it is lost.

import type { RunRef, Sha } from "../../core/task.ts";

/** Runs that are remembered; the oldest is forgotten first. */
const RUNS_MAX = 2_000;

export interface PhaseReport {
  readonly key: string;
  readonly run: RunRef;
  readonly phase: string;
  readonly status: "started" | "passed" | "failed";
  readonly cost: number;
  readonly at: number;
}

export interface LiveRuns {
  /** From now on this run may report about this task. */
  bound(key: string, run: RunRef, token: Sha): void;
  isBound(key: string, run: RunRef, token: Sha): boolean;
  report(report: PhaseReport): void;
  /** @returns the last report about a task, or null */
  latest(key: string): PhaseReport | null;
  /** @returns a function that ends the subscription */
  subscribe(listener: (report: PhaseReport) => void): () => void;
}

export function createLiveRuns(runsMax = RUNS_MAX): LiveRuns {
  const runs = new Map<string, { readonly token: Sha; readonly runId: number; report: PhaseReport | null }>();
  const listeners = new Set<(report: PhaseReport) => void>();
  return {
    bound(key, run, token) {
      runs.delete(key);
      runs.set(key, { token, runId: run.id, report: null });
      const oldest = runs.keys().next();
      if (runs.size > runsMax && oldest.done !== true) runs.delete(oldest.value);
    },
    isBound(key, run, token) {
      const known = runs.get(key);
      return known !== undefined && known.runId === run.id && known.token === token;
    },
    report(report) {
      const known = runs.get(report.key);
      if (known === undefined) return;
      known.report = report;
      for (const listener of listeners) listener(report);
    },
    latest: (key) => runs.get(key)?.report ?? null,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
