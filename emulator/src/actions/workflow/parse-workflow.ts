// A workflow file from text to a checked `Workflow`, or every reason why not.
import { AVAILABILITY } from "./availability.ts";
import { readJobs } from "./jobs.ts";
import { type Problem, readYaml } from "./located-yaml.ts";
import type { Workflow } from "./model.ts";
import { type Report, readKnown, readTemplate, readTemplates, readText } from "./reader.ts";
import { NO_DEFAULTS, readConcurrency, readDefaults, readPermissions } from "./shared-keys.ts";
import { readTriggers } from "./triggers.ts";

export type ParsedWorkflow = { readonly workflow: Workflow } | { readonly problems: readonly Problem[] };

const KEYS = ["name", "description", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"];

export function parseWorkflow(text: string): ParsedWorkflow {
  const read = readYaml(text);
  if ("problems" in read) return read;
  const problems: Problem[] = [];
  const report: Report = (place, message) => void problems.push({ place, message });
  const entries = readKnown(read.tree, KEYS, report);
  const required = (key: string) => {
    const value = entries.get(key);
    if (value === undefined) report(read.tree.place, `Required property is missing: ${key}`);
    return value ?? { kind: "map" as const, place: read.tree.place, entries: new Map() };
  };
  const name = entries.get("name");
  const runName = entries.get("run-name");
  const permissions = entries.get("permissions");
  const env = entries.get("env");
  const defaults = entries.get("defaults");
  const concurrency = entries.get("concurrency");
  const workflow: Workflow = {
    name: name === undefined ? null : readText(name, report),
    runName: runName === undefined ? null : readTemplate(runName, AVAILABILITY.run, report),
    triggers: readTriggers(required("on"), report),
    permissions: permissions === undefined ? null : readPermissions(permissions, report),
    env: env === undefined ? {} : readTemplates(env, AVAILABILITY.workflowEnv, report),
    defaults: defaults === undefined ? NO_DEFAULTS : readDefaults(defaults, report),
    concurrency: concurrency === undefined ? null : readConcurrency(concurrency, AVAILABILITY.run, report),
    jobs: readJobs(required("jobs"), report),
  };
  return problems.length > 0 ? { problems } : { workflow };
}

/** One line per problem, in GitHub's manner. */
export function describeProblems(path: string, problems: readonly Problem[]): string {
  return problems
    .map(({ place, message }) => `${path} (Line: ${place.line}, Col: ${place.column}): ${message}`)
    .join("\n");
}
