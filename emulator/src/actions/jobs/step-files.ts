// The files behind GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH, GITHUB_STATE and GITHUB_STEP_SUMMARY of one step: made before
// it, read and removed after it.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EnvFile, readEnvFile, readPathFile } from "../steps/env-file.ts";
import type { Job } from "./job.ts";

/** GitHub drops a summary above 1 MiB; the other files get the same bound. */
const FILE_BYTES_MAX = 1024 * 1024;

/** The runner refuses to let a step change how later Node processes start. */
const BLOCKED_ENV = ["NODE_OPTIONS"];

export interface StepFiles {
  readonly env: Readonly<Record<string, string>>;
  /** Reads and removes the files; what they say goes into the job. */
  readonly collect: () => Collected;
}

export interface Collected {
  readonly outputs: ReadonlyMap<string, string>;
  readonly state: ReadonlyMap<string, string>;
  /** Mistakes in the files: they fail the step. */
  readonly problems: readonly string[];
}

export function createStepFiles(job: Job): StepFiles {
  const directory = join(job.machine.temp, "_runner_file_commands");
  mkdirSync(directory, { recursive: true });
  const id = job.ports.uuid();
  const path = (kind: string): string => join(directory, `${kind}_${id}`);
  const kinds = ["set_output", "set_env", "add_path", "save_state", "step_summary"];
  for (const kind of kinds) writeFileSync(path(kind), "");
  return {
    env: {
      GITHUB_OUTPUT: path("set_output"),
      GITHUB_ENV: path("set_env"),
      GITHUB_PATH: path("add_path"),
      GITHUB_STATE: path("save_state"),
      GITHUB_STEP_SUMMARY: path("step_summary"),
    },
    collect: () => {
      const problems: string[] = [];
      const text = (kind: string): string => readBounded(path(kind), kind, problems);
      const values = (kind: string): ReadonlyMap<string, string> => {
        const read: EnvFile = readEnvFile(text(kind));
        if ("values" in read) return read.values;
        problems.push(`Unable to process file command '${kind}' successfully. ${read.problem}`);
        return new Map();
      };
      const outputs = values("set_output");
      const state = values("save_state");
      for (const [name, value] of values("set_env")) {
        if (BLOCKED_ENV.includes(name.toUpperCase()))
          problems.push(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
        else job.env.set(name, value);
      }
      for (const line of readPathFile(text("add_path"))) job.paths = [line, ...job.paths];
      job.summary += text("step_summary");
      for (const kind of kinds) rmSync(path(kind), { force: true });
      return { outputs, state, problems };
    },
  };
}

function readBounded(path: string, kind: string, problems: string[]): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= FILE_BYTES_MAX) return size === 0 ? "" : readFileSync(path, "utf8");
  problems.push(`${kind} is larger than ${FILE_BYTES_MAX} bytes`);
  return "";
}
