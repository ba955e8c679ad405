// A `run:` step: its text in a file, its shell, its directory.
import { statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { interpolate } from "../expressions/evaluate.ts";
import type { RunStep } from "../workflow/model.ts";
import type { Frame, Job } from "./job.ts";
import { type ProcessVerdict, reportFailure, runStepProcess } from "./process-step.ts";
import { scopeOf } from "./scope.ts";

interface Shell {
  readonly command: string;
  readonly extension: string;
}

/** What GitHub makes of the names it knows. */
const SHELLS: Readonly<Record<string, Shell>> = {
  bash: { command: "bash --noprofile --norc -e -o pipefail {0}", extension: ".sh" },
  sh: { command: "sh -e {0}", extension: ".sh" },
  python: { command: "python {0}", extension: ".py" },
};
const UNSPECIFIED: Shell = { command: "bash -e {0}", extension: ".sh" };

const NOTHING: ProcessVerdict = { succeeded: false, outputs: new Map(), state: new Map() };

export async function runScript(
  job: Job,
  frame: Frame,
  step: RunStep,
  env: Readonly<Record<string, string>>,
  stop: AbortSignal,
): Promise<ProcessVerdict> {
  const scope = scopeOf(job, frame, env);
  const given = (template: string | null, key: "shell" | "workingDirectory"): string | null => {
    if (template !== null) return interpolate(template, scope);
    if (frame.composite !== null) return null;
    const { definition, workflowDefaults } = job.request;
    const inherited = definition.defaults[key] ?? workflowDefaults[key];
    return inherited === null ? null : interpolate(inherited, scope);
  };
  const script = interpolate(step.run, scope);
  const shell = shellOf(given(step.shell, "shell"));
  if (shell === null) {
    reportFailure(
      job,
      "Invalid shell option. Shell must be a valid built-in (bash, sh, python) or a format string containing '{0}'",
    );
    return NOTHING;
  }
  const cwd = resolve(job.machine.workspace, given(step.workingDirectory, "workingDirectory") ?? ".");
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    reportFailure(
      job,
      `An error occurred trying to start process with working directory '${cwd}'. No such file or directory`,
    );
    return NOTHING;
  }
  const path = join(job.machine.temp, `${job.ports.uuid()}${shell.extension}`);
  writeFileSync(path, script.endsWith("\n") ? script : `${script}\n`, { mode: 0o700 });
  job.log.write(`##[group]Run ${firstLine(script)}\n${script.trimEnd()}\nshell: ${shell.command}\n##[endgroup]`);
  const [file = "", ...args] = shell.command.split(/\s+/).map((part) => part.replace("{0}", path));
  return runStepProcess(job, frame, { file, args, cwd, env, extra: {} }, stop);
}

export function firstLine(text: string): string {
  return text.trim().split(/\r?\n/)[0] ?? "";
}

function shellOf(name: string | null): Shell | null {
  if (name === null) return UNSPECIFIED;
  const known = SHELLS[name];
  if (known !== undefined) return known;
  return name.includes("{0}") ? { command: name, extension: "" } : null;
}
