// Test: the runner, not the model, runs the repository's checks; what fails goes back to the agent, at most twice.

import type { FailedCheck } from "../checks.ts";
import { resolveChecksMessage } from "../prompt.ts";
import { progressAfter, workOnChange } from "./change.ts";
import { type Phase, type PhaseContext, type PhaseEnd, type Progress, stopped } from "./phase.ts";

export const test: Phase = {
  look({ checks, options }) {
    if (checks.list.length === 0) return "The repository configures no checks.";
    return options.skipTests ? "Left out by `--skip-tests`; the evidence is measured at the end." : null;
  },
  run: (context, progress) => makeChecksPass(context, progress, context.options.resolveRounds),
};

/** Runs the checks until they pass, with the agent's help between two rounds. */
export async function makeChecksPass(context: PhaseContext, start: Progress, roundsMax: number): Promise<PhaseEnd> {
  let progress = start;
  for (let rounds = 0; ; rounds += 1) {
    const { failed, evidence } = await context.checks.measure(context.options.skipE2e ? "quick" : "whole");
    if (failed.length === 0) {
      return { status: "passed", summary: `${evidence.length} of ${evidence.length} checks passed.`, rounds, progress };
    }
    if (rounds >= roundsMax) {
      const reason = failedSentence(failed, rounds);
      return { status: "failed", exit: "failed", reason, question: null, summary: reason, rounds, progress };
    }
    const end = await workOnChange(context, progress, "test", resolveChecksMessage(failed));
    progress = progressAfter(progress, end);
    if (end.exit !== "done") return stopped(end, rounds + 1, progress);
  }
}

export function failedSentence(failed: readonly FailedCheck[], rounds: number): string {
  const names = failed.map((check) => `${check.name} (exit code ${check.exitCode})`).join(", ");
  const tries = rounds === 0 ? "" : ` after ${rounds} ${rounds === 1 ? "round" : "rounds"} of fixing`;
  return `These checks failed${tries}: ${names}.`;
}
