// Mutations of check runs. Only apps write checks.
import { type CheckRunChange, changeCheckRun, openCheckRun, suiteOf } from "../../code/checks.ts";
import type { App } from "../../world/apps.ts";
import type { CheckAction, CheckAnnotation, CheckConclusion, CheckOutput, CheckStatus } from "../../world/checks.ts";
import { readNodeId } from "../../world/ids.ts";
import { repositoryOf } from "../../world/world.ts";
import { number, object, objects, optionalNumber, optionalObject, optionalText, text } from "../args.ts";
import type { Gql } from "../gql.ts";
import { repositoryById } from "../nodes.ts";
import { forbidden, notFound, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";
import { type Mutations, needToWrite } from "./mutation.ts";

const WRITE = { permission: "checks", level: "write", role: "write" } as const;

const STATUSES: Readonly<Record<string, CheckStatus>> = {
  QUEUED: "queued",
  IN_PROGRESS: "in_progress",
  COMPLETED: "completed",
  WAITING: "waiting",
  PENDING: "pending",
};
const CONCLUSIONS: Readonly<Record<string, CheckConclusion>> = {
  ACTION_REQUIRED: "action_required",
  CANCELLED: "cancelled",
  FAILURE: "failure",
  NEUTRAL: "neutral",
  SUCCESS: "success",
  SKIPPED: "skipped",
  STALE: "stale",
  TIMED_OUT: "timed_out",
};
const LEVELS: Readonly<Record<string, CheckAnnotation["level"]>> = {
  NOTICE: "notice",
  WARNING: "warning",
  FAILURE: "failure",
};

function appOf(g: Gql): App {
  if (g.caller.kind === "installation" || g.caller.kind === "job") return g.caller.app;
  throw forbidden("You must authenticate via a GitHub App.");
}

function annotationFrom(given: Args): CheckAnnotation {
  const location = object(given, "location");
  return {
    path: text(given, "path"),
    startLine: number(location, "startLine"),
    endLine: number(location, "endLine"),
    startColumn: optionalNumber(location, "startColumn"),
    endColumn: optionalNumber(location, "endColumn"),
    level: LEVELS[text(given, "annotationLevel")] ?? "notice",
    message: text(given, "message"),
    title: optionalText(given, "title") ?? null,
    rawDetails: optionalText(given, "rawDetails") ?? null,
  };
}

function outputFrom(given: Args): CheckOutput {
  return {
    title: text(given, "title"),
    summary: text(given, "summary"),
    text: optionalText(given, "text") ?? null,
    annotations: objects(given, "annotations").map(annotationFrom),
  };
}

function actionFrom(given: Args): CheckAction {
  return {
    label: text(given, "label"),
    description: text(given, "description"),
    identifier: text(given, "identifier"),
  };
}

function timeIn(input: Args, name: string): number | undefined {
  const given = optionalText(input, name);
  return given === undefined || given === null ? undefined : Date.parse(given);
}

function changeFrom(input: Args): CheckRunChange {
  const conclusion = CONCLUSIONS[optionalText(input, "conclusion") ?? ""];
  const status = conclusion === undefined ? STATUSES[optionalText(input, "status") ?? ""] : "completed";
  if (status === "completed" && conclusion === undefined) throw unprocessable("Conclusion can't be blank");
  const output = optionalObject(input, "output");
  const actions = objects(input, "actions").map(actionFrom);
  const startedAt = timeIn(input, "startedAt");
  const completedAt = timeIn(input, "completedAt");
  const externalId = optionalText(input, "externalId");
  const detailsUrl = optionalText(input, "detailsUrl");
  const name = optionalText(input, "name");
  return {
    ...(status === undefined ? {} : { status }),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(output === null ? {} : { output: outputFrom(output) }),
    ...(actions.length === 0 ? {} : { actions }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    ...(externalId === undefined || externalId === null ? {} : { externalId }),
    ...(detailsUrl === undefined ? {} : { detailsUrl }),
    ...(name === undefined || name === null ? {} : { name }),
  };
}

async function create(g: Gql, input: Args): Promise<View> {
  const repository = repositoryById(g, text(input, "repositoryId"));
  needToWrite(g, repository, WRITE, "CreateCheckRun");
  const app = appOf(g);
  const sha = text(input, "headSha");
  if ((await g.hub.git.of(repository).objects.readCommit(sha)) === null)
    throw unprocessable(`No commit found for SHA: ${sha}`);
  const suite = await suiteOf(g.hub, repository, app, sha);
  const run = openCheckRun(g.hub, g.actor, { ...changeFrom(input), suite, name: text(input, "name") });
  return { checkRun: () => g.views.checkRun(run) };
}

function update(g: Gql, input: Args): View {
  const id = text(input, "checkRunId");
  const name = readNodeId(id);
  const key = name?.type === "CheckRun" ? name.parts[0] : undefined;
  const run = typeof key === "number" ? g.hub.world.checkRuns.get(key) : undefined;
  if (run === undefined || !g.canRead(repositoryOf(g.hub.world, run)))
    throw notFound(`Could not resolve to a node with the global id of '${id}'`);
  needToWrite(g, repositoryOf(g.hub.world, run), WRITE, "UpdateCheckRun");
  if (run.appId !== appOf(g).id) throw forbidden("Check run can only be modified by the GitHub App that created it.");
  changeCheckRun(g.hub, run, g.actor, changeFrom(input));
  return { checkRun: () => g.views.checkRun(run) };
}

export const checkMutations: Mutations = { createCheckRun: create, updateCheckRun: update };
