// Jobs and logs.
import { rerun } from "../actions/runs/control-run.ts";
import { type Engine, engineOf } from "../actions/runs/engine.ts";
import { jobJson } from "../formats/actions.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam, requireActor } from "../http/context.ts";
import { forbidden, gone, notFound } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { WorkflowJob, WorkflowRun } from "../world/actions.ts";
import type { Repository } from "../world/repositories.ts";
import { entity } from "../world/world.ts";
import { runParam } from "./actions-runs.ts";
import { READ, WRITE } from "./actions-workflows.ts";

const RUN = "/repos/:owner/:repo/actions/runs/:run_id";
const JOB = "/repos/:owner/:repo/actions/jobs/:job_id";

export function registerJobs(api: Api, hub: Hub): void {
  const engine = engineOf(hub);

  api.get(`${RUN}/jobs`, (c) => {
    const { repository } = enter(c, hub, READ);
    const run = runParam(c, hub, repository);
    const all = jobsOf(hub, run);
    return c.json(jobList(c, hub, c.req.query("filter") === "all" ? all : latest(all)));
  });

  api.get(`${RUN}/attempts/:attempt_number/jobs`, (c) => {
    const { repository } = enter(c, hub, READ);
    const attempt = numberParam(c, "attempt_number");
    return c.json(
      jobList(
        c,
        hub,
        jobsOf(hub, runParam(c, hub, repository)).filter((job) => job.runAttempt === attempt),
      ),
    );
  });

  api.get(JOB, (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(jobJson(hub, jobParam(c, hub, repository)));
  });

  api.get(`${JOB}/logs`, (c) => {
    const { repository } = enter(c, hub, READ);
    requireActor(c);
    const job = jobParam(c, hub, repository);
    if (job.status === "queued" || job.status === "pending") throw notFound();
    return c.redirect(engine.links.make({ kind: "job-log", jobId: job.id }), 302);
  });

  api.post(`${JOB}/rerun`, async (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    const job = jobParam(c, hub, repository);
    const refused = await rerun(engine, entity(hub.world.runs, job.runId, "workflow run"), actor, job);
    if (refused !== null) throw forbidden(refused.problem);
    return c.json({}, 201);
  });

  registerRunLogs(api, hub, engine);
}

function registerRunLogs(api: Api, hub: Hub, engine: Engine): void {
  const logs = (c: Ctx, attempt: (run: WorkflowRun) => number): Response => {
    const { repository } = enter(c, hub, READ);
    requireActor(c);
    const run = runParam(c, hub, repository);
    if (run.status !== "completed") throw notFound();
    const number = attempt(run);
    if (jobsOf(hub, run).every((job) => job.log === "")) throw gone("Server Error: the logs have been deleted");
    return c.redirect(engine.links.make({ kind: "run-logs", runId: run.id, attempt: number }), 302);
  };
  api.get(`${RUN}/logs`, (c) => logs(c, (run) => run.runAttempt));
  api.get(`${RUN}/attempts/:attempt_number/logs`, (c) => logs(c, () => numberParam(c, "attempt_number")));

  api.delete(`${RUN}/logs`, (c) => {
    const { repository } = enterToWrite(c, hub, WRITE);
    for (const job of jobsOf(hub, runParam(c, hub, repository))) job.log = "";
    return c.body(null, 204);
  });
}

function jobParam(c: Ctx, hub: Hub, repository: Repository): WorkflowJob {
  const job = hub.world.jobs.get(numberParam(c, "job_id"));
  if (job === undefined || job.repositoryId !== repository.id) throw notFound();
  return job;
}

export function jobsOf(hub: Hub, run: WorkflowRun): readonly WorkflowJob[] {
  return run.jobIds.map((id) => entity(hub.world.jobs, id, "job"));
}

/** The last execution of every job: a re-run of failed jobs leaves the others as they were. */
function latest(jobs: readonly WorkflowJob[]): readonly WorkflowJob[] {
  const last = new Map<string, number>();
  for (const job of jobs) last.set(job.name, Math.max(job.runAttempt, last.get(job.name) ?? 0));
  return jobs.filter((job) => job.runAttempt === last.get(job.name));
}

function jobList(c: Ctx, hub: Hub, jobs: readonly WorkflowJob[]) {
  return { total_count: jobs.length, jobs: pageOf(c, hub, jobs).map((job) => jobJson(hub, job)) };
}
