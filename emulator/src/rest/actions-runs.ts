// Workflow runs: lists, single runs and attempts, and what people do to them.
import { approveRun, cancelRun, type Refused, rerun } from "../actions/runs/control-run.ts";
import { type Engine, engineOf } from "../actions/runs/engine.ts";
import { runJson } from "../formats/actions.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { conflict, forbidden, type GitHubError, notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { WorkflowRun } from "../world/actions.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount } from "../world/world.ts";
import { READ, WRITE, workflowParam } from "./actions-workflows.ts";

const RUN = "/repos/:owner/:repo/actions/runs/:run_id";

export function registerRuns(api: Api, hub: Hub): void {
  const engine = engineOf(hub);

  api.get("/repos/:owner/:repo/actions/runs", (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(runList(c, hub, runsOf(hub, repository)));
  });

  api.get("/repos/:owner/:repo/actions/workflows/:workflow_id/runs", async (c) => {
    const { repository } = enter(c, hub, READ);
    const workflow = await workflowParam(engine, c, repository);
    return c.json(
      runList(
        c,
        hub,
        runsOf(hub, repository).filter((run) => run.workflowId === workflow.id),
      ),
    );
  });

  api.get(RUN, (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(runJson(hub, runParam(c, hub, repository)));
  });

  api.get(`${RUN}/attempts/:attempt_number`, (c) => {
    const { repository } = enter(c, hub, READ);
    const run = runParam(c, hub, repository);
    const number = numberParam(c, "attempt_number");
    const earlier = run.earlierAttempts.find((attempt) => attempt.number === number);
    if (earlier === undefined && number !== run.runAttempt) throw notFound();
    return c.json(runJson(hub, run, earlier));
  });

  api.delete(RUN, (c) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    const run = runParam(c, hub, repository);
    if (run.status !== "completed") throw forbidden("Cannot delete a workflow run that is not completed.");
    hub.world.runs.delete(run.id);
    for (const id of run.jobIds) hub.world.jobs.delete(id);
    for (const artifact of hub.world.artifacts.values()) {
      if (artifact.runId === run.id) hub.world.artifacts.delete(artifact.id);
    }
    return c.body(null, 204);
  });

  registerActs(api, hub, engine);
}

function registerActs(api: Api, hub: Hub, engine: Engine): void {
  const act = (
    verb: string,
    status: 201 | 202,
    refusal: (message: string) => GitHubError,
    run: (run: WorkflowRun, actor: ReturnType<typeof enterToWrite>["actor"]) => Refused | Promise<Refused>,
  ): void => {
    api.post(`${RUN}/${verb}`, async (c) => {
      const { repository, actor } = enterToWrite(c, hub, WRITE);
      const refused = await run(runParam(c, hub, repository), actor);
      if (refused !== null) throw refusal(refused.problem);
      return c.json({}, status);
    });
  };
  act("cancel", 202, conflict, (run) => cancelRun(engine, run, false));
  act("force-cancel", 202, conflict, (run) => cancelRun(engine, run, true));
  act("rerun", 201, forbidden, (run, actor) => rerun(engine, run, actor, null));
  act("rerun-failed-jobs", 201, forbidden, (run, actor) => rerun(engine, run, actor, "failed"));
  act("approve", 201, forbidden, (run, actor) => approveRun(engine, run, actor));
}

export function runParam(c: Ctx, hub: Hub, repository: Repository): WorkflowRun {
  const run = hub.world.runs.get(numberParam(c, "run_id"));
  if (run === undefined || run.repositoryId !== repository.id) throw notFound();
  return run;
}

/** Newest first. */
function runsOf(hub: Hub, repository: Repository): readonly WorkflowRun[] {
  return [...hub.world.runs.values()].filter((run) => run.repositoryId === repository.id).reverse();
}

function runList(c: Ctx, hub: Hub, runs: readonly WorkflowRun[]) {
  const matching = runs.filter((run) => matches(c, hub, run));
  return { total_count: matching.length, workflow_runs: pageOf(c, hub, matching).map((run) => runJson(hub, run)) };
}

function matches(c: Ctx, hub: Hub, run: WorkflowRun): boolean {
  const is = (name: string, values: readonly (string | null)[]): boolean => {
    const wanted = c.req.query(name);
    return wanted === undefined || wanted === "" || values.includes(wanted);
  };
  const actor = c.req.query("actor");
  return (
    is("event", [run.event]) &&
    is("branch", [run.headBranch]) &&
    is("status", [run.status, run.conclusion]) &&
    is("head_sha", [run.headSha]) &&
    is("check_suite_id", [String(run.checkSuiteId)]) &&
    (actor === undefined || findAccount(hub.world, actor)?.id === run.actorId) &&
    (c.req.query("exclude_pull_requests") !== "true" || run.pullNumbers.length === 0 || run.event === "push") &&
    wasCreated(c.req.query("created"), run.createdAt)
  );
}

/** `>=2026-01-01`, `2026-01-01..2026-02-01`, or a day; anything else matches. */
function wasCreated(wanted: string | undefined, createdAt: number): boolean {
  if (wanted === undefined) return true;
  const range = wanted.split("..");
  const [from = "", to = ""] = range;
  if (range.length === 2) return createdAt >= edge(from, false) && createdAt <= edge(to, true);
  const match = /^(>=|<=|>|<)?(.+)$/.exec(wanted);
  const date = match?.[2] ?? "";
  switch (match?.[1]) {
    case ">=":
      return createdAt >= edge(date, false);
    case ">":
      return createdAt > edge(date, true);
    case "<=":
      return createdAt <= edge(date, true);
    case "<":
      return createdAt < edge(date, false);
    default:
      return createdAt >= edge(date, false) && createdAt <= edge(date, true);
  }
}

const DAY_MS = 86_400_000;

/** The first or the last instant that a date or a time names; `*` is unbounded. */
function edge(text: string, last: boolean): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return last ? Number.POSITIVE_INFINITY : 0;
  if (!last) return time;
  return text.includes("T") ? time + 999 : time + DAY_MS - 1;
}
