// Runs one process for a step and tells how it ended: what it printed is obeyed, what it wrote to its files is collected.

import { killGroup, runProcess } from "../steps/process-group.ts";
import type { Frame, Job } from "./job.ts";
import { environmentOf } from "./step-environment.ts";
import { createStepFiles } from "./step-files.ts";
import { listenToStep } from "./step-output.ts";

export interface StepProcess {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, string>>;
}

export interface ProcessVerdict {
  readonly succeeded: boolean;
  readonly outputs: ReadonlyMap<string, string>;
  readonly state: ReadonlyMap<string, string>;
}

export async function runStepProcess(
  job: Job,
  frame: Frame,
  process: StepProcess,
  stop: AbortSignal,
): Promise<ProcessVerdict> {
  const files = createStepFiles(job);
  const output = listenToStep(job);
  const groups: number[] = [];
  const kill = (): void => {
    for (const group of groups) killGroup(group, "SIGKILL");
  };
  job.abandon.addEventListener("abort", kill, { once: true });
  const end = await runProcess({
    file: process.file,
    args: process.args,
    cwd: process.cwd,
    env: environmentOf(job, frame, process.env, { ...files.env, ...process.extra }),
    onLine: output.onLine,
    onStart: (group) => {
      groups.push(group);
      job.groups.add(group);
      if (job.abandon.aborted) kill();
    },
    stop,
  });
  job.abandon.removeEventListener("abort", kill);
  const collected = files.collect();
  const problems = [...output.problems, ...collected.problems];
  if (end.startError !== null) problems.push(end.startError);
  else if (stop.aborted || job.abandon.aborted) problems.push("The operation was canceled.");
  else if (end.exitCode !== 0) problems.push(`Process completed with exit code ${end.exitCode ?? end.signal}.`);
  for (const problem of problems) reportFailure(job, problem);
  return {
    succeeded: problems.length === 0,
    outputs: new Map([...output.outputs, ...collected.outputs]),
    state: new Map([...output.state, ...collected.state]),
  };
}

/** An error of the step itself, in the log and as an annotation. */
export function reportFailure(job: Job, message: string): void {
  job.log.write(`##[error]${message}`);
  job.ports.onAnnotation({
    level: "failure",
    message: job.masks.apply(message),
    title: null,
    path: ".github",
    line: 1,
    endLine: 1,
    column: null,
    endColumn: null,
  });
}
