// Waits for the turn of a run or a job in its concurrency group.
import { evaluateTemplate, interpolate, type Scope } from "../expressions/evaluate.ts";
import { evaluateFlag } from "../jobs/run-step.ts";
import type { Concurrency } from "../workflow/model.ts";
import type { Activity } from "./activity.ts";
import type { Leave } from "./concurrency-groups.ts";
import type { ActiveRun, Engine } from "./engine.ts";

/**
 * @param superseded aborted when a newer member of the group takes this one's place
 * @returns null when it was cancelled while it waited
 */
export async function enterGroup(
  engine: Engine,
  active: ActiveRun,
  concurrency: Concurrency | null,
  scope: Scope,
  superseded: AbortController,
  stop: AbortSignal,
  activity: Activity,
): Promise<Leave | null> {
  const group = concurrency === null ? "" : interpolate(concurrency.group, scope);
  if (concurrency === null || group === "") return stop.aborted ? null : () => undefined;
  const cancelInProgress = evaluateFlag(concurrency.cancelInProgress, (template) => evaluateTemplate(template, scope));
  const entered = engine.groups.enter(
    `${active.run.repositoryId}:${group.toLowerCase()}`,
    { cancel: () => superseded.abort() },
    { cancelInProgress, queue: concurrency.queue },
    stop,
  );
  return activity.pause(entered);
}
