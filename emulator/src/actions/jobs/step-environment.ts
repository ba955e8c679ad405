// The environment of a step's process. Built from nothing: the emulator's own environment never reaches a step.
import { join } from "node:path";
import { isJsonObject, type JsonObject } from "../../world/json.ts";
import type { Frame, Job } from "./job.ts";
import { githubContext } from "./scope.ts";

/** Fields of the github context that are variables too. */
const GITHUB_FIELDS = [
  "action",
  "action_path",
  "action_ref",
  "action_repository",
  "actor",
  "actor_id",
  "api_url",
  "base_ref",
  "event_name",
  "event_path",
  "graphql_url",
  "head_ref",
  "job",
  "ref",
  "ref_name",
  "ref_protected",
  "ref_type",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "retention_days",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "triggering_actor",
  "workflow",
  "workflow_ref",
  "workflow_sha",
  "workspace",
];

/**
 * @param env the env context of the step: what the workflow's author set
 * @param extra what this kind of step gets besides: inputs, state, files
 */
export function environmentOf(
  job: Job,
  frame: Frame,
  env: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const path = [...job.paths, env["PATH"] ?? job.machine.path].join(":");
  return {
    HOME: job.machine.home,
    LANG: "C.UTF-8",
    ...job.machine.env,
    ...env,
    CI: env["CI"] ?? "true",
    GITHUB_ACTIONS: "true",
    ...githubVariables(githubContext(job, frame)),
    ...runnerVariables(job),
    ...identityVariables(job),
    ...extra,
    PATH: path,
  };
}

function githubVariables(github: JsonObject): Readonly<Record<string, string>> {
  const pairs = GITHUB_FIELDS.flatMap((field): readonly (readonly [string, string])[] => {
    const value = github[field];
    if (value === undefined || value === null || isJsonObject(value)) return [];
    return [[`GITHUB_${field.toUpperCase()}`, String(value)]];
  });
  return Object.fromEntries(pairs);
}

function runnerVariables(job: Job): Readonly<Record<string, string>> {
  return {
    RUNNER_OS: "Linux",
    RUNNER_ARCH: job.machine.arch,
    RUNNER_NAME: job.machine.runnerName,
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_TEMP: job.machine.temp,
    RUNNER_TOOL_CACHE: job.machine.toolCache,
    RUNNER_WORKSPACE: join(job.machine.workspace, ".."),
  };
}

function identityVariables(job: Job): Readonly<Record<string, string>> {
  const { idToken } = job.request;
  if (idToken === null) return {};
  return { ACTIONS_ID_TOKEN_REQUEST_URL: idToken.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken.token };
}
