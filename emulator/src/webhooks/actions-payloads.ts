// Tells the world what happens to workflow runs and jobs.
import { jobJson, runJson, workflowJson } from "../formats/actions.ts";
import type { Hub } from "../hub.ts";
import type { WorkflowJob, WorkflowRun } from "../world/actions.ts";
import type { Actor } from "../world/caller.ts";
import type { JsonObject } from "../world/json.ts";
import { entity, repositoryOf } from "../world/world.ts";

export function announceRun(
  hub: Hub,
  run: WorkflowRun,
  action: "requested" | "in_progress" | "completed",
  actor: Actor,
): void {
  const workflow = entity(hub.world.workflows, run.workflowId, "workflow");
  hub.events.emit({
    name: "workflow_run",
    action,
    actor,
    repository: repositoryOf(hub.world, run),
    payload: { workflow_run: runJson(hub, run), workflow: workflowJson(hub, workflow) },
  });
}

export function announceJob(
  hub: Hub,
  job: WorkflowJob,
  action: "queued" | "in_progress" | "completed" | "waiting",
  actor: Actor,
): void {
  hub.events.emit({
    name: "workflow_job",
    action,
    actor,
    repository: repositoryOf(hub.world, job),
    payload: { workflow_job: jobJson(hub, job) },
  });
}

export interface DispatchFacts {
  readonly inputs: JsonObject | null;
  readonly ref: string;
  /** Path of the file. */
  readonly workflow: string;
}

export function dispatchPayload({ inputs, ref, workflow }: DispatchFacts): JsonObject {
  return { inputs, ref, workflow };
}

export function repositoryDispatchPayload(eventType: string, clientPayload: JsonObject, branch: string): JsonObject {
  return { action: eventType, branch, client_payload: clientPayload };
}
