// The jobs of one workflow in a run: each begins as soon as its needs are over, if its condition holds, as often as its
// matrix says. The root workflow is a scope, and so is every workflow that it calls.
import { isJsonObject, type JsonObject } from "../../world/json.ts";
import { ExpressionFailure, evaluateCondition, evaluateTemplate, type Scope } from "../expressions/evaluate.ts";
import type { Job } from "../workflow/model.ts";
import { type Activity, beginActivity } from "./activity.ts";
import type { ActiveRun, Engine } from "./engine.ts";
import { type Instance, runInstance } from "./execute-instance.ts";
import {
  ancestorsOf,
  conditionScope,
  type JobContexts,
  type JobEnd,
  mergeEnds,
  needsContext,
  type ScopeEnds,
  scopeWith,
} from "./job-ends.ts";
import { annotateJob, announceQueued, completeJob, recordJob } from "./job-records.ts";
import { expandMatrix } from "./matrix.ts";
import type { RunScope } from "./run-scope.ts";

export async function runScope(engine: Engine, active: ActiveRun, scope: RunScope): Promise<ScopeEnds> {
  const { jobs } = scope.plan.workflow;
  const ends = new Map<string, Promise<JobEnd>>();
  const endOf = (job: Job): Promise<JobEnd> => {
    const known = ends.get(job.id);
    if (known !== undefined) return known;
    const needed = job.needs.flatMap((id) => jobs.get(id) ?? []);
    const end = runWhenReady(
      engine,
      active,
      scope,
      job,
      needed.map(async (need) => [need.id, await endOf(need)] as const),
    );
    ends.set(job.id, end);
    return end;
  };
  const all = [...jobs.values()].map(async (job) => [job.id, await endOf(job)] as const);
  return new Map(await Promise.all(all));
}

async function runWhenReady(
  engine: Engine,
  active: ActiveRun,
  scope: RunScope,
  job: Job,
  needs: readonly Promise<readonly [string, JobEnd]>[],
): Promise<JobEnd> {
  const activity = beginActivity(engine.hub.work);
  try {
    const settled: ScopeEnds = new Map(await activity.pause(Promise.all(needs)));
    const key = `${scope.keyPrefix}${job.id}`;
    const end = active.kept.get(key) ?? (await runReady(engine, active, scope, job, settled, activity));
    active.ends.set(key, end);
    return { ...end, ancestors: ancestorsOf(settled, end.result) };
  } finally {
    activity.end();
  }
}

async function runReady(
  engine: Engine,
  active: ActiveRun,
  scope: RunScope,
  job: Job,
  needs: ScopeEnds,
  activity: Activity,
): Promise<JobEnd> {
  const { github, inputs, vars } = scope;
  const contexts: JobContexts = { github, inputs, vars, needs: needsContext(needs) };
  const permissions = scope.plan.permissions.get(job.id) ?? {};
  const runNested = (nested: RunScope): Promise<ScopeEnds> => runScope(engine, active, nested);
  const shared = { engine, active, scope, job, permissions, contexts, runNested };
  try {
    const isCancelled = active.cancel.signal.aborted;
    if (!evaluateCondition(job.if, conditionScope(contexts, needs, isCancelled)))
      return skip(engine, active, scope, job);
    const combinations = matrixOf(job, contexts);
    if (combinations !== null) return await runMatrix(shared, activity, combinations);
    return await runInstance({ ...shared, activity, matrix: null, index: 0, total: 1, stop: scope.stop });
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    return refuse(engine, active, scope, job, error.message);
  }
}

type Shared = Omit<Instance, "activity" | "matrix" | "index" | "total" | "stop">;

async function runMatrix(shared: Shared, activity: Activity, combinations: readonly JsonObject[]): Promise<JobEnd> {
  const { strategy } = shared.job;
  const scope = scopeWith(shared.contexts);
  const value = (given: unknown): unknown => (typeof given === "string" ? evaluateTemplate(given, scope) : given);
  const failFast = value(strategy?.failFast ?? true) !== false;
  const limit = Number(value(strategy?.maxParallel ?? 0));
  const siblings = new AbortController();
  const stop = AbortSignal.any([shared.scope.stop, siblings.signal]);
  const ends: JobEnd[] = [];
  const queue = combinations.map((matrix, index) => ({ matrix, index }));
  const work = async (): Promise<void> => {
    const own = beginActivity(shared.engine.hub.work);
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const end = await runInstance({ ...shared, activity: own, ...next, total: combinations.length, stop });
        ends[next.index] = end;
        if (end.result === "failure" && failFast) siblings.abort();
      }
    } finally {
      own.end();
    }
  };
  const workers = limit > 0 ? Math.min(limit, combinations.length) : combinations.length;
  const settled = await activity.pause(Promise.allSettled(Array.from({ length: workers }, work)));
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  return mergeEnds(ends);
}

/** null = no matrix. */
function matrixOf(job: Job, contexts: JobContexts): readonly JsonObject[] | null {
  const matrix = job.strategy?.matrix ?? null;
  if (matrix === null) return null;
  const value = evaluateDeep(matrix, scopeWith(contexts));
  if (!isJsonObject(value)) throw new ExpressionFailure(`Unexpected value of the matrix of job '${job.id}'`);
  const expanded = expandMatrix(value);
  if ("problem" in expanded) throw new ExpressionFailure(expanded.problem);
  return expanded.combinations;
}

function evaluateDeep(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return value.includes("${{") ? evaluateTemplate(value, scope) : value;
  if (Array.isArray(value)) return value.map((item) => evaluateDeep(item, scope));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluateDeep(item, scope)]));
}

function recordUnstarted(engine: Engine, active: ActiveRun, scope: RunScope, job: Job) {
  const key = `${scope.keyPrefix}${job.id}`;
  return recordJob(engine, active, {
    key,
    name: `${scope.namePrefix}${job.name ?? job.id}`,
    labels: [],
    permissions: {},
  });
}

function skip(engine: Engine, active: ActiveRun, scope: RunScope, job: Job): JobEnd {
  completeJob(engine, active, recordUnstarted(engine, active, scope, job), "skipped");
  return { result: "skipped", outputs: {} };
}

/** A job that cannot begin, because the file is wrong in a way that shows only now. */
function refuse(engine: Engine, active: ActiveRun, scope: RunScope, job: Job, problem: string): JobEnd {
  const record = recordUnstarted(engine, active, scope, job);
  announceQueued(engine, active, record);
  annotateJob(engine, record, problem);
  record.log += `${problem}\n`;
  completeJob(engine, active, record, "failure");
  return { result: "failure", outputs: {} };
}
