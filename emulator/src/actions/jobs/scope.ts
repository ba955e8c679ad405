// What expressions see while a job runs: its contexts and functions, at the level of the job or inside a composite action.
import type { Json, JsonObject } from "../../world/json.ts";
import { type FunctionDefinition, type Scope, toData } from "../expressions/evaluate.ts";
import { hashFiles } from "../expressions/hash-files.ts";
import type { Frame, Job, StepResult } from "./job.ts";

const ARGUMENTS_MAX = 255;

/** @param env the env context here, lowest layer first */
export function scopeOf(job: Job, frame: Frame, env: Readonly<Record<string, string>>): Scope {
  const { contexts } = job.request;
  const shared = {
    github: toData(githubContext(job, frame)),
    inputs: toData(frame.inputs),
    strategy: toData(contexts.strategy),
    matrix: toData(contexts.matrix),
    steps: toData(stepsContext(frame.steps)),
    job: toData({ ...contexts.job, status: job.status }),
    runner: toData(runnerContext(job)),
    env: toData(env),
  };
  const own = { needs: toData(contexts.needs), vars: toData(contexts.vars), secrets: toData(contexts.secrets) };
  // Composite actions see neither needs nor vars nor secrets.
  return { contexts: frame.composite === null ? { ...shared, ...own } : shared, functions: functionsOf(job, frame) };
}

/** The env context of a frame: the job's, then the composite step's. */
export function envOf(job: Job, frame: Frame): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(job.env), ...frame.env };
}

export function githubContext(job: Job, frame: Frame): JsonObject {
  const github = { ...job.request.contexts.github, workspace: job.machine.workspace };
  if (frame.composite === null) return github;
  const { action } = frame.composite;
  return {
    ...github,
    action_path: action.directory,
    action_repository: action.repository,
    action_ref: action.ref,
    action_status: frame.composite.status,
  };
}

function runnerContext(job: Job): JsonObject {
  return {
    os: "Linux",
    arch: job.machine.arch,
    name: job.machine.runnerName,
    environment: "github-hosted",
    temp: job.machine.temp,
    tool_cache: job.machine.toolCache,
    workspace: job.machine.workspace,
    debug: "",
  };
}

function stepsContext(steps: ReadonlyMap<string, StepResult>): JsonObject {
  const entries = [...steps].map(([id, { outputs, outcome, conclusion }]): readonly [string, Json] => [
    id,
    { outputs: { ...outputs }, outcome, conclusion },
  ]);
  return Object.fromEntries(entries);
}

function functionsOf(job: Job, frame: Frame): readonly FunctionDefinition[] {
  const composite = frame.composite;
  const status = (): Job["status"] =>
    job.status === "cancelled" || composite === null ? job.status : composite.status;
  const answer = (name: string, value: () => boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => toData(value()),
  });
  return [
    answer("success", () => status() === "success"),
    answer("failure", () => status() === "failure"),
    answer("cancelled", () => job.status === "cancelled"),
    answer("always", () => true),
    {
      name: "hashFiles",
      minArgs: 1,
      maxArgs: ARGUMENTS_MAX,
      call: (...patterns) =>
        toData(
          hashFiles(
            job.machine.workspace,
            patterns.map((pattern) => pattern.coerceString()),
          ),
        ),
    },
  ];
}
