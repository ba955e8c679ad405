// What all runs of one emulator share: settings, groups, slots, holds, and the runs that are under way. Data and ports; the
// running is beside it.
import type { Hub } from "../../hub.ts";
import type { WorkflowJob, WorkflowRun } from "../../world/actions.ts";
import type { Actor } from "../../world/caller.ts";
import { seedStandIns } from "../stand-ins/seed.ts";
import { type AccessSettings, createAccessSettings } from "./access-settings.ts";
import { type ActionStore, createActionStore } from "./action-store.ts";
import { type Alarms, createAlarms } from "./alarms.ts";
import { type ConcurrencyGroups, createConcurrencyGroups } from "./concurrency-groups.ts";
import { createHolds, type Holds } from "./holds.ts";
import type { JobEnd } from "./job-ends.ts";
import { createLinks, type Links } from "./links.ts";
import type { Plan } from "./plan.ts";
import { createSlots, type Slots } from "./slots.ts";
import { createWorkflowFiles, type WorkflowFiles } from "./workflow-files.ts";

export interface ActiveJob {
  readonly job: WorkflowJob;
  /** Its request for an identity token, and where artifacts know it by. */
  readonly secret: string;
  readonly cancel: AbortController;
  readonly abandon: AbortController;
  /** The machine is gone: nothing of the job is heard any more. */
  isLost: boolean;
}

export interface ActiveRun {
  readonly run: WorkflowRun;
  readonly plan: Plan;
  /** Sender of the events about it. */
  readonly actor: Actor;
  readonly cancel: AbortController;
  /** Ends without cleaning up. */
  readonly abandon: AbortController;
  readonly jobs: Map<number, ActiveJob>;
  /** Jobs of an earlier attempt that are not run again, by key. */
  readonly kept: ReadonlyMap<string, JobEnd>;
  /** Ends of this attempt, by key. */
  readonly ends: Map<string, JobEnd>;
}

export interface Engine {
  readonly hub: Hub;
  readonly files: WorkflowFiles;
  readonly access: AccessSettings;
  readonly actions: ActionStore;
  readonly groups: ConcurrencyGroups;
  readonly slots: Slots;
  readonly holds: Holds;
  readonly alarms: Alarms;
  readonly active: Map<number, ActiveRun>;
  /** Runs that are over, by run id: what a re-run may keep. */
  readonly ended: Map<number, { readonly plan: Plan; readonly ends: ReadonlyMap<string, JobEnd> }>;
  /** Which job of its run a record is, by job id. */
  readonly jobKeys: Map<number, string>;
  readonly links: Links;
  /** By the job's secret. */
  readonly jobsBySecret: Map<string, { readonly active: ActiveRun; readonly job: ActiveJob; readonly facts: JobFacts }>;
}

/** What a job's identity token says of it, besides what the run says. */
export interface JobFacts {
  readonly workflowRef: string;
  readonly workflowSha: string;
  readonly environment: string | null;
  readonly mayAskForIdentity: boolean;
}

const engines = new WeakMap<Hub, Engine>();

/** The engine of this hub, made when it is first asked for. */
export function engineOf(hub: Hub): Engine {
  const known = engines.get(hub);
  if (known !== undefined) return known;
  const access = createAccessSettings();
  const seeded = hub.actions.enabled ? hub.work.track(seedStandIns(hub, access)) : Promise.resolve();
  const engine: Engine = {
    hub,
    files: createWorkflowFiles(hub),
    access,
    actions: createActionStore(hub, access, seeded),
    groups: createConcurrencyGroups(),
    slots: createSlots(hub.actions.parallel ?? PARALLEL),
    holds: createHolds(),
    alarms: createAlarms(hub.world.clock),
    active: new Map(),
    ended: new Map(),
    jobKeys: new Map(),
    links: createLinks(hub),
    jobsBySecret: new Map(),
  };
  engines.set(hub, engine);
  hub.closing.addEventListener("abort", () => {
    for (const active of engine.active.values()) active.abandon.abort();
  });
  return engine;
}

/** Jobs at the same time when the options do not say. */
const PARALLEL = 4;
