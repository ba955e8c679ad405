// One job from its first step to its outputs: set-up, pre scripts, steps, post scripts, clean-up. Reads as a table of
// contents; the parts are beside it.
import { ExpressionFailure, evaluateCondition, evaluateTemplate, interpolate } from "../expressions/evaluate.ts";
import { createJobLog } from "../steps/job-log.ts";
import { createMasks } from "../steps/masks.ts";
import { killGroup } from "../steps/process-group.ts";
import type { Step } from "../workflow/model.ts";
import type { Frame, Job, JobPorts, JobRequest, Machine } from "./job.ts";
import { isLocal } from "./local-action.ts";
import { inputsOf, runNodeScript } from "./node-action.ts";
import { reportFailure } from "./process-step.ts";
import { minutesOf, rawTitle, runStep, titleOf } from "./run-step.ts";
import { envOf, scopeOf } from "./scope.ts";
import { createStepBoard, type StepBoard } from "./step-board.ts";

const MINUTE_MS = 60_000;

export interface JobSignals {
  /** Asked to stop; steps that say so still run. */
  readonly cancel: AbortSignal;
  /** Stops at once. */
  readonly abandon: AbortSignal;
}

export interface JobEnd {
  readonly result: "success" | "failure" | "cancelled";
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export async function runJob(
  request: JobRequest,
  ports: JobPorts,
  machine: Machine,
  signals: JobSignals,
  onLog: (text: string) => void,
): Promise<JobEnd> {
  const overtime = new AbortController();
  const job = createJob(
    request,
    ports,
    machine,
    { ...signals, cancel: AbortSignal.any([signals.cancel, overtime.signal]) },
    onLog,
  );
  const frame: Frame = { inputs: request.contexts.inputs, steps: new Map(), env: {}, composite: null, depth: 0 };
  const board = createStepBoard(ports);
  const alarm = startTimeLimit(job, frame, overtime);
  try {
    const ready = await setUp(job, frame, board);
    const entries = ready.map((step) => ({ step, entry: board.add(rawTitle(step)) }));
    for (const { step, entry } of entries) {
      entry.start(titleOf(job, frame, step));
      entry.end((await runStep(job, frame, step)).conclusion);
    }
    await runPosts(job, board);
    const complete = board.add("Complete job");
    complete.start();
    const outputs = outputsOf(job, frame);
    for (const group of job.groups) killGroup(group, "SIGKILL");
    job.log.write("Cleaning up orphan processes");
    complete.end("success");
    return { result: job.status, outputs, summary: job.summary };
  } finally {
    alarm?.cancel();
    for (const group of job.groups) killGroup(group, "SIGKILL");
  }
}

function createJob(
  request: JobRequest,
  ports: JobPorts,
  machine: Machine,
  signals: JobSignals,
  onLog: (text: string) => void,
): Job {
  const masks = createMasks(Object.values(request.contexts.secrets));
  if (request.idToken !== null) masks.add(request.idToken.token);
  masks.add(request.artifacts.token);
  const job: Job = {
    request,
    ports,
    machine,
    masks,
    log: createJobLog(ports.now, masks, onLog),
    ...signals,
    status: "success",
    env: new Map(),
    paths: [],
    posts: [],
    preState: new Map(),
    groups: new Set(),
    summary: "",
  };
  const cancelled = (): void => {
    job.status = "cancelled";
  };
  signals.cancel.addEventListener("abort", cancelled, { once: true });
  signals.abandon.addEventListener("abort", cancelled, { once: true });
  return job;
}

function startTimeLimit(job: Job, frame: Frame, overtime: AbortController) {
  const { timeoutMinutes } = job.request.definition;
  try {
    const minutes = minutesOf(timeoutMinutes, (template) => evaluateTemplate(template, scopeOf(job, frame, {})));
    return job.ports.alarm(minutes * MINUTE_MS, () => {
      reportFailure(job, `The job has exceeded the maximum execution time of ${minutes}m0s`);
      overtime.abort();
    });
  } catch (error) {
    return fail(job, error);
  }
}

/** Downloads what the steps use and runs their pre scripts; no steps are left when that fails. */
async function setUp(job: Job, frame: Frame, board: StepBoard): Promise<readonly Step[]> {
  const entry = board.add("Set up job");
  entry.start();
  job.log.write(`Current runner: ${job.machine.runnerName}\nJob name: ${job.request.name}`);
  try {
    for (const map of [job.request.workflowEnv, job.request.definition.env]) {
      for (const [name, template] of Object.entries(map)) {
        job.env.set(name, interpolate(template, scopeOf(job, frame, envOf(job, frame))));
      }
    }
  } catch (error) {
    fail(job, error);
  }
  const { steps } = job.request.definition;
  const problems = await downloadAll(job, steps, new Set());
  for (const problem of problems) reportFailure(job, problem);
  if (problems.length > 0) job.status = "failure";
  entry.end(job.status === "success" ? "success" : "failure");
  if (job.status === "success") await runPres(job, frame, steps, board);
  return problems.length > 0 ? [] : steps;
}

/** Every remote action that the steps name, and those that composite ones name in turn. */
async function downloadAll(job: Job, steps: readonly Step[], seen: Set<string>): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const step of steps) {
    if (step.kind !== "uses" || isLocal(step.uses) || seen.has(step.uses)) continue;
    seen.add(step.uses);
    const found = await job.ports.findAction(step.uses);
    if ("problem" in found) {
      problems.push(found.problem);
      continue;
    }
    job.log.write(`Download action repository '${step.uses}'`);
    const { runs } = found.action.file;
    if (runs.kind === "composite") problems.push(...(await downloadAll(job, runs.steps, seen)));
  }
  return problems;
}

async function runPres(job: Job, frame: Frame, steps: readonly Step[], board: StepBoard): Promise<void> {
  for (const step of steps) {
    if (step.kind !== "uses" || isLocal(step.uses)) continue;
    const found = await job.ports.findAction(step.uses);
    if ("problem" in found || found.action.file.runs.kind !== "node") continue;
    const { pre, preIf } = found.action.file.runs;
    if (pre === null) continue;
    const entry = board.add(`Pre ${titleOf(job, frame, step)}`);
    entry.start();
    const env = envOf(job, frame);
    if (!evaluateCondition(preIf, scopeOf(job, frame, env))) {
      entry.end("skipped");
      continue;
    }
    const state = new Map<string, string>();
    job.preState.set(step, state);
    const inputs = inputsOf(job, frame, found.action, step.with, env);
    const verdict = await runNodeScript(job, frame, { action: found.action, state }, pre, inputs, env, job.cancel);
    if (!verdict.succeeded && job.status === "success") job.status = "failure";
    entry.end(verdict.succeeded ? "success" : "failure");
  }
}

async function runPosts(job: Job, board: StepBoard): Promise<void> {
  for (const post of [...job.posts].reverse()) {
    const entry = board.add(post.name);
    entry.start();
    const env = { ...envOf(job, post.frame), ...post.env };
    if (job.abandon.aborted || !evaluateCondition(post.condition, scopeOf(job, post.frame, env))) {
      entry.end("skipped");
      continue;
    }
    const { succeeded } = await post.run(job.abandon);
    if (!succeeded && job.status === "success") job.status = "failure";
    entry.end(succeeded ? "success" : "failure");
  }
}

function outputsOf(job: Job, frame: Frame): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  try {
    const scope = scopeOf(job, frame, envOf(job, frame));
    for (const [name, template] of Object.entries(job.request.definition.outputs)) {
      const value = interpolate(template, scope);
      // As GitHub: a secret never leaves its job as an output.
      if (job.masks.apply(value) === value) outputs[name] = value;
      else job.log.write(`##[warning]Skip output '${name}' since it may contain secret.`);
    }
  } catch (error) {
    fail(job, error);
  }
  return outputs;
}

/** A mistake of the workflow's author fails the job; anything else is a bug. */
function fail(job: Job, error: unknown): null {
  if (!(error instanceof ExpressionFailure)) throw error;
  reportFailure(job, `The template is not valid. ${error.message}`);
  if (job.status === "success") job.status = "failure";
  return null;
}
