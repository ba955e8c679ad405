// Check suites and check runs: making and changing them, with the events that follow. Used by REST, GraphQL
// and the Actions executor. Who may is decided by the callers.
import { checkRunEventJson, checkSuiteJson } from "../formats/checks.ts";
import type { Commit, Sha } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { App } from "../world/apps.ts";
import type { Actor } from "../world/caller.ts";
import type { CheckAction, CheckConclusion, CheckOutput, CheckRun, CheckStatus, CheckSuite } from "../world/checks.ts";
import { nodeId } from "../world/ids.ts";
import type { Repository } from "../world/repositories.ts";
import { checksAt, entity, repositoryOf } from "../world/world.ts";

export interface SuiteInput {
  readonly app: App;
  readonly headSha: Sha;
  readonly headBranch?: string | null;
  readonly before?: Sha | null;
  readonly workflowRunId?: number | null;
}

function branchAt(hub: Hub, repository: Repository, sha: Sha): string | null {
  const refs = hub.git
    .of(repository)
    .refs.list("refs/heads/")
    .filter((ref) => ref.sha === sha);
  const names = refs.map((ref) => ref.name.slice("refs/heads/".length));
  return names.find((name) => name !== repository.defaultBranch) ?? names[0] ?? null;
}

async function headCommitOf(hub: Hub, repository: Repository, sha: Sha): Promise<Commit> {
  const commit = await hub.git.of(repository).objects.readCommit(sha);
  if (commit === null) throw new Error(`commit ${sha} is not in the repository`);
  return commit;
}

function addSuite(hub: Hub, repository: Repository, headCommit: Commit, input: SuiteInput): CheckSuite {
  const { world } = hub;
  const id = world.ids.next();
  const now = world.clock.now();
  const suite: CheckSuite = {
    id,
    nodeId: nodeId("CheckSuite", id),
    repositoryId: repository.id,
    appId: input.app.id,
    headSha: input.headSha,
    headCommit,
    headBranch: input.headBranch === undefined ? branchAt(hub, repository, input.headSha) : input.headBranch,
    status: "queued",
    conclusion: null,
    before: input.before ?? null,
    after: input.headSha,
    createdAt: now,
    updatedAt: now,
    runIds: [],
    workflowRunId: input.workflowRunId ?? null,
  };
  world.checkSuites.set(id, suite);
  checksAt(world, repository, suite.headSha).suites.push(suite);
  return suite;
}

/** A new suite; apps other than Actions have one per commit, see `suiteOf`. */
export async function openCheckSuite(hub: Hub, repository: Repository, input: SuiteInput): Promise<CheckSuite> {
  return addSuite(hub, repository, await headCommitOf(hub, repository, input.headSha), input);
}

export function hasSuite(hub: Hub, repository: Repository, app: App, headSha: Sha): boolean {
  const { suites } = checksAt(hub.world, repository, headSha);
  return suites.some((suite) => suite.appId === app.id && suite.workflowRunId === null);
}

/** The suite of an app on a commit, made when there is none. */
export async function suiteOf(hub: Hub, repository: Repository, app: App, headSha: Sha): Promise<CheckSuite> {
  const headCommit = await headCommitOf(hub, repository, headSha);
  // From here on nothing waits, so that two runs that come at once share one suite.
  const { suites } = checksAt(hub.world, repository, headSha);
  const known = suites.find((suite) => suite.appId === app.id && suite.workflowRunId === null);
  return known ?? addSuite(hub, repository, headCommit, { app, headSha });
}

/** Tells one app that a commit wants its checks. */
export function requestSuite(hub: Hub, suite: CheckSuite, actor: Actor, action: "requested" | "rerequested"): void {
  const repository = repositoryOf(hub.world, suite);
  const payload = { check_suite: checkSuiteJson(hub, suite) };
  hub.events.emit({ name: "check_suite", action, actor, repository, payload, onlyAppId: suite.appId });
}

export interface CheckRunInput {
  readonly suite: CheckSuite;
  readonly name: string;
  readonly status?: CheckStatus;
  readonly conclusion?: CheckConclusion | null;
  readonly externalId?: string;
  readonly detailsUrl?: string | null;
  readonly startedAt?: number | null;
  readonly completedAt?: number | null;
  readonly output?: CheckOutput;
  readonly actions?: readonly CheckAction[];
  /** The job's id when Actions opens it: GitHub uses one id for both. */
  readonly id?: number;
}

const NO_OUTPUT: CheckOutput = { title: null, summary: null, text: null, annotations: [] };

function emitRun(hub: Hub, run: CheckRun, actor: Actor, action: string, onlyOwner = false): void {
  hub.events.emit({
    name: "check_run",
    action,
    actor,
    repository: repositoryOf(hub.world, run),
    payload: { check_run: checkRunEventJson(hub, run) },
    ...(onlyOwner ? { onlyAppId: run.appId } : {}),
  });
}

export function openCheckRun(hub: Hub, actor: Actor, input: CheckRunInput): CheckRun {
  const { world } = hub;
  const { suite } = input;
  const id = input.id ?? world.ids.next();
  const now = world.clock.now();
  const status = input.status ?? "queued";
  const run: CheckRun = {
    id,
    nodeId: nodeId("CheckRun", id),
    repositoryId: suite.repositoryId,
    suiteId: suite.id,
    appId: suite.appId,
    headSha: suite.headSha,
    name: input.name,
    externalId: input.externalId ?? "",
    detailsUrl: input.detailsUrl ?? null,
    status,
    conclusion: input.conclusion ?? null,
    startedAt: input.startedAt === undefined ? now : input.startedAt,
    completedAt: input.completedAt ?? (status === "completed" ? now : null),
    output: input.output ?? NO_OUTPUT,
    actions: input.actions ?? [],
  };
  world.checkRuns.set(id, run);
  checksAt(world, repositoryOf(world, suite), suite.headSha).runs.push(run);
  suite.runIds = [...suite.runIds, id];
  emitRun(hub, run, actor, "created");
  settle(hub, run, actor, status === "completed");
  return run;
}

export interface CheckRunChange {
  readonly name?: string;
  readonly status?: CheckStatus;
  readonly conclusion?: CheckConclusion | null;
  readonly externalId?: string;
  readonly detailsUrl?: string | null;
  readonly startedAt?: number | null;
  readonly completedAt?: number | null;
  readonly output?: CheckOutput;
  readonly actions?: readonly CheckAction[];
}

export function changeCheckRun(hub: Hub, run: CheckRun, actor: Actor, change: CheckRunChange): void {
  const wasCompleted = run.status === "completed";
  const { output, ...fields } = change;
  // Annotations of later updates are added to the earlier ones.
  if (output !== undefined) {
    run.output = { ...output, annotations: [...run.output.annotations, ...output.annotations] };
  }
  Object.assign(run, fields);
  if (run.status === "completed") run.completedAt ??= hub.world.clock.now();
  else {
    run.conclusion = null;
    run.completedAt = null;
  }
  settle(hub, run, actor, run.status === "completed" && !wasCompleted);
}

/** The suite follows its runs; a finished run and a finished suite are told. */
function settle(hub: Hub, run: CheckRun, actor: Actor, isNewlyCompleted: boolean): void {
  const suite = entity(hub.world.checkSuites, run.suiteId, "check suite");
  const runs = suite.runIds.map((id) => entity(hub.world.checkRuns, id, "check run"));
  const wasCompleted = suite.status === "completed";
  suite.updatedAt = hub.world.clock.now();
  suite.status = runs.every((each) => each.status === "completed")
    ? "completed"
    : runs.some((each) => each.status !== "queued")
      ? "in_progress"
      : "queued";
  suite.conclusion = suite.status === "completed" ? worstConclusion(runs) : null;
  if (!isNewlyCompleted) return;
  emitRun(hub, run, actor, "completed");
  if (suite.status === "completed" && !wasCompleted && suite.workflowRunId === null) completeSuite(hub, suite, actor);
}

/** Actions completes its suites itself, when the whole run is over. */
export function completeSuite(hub: Hub, suite: CheckSuite, actor: Actor): void {
  const repository = repositoryOf(hub.world, suite);
  hub.events.emit({
    name: "check_suite",
    action: "completed",
    actor,
    repository,
    payload: { check_suite: checkSuiteJson(hub, suite) },
  });
}

/** Worst first: the order decides what a suite concludes. */
const CONCLUSIONS: readonly CheckConclusion[] = [
  "failure",
  "startup_failure",
  "timed_out",
  "cancelled",
  "action_required",
  "stale",
  "success",
  "neutral",
  "skipped",
];

export function worstConclusion(runs: readonly CheckRun[]): CheckConclusion | null {
  return CONCLUSIONS.find((conclusion) => runs.some((run) => run.conclusion === conclusion)) ?? null;
}

/** A person presses "re-run" or a button that the run offers: only the app that owns the run hears of it. */
export function askCheckRun(
  hub: Hub,
  run: CheckRun,
  actor: Actor,
  ask: "rerequested" | { readonly identifier: string },
): void {
  if (ask === "rerequested") {
    emitRun(hub, run, actor, "rerequested", true);
    return;
  }
  hub.events.emit({
    name: "check_run",
    action: "requested_action",
    actor,
    repository: repositoryOf(hub.world, run),
    payload: { check_run: checkRunEventJson(hub, run), requested_action: { identifier: ask.identifier } },
    onlyAppId: run.appId,
  });
}

/** Runs of a commit, oldest first. */
export function checkRunsOf(hub: Hub, repository: Repository, sha: Sha): readonly CheckRun[] {
  return checksAt(hub.world, repository, sha).runs;
}

/** The newest run of every (app, name) pair. */
export function latestRuns(runs: readonly CheckRun[]): readonly CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of runs) latest.set(`${run.appId}:${run.name}`, run);
  return [...latest.values()];
}
