// A workflow run as an entry of the world: making it, moving it through its states, and telling everybody.
import { completeSuite, openCheckSuite } from "../../code/checks.ts";
import type { Commit } from "../../git/objects.ts";
import type { Hub } from "../../hub.ts";
import { announceRun } from "../../webhooks/actions-payloads.ts";
import type { RunStatus, Workflow, WorkflowRun } from "../../world/actions.ts";
import type { Actor } from "../../world/caller.ts";
import { actingAs } from "../../world/caller.ts";
import type { CheckConclusion } from "../../world/checks.ts";
import { ACTIONS_APP_ID } from "../../world/create.ts";
import { nodeId } from "../../world/ids.ts";
import type { JsonObject } from "../../world/json.ts";
import type { Repository } from "../../world/repositories.ts";
import { entity, repositoryOf } from "../../world/world.ts";

export interface NewRun {
  readonly repository: Repository;
  readonly workflow: Workflow;
  readonly displayTitle: string;
  readonly event: string;
  readonly payload: JsonObject;
  readonly inputs: JsonObject;
  readonly headBranch: string | null;
  readonly headCommit: Commit;
  readonly sha: string;
  readonly ref: string;
  readonly workflowSha: string;
  readonly actor: Actor;
  readonly pullNumbers: readonly number[];
}

export async function recordRun(hub: Hub, input: NewRun): Promise<WorkflowRun> {
  const { world } = hub;
  const id = world.ids.next();
  const now = world.clock.now();
  const suite = await openSuite(hub, input.repository, id, input.headCommit.sha, input.headBranch);
  input.workflow.lastRunNumber += 1;
  const run: WorkflowRun = {
    id,
    nodeId: nodeId("WorkflowRun", id),
    repositoryId: input.repository.id,
    workflowId: input.workflow.id,
    path: input.workflow.path,
    name: input.workflow.name,
    displayTitle: input.displayTitle,
    event: input.event,
    payload: input.payload,
    inputs: input.inputs,
    status: "queued",
    conclusion: null,
    headBranch: input.headBranch,
    headSha: input.headCommit.sha,
    headCommit: input.headCommit,
    sha: input.sha,
    ref: input.ref,
    workflowSha: input.workflowSha,
    runNumber: input.workflow.lastRunNumber,
    runAttempt: 1,
    actorId: input.actor.account.id,
    triggeringActorId: input.actor.account.id,
    createdAt: now,
    updatedAt: now,
    runStartedAt: now,
    checkSuiteId: suite.id,
    pullNumbers: input.pullNumbers,
    referencedWorkflows: [],
    jobIds: [],
    earlierAttempts: [],
    startupProblem: null,
  };
  world.runs.set(id, run);
  return run;
}

/** Begins another attempt of a run that is over. */
export async function recordAttempt(hub: Hub, run: WorkflowRun, actor: Actor): Promise<void> {
  const now = hub.world.clock.now();
  const { runAttempt, status, conclusion, triggeringActorId, checkSuiteId, runStartedAt, updatedAt } = run;
  run.earlierAttempts = [
    ...run.earlierAttempts,
    { number: runAttempt, status, conclusion, triggeringActorId, checkSuiteId, startedAt: runStartedAt, updatedAt },
  ];
  const suite = await openSuite(hub, repositoryOf(hub.world, run), run.id, run.headSha, run.headBranch);
  run.checkSuiteId = suite.id;
  run.runAttempt += 1;
  run.status = "queued";
  run.conclusion = null;
  run.triggeringActorId = actor.account.id;
  run.runStartedAt = now;
  run.updatedAt = now;
}

function openSuite(hub: Hub, repository: Repository, runId: number, headSha: string, headBranch: string | null) {
  const app = entity(hub.world.apps, ACTIONS_APP_ID, "app");
  return openCheckSuite(hub, repository, { app, headSha, headBranch, workflowRunId: runId });
}

/** Who speaks when Actions itself changes a check. */
export function actionsActor(hub: Hub): Actor {
  const app = entity(hub.world.apps, ACTIONS_APP_ID, "app");
  return actingAs(entity(hub.world.accounts, app.botId, "account"));
}

export function setRunStatus(hub: Hub, run: WorkflowRun, status: RunStatus): void {
  run.status = status;
  run.updatedAt = hub.world.clock.now();
}

export function startRun(hub: Hub, run: WorkflowRun, actor: Actor): void {
  if (run.status === "in_progress" || run.status === "completed") return;
  setRunStatus(hub, run, "in_progress");
  announceRun(hub, run, "in_progress", actor);
}

export function completeRun(hub: Hub, run: WorkflowRun, conclusion: CheckConclusion, actor: Actor): void {
  run.conclusion = conclusion;
  setRunStatus(hub, run, "completed");
  const suite = entity(hub.world.checkSuites, run.checkSuiteId, "check suite");
  suite.status = "completed";
  suite.conclusion = conclusion;
  suite.updatedAt = run.updatedAt;
  completeSuite(hub, suite, actionsActor(hub));
  announceRun(hub, run, "completed", actor);
}
