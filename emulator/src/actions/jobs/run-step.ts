// One step from its `if:` to its result: condition, environment, time limit, `continue-on-error`, and what its end means
// for the job or for the composite action around it.
import { ExpressionFailure, evaluateCondition, evaluateTemplate, interpolate } from "../expressions/evaluate.ts";
import type { Step } from "../workflow/model.ts";
import type { Frame, Job, Result, StepResult } from "./job.ts";
import { type ProcessVerdict, reportFailure } from "./process-step.ts";
import { envOf, scopeOf } from "./scope.ts";
import { firstLine, runScript } from "./script-step.ts";
import { runUses } from "./uses-step.ts";

const MINUTE_MS = 60_000;

const NOT_RUN: ProcessVerdict = { succeeded: false, outputs: new Map(), state: new Map() };

export async function runStep(job: Job, frame: Frame, step: Step): Promise<StepResult> {
  const title = titleOf(job, frame, step);
  const result = await tryStep(job, frame, step, title);
  if (step.id !== null) frame.steps.set(step.id, result);
  if (result.conclusion === "failure") {
    if (frame.composite !== null) frame.composite.status = "failure";
    else if (job.status === "success") job.status = "failure";
  }
  return result;
}

/** The name as it stands in the file. */
export function rawTitle(step: Step): string {
  return step.name ?? (step.kind === "run" ? `Run ${firstLine(step.run)}` : `Run ${step.uses}`);
}

/** The name that people see; the raw one when its expression cannot be evaluated. */
export function titleOf(job: Job, frame: Frame, step: Step): string {
  try {
    return interpolate(rawTitle(step), scopeOf(job, frame, envOf(job, frame)));
  } catch (error) {
    if (error instanceof ExpressionFailure) return rawTitle(step);
    throw error;
  }
}

async function tryStep(job: Job, frame: Frame, step: Step, title: string): Promise<StepResult> {
  try {
    const env = { ...envOf(job, frame) };
    if (job.abandon.aborted || !evaluateCondition(step.if, scopeOf(job, frame, env)))
      return ended("skipped", "skipped", new Map());
    await job.ports.beforeStep(title);
    for (const [name, template] of Object.entries(step.env)) {
      env[name] = interpolate(template, scopeOf(job, frame, env));
    }
    const scope = scopeOf(job, frame, env);
    const carriesOn = evaluateFlag(step.continueOnError, (template) => evaluateTemplate(template, scope));
    const limitMs = minutesOf(step.timeoutMinutes, (template) => evaluateTemplate(template, scope)) * MINUTE_MS;
    const { verdict, cancelled } = await runBounded(job, frame, step, title, env, limitMs);
    const outcome: Result = cancelled ? "cancelled" : verdict.succeeded ? "success" : "failure";
    return ended(outcome, outcome === "failure" && carriesOn ? "success" : outcome, verdict.outputs);
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    reportFailure(job, `The template is not valid. ${error.message}`);
    return ended("failure", "failure", new Map());
  }
}

async function runBounded(
  job: Job,
  frame: Frame,
  step: Step,
  title: string,
  env: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<{ readonly verdict: ProcessVerdict; readonly cancelled: boolean }> {
  const stop = new AbortController();
  let cancelled = false;
  // A step whose condition holds for a cancelled job (always(), cancelled()) goes on.
  const onCancel = (): void => {
    if (evaluateCondition(step.if, scopeOf(job, frame, env))) return;
    cancelled = true;
    stop.abort();
  };
  job.cancel.addEventListener("abort", onCancel, { once: true });
  // It may have been cancelled between its condition and here.
  if (job.cancel.aborted) onCancel();
  if (stop.signal.aborted) return { verdict: NOT_RUN, cancelled };
  const alarm =
    limitMs > 0
      ? job.ports.alarm(limitMs, () => {
          reportFailure(job, `The action '${title}' has timed out after ${limitMs / MINUTE_MS} minutes.`);
          stop.abort();
        })
      : null;
  try {
    const run =
      step.kind === "run"
        ? runScript(job, frame, step, env, stop.signal)
        : runUses(job, frame, step, title, env, stop.signal, runStep);
    return { verdict: await run, cancelled: cancelled || job.abandon.aborted };
  } finally {
    alarm?.cancel();
    job.cancel.removeEventListener("abort", onCancel);
  }
}

/** 0 = no limit. */
export function minutesOf(value: number | string | null, evaluate: (template: string) => unknown): number {
  if (value === null) return 0;
  const minutes = Number(typeof value === "string" ? evaluate(value) : value);
  if (!Number.isFinite(minutes) || minutes <= 0)
    throw new ExpressionFailure(`Unexpected value '${value}' for timeout-minutes`);
  return minutes;
}

export function evaluateFlag(value: boolean | string, evaluate: (template: string) => unknown): boolean {
  if (typeof value === "boolean") return value;
  const result = evaluate(value);
  return result === true || result === "true";
}

function ended(outcome: Result, conclusion: Result, outputs: ReadonlyMap<string, string>): StepResult {
  return { outcome, conclusion, outputs: Object.fromEntries(outputs) };
}
