// A `uses:` step: finds its action and runs it, as a Node script or as the steps of a composite action.
import { resolve } from "node:path";
import { interpolate } from "../expressions/evaluate.ts";
import type { Step, UsesStep } from "../workflow/model.ts";
import type { ActionLookup, Frame, Job, ReadyAction } from "./job.ts";
import { isLocal, readActionDirectory } from "./local-action.ts";
import { type ActionUse, inputsOf, runNodeScript } from "./node-action.ts";
import { type ProcessVerdict, reportFailure } from "./process-step.ts";
import { scopeOf } from "./scope.ts";

/** GitHub's limit of composite actions inside composite actions. */
const COMPOSITE_DEPTH_MAX = 10;

/** How a step inside a composite action is run; handed in, because it may be a `uses:` again. */
export type RunNested = (job: Job, frame: Frame, step: Step) => Promise<unknown>;

const FAILED: ProcessVerdict = { succeeded: false, outputs: new Map(), state: new Map() };

export async function runUses(
  job: Job,
  frame: Frame,
  step: UsesStep,
  title: string,
  env: Readonly<Record<string, string>>,
  stop: AbortSignal,
  runNested: RunNested,
): Promise<ProcessVerdict> {
  const found = await findAction(job, step.uses);
  if ("problem" in found) {
    reportFailure(job, found.problem);
    return FAILED;
  }
  const { action } = found;
  const inputs = inputsOf(job, frame, action, step.with, env);
  const listed = Object.entries(inputs).filter(([, value]) => value !== "");
  const shown = listed.map(([name, value]) => `\n  ${name}: ${value}`).join("");
  job.log.write(`##[group]Run ${step.uses}${listed.length > 0 ? `\nwith:${shown}` : ""}\n##[endgroup]`);
  const { runs } = action.file;
  if (runs.kind === "composite") return runComposite(job, frame, action, inputs, env, runNested);
  const use: ActionUse = { action, state: job.preState.get(step) ?? new Map() };
  if (runs.post !== null) {
    const post = runs.post;
    job.posts.push({
      name: `Post ${title}`,
      condition: runs.postIf,
      frame,
      env,
      run: (stopPost) => runNodeScript(job, frame, use, post, inputs, env, stopPost),
    });
  }
  return runNodeScript(job, frame, use, runs.main, inputs, env, stop);
}

export async function findAction(job: Job, uses: string): Promise<ActionLookup> {
  if (!isLocal(uses)) return job.ports.findAction(uses);
  const found = readActionDirectory(resolve(job.machine.workspace, uses), { repository: "", ref: "" });
  return "action" in found
    ? found
    : { problem: `${found.problem} Did you forget to run actions/checkout before running your local action?` };
}

async function runComposite(
  job: Job,
  outer: Frame,
  action: ReadyAction,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  runNested: RunNested,
): Promise<ProcessVerdict> {
  if (action.file.runs.kind !== "composite") throw new Error("not a composite action");
  if (outer.depth >= COMPOSITE_DEPTH_MAX) {
    reportFailure(job, `Composite actions are nested deeper than ${COMPOSITE_DEPTH_MAX} levels`);
    return FAILED;
  }
  const composite: NonNullable<Frame["composite"]> = { action, status: "success" };
  const own = Object.fromEntries(Object.entries(env).filter(([name, value]) => job.env.get(name) !== value));
  const frame: Frame = { inputs, steps: new Map(), env: own, composite, depth: outer.depth + 1 };
  for (const step of action.file.runs.steps) await runNested(job, frame, step);
  const scope = scopeOf(job, frame, env);
  const outputs = [...action.file.outputs].map(([name, value]) => [name, interpolate(value, scope)] as const);
  return { succeeded: composite.status === "success", outputs: new Map(outputs), state: new Map() };
}
