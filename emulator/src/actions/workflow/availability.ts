// Which contexts and functions an expression may use at which key of a workflow file.
// Source: docs.github.com, "Contexts reference", context availability.
import type { FunctionInfo } from "@actions/expressions/funcs/info";

export interface Availability {
  readonly contexts: readonly string[];
  readonly functions: readonly FunctionInfo[];
}

const MANY = 255;
const STATUS: readonly FunctionInfo[] = [
  { name: "always", minArgs: 0, maxArgs: 0 },
  { name: "cancelled", minArgs: 0, maxArgs: 0 },
  { name: "failure", minArgs: 0, maxArgs: MANY },
  { name: "success", minArgs: 0, maxArgs: MANY },
];
const HASH_FILES: FunctionInfo = { name: "hashFiles", minArgs: 1, maxArgs: MANY };

const RUN = ["github", "inputs", "vars"];
const JOB = [...RUN, "needs", "strategy", "matrix"];
const STEP = [...JOB, "secrets", "steps", "job", "runner", "env"];

const only = (contexts: readonly string[]): Availability => ({ contexts, functions: [] });

// biome-ignore format: a table reads by column.
export const AVAILABILITY = {
  run:            only(RUN),
  workflowEnv:    only([...RUN, "secrets"]),
  callOutput:     only([...RUN, "jobs"]),
  jobIf:          { contexts: [...RUN, "needs"], functions: STATUS },
  strategy:       only([...RUN, "needs"]),
  job:            only(JOB),
  jobDefaults:    only([...JOB, "env"]),
  jobEnv:         only([...JOB, "secrets"]),
  jobOutput:      only(STEP),
  callSecret:     only([...JOB, "secrets"]),
  step:           { contexts: STEP, functions: [HASH_FILES] },
  stepIf:         { contexts: STEP.filter((name) => name !== "secrets"), functions: [...STATUS, HASH_FILES] },
  /** Inside action.yml of a composite action. */
  composite:      { contexts: ["github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env"], functions: [HASH_FILES] },
  compositeIf:    { contexts: ["github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env"], functions: [...STATUS, HASH_FILES] },
  compositeOutput: only(["github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env"]),
} as const satisfies Record<string, Availability>;
