// A Node action: its inputs as variables, its state from pre to main to post.
import { join } from "node:path";
import { interpolate } from "../expressions/evaluate.ts";
import type { Frame, Job, ReadyAction } from "./job.ts";
import { type ProcessVerdict, runStepProcess } from "./process-step.ts";
import { scopeOf } from "./scope.ts";

/** One use of an action in a job. */
export interface ActionUse {
  readonly action: ReadyAction;
  readonly state: Map<string, string>;
}

export async function runNodeScript(
  job: Job,
  frame: Frame,
  use: ActionUse,
  script: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  stop: AbortSignal,
): Promise<ProcessVerdict> {
  const { action } = use;
  const { artifacts } = job.request;
  const extra = {
    ...inputVariables(inputs),
    ...Object.fromEntries([...use.state].map(([name, value]) => [`STATE_${name}`, value])),
    GITHUB_ACTION_REPOSITORY: action.repository,
    GITHUB_ACTION_REF: action.ref,
    ACTIONS_RUNTIME_URL: artifacts.url,
    ACTIONS_RESULTS_URL: artifacts.url,
    ACTIONS_RUNTIME_TOKEN: artifacts.token,
  };
  const process = {
    file: job.machine.nodePath,
    args: [join(action.directory, script)],
    cwd: job.machine.workspace,
    env,
    extra,
  };
  const verdict = await runStepProcess(job, frame, process, stop);
  for (const [name, value] of verdict.state) use.state.set(name, value);
  return verdict;
}

/** What the workflow gives, completed by the action's defaults. */
export function inputsOf(
  job: Job,
  frame: Frame,
  action: ReadyAction,
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const scope = scopeOf(job, frame, env);
  const inputs = new Map<string, string>();
  for (const [name, { default: fallback }] of action.file.inputs) {
    inputs.set(name.toLowerCase(), fallback === undefined ? "" : interpolate(fallback, scope));
  }
  for (const [name, template] of Object.entries(given)) {
    if (!inputs.has(name.toLowerCase()) && action.file.inputs.size > 0) {
      job.log.write(
        `##[warning]Unexpected input(s) '${name}', valid inputs are ['${[...action.file.inputs.keys()].join("', '")}']`,
      );
    }
    inputs.set(name.toLowerCase(), interpolate(template, scope));
  }
  const spelling = new Map([...action.file.inputs.keys()].map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries([...inputs].map(([name, value]) => [spelling.get(name) ?? name, value]));
}

function inputVariables(inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
  );
}
