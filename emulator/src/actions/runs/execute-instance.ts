// One combination of a job: its name, its turn (concurrency group, free slot), and then either its steps or the workflow
// that it calls.
import { isJsonObject, type Json, type JsonObject } from "../../world/json.ts";
import { ExpressionFailure, evaluateTemplate, interpolate, type Scope } from "../expressions/evaluate.ts";
import { evaluateFlag } from "../jobs/run-step.ts";
import type { CallJob, Job, Permissions, StepsJob } from "../workflow/model.ts";
import type { Activity } from "./activity.ts";
import type { ActiveRun, Engine } from "./engine.ts";
import { executeJob, OWN_TOKEN } from "./execute-job.ts";
import { callInputs } from "./input-values.ts";
import { type JobContexts, type JobEnd, mergeEnds, type ScopeEnds, scopeWith } from "./job-ends.ts";
import { announceQueued, completeJob, recordJob, setJobStatus } from "./job-records.ts";
import type { RunScope } from "./run-scope.ts";
import { enterGroup } from "./run-turn.ts";

export interface Instance {
  readonly engine: Engine;
  readonly active: ActiveRun;
  readonly scope: RunScope;
  readonly job: Job;
  readonly permissions: Permissions;
  readonly contexts: JobContexts;
  readonly runNested: (scope: RunScope) => Promise<ScopeEnds>;
  readonly activity: Activity;
  /** null = the job has no matrix. */
  readonly matrix: JsonObject | null;
  readonly index: number;
  readonly total: number;
  readonly stop: AbortSignal;
}

const CANCELLED: JobEnd = { result: "cancelled", outputs: {} };

export async function runInstance(instance: Instance): Promise<JobEnd> {
  const { engine, active, job, stop, activity } = instance;
  const contexts = { ...instance.contexts, matrix: instance.matrix ?? {}, strategy: strategyContext(instance) };
  const scope = scopeWith(contexts);
  const name = `${instance.scope.namePrefix}${nameOf(instance, scope)}`;
  const superseded = new AbortController();
  // A job whose condition held although the run was cancelled (always()) is not stopped by that cancel.
  const cancel = active.cancel.signal.aborted ? [] : [active.cancel.signal];
  const stopMine = AbortSignal.any([stop, superseded.signal, active.abandon.signal, ...cancel]);
  const record =
    job.kind === "call"
      ? null
      : recordJob(engine, active, {
          key: `${instance.scope.keyPrefix}${job.id}`,
          name,
          labels: labelsOf(job, scope),
          permissions: instance.permissions,
        });
  if (record !== null) {
    announceQueued(engine, active, record);
    if (job.concurrency !== null) setJobStatus(engine, record, "pending");
  }
  const leave = await enterGroup(engine, active, job.concurrency, scope, superseded, stopMine, activity);
  if (leave === null) {
    if (record !== null) completeJob(engine, active, record, "cancelled");
    return CANCELLED;
  }
  try {
    if (job.kind === "call") return await runCall(instance, job, name, contexts, stopMine);
    if (record === null) throw new Error("a job with steps has a record");
    const giveBack = await activity.pause(engine.slots.take(stopMine));
    if (giveBack === null) {
      completeJob(engine, active, record, "cancelled");
      return CANCELLED;
    }
    try {
      return await executeJob(
        engine,
        active,
        record,
        machineJob(instance, job, name, contexts, scope),
        stopMine,
        activity,
      );
    } finally {
      giveBack();
    }
  } finally {
    leave();
  }
}

function machineJob(instance: Instance, job: StepsJob, name: string, contexts: object, scope: Scope) {
  const { contexts: shared, matrix, scope: outer } = instance;
  const carriesOn = evaluateFlag(job.continueOnError, (template) => evaluateTemplate(template, scope));
  return {
    definition: { ...job, continueOnError: carriesOn },
    plan: outer.plan,
    name,
    permissions: instance.permissions,
    environment: job.environment === null ? null : interpolate(job.environment, scope),
    contexts: {
      ...shared,
      secrets: outer.secrets,
      matrix: matrix ?? {},
      strategy: strategyContext(instance),
      ...contexts,
    },
  };
}

/** A job that calls a workflow: its inputs and secrets, the workflow's jobs, its outputs. */
async function runCall(
  instance: Instance,
  job: CallJob,
  name: string,
  contexts: object,
  stop: AbortSignal,
): Promise<JobEnd> {
  const { scope, runNested, activity } = instance;
  const plan = scope.plan.calls.get(job.id);
  const call = plan?.workflow.triggers.call;
  if (plan === undefined || call === undefined || call === null) throw new Error(`job ${job.id} was not planned`);
  const values = scopeWith(contexts);
  const given = Object.entries(job.with).map(
    ([key, value]) => [key, typeof value === "string" ? asJson(evaluateTemplate(value, values)) : value] as const,
  );
  const defaults = scopeWith({ github: scope.github, vars: scope.vars, inputs: {} });
  const inputs = callInputs(call.inputs, Object.fromEntries(given), ({ default: value }) =>
    typeof value === "string" ? asJson(evaluateTemplate(value, defaults)) : (value ?? ""),
  );
  if ("problem" in inputs) throw new ExpressionFailure(inputs.problem);
  const nested: RunScope = {
    plan,
    inputs: inputs.values,
    secrets: secretsFor(job, scope, contexts),
    namePrefix: `${name} / `,
    keyPrefix: `${scope.keyPrefix}${job.id}${instance.matrix === null ? "" : `[${instance.index}]`}/`,
    github: scope.github,
    vars: scope.vars,
    stop,
  };
  const ends = await activity.pause(runNested(nested));
  const jobs = Object.fromEntries(
    [...ends].map(([id, { result, outputs }]) => [id, { result, outputs: { ...outputs } }]),
  );
  const outputScope = scopeWith({ github: scope.github, inputs: inputs.values, vars: scope.vars, jobs });
  const outputs = [...call.outputs].map(([key, template]) => [key, interpolate(template, outputScope)] as const);
  return { result: mergeEnds([...ends.values()]).result, outputs: Object.fromEntries(outputs) };
}

function secretsFor(job: CallJob, scope: RunScope, contexts: object): Readonly<Record<string, string>> {
  if (job.secrets === "inherit") return scope.secrets;
  const values = scopeWith({ ...contexts, secrets: { ...scope.secrets, GITHUB_TOKEN: OWN_TOKEN } });
  return Object.fromEntries(
    Object.entries(job.secrets).map(([name, template]) => [name, interpolate(template, values)]),
  );
}

function nameOf({ job, matrix }: Instance, scope: Scope): string {
  if (job.name !== null) return interpolate(job.name, scope);
  if (matrix === null) return job.id;
  const values = Object.values(matrix).flatMap((value) =>
    isJsonObject(value) || Array.isArray(value) ? [] : [String(value)],
  );
  return `${job.id} (${values.join(", ")})`;
}

function strategyContext({ job, index, total }: Instance): JsonObject {
  const { strategy } = job;
  return {
    "fail-fast": strategy?.failFast !== false,
    "job-index": index,
    "job-total": total,
    "max-parallel": typeof strategy?.maxParallel === "number" ? strategy.maxParallel : total,
  };
}

function labelsOf(job: StepsJob, scope: Scope): readonly string[] {
  const value = (given: unknown): unknown => (typeof given === "string" ? evaluateTemplate(given, scope) : given);
  const runsOn = value(job.runsOn);
  const labels = isJsonObject(runsOn) ? value(runsOn["labels"]) : runsOn;
  const list: readonly unknown[] = Array.isArray(labels) ? labels : [labels];
  return list.map((label) => String(value(label) ?? "")).filter((label) => label !== "");
}

function asJson(value: unknown): Json {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
