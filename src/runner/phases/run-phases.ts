// Runs the phases of a task in order: looks at each, does what is left of it, notes it down. The first that fails ends the
// run; what was done so far is kept.

import { lacksPlan, type Phase as PhaseName, phasePlanOf, RESOLVE_ROUNDS_MAX } from "../../core/phases.ts";
import type { Exit, RunResult } from "../../core/result.ts";
import { build } from "./build.ts";
import { document } from "./document.ts";
import {
  NO_PROGRESS,
  type Phase,
  type PhaseContext,
  type PhaseEnd,
  type PhaseOptions,
  type Progress,
} from "./phase.ts";
import { plan } from "./plan.ts";
import { review } from "./review.ts";
import { ship } from "./ship.ts";
import { test } from "./test.ts";

const SUMMARY_CHARS_MAX = 4_000;

const STEPS: Readonly<Record<PhaseName, Phase>> = { plan, build, test, review, document, ship };

export interface PhasesEnd {
  readonly exit: Exit;
  readonly reason: string;
  readonly question: string | null;
  readonly progress: Progress;
  readonly done: readonly PhaseName[];
  readonly reports: RunResult["phases"];
}

export interface PlannedPhases {
  readonly phases: readonly PhaseName[];
  readonly options: PhaseOptions;
}

/**
 * @param hasPlan whether an earlier run left one
 * @returns the phases to run, or why the run must not start, in one sentence
 */
export function plannedPhases(text: string, hasPlan: boolean): PlannedPhases | { readonly refusal: string } {
  const planned = phasePlanOf(text);
  if (planned === null) return { refusal: `\`${text}\` is neither a preset nor a list of phases.` };
  const { phases, options } = planned;
  if (!phases.includes("build")) return { refusal: "The phases have no `build`, so nothing would be changed." };
  if (lacksPlan(phases, hasPlan))
    return { refusal: "The phases build without a plan: put `plan` before `build`, or resume a task that has one." };
  return {
    phases,
    options: {
      skipTests: options.has("skip-tests"),
      skipE2e: options.has("skip-e2e"),
      resolveRounds: options.has("no-resolve") ? 0 : RESOLVE_ROUNDS_MAX,
    },
  };
}

export interface PhasesNotes {
  /** Called when a phase begins and when it has ended: reports and checkpoints. */
  readonly between: (phase: PhaseName, end: PhaseEnd | null, done: readonly PhaseName[]) => Promise<void>;
  /** Whether a plan that was just made has to wait for a person. */
  readonly waits: (plan: string) => boolean;
}

export async function runPhases(
  context: PhaseContext,
  phases: readonly PhaseName[],
  { between, waits }: PhasesNotes,
): Promise<PhasesEnd> {
  const reports: RunResult["phases"] = [];
  const done: PhaseName[] = [];
  let progress: Progress = { ...NO_PROGRESS, plan: context.view.resume?.plan ?? null };
  for (const name of phases) {
    await between(name, null, done);
    const end = await step(name, context, progress);
    progress = end.progress;
    if (end.status !== "failed") done.push(name);
    await between(name, end, done);
    const { status, summary, rounds } = end;
    reports.push({ phase: name, status, summary: summary.slice(0, SUMMARY_CHARS_MAX), rounds });
    if (end.status === "failed")
      return { exit: end.exit, reason: end.reason, question: end.question, progress, done, reports };
    if (name === "plan" && progress.plan !== null && waits(progress.plan))
      return { exit: "planned", reason: "its plan waits for approval", question: null, progress, done, reports };
  }
  return { exit: "done", reason: "", question: null, progress, done, reports };
}

async function step(name: PhaseName, context: PhaseContext, progress: Progress): Promise<PhaseEnd> {
  const phase = STEPS[name];
  const nothingLeft = phase.look(context, progress);
  return nothingLeft === null
    ? phase.run(context, progress)
    : { status: "skipped", summary: nothingLeft, rounds: 0, progress };
}
