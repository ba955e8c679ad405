// One job of a run on a machine of its own: directories, token, identity, the executor, and everything that ends with it.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkflowJob } from "../../world/actions.ts";
import { ACTIONS_APP_ID } from "../../world/create.ts";
import type { JsonObject } from "../../world/json.ts";
import { mintJobToken, revokeToken } from "../../world/mint.ts";
import { fullNameOf, repositoryOf } from "../../world/world.ts";
import type { JobPorts, JobRequest, Machine } from "../jobs/job.ts";
import { type JobEnd as ExecutorEnd, runJob } from "../jobs/run-job.ts";
import type { Permissions, StepsJob } from "../workflow/model.ts";
import type { Activity } from "./activity.ts";
import type { ActiveJob, ActiveRun, Engine } from "./engine.ts";
import type { JobEnd } from "./job-ends.ts";
import { annotate, annotateJob, completeJob, showSteps, startJob } from "./job-records.ts";
import { type Plan, sourceName } from "./plan.ts";
import { startRun } from "./run-records.ts";

/** GITHUB_TOKEN dies with its job, and after a day at the latest. */
const TOKEN_MS = 24 * 3_600_000;

/** GitHub gives a silent machine up after about ten minutes. */
const LOST_MS = 10 * 60_000;

/** Stands for the token of whichever job a secret reaches, when a caller passes its GITHUB_TOKEN on by name. */
export const OWN_TOKEN = "\u0000GITHUB_TOKEN\u0000";

export interface JobInstance {
  readonly definition: StepsJob;
  readonly plan: Plan;
  readonly name: string;
  readonly permissions: Permissions;
  readonly environment: string | null;
  readonly contexts: Omit<JobRequest["contexts"], "job">;
}

/** Runs a job whose turn has come. */
export async function executeJob(
  engine: Engine,
  active: ActiveRun,
  job: WorkflowJob,
  instance: JobInstance,
  stop: AbortSignal,
  activity: Activity,
): Promise<JobEnd> {
  const { hub } = engine;
  const { world } = hub;
  const token = mintJobToken(world, {
    appId: ACTIONS_APP_ID,
    repositoryId: active.run.repositoryId,
    permissions: job.permissions,
    runId: active.run.id,
    jobId: job.id,
    expiresAt: world.clock.now() + TOKEN_MS,
  }).value;
  const entry: ActiveJob = {
    job,
    secret: world.randomBytes(32).toString("base64url"),
    cancel: new AbortController(),
    abandon: new AbortController(),
    isLost: false,
  };
  active.jobs.set(job.id, entry);
  engine.jobsBySecret.set(entry.secret, { active, job: entry, facts: factsOf(engine, instance) });
  const root = join(hub.dataDir, "jobs", String(job.id));
  try {
    startRun(hub, active.run, active.actor);
    startJob(engine, active, job, `GitHub Actions ${job.id}`);
    await held(engine, active, entry, null, activity);
    const machine = prepareMachine(engine, active, job, root, instance);
    const request = requestOf(engine, instance, entry, token);
    const signals = {
      cancel: AbortSignal.any([entry.cancel.signal, stop]),
      abandon: AbortSignal.any([active.abandon.signal, entry.abandon.signal]),
    };
    const end = await runJob(request, portsOf(engine, active, entry, activity), machine, signals, (text) => {
      if (!entry.isLost) job.log += text;
    });
    if (entry.isLost) return await waitForLoss(engine, active, entry, activity);
    return finish(engine, active, entry, instance, end);
  } finally {
    revokeToken(world, token);
    engine.jobsBySecret.delete(entry.secret);
    active.jobs.delete(job.id);
    rmSync(root, { recursive: true, force: true });
  }
}

function finish(engine: Engine, active: ActiveRun, entry: ActiveJob, instance: JobInstance, end: ExecutorEnd): JobEnd {
  entry.job.summary = end.summary;
  completeJob(engine, active, entry.job, end.result);
  return { result: carriesOn(instance, end) ? "success" : end.result, outputs: end.outputs };
}

function carriesOn(instance: JobInstance, end: ExecutorEnd): boolean {
  return end.result === "failure" && instance.definition.continueOnError === true;
}

/** Nobody hears of a lost machine until GitHub gives it up, or somebody cancels the run by force. */
async function waitForLoss(engine: Engine, active: ActiveRun, entry: ActiveJob, activity: Activity): Promise<JobEnd> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const alarm = engine.alarms.set(LOST_MS, resolve);
  active.abandon.signal.addEventListener("abort", () => resolve(), { once: true });
  if (!active.abandon.signal.aborted) await activity.pause(promise);
  alarm.cancel();
  const byForce = active.abandon.signal.aborted;
  if (!byForce) annotateJob(engine, entry.job, "The hosted runner lost communication with the server.");
  completeJob(engine, active, entry.job, byForce ? "cancelled" : "failure");
  return { result: byForce ? "cancelled" : "failure", outputs: {} };
}

function factsOf(engine: Engine, instance: JobInstance) {
  return {
    workflowRef: sourceName(engine.hub, instance.plan.source),
    workflowSha: instance.plan.source.sha,
    environment: instance.environment,
    mayAskForIdentity: instance.permissions["id-token"] === "write",
  };
}

function prepareMachine(
  engine: Engine,
  active: ActiveRun,
  job: WorkflowJob,
  root: string,
  instance: JobInstance,
): Machine {
  const { hub } = engine;
  const repository = repositoryOf(hub.world, active.run);
  const make = (...parts: readonly string[]): string => {
    const path = join(root, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const temp = make("_temp");
  writeFileSync(
    eventPath(make("_temp", "_github_workflow")),
    JSON.stringify(instance.contexts.github["event"], null, 2),
  );
  return {
    workspace: make(repository.name, repository.name),
    temp,
    toolCache: make("_tool"),
    home: make("_home"),
    path: hub.actions.path,
    env: hub.actions.env,
    nodePath: process.execPath,
    runnerName: job.runnerName ?? "",
    arch: process.arch === "arm64" ? "ARM64" : "X64",
  };
}

function eventPath(folder: string): string {
  return join(folder, "event.json");
}

function requestOf(engine: Engine, instance: JobInstance, entry: ActiveJob, token: string): JobRequest {
  const { hub } = engine;
  const { source } = instance.plan;
  const root = join(hub.dataDir, "jobs", String(entry.job.id));
  const github: JsonObject = {
    ...instance.contexts.github,
    job: instance.definition.id,
    job_workflow_sha: source.sha,
    token,
    event_path: eventPath(join(root, "_temp", "_github_workflow")),
  };
  return {
    definition: instance.definition,
    name: instance.name,
    workflowEnv: instance.plan.workflow.env,
    workflowDefaults: instance.plan.workflow.defaults,
    contexts: {
      ...instance.contexts,
      github,
      secrets: { ...withToken(instance.contexts.secrets, token), GITHUB_TOKEN: token },
      job: {
        check_run_id: entry.job.checkRunId,
        workflow_ref: sourceName(hub, source),
        workflow_sha: source.sha,
        workflow_repository: fullNameOf(hub.world, source.repository),
        workflow_file_path: source.path,
      },
    },
    idToken:
      instance.permissions["id-token"] === "write"
        ? { url: `${hub.urls.oidc}/token/${entry.job.runId}/${entry.job.id}?api-version=2.0`, token: entry.secret }
        : null,
    artifacts: { url: `${hub.urls.web}/_artifacts/`, token: entry.secret },
  };
}

function withToken(secrets: Readonly<Record<string, string>>, token: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value.replaceAll(OWN_TOKEN, token)]));
}

function portsOf(engine: Engine, active: ActiveRun, entry: ActiveJob, activity: Activity): JobPorts {
  const { hub } = engine;
  const from = repositoryOf(hub.world, active.run);
  return {
    now: hub.world.clock.now,
    alarm: engine.alarms.set,
    findAction: (uses) => engine.actions.find(from, uses),
    onSteps: (steps) => (entry.isLost ? undefined : showSteps(entry.job, steps)),
    onAnnotation: (annotation) => (entry.isLost ? undefined : annotate(engine, entry.job, annotation)),
    beforeStep: (step) => held(engine, active, entry, step, activity),
    uuid: () => hub.world.randomBytes(16).toString("hex"),
  };
}

async function held(
  engine: Engine,
  active: ActiveRun,
  entry: ActiveJob,
  step: string | null,
  activity: Activity,
): Promise<void> {
  const { run } = active;
  const place = {
    repository: fullNameOf(engine.hub.world, repositoryOf(engine.hub.world, run)),
    workflow: run.name,
    runId: run.id,
    runAttempt: run.runAttempt,
    jobId: entry.job.id,
    job: entry.job.name,
    step,
  };
  const signals = [active.cancel.signal, active.abandon.signal, entry.cancel.signal, entry.abandon.signal];
  const waiting = engine.holds.pass(place, AbortSignal.any(signals));
  if (waiting !== null) await activity.pause(waiting);
}
