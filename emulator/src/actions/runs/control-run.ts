// What people do to runs: cancel, force, run again, approve.
import type { WorkflowJob, WorkflowRun } from "../../world/actions.ts";
import type { Actor } from "../../world/caller.ts";
import type { Engine } from "./engine.ts";
import { launch } from "./execute-run.ts";
import type { JobEnd } from "./job-ends.ts";
import type { Plan } from "./plan.ts";
import { recordAttempt, setRunStatus } from "./run-records.ts";

export type Refused = { readonly problem: string } | null;

export function cancelRun(engine: Engine, run: WorkflowRun, byForce: boolean): Refused {
  const active = engine.active.get(run.id);
  if (run.status === "completed" || active === undefined) {
    return { problem: "Cannot cancel a workflow run that is completed." };
  }
  active.cancel.abort();
  if (byForce) active.abandon.abort();
  return null;
}

/** @param only null = every job; otherwise the jobs that failed, or one job, each with everything that needs it */
export async function rerun(
  engine: Engine,
  run: WorkflowRun,
  actor: Actor,
  only: "failed" | WorkflowJob | null,
): Promise<Refused> {
  if (run.status !== "completed") return { problem: "This workflow is already running" };
  const kept = keptEnds(engine, run, only);
  if (only === "failed" && kept === null) return { problem: "This workflow run cannot be retried" };
  await recordAttempt(engine.hub, run, actor);
  launch(engine, run, actor, kept ?? new Map());
  return null;
}

function keptEnds(
  engine: Engine,
  run: WorkflowRun,
  only: "failed" | WorkflowJob | null,
): ReadonlyMap<string, JobEnd> | null {
  const ended = engine.ended.get(run.id);
  if (only === null || ended === undefined) return null;
  const succeeded = [...ended.ends].filter(([, end]) => end.result === "success");
  if (only === "failed") return new Map(succeeded);
  const target = engine.jobKeys.get(only.id) ?? "";
  const again = withDependants(ended.plan, target.split("/")[0] ?? "");
  // Inside a called workflow only the job itself runs again; outside, everything behind it does.
  return new Map(
    succeeded.filter(([key]) => key !== target && !target.startsWith(`${key}/`) && !again.has(key.split("/")[0] ?? "")),
  );
}

/** The jobs that need this one, directly or not. */
function withDependants(plan: Plan, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (needed: string): void => {
    for (const job of plan.workflow.jobs.values()) {
      if (!job.needs.includes(needed) || found.has(job.id)) continue;
      found.add(job.id);
      visit(job.id);
    }
  };
  visit(id);
  return found;
}

/** A run that GITHUB_TOKEN caused waits until a person lets it go. */
export function approveRun(engine: Engine, run: WorkflowRun, actor: Actor): Refused {
  if (run.conclusion !== "action_required") return { problem: "This run is not waiting for approval" };
  run.conclusion = null;
  setRunStatus(engine.hub, run, "queued");
  launch(engine, run, actor);
  return null;
}
