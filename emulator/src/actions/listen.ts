// Connects Actions with everything that happens.
import type { Hub } from "../hub.ts";
import { ACTIONS_APP_ID } from "../world/create.ts";
import type { DomainEvent } from "../world/events.ts";
import { isJsonObject } from "../world/json.ts";
import { rerun } from "./runs/control-run.ts";
import { type Engine, engineOf } from "./runs/engine.ts";
import { startOnEvent } from "./runs/start-on-event.ts";

export function listenForActions(hub: Hub): void {
  if (!hub.actions.enabled) return;
  const engine = engineOf(hub);
  hub.events.subscribe((event) => {
    if (event.onlyAppId === ACTIONS_APP_ID && event.action === "rerequested")
      void hub.work.track(rerunChecks(engine, event));
    else startOnEvent(engine, event);
  });
}

/** "Re-run" on a check of Actions is a re-run of its job, on a suite one of the run. */
async function rerunChecks(engine: Engine, { name, payload, actor }: DomainEvent): Promise<void> {
  const check = payload[name];
  const id = isJsonObject(check) ? Number(check["id"]) : 0;
  const { world } = engine.hub;
  const job = name === "check_run" ? (world.jobs.get(id) ?? null) : null;
  const runId = job?.runId ?? world.checkSuites.get(id)?.workflowRunId;
  const run = runId === undefined || runId === null ? undefined : world.runs.get(runId);
  if (run !== undefined) await rerun(engine, run, actor, job);
}
