// Runs the phases of a task in order. The first that fails ends the run; what was done so far is kept.

import { type Phase as PhaseName, phasesOf } from "../../core/phases.ts";
import type { Exit, RunResult } from "../../core/result.ts";
import { build } from "./build.ts";
import { NO_PROGRESS, type Phase, type PhaseContext, type PhaseEnd, type Progress } from "./phase.ts";
import { plan } from "./plan.ts";
import { review } from "./review.ts";
import { test } from "./test.ts";

const SUMMARY_CHARS_MAX = 4_000;

const STEPS: Partial<Readonly<Record<PhaseName, Phase>>> = { plan, build, test, review };

export interface PhasesEnd {
  readonly exit: Exit;
  readonly reason: string;
  readonly question: string | null;
  readonly progress: Progress;
  readonly reports: RunResult["phases"];
}

/** @returns the phases to run, or why the run must not start, in one sentence */
export function plannedPhases(text: string): { readonly phases: readonly PhaseName[] } | { readonly refusal: string } {
  const phases = phasesOf(text);
  if (phases === null) return { refusal: `\`${text}\` is neither a preset nor a list of phases.` };
  const missing = phases.filter((name) => STEPS[name] === undefined);
  if (missing.length > 0)
    return { refusal: `This version of the runner cannot carry out the phase \`${missing[0]}\`.` };
  if (!phases.includes("build")) return { refusal: "The phases have no `build`, so nothing would be changed." };
  return { phases };
}

/** @param between called when a phase begins and when it has ended: reports and checkpoints */
export async function runPhases(
  context: PhaseContext,
  phases: readonly PhaseName[],
  between: (phase: PhaseName, end: PhaseEnd | null) => Promise<void>,
): Promise<PhasesEnd> {
  const reports: RunResult["phases"] = [];
  let progress = NO_PROGRESS;
  for (const name of phases) {
    const step = STEPS[name];
    if (step === undefined) throw new Error(`the phase ${name} was not refused in time`);
    await between(name, null);
    const end = await step(context, progress);
    await between(name, end);
    progress = end.progress;
    reports.push({
      phase: name,
      status: end.status,
      summary: end.summary.slice(0, SUMMARY_CHARS_MAX),
      rounds: end.rounds,
    });
    if (end.status === "failed")
      return { exit: end.exit, reason: end.reason, question: end.question, progress, reports };
  }
  return { exit: "done", reason: "", question: null, progress, reports };
}
