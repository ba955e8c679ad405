// A job as an entry of the world, and the check run that mirrors it: GitHub gives both the same id.
import { changeCheckRun, openCheckRun } from "../../code/checks.ts";
import { runWebUrl } from "../../formats/actions.ts";
import { announceJob } from "../../webhooks/actions-payloads.ts";
import type { RunStatus, WorkflowJob } from "../../world/actions.ts";
import type { CheckAnnotation, CheckConclusion } from "../../world/checks.ts";
import { nodeId } from "../../world/ids.ts";
import { entity } from "../../world/world.ts";
import type { Annotation, StepView } from "../jobs/job.ts";
import type { Permissions } from "../workflow/model.ts";
import type { ActiveRun, Engine } from "./engine.ts";
import { actionsActor } from "./run-records.ts";
import { apiPermissions } from "./token-permissions.ts";

export interface NewJob {
  /** Tells the job from all others of its run. */
  readonly key: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly permissions: Permissions;
}

export function recordJob(engine: Engine, active: ActiveRun, input: NewJob): WorkflowJob {
  const { hub } = engine;
  const { world } = hub;
  const { run } = active;
  const id = world.ids.next();
  const job: WorkflowJob = {
    id,
    nodeId: nodeId("CheckRun", id),
    repositoryId: run.repositoryId,
    runId: run.id,
    runAttempt: run.runAttempt,
    name: input.name,
    status: "queued",
    conclusion: null,
    createdAt: world.clock.now(),
    startedAt: null,
    completedAt: null,
    steps: [],
    labels: input.labels,
    runnerName: null,
    runnerId: null,
    checkRunId: id,
    permissions: apiPermissions(input.permissions),
    log: "",
    summary: "",
  };
  world.jobs.set(id, job);
  engine.jobKeys.set(id, input.key);
  run.jobIds = [...run.jobIds, id];
  openCheckRun(hub, actionsActor(hub), {
    id,
    suite: entity(world.checkSuites, run.checkSuiteId, "check suite"),
    name: input.name,
    detailsUrl: `${runWebUrl(hub, run)}/job/${id}`,
  });
  return job;
}

export function announceQueued(engine: Engine, active: ActiveRun, job: WorkflowJob): void {
  announceJob(engine.hub, job, "queued", active.actor);
}

export function setJobStatus(engine: Engine, job: WorkflowJob, status: RunStatus): void {
  job.status = status;
  changeCheckRun(engine.hub, checkRunOf(engine, job), actionsActor(engine.hub), { status });
}

export function startJob(engine: Engine, active: ActiveRun, job: WorkflowJob, runnerName: string): void {
  job.startedAt = engine.hub.world.clock.now();
  job.runnerName = runnerName;
  job.runnerId = job.id;
  job.status = "in_progress";
  const change = { status: "in_progress" as const, startedAt: job.startedAt };
  changeCheckRun(engine.hub, checkRunOf(engine, job), actionsActor(engine.hub), change);
  announceJob(engine.hub, job, "in_progress", active.actor);
}

export function completeJob(engine: Engine, active: ActiveRun, job: WorkflowJob, conclusion: CheckConclusion): void {
  const now = engine.hub.world.clock.now();
  job.status = "completed";
  job.conclusion = conclusion;
  job.completedAt = now;
  job.startedAt ??= now;
  job.steps = job.steps.map((step) =>
    step.status === "completed" ? step : { ...step, status: "completed", conclusion: "cancelled", completedAt: now },
  );
  const change = { status: "completed" as const, conclusion, startedAt: job.startedAt, completedAt: now };
  changeCheckRun(engine.hub, checkRunOf(engine, job), actionsActor(engine.hub), change);
  announceJob(engine.hub, job, "completed", active.actor);
}

export function showSteps(job: WorkflowJob, steps: readonly StepView[]): void {
  job.steps = steps.map((step) => ({ ...step }));
}

export function annotate(engine: Engine, job: WorkflowJob, annotation: Annotation): void {
  const { level, message, title, path, line, endLine, column, endColumn } = annotation;
  const kept: CheckAnnotation = {
    path,
    startLine: line,
    endLine,
    startColumn: column,
    endColumn,
    level,
    message,
    title,
    rawDetails: null,
  };
  const run = checkRunOf(engine, job);
  run.output = { ...run.output, annotations: [...run.output.annotations, kept] };
}

/** An annotation of the job as a whole. */
export function annotateJob(engine: Engine, job: WorkflowJob, message: string): void {
  const place = { title: null, path: ".github", line: 1, endLine: 1, column: null, endColumn: null };
  annotate(engine, job, { level: "failure", message, ...place });
}

function checkRunOf(engine: Engine, job: WorkflowJob) {
  return entity(engine.hub.world.checkRuns, job.checkRunId, "check run");
}
