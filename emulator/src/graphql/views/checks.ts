// Check suites, check runs, statuses, and what they add up to on one commit.
import { checkRunsOf, latestRuns } from "../../code/checks.ts";
import { mergeConditions } from "../../code/rulesets.ts";
import { latestStatuses, statusesOf } from "../../code/statuses.ts";
import { checkRunPage } from "../../formats/checks.ts";
import { repositoryWebUrl } from "../../formats/repositories.ts";
import type { Sha } from "../../git/objects.ts";
import type { CheckRun, CheckSuite, CommitStatus } from "../../world/checks.ts";
import { nodeId } from "../../world/ids.ts";
import type { Repository } from "../../world/repositories.ts";
import { entity, fullNameOf, repositoryOf } from "../../world/world.ts";
import { optionalNumber, optionalObject, optionalText, texts } from "../args.ts";
import { connection, connectionOf } from "../connection.ts";
import type { Gql } from "../gql.ts";
import { type Args, enumName, time, timeOrNull, type View } from "../view.ts";
import { pullConnection } from "./lists.ts";

/** Is a check named by a rule of the branch that the asked-for pull request goes into? */
function isRequired(repository: Repository, context: string, args: Args): boolean {
  const number = optionalNumber(args, "pullRequestNumber");
  const id = optionalText(args, "pullRequestId") ?? null;
  for (const pull of repository.pulls.values()) {
    if (pull.number !== number && pull.nodeId !== id) continue;
    return mergeConditions(repository, pull.base.ref, null)?.requiredChecks?.includes(context) ?? false;
  }
  return false;
}

function annotationsView(run: CheckRun, page: string, args: Args): View {
  const items = run.output.annotations.map((annotation, index) => ({ annotation, index }));
  return connection("annotations", args, {
    items,
    key: (item) => item.index,
    view: ({ annotation }) => ({
      __typename: "CheckAnnotation",
      annotationLevel: enumName(annotation.level),
      path: annotation.path,
      message: annotation.message,
      title: annotation.title,
      rawDetails: annotation.rawDetails,
      blobUrl: page,
      location: {
        start: { line: annotation.startLine, column: annotation.startColumn },
        end: { line: annotation.endLine, column: annotation.endColumn },
      },
    }),
  });
}

export function checkRunView(g: Gql, run: CheckRun): View {
  const repository = repositoryOf(g.hub.world, run);
  const path = `/${fullNameOf(g.hub.world, repository)}/runs/${run.id}`;
  const page = `${g.hub.urls.web}${path}`;
  return {
    __typename: "CheckRun",
    id: run.nodeId,
    databaseId: run.id,
    name: run.name,
    status: enumName(run.status),
    conclusion: run.conclusion === null ? null : enumName(run.conclusion),
    startedAt: timeOrNull(run.startedAt),
    completedAt: timeOrNull(run.completedAt),
    detailsUrl: checkRunPage(g.hub, run),
    externalId: run.externalId,
    title: run.output.title,
    summary: run.output.summary,
    text: run.output.text,
    url: page,
    permalink: page,
    resourcePath: path,
    annotations: (args: Args) => annotationsView(run, page, args),
    checkSuite: () => g.views.checkSuite(entity(g.hub.world.checkSuites, run.suiteId, "check suite")),
    repository: () => g.views.repository(repository),
    isRequired: (args: Args) => isRequired(repository, run.name, args),
  };
}

function suiteRuns(g: Gql, suite: CheckSuite, args: Args): View {
  const filter = optionalObject(args, "filterBy") ?? {};
  const name = optionalText(filter, "checkName") ?? null;
  const appId = optionalNumber(filter, "appId");
  const conclusions = texts(filter, "conclusions");
  const all = suite.runIds.map((id) => entity(g.hub.world.checkRuns, id, "check run"));
  const wanted = optionalText(filter, "checkType") === "LATEST" ? latestRuns(all) : all;
  const runs = wanted.filter(
    (run) =>
      (name === null || run.name === name) &&
      (appId === null || run.appId === appId) &&
      (conclusions === null || (run.conclusion !== null && conclusions.includes(enumName(run.conclusion)))),
  );
  return connectionOf("checkRuns", args, runs, g.views.checkRun);
}

function workflowRunView(g: Gql, suite: CheckSuite): View | null {
  const run = suite.workflowRunId === null ? undefined : g.hub.world.runs.get(suite.workflowRunId);
  if (run === undefined) return null;
  const repository = repositoryOf(g.hub.world, suite);
  const path = `/${fullNameOf(g.hub.world, repository)}/actions/runs/${run.id}`;
  return {
    __typename: "WorkflowRun",
    id: run.nodeId,
    databaseId: run.id,
    event: run.event,
    runNumber: run.runNumber,
    url: `${g.hub.urls.web}${path}`,
    resourcePath: path,
    createdAt: time(run.createdAt),
    updatedAt: time(run.updatedAt),
    checkSuite: () => g.views.checkSuite(suite),
  };
}

export function checkSuiteView(g: Gql, suite: CheckSuite): View {
  const repository = repositoryOf(g.hub.world, suite);
  const git = g.hub.git.of(repository);
  const path = `/${fullNameOf(g.hub.world, repository)}/commit/${suite.headSha}/checks?check_suite_id=${suite.id}`;
  const branch = () => {
    const name = `refs/heads/${suite.headBranch}`;
    const sha = suite.headBranch === null ? null : git.refs.resolve(name);
    return sha === null ? null : g.views.ref(repository, { name, sha });
  };
  const pulls = () =>
    [...repository.pulls.values()]
      .filter((pull) => pull.head.sha === suite.headSha)
      .flatMap((pull) => repository.issues.get(pull.number) ?? []);
  return {
    __typename: "CheckSuite",
    id: suite.nodeId,
    databaseId: suite.id,
    status: enumName(suite.status),
    conclusion: suite.conclusion === null ? null : enumName(suite.conclusion),
    createdAt: time(suite.createdAt),
    updatedAt: time(suite.updatedAt),
    url: `${g.hub.urls.web}${path}`,
    resourcePath: path,
    app: () => g.views.app(entity(g.hub.world.apps, suite.appId, "app")),
    branch,
    commit: () => g.views.commit(repository, suite.headCommit),
    checkRuns: (args: Args) => suiteRuns(g, suite, args),
    matchingPullRequests: (args: Args) => pullConnection(g, args, pulls(), "matchingPullRequests"),
    repository: () => g.views.repository(repository),
    workflowRun: () => workflowRunView(g, suite),
    creator: null,
    push: null,
  };
}

export function statusView(g: Gql, status: CommitStatus): View {
  const repository = repositoryOf(g.hub.world, status);
  return {
    __typename: "StatusContext",
    id: status.nodeId,
    context: status.context,
    state: enumName(status.state),
    description: status.description,
    targetUrl: status.targetUrl,
    createdAt: time(status.createdAt),
    avatarUrl: `${repositoryWebUrl(g.hub, repository)}/_avatars/u/${status.creatorId}`,
    creator: () => g.views.actor(entity(g.hub.world.accounts, status.creatorId, "account")),
    commit: () => g.views.object(repository, status.sha),
    isRequired: (args: Args) => isRequired(repository, status.context, args),
  };
}

const FAILED: readonly (string | null)[] = [
  "failure",
  "cancelled",
  "timed_out",
  "action_required",
  "startup_failure",
  "stale",
];

/** Worst first: one failure fails the commit, one open check keeps it pending. */
export function rollupState(runs: readonly CheckRun[], statuses: readonly CommitStatus[]): string {
  if (statuses.some((status) => status.state === "error")) return "ERROR";
  if (runs.some((run) => FAILED.includes(run.conclusion)) || statuses.some((status) => status.state === "failure"))
    return "FAILURE";
  const isOpen =
    runs.some((run) => run.status !== "completed") || statuses.some((status) => status.state === "pending");
  return isOpen ? "PENDING" : "SUCCESS";
}

/** null when nobody has said anything about the commit. */
export function rollupView(g: Gql, repository: Repository, sha: Sha): View | null {
  const runs = latestRuns(checkRunsOf(g.hub, repository, sha));
  const statuses = latestStatuses(statusesOf(g.hub, repository, sha));
  if (runs.length === 0 && statuses.length === 0) return null;
  const items = [...runs.map((run) => ({ run, status: null })), ...statuses.map((status) => ({ run: null, status }))];
  return {
    __typename: "StatusCheckRollup",
    id: nodeId("CommitStatus", repository.id, "rollup", sha),
    state: rollupState(runs, statuses),
    commit: () => g.views.object(repository, sha),
    contexts: (args: Args) =>
      connection(
        "contexts",
        args,
        {
          items,
          key: (item) => item.run?.id ?? item.status?.id ?? 0,
          view: (item) =>
            item.run === null
              ? item.status === null
                ? null
                : g.views.status(item.status)
              : g.views.checkRun(item.run),
        },
        { checkRunCount: runs.length, statusContextCount: statuses.length },
      ),
  };
}
