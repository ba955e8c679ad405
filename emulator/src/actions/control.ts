// What tests may do to Actions past the API: hold jobs, lose machines, set secrets and settings. Also over HTTP, for other
// processes.
import { optionalString, readJson, requiredNumber, requiredString } from "../http/body.ts";
import type { Api } from "../http/context.ts";
import { unprocessable } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { findRepository } from "../world/world.ts";
import type { AccessLevel } from "./runs/access-settings.ts";
import { startScheduled } from "./runs/dispatch.ts";
import { type Engine, engineOf } from "./runs/engine.ts";
import type { Hold, JobPlace } from "./runs/holds.ts";

export type { AccessLevel, Hold, JobPlace };

export interface ActionsControl {
  /** Stops every job where `matches` says so: before its first step (`step` null) or before a step, until it is released. */
  readonly holdJob: (matches: (place: JobPlace) => boolean) => Hold;
  /**
   * Kills everything that a running job started, and nobody hears of it any more, as when a machine vanishes: the job stays
   * `in_progress` until ten minutes later on the emulator's clock, then it fails.
   */
  readonly loseMachine: (jobId: number) => void;
  /** Starts every scheduled workflow of the default branch now: times of cron are not watched. Ids of the runs. */
  readonly runSchedules: (fullName: string) => Promise<readonly number[]>;
  /** null removes it. */
  readonly setSecret: (fullName: string, name: string, value: string | null) => void;
  readonly setVariable: (fullName: string, name: string, value: string | null) => void;
  /** Whether other private repositories of the owner may use this one's actions and workflows; GitHub's default is "none". */
  readonly setAccess: (fullName: string, level: AccessLevel) => void;
  /** Why a run ended in `startup_failure`; null for every other run. */
  readonly startupProblem: (runId: number) => string | null;
  /** What the steps of a job wrote to GITHUB_STEP_SUMMARY. */
  readonly summary: (jobId: number) => string;
}

export function createActionsControl(hub: Hub): ActionsControl {
  const engine = engineOf(hub);
  return {
    holdJob: engine.holds.hold,
    loseMachine: (jobId) => loseMachine(engine, jobId),
    runSchedules: async (fullName) => {
      const begun = await hub.work.track(startScheduled(engine, repositoryNamed(hub, fullName)));
      return begun.map((run) => run.id);
    },
    setSecret: (fullName, name, value) => set(repositoryNamed(hub, fullName).secrets, name, value),
    setVariable: (fullName, name, value) => set(repositoryNamed(hub, fullName).variables, name, value),
    setAccess: (fullName, level) => engine.access.setLevel(repositoryNamed(hub, fullName), level),
    startupProblem: (runId) => hub.world.runs.get(runId)?.startupProblem ?? null,
    summary: (jobId) => hub.world.jobs.get(jobId)?.summary ?? "",
  };
}

export function registerActionsControl(root: Api, hub: Hub): void {
  const control = createActionsControl(hub);
  const command = (name: string, run: (body: JsonObject) => void): void => {
    root.post(`/_control/actions/${name}`, async (c) => {
      try {
        run(await readJson(c));
      } catch (error) {
        throw unprocessable(error instanceof Error ? error.message : String(error));
      }
      return c.json({});
    });
  };
  const value = (body: JsonObject): string | null =>
    body["value"] === null ? null : (optionalString(body, "value") ?? "");
  command("secrets", (body) =>
    control.setSecret(requiredString(body, "repository"), requiredString(body, "name"), value(body)),
  );
  command("variables", (body) =>
    control.setVariable(requiredString(body, "repository"), requiredString(body, "name"), value(body)),
  );
  command("lose-machine", (body) => control.loseMachine(requiredNumber(body, "job")));
  command("access", (body) =>
    control.setAccess(requiredString(body, "repository"), levelIn(requiredString(body, "level"))),
  );
}

function loseMachine(engine: Engine, jobId: number): void {
  for (const active of engine.active.values()) {
    const entry = active.jobs.get(jobId);
    if (entry === undefined) continue;
    entry.isLost = true;
    entry.abandon.abort();
    return;
  }
  throw new Error(`job ${jobId} is not running`);
}

function set(map: Map<string, string>, name: string, value: string | null): void {
  if (value === null) map.delete(name.toUpperCase());
  else map.set(name.toUpperCase(), value);
}

function levelIn(text: string): AccessLevel {
  if (text === "none" || text === "user" || text === "organization") return text;
  throw new Error(`the access level ${text} does not exist`);
}

function repositoryNamed(hub: Hub, fullName: string): Repository {
  const [owner = "", name = ""] = fullName.split("/");
  const repository = findRepository(hub.world, owner, name);
  if (repository === null) throw new Error(`there is no repository ${fullName}`);
  return repository;
}
