// One attempt of a run, from its turn in a concurrency group to its conclusion.
import { announceRun } from "../../webhooks/actions-payloads.ts";
import type { WorkflowRun } from "../../world/actions.ts";
import type { Actor } from "../../world/caller.ts";
import type { CheckConclusion } from "../../world/checks.ts";
import { repositoryOf } from "../../world/world.ts";
import { ExpressionFailure } from "../expressions/evaluate.ts";
import { type Activity, beginActivity } from "./activity.ts";
import type { ActiveRun, Engine } from "./engine.ts";
import { runScope } from "./execute-scope.ts";
import { githubContext } from "./github-context.ts";
import { type JobEnd, type JobResult, scopeWith, worstOf } from "./job-ends.ts";
import { planRun, type WorkflowSource } from "./plan.ts";
import { completeRun, setRunStatus } from "./run-records.ts";
import { enterGroup } from "./run-turn.ts";

/** Runs that are over and whose jobs a re-run may keep; older ones are re-run whole. */
const ENDED_MAX = 1_000;

/** Starts an attempt; what comes of it is in the world, and `hub.idle()` waits for it. */
export function launch(
  engine: Engine,
  run: WorkflowRun,
  actor: Actor,
  kept: ReadonlyMap<string, JobEnd> = new Map(),
): void {
  announceRun(engine.hub, run, "requested", actor);
  const activity = beginActivity(engine.hub.work);
  const source: WorkflowSource = {
    repository: repositoryOf(engine.hub.world, run),
    path: run.path,
    ref: run.ref,
    sha: run.workflowSha,
  };
  attempt(engine, run, actor, kept, source, activity)
    .catch((error: unknown) => {
      engine.hub.warn(`run ${run.id}: ${error instanceof Error ? error.stack : String(error)}`);
      if (run.status !== "completed") completeRun(engine.hub, run, "failure", actor);
    })
    .finally(() => {
      engine.active.delete(run.id);
      activity.end();
    });
}

async function attempt(
  engine: Engine,
  run: WorkflowRun,
  actor: Actor,
  kept: ReadonlyMap<string, JobEnd>,
  source: WorkflowSource,
  activity: Activity,
): Promise<void> {
  const planned = await planRun(engine, source);
  if ("problem" in planned) {
    run.startupProblem = planned.problem;
    return completeRun(engine.hub, run, "startup_failure", actor);
  }
  run.referencedWorkflows = planned.referenced;
  const active: ActiveRun = {
    run,
    plan: planned.plan,
    actor,
    cancel: new AbortController(),
    abandon: new AbortController(),
    jobs: new Map(),
    kept,
    ends: new Map(),
  };
  engine.active.set(run.id, active);
  if (engine.hub.closing.aborted) active.abandon.abort();
  try {
    const conclusion = await runInTurn(engine, active, activity);
    remember(engine, active);
    completeRun(engine.hub, run, conclusion, actor);
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    run.startupProblem = error.message;
    completeRun(engine.hub, run, "startup_failure", actor);
  }
}

async function runInTurn(engine: Engine, active: ActiveRun, activity: Activity): Promise<CheckConclusion> {
  const { run, plan, cancel, abandon } = active;
  const repository = repositoryOf(engine.hub.world, run);
  const github = githubContext(engine.hub, run);
  const vars = Object.fromEntries(repository.variables);
  const scope = scopeWith({ github, inputs: run.inputs, vars });
  if (plan.workflow.concurrency !== null) setRunStatus(engine.hub, run, "pending");
  const stop = AbortSignal.any([cancel.signal, abandon.signal]);
  const leave = await enterGroup(engine, active, plan.workflow.concurrency, scope, cancel, stop, activity);
  if (leave === null) return "cancelled";
  try {
    if (run.status === "pending") setRunStatus(engine.hub, run, "queued");
    const root = {
      plan,
      inputs: run.inputs,
      secrets: Object.fromEntries(repository.secrets),
      namePrefix: "",
      keyPrefix: "",
      github,
      vars,
      stop: abandon.signal,
    };
    const ends = await activity.pause(runScope(engine, active, root));
    return conclude(
      cancel.signal.aborted || abandon.signal.aborted,
      [...ends.values()].map((end) => end.result),
    );
  } finally {
    leave();
  }
}

function conclude(wasCancelled: boolean, results: readonly JobResult[]): CheckConclusion {
  if (wasCancelled && results.some((result) => result !== "success" && result !== "skipped")) return "cancelled";
  const ran = results.filter((result) => result !== "skipped");
  return ran.length === 0 ? "skipped" : worstOf(ran);
}

function remember(engine: Engine, active: ActiveRun): void {
  const [oldest] = engine.ended.keys();
  if (engine.ended.size >= ENDED_MAX && oldest !== undefined) engine.ended.delete(oldest);
  engine.ended.set(active.run.id, { plan: active.plan, ends: active.ends });
}
