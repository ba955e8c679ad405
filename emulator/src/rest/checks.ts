// Check runs and check suites. Only apps write them; people ask for them again.
import {
  askCheckRun,
  changeCheckRun,
  checkRunsOf,
  hasSuite,
  latestRuns,
  openCheckRun,
  requestSuite,
  suiteOf,
} from "../code/checks.ts";
import { annotationJson, checkRunJson, fullCheckSuiteJson } from "../formats/checks.ts";
import type { Sha } from "../git/objects.ts";
import { readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, numberParam } from "../http/context.ts";
import { forbidden, notFound, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { App } from "../world/apps.ts";
import type { CheckRun, CheckSuite } from "../world/checks.ts";
import type { Repository } from "../world/repositories.ts";
import { checksAt } from "../world/world.ts";
import { checkRunChangeFrom } from "./check-body.ts";

const READ = { permission: "checks", level: "read", role: "read" } as const;
const WRITE = { permission: "checks", level: "write", role: "write" } as const;

/** The app behind the token: people cannot write checks. */
function appOf(c: Ctx): App {
  const caller = c.get("caller");
  if (caller.kind !== "installation" && caller.kind !== "job")
    throw forbidden("You must authenticate via a GitHub App.");
  return caller.app;
}

async function createRun(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, WRITE);
  const app = appOf(c);
  const body = await readJson(c);
  const name = requiredString(body, "name");
  const headSha = requiredString(body, "head_sha");
  if ((await hub.git.of(repository).objects.readCommit(headSha)) === null)
    throw unprocessable(`No commit found for SHA: ${headSha}`);
  const suite = await suiteOf(hub, repository, app, headSha);
  const run = openCheckRun(hub, actor, { ...checkRunChangeFrom(body), suite, name });
  const json = checkRunJson(hub, run);
  c.header("Location", String(json["url"]));
  return c.json(json, 201);
}

function runParam(c: Ctx, hub: Hub, repository: Repository): CheckRun {
  const run = hub.world.checkRuns.get(numberParam(c, "check_run_id"));
  if (run === undefined || run.repositoryId !== repository.id) throw notFound();
  return run;
}

function suiteParam(c: Ctx, hub: Hub, repository: Repository): CheckSuite {
  const suite = hub.world.checkSuites.get(numberParam(c, "check_suite_id"));
  if (suite === undefined || suite.repositoryId !== repository.id) throw notFound();
  return suite;
}

async function updateRun(c: Ctx, hub: Hub): Promise<Response> {
  const { repository, actor } = enterToWrite(c, hub, WRITE);
  const app = appOf(c);
  const run = runParam(c, hub, repository);
  if (run.appId !== app.id)
    throw forbidden(`Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`);
  changeCheckRun(hub, run, actor, checkRunChangeFrom(await readJson(c)));
  return c.json(checkRunJson(hub, run));
}

async function shaOf(hub: Hub, repository: Repository, ref: string): Promise<Sha> {
  const sha = await hub.git.of(repository).resolve(ref);
  if (sha === null) throw unprocessable(`No commit found for SHA: ${ref}`);
  return sha;
}

function answerRuns(c: Ctx, hub: Hub, all: readonly CheckRun[]): Response {
  const name = c.req.query("check_name");
  const status = c.req.query("status");
  const appId = c.req.query("app_id");
  const wanted = c.req.query("filter") === "all" ? all : latestRuns(all);
  const runs = wanted.filter(
    (run) =>
      (name === undefined || run.name === name) &&
      (status === undefined || run.status === status) &&
      (appId === undefined || String(run.appId) === appId),
  );
  return c.json({ total_count: runs.length, check_runs: pageOf(c, hub, runs).map((run) => checkRunJson(hub, run)) });
}

async function runsOfRef(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const sha = await shaOf(hub, repository, c.req.param("ref") ?? "");
  return answerRuns(c, hub, checkRunsOf(hub, repository, sha));
}

async function suitesOfRef(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enter(c, hub, READ);
  const sha = await shaOf(hub, repository, c.req.param("ref") ?? "");
  const appId = c.req.query("app_id");
  const name = c.req.query("check_name");
  const suites = checksAt(hub.world, repository, sha).suites.filter(
    (suite) =>
      (appId === undefined || String(suite.appId) === appId) &&
      (name === undefined || suite.runIds.some((id) => hub.world.checkRuns.get(id)?.name === name)),
  );
  return c.json({
    total_count: suites.length,
    check_suites: pageOf(c, hub, suites).map((suite) => fullCheckSuiteJson(hub, suite)),
  });
}

function runsOfSuite(c: Ctx, hub: Hub): Response {
  const { repository } = enter(c, hub, READ);
  const suite = suiteParam(c, hub, repository);
  const runs = suite.runIds.flatMap((id) => hub.world.checkRuns.get(id) ?? []);
  return answerRuns(c, hub, runs);
}

async function createSuite(c: Ctx, hub: Hub): Promise<Response> {
  const { repository } = enterToWrite(c, hub, WRITE);
  const app = appOf(c);
  const headSha = requiredString(await readJson(c), "head_sha");
  if ((await hub.git.of(repository).objects.readCommit(headSha)) === null)
    throw unprocessable(`No commit found for SHA: ${headSha}`);
  const isKnown = hasSuite(hub, repository, app, headSha);
  const suite = await suiteOf(hub, repository, app, headSha);
  return c.json(fullCheckSuiteJson(hub, suite), isKnown ? 200 : 201);
}

export function registerChecks(api: Api, hub: Hub): void {
  api.post("/repos/:owner/:repo/check-runs", (c) => createRun(c, hub));
  api.get("/repos/:owner/:repo/check-runs/:check_run_id", (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(checkRunJson(hub, runParam(c, hub, repository)));
  });
  api.patch("/repos/:owner/:repo/check-runs/:check_run_id", (c) => updateRun(c, hub));
  api.get("/repos/:owner/:repo/check-runs/:check_run_id/annotations", (c) => {
    const { repository } = enter(c, hub, READ);
    const run = runParam(c, hub, repository);
    return c.json(pageOf(c, hub, run.output.annotations).map((annotation) => annotationJson(hub, run, annotation)));
  });
  api.post("/repos/:owner/:repo/check-runs/:check_run_id/rerequest", (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    askCheckRun(hub, runParam(c, hub, repository), actor, "rerequested");
    return c.json({}, 201);
  });
  api.get("/repos/:owner/:repo/commits/:ref{.+}/check-runs", (c) => runsOfRef(c, hub));
  api.get("/repos/:owner/:repo/commits/:ref{.+}/check-suites", (c) => suitesOfRef(c, hub));
  api.post("/repos/:owner/:repo/check-suites", (c) => createSuite(c, hub));
  api.get("/repos/:owner/:repo/check-suites/:check_suite_id", (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(fullCheckSuiteJson(hub, suiteParam(c, hub, repository)));
  });
  api.get("/repos/:owner/:repo/check-suites/:check_suite_id/check-runs", (c) => runsOfSuite(c, hub));
  api.post("/repos/:owner/:repo/check-suites/:check_suite_id/rerequest", (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    requestSuite(hub, suiteParam(c, hub, repository), actor, "rerequested");
    return c.json({}, 201);
  });
}
