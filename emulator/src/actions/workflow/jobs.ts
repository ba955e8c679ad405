// The `jobs:` of a workflow file, and whether their `needs:` make sense.
import { AVAILABILITY } from "./availability.ts";
import { plain, type YamlTree } from "./located-yaml.ts";
import type { CallJob, Job, StepsJob, Strategy } from "./model.ts";
import {
  checkDeep,
  type Entries,
  type Report,
  readBooleanTemplate,
  readCondition,
  readKnown,
  readMap,
  readName,
  readNames,
  readNumberTemplate,
  readScalar,
  readTemplate,
  readTemplates,
} from "./reader.ts";
import { NO_DEFAULTS, readConcurrency, readDefaults, readPermissions } from "./shared-keys.ts";
import { JOB_STEPS, readSteps } from "./steps.ts";

/** GitHub stops a job after six hours when the file says nothing. */
const TIMEOUT_MINUTES = 360;

const SHARED = ["name", "needs", "if", "permissions", "strategy", "concurrency"];
const STEPS_KEYS = [
  ...SHARED,
  "runs-on",
  "env",
  "defaults",
  "outputs",
  "environment",
  "timeout-minutes",
  "cancel-timeout-minutes",
  "continue-on-error",
  "steps",
];
const CALL_KEYS = [...SHARED, "uses", "with", "secrets"];
const NOT_EMULATED = ["container", "services", "snapshot"];

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;

export function readJobs(tree: YamlTree, report: Report): ReadonlyMap<string, Job> {
  const jobs = new Map<string, Job>();
  const entries = readMap(tree, report);
  if (entries.size === 0) report(tree.place, "The workflow must contain at least one job with no dependencies");
  for (const [id, value] of entries) {
    if (!IDENTIFIER.test(id)) {
      report(
        value.place,
        `The identifier '${id}' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. IDs must start with a letter or '_'`,
      );
    }
    jobs.set(id, readJob(id, value, report));
  }
  checkNeeds(jobs, entries, report);
  return jobs;
}

function readJob(id: string, tree: YamlTree, report: Report): Job {
  const has = (key: string) => tree.kind === "map" && tree.entries.has(key);
  for (const key of NOT_EMULATED.filter(has)) report(tree.place, `Not emulated: '${key}' of a job`);
  if (has("uses")) return readCallJob(id, readKnown(tree, CALL_KEYS, report), report);
  const entries = readKnown(tree, [...STEPS_KEYS, ...NOT_EMULATED], report);
  return readStepsJob(id, tree, entries, report);
}

function readStepsJob(id: string, tree: YamlTree, entries: Entries, report: Report): StepsJob {
  const runsOn = entries.get("runs-on");
  if (runsOn === undefined) report(tree.place, "Required property is missing: runs-on");
  else checkDeep(runsOn, AVAILABILITY.job, report);
  const steps = entries.get("steps");
  if (steps === undefined) report(tree.place, "Required property is missing: steps");
  const env = entries.get("env");
  const defaults = entries.get("defaults");
  const outputs = entries.get("outputs");
  const timeout = entries.get("timeout-minutes");
  const carryOn = entries.get("continue-on-error");
  return {
    kind: "steps",
    ...readShared(id, entries, report),
    runsOn: runsOn === undefined ? "" : plain(runsOn),
    env: env === undefined ? {} : readTemplates(env, AVAILABILITY.jobEnv, report),
    defaults: defaults === undefined ? NO_DEFAULTS : readDefaults(defaults, report),
    outputs: outputs === undefined ? {} : readTemplates(outputs, AVAILABILITY.jobOutput, report),
    environment: readEnvironment(entries.get("environment"), report),
    timeoutMinutes: timeout === undefined ? TIMEOUT_MINUTES : readNumberTemplate(timeout, AVAILABILITY.job, report),
    continueOnError: carryOn === undefined ? false : readBooleanTemplate(carryOn, AVAILABILITY.job, report),
    steps: steps === undefined ? [] : readSteps(steps, JOB_STEPS, report),
  };
}

function readCallJob(id: string, entries: Entries, report: Report): CallJob {
  const uses = entries.get("uses");
  const given = entries.get("with");
  const secrets = entries.get("secrets");
  const values = given === undefined ? [] : [...readMap(given, report)];
  for (const [, value] of values) checkDeep(value, AVAILABILITY.job, report);
  return {
    kind: "call",
    ...readShared(id, entries, report),
    uses: uses === undefined ? "" : readName(uses, report),
    with: Object.fromEntries(values.map(([key, value]) => [key, readScalar(value, report)])),
    secrets: secrets === undefined ? {} : readSecrets(secrets, report),
  };
}

function readSecrets(tree: YamlTree, report: Report): CallJob["secrets"] {
  if (tree.kind === "scalar" && tree.value === "inherit") return "inherit";
  return readTemplates(tree, AVAILABILITY.callSecret, report);
}

function readShared(id: string, entries: Entries, report: Report) {
  const name = entries.get("name");
  const needs = entries.get("needs");
  const condition = entries.get("if");
  const permissions = entries.get("permissions");
  const strategy = entries.get("strategy");
  const concurrency = entries.get("concurrency");
  return {
    id,
    name: name === undefined ? null : readTemplate(name, AVAILABILITY.job, report),
    needs: needs === undefined ? [] : readNames(needs, report),
    if: condition === undefined ? null : readCondition(condition, AVAILABILITY.jobIf, report),
    permissions: permissions === undefined ? null : readPermissions(permissions, report),
    strategy: strategy === undefined ? null : readStrategy(strategy, report),
    concurrency: concurrency === undefined ? null : readConcurrency(concurrency, AVAILABILITY.job, report),
  };
}

function readEnvironment(tree: YamlTree | undefined, report: Report): string | null {
  if (tree === undefined) return null;
  if (tree.kind === "scalar") return readTemplate(tree, AVAILABILITY.job, report);
  const name = readKnown(tree, ["name", "url", "deployment"], report).get("name");
  if (name === undefined) report(tree.place, "Required property is missing: name");
  return name === undefined ? null : readTemplate(name, AVAILABILITY.job, report);
}

function readStrategy(tree: YamlTree, report: Report): Strategy {
  const entries = readKnown(tree, ["matrix", "fail-fast", "max-parallel"], report);
  const matrix = entries.get("matrix");
  const failFast = entries.get("fail-fast");
  const maxParallel = entries.get("max-parallel");
  return {
    matrix: matrix === undefined ? null : readMatrix(matrix, report),
    failFast: failFast === undefined ? true : readBooleanTemplate(failFast, AVAILABILITY.strategy, report),
    maxParallel: maxParallel === undefined ? null : readNumberTemplate(maxParallel, AVAILABILITY.strategy, report),
  };
}

function readMatrix(tree: YamlTree, report: Report): Strategy["matrix"] {
  checkDeep(tree, AVAILABILITY.strategy, report);
  if (tree.kind === "scalar") return readTemplate(tree, AVAILABILITY.strategy, report);
  const entries = [...readMap(tree, report)];
  for (const [, value] of entries) {
    const isTemplate = value.kind === "scalar" && typeof value.value === "string" && value.value.includes("${{");
    if (value.kind !== "list" && !isTemplate) report(value.place, "A sequence was expected");
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]));
}

function checkNeeds(jobs: ReadonlyMap<string, Job>, entries: Entries, report: Report): void {
  const place = (id: string) => entries.get(id)?.place ?? { line: 1, column: 1 };
  for (const job of jobs.values()) {
    for (const need of job.needs.filter((name) => !jobs.has(name))) {
      report(place(job.id), `Job '${job.id}' depends on unknown job '${need}'`);
    }
  }
  const finished = new Set<string>();
  for (let round = 0; round <= jobs.size; round += 1) {
    for (const job of jobs.values()) {
      if (job.needs.every((need) => finished.has(need) || !jobs.has(need))) finished.add(job.id);
    }
  }
  for (const id of jobs.keys()) {
    if (!finished.has(id))
      report(place(id), `Job '${id}' depends on a job that creates a cycle in the dependency graph`);
  }
}
