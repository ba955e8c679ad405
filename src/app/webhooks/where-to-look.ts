// From a webhook to keys: which tasks a delivery may have changed. Pure, and generous: a key too many costs one read,
// a key too few waits for the sweep. Says nothing about what to do there.

import { CONFIG_PATH } from "../../core/config.ts";
import { LEDGER_PREFIX } from "../../core/observation.ts";
import { ONBOARDING_BRANCH } from "../../core/onboarding-files.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import { SHOWN_STATES } from "../../core/task.ts";
import type { AppIdentity } from "../github.ts";
import { boardKey, configKey, installKey, pullRequestKey, repositoryKey, repositoryOf, taskKey } from "../keys.ts";
import type { Payload } from "./payload.ts";

/** The events that the App subscribes to; `app.yml` lists the same ones (installation events come without asking). */
export const EVENTS = [
  "issues",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "check_run",
  "check_suite",
  "status",
  "workflow_run",
  "push",
  "label",
  "sub_issues",
  "issue_dependencies",
  "repository",
  "installation",
  "installation_repositories",
] as const;
export type EventName = (typeof EVENTS)[number];

/** What makes an old repository a new one to us: another name, another owner, writable again. */
const RENEWED: readonly string[] = ["renamed", "transferred", "unarchived"];

export interface Known {
  /** The App as GitHub knows it, or null before GitHub told it: then every mention may be of it. */
  readonly app: AppIdentity | null;
  /** The task that a pull request is known to belong to. */
  readonly taskOf: (repository: RepositoryRef, pullRequest: number) => number | null;
  /** Keys of the tasks that are known to wait for `owner/repo#n`. */
  readonly dependantsOf: (ref: string) => readonly string[];
}

/** Branches of ours, by what stands behind the name. */
const TASK_BRANCH = /^signalbox\/task\/([1-9]\d{0,9})$/;
const TASK_REF = /^refs\/heads\/signalbox\/(?:task|ledger)\/([1-9]\d{0,9})$/;
/** `run-name` of the thin workflow. */
const RUN_NAME = /^signalbox ([\w.-]+\/[\w.-]+)#([1-9]\d{0,9}) [0-9a-f]{40}$/;
/** What a command begins with, unless with a mention. Where it stands in the text is for the parser to judge. */
const COMMAND = "/task";
const OWN_LABEL = /^(?:role|priority|phases|model):/i;
const STATE_LABEL = new RegExp(`^[a-z][a-z0-9-]*:(${SHOWN_STATES.join("|")})$`);
/** What changes nothing about an issue that is not a task: reading it would cost and find nothing. */
const QUIET_ACTIONS = [
  "edited",
  "assigned",
  "unassigned",
  "milestoned",
  "demilestoned",
  "pinned",
  "unpinned",
  "locked",
  "unlocked",
  "typed",
  "untyped",
  "opened",
];

/** @returns the keys to look at, each once; empty when the event cannot matter */
export function whereToLook(event: EventName, payload: Payload, known: Known): readonly string[] {
  const repository = payload.repository === undefined ? null : repositoryOf(payload.repository.full_name);
  const isOwn = payload.sender !== undefined && payload.sender.id === known.app?.botId;
  if (repository === null) return inInstallation(payload);
  return [...new Set(inRepository(event, payload, { repository, isOwn, known }))];
}

interface Context {
  readonly repository: RepositoryRef;
  /** The app's own doing: it knows already, except where GitHub did something more in answer. */
  readonly isOwn: boolean;
  readonly known: Known;
}

function inRepository(event: EventName, payload: Payload, context: Context): readonly string[] {
  switch (event) {
    case "issues":
      return [...fromIssue(payload, context), ...waitingFor(payload.issue?.number, payload, context)];
    case "issue_comment":
      return fromComment(payload, context);
    case "pull_request":
      return [...fromPullRequest(payload, context), ...waitingFor(payload.pull_request?.number, payload, context)];
    case "pull_request_review":
      return fromPullRequest(payload, context);
    case "check_run":
      return fromBranch(payload.check_run?.check_suite?.head_branch, payload, context);
    case "check_suite":
      return fromBranch(payload.check_suite?.head_branch, payload, context);
    case "status":
      return (payload.branches ?? []).flatMap((branch) => taskOfBranch(branch.name, context.repository));
    case "workflow_run":
      return fromWorkflowRun(payload, context);
    case "push":
      return context.isOwn ? [] : fromPush(payload, context.repository);
    case "label":
      return context.isOwn ? [] : fromLabel(payload, context.repository);
    case "sub_issues":
    case "issue_dependencies":
      return fromRelation(payload, context.repository);
    case "repository":
      return RENEWED.includes(payload.action ?? "") ? [repositoryKey(context.repository)] : [];
    case "installation":
    case "installation_repositories":
      return inInstallation(payload);
  }
}

function isStateLabel(name: string | undefined): boolean {
  return name !== undefined && STATE_LABEL.test(name);
}

/** A label of ours that was changed or deleted is put right, and so are the issues that lost it. */
function fromLabel({ label, changes }: Payload, repository: RepositoryRef): readonly string[] {
  const names = [label?.name, changes?.name?.from];
  if (names.some(isStateLabel)) return [boardKey(repository), repositoryKey(repository)];
  return names.some((name) => name !== undefined && OWN_LABEL.test(name)) ? [boardKey(repository)] : [];
}

/** The labels show a task, whatever prefix the repository chose, or the one that was just put on or taken off does. */
function looksLikeTask(payload: Payload): boolean {
  return isStateLabel(payload.label?.name) || (payload.issue?.labels ?? []).some((label) => isStateLabel(label.name));
}

/** Gestures on an issue that the app itself wrote, which may be a board. */
const BOARD_ACTIONS = ["edited", "closed", "reopened", "deleted"];

function fromIssue(payload: Payload, context: Context): readonly string[] {
  return [...fromBoard(payload, context), ...fromTask(payload, context)];
}

function fromBoard(
  { issue, action = "", installation }: Payload,
  { repository, isOwn, known }: Context,
): readonly string[] {
  if (isOwn || issue?.user?.id !== known.app?.botId || !BOARD_ACTIONS.includes(action)) return [];
  return [boardKey(repository), ...(installation === undefined ? [] : [installKey(installation.id)])];
}

function fromTask(payload: Payload, { repository, isOwn }: Context): readonly string[] {
  const { issue, action = "" } = payload;
  if (issue === undefined) return [];
  if (isOwn && [...QUIET_ACTIONS, "labeled", "unlabeled"].includes(action)) return [];
  const isQuiet = QUIET_ACTIONS.includes(action) || action === "labeled" || action === "unlabeled";
  return isQuiet && !looksLikeTask(payload) ? [] : [taskKey(repository, issue.number)];
}

/** What changes an issue for those who wait for it. */
const MATTERS_TO_DEPENDANTS: readonly string[] = ["closed", "reopened", "deleted", "transferred"];

function waitingFor(number: number | undefined, { action = "" }: Payload, context: Context): readonly string[] {
  if (number === undefined || !MATTERS_TO_DEPENDANTS.includes(action)) return [];
  return context.known.dependantsOf(taskKey(context.repository, number));
}

function fromComment(payload: Payload, { repository, isOwn, known }: Context): readonly string[] {
  const { issue, comment, action } = payload;
  if (issue === undefined || isOwn || (action !== "created" && action !== "edited")) return [];
  // A box that somebody ticked in one of our comments is an edit of it by somebody else.
  const isTicked = action === "edited" && comment?.user?.id === known.app?.botId;
  const mayCommand = isTicked || mayBeCommand(comment?.body ?? "", known.app);
  if (issue.pull_request === undefined || issue.pull_request === null) {
    return mayCommand || looksLikeTask(payload) ? [taskKey(repository, issue.number)] : [];
  }
  const task = known.taskOf(repository, issue.number);
  if (task !== null) return [taskKey(repository, task)];
  return mayCommand ? [pullRequestKey(repository, issue.number)] : [];
}

function mayBeCommand(body: string, app: AppIdentity | null): boolean {
  const text = body.toLowerCase();
  return text.includes(COMMAND) || text.includes(`@${app?.slug.toLowerCase() ?? ""}`);
}

/** A fork may call its branch as it likes: only a head in the repository itself is a task's. */
function fromPullRequest(payload: Payload, { repository, isOwn }: Context): readonly string[] {
  const { pull_request: pull, action } = payload;
  // A state label on a pull request asks for what no pull request can be: it is answered like one on an issue.
  const isAsked = (action === "labeled" || action === "unlabeled") && isStateLabel(payload.label?.name) && !isOwn;
  if (isAsked && pull !== undefined) return [taskKey(repository, pull.number)];
  const head = pull?.head;
  // Also a fork's: whoever offers another config is told what is wrong with it.
  const isOffered = head?.sha !== undefined && BRINGS_COMMITS.includes(action ?? "");
  const configs = isOffered ? [configKey(repository, head.sha ?? "", "changed")] : [];
  if (head?.repo?.id === undefined || head.repo.id !== payload.repository?.id) return configs;
  const { installation } = payload;
  const isOnboarding = head.ref === ONBOARDING_BRANCH && action === "closed" && installation !== undefined;
  return [...configs, ...taskOfBranch(head.ref, repository), ...(isOnboarding ? [installKey(installation.id)] : [])];
}

const BRINGS_COMMITS = ["opened", "synchronize", "reopened"];

function fromBranch(branch: string | null | undefined, payload: Payload, { repository }: Context): readonly string[] {
  return payload.action === "completed" ? taskOfBranch(branch, repository) : [];
}

function fromWorkflowRun(payload: Payload, { repository }: Context): readonly string[] {
  const run = payload.workflow_run;
  const [, fullName, issue] = RUN_NAME.exec(run?.display_title ?? "") ?? [];
  const named = fullName === undefined ? null : repositoryOf(fullName);
  return [
    ...(named === null ? [] : [taskKey(named, Number(issue))]),
    ...(payload.action === "completed" ? taskOfBranch(run?.head_branch, repository) : []),
  ];
}

function fromPush(payload: Payload, repository: RepositoryRef): readonly string[] {
  const [, issue] = TASK_REF.exec(payload.ref ?? "") ?? [];
  if (issue !== undefined) return [taskKey(repository, Number(issue))];
  const touched = (payload.commits ?? []).flatMap((commit) => [
    ...(commit.added ?? []),
    ...(commit.modified ?? []),
    ...(commit.removed ?? []),
  ]);
  if (payload.ref === `${LEDGER_PREFIX}repository`) return [repositoryKey(repository), boardKey(repository)];
  if (!touched.includes(CONFIG_PATH)) return [];
  const { after, installation } = payload;
  return [
    repositoryKey(repository),
    boardKey(repository),
    ...(after === undefined ? [] : [configKey(repository, after, "always")]),
    ...(installation === undefined ? [] : [installKey(installation.id)]),
  ];
}

/** Both ends of a relation, each in its own repository: a blocker may live elsewhere. */
function fromRelation(payload: Payload, repository: RepositoryRef): readonly string[] {
  const ends = [
    [payload.parent_issue, payload.parent_issue_repo],
    [payload.sub_issue, payload.sub_issue_repo],
    [payload.blocked_issue, payload.blocked_issue_repo],
    [payload.blocking_issue, payload.blocking_issue_repo],
  ] as const;
  return ends.flatMap(([issue, owner]) => {
    const place = owner === undefined || owner === null ? repository : repositoryOf(owner.full_name);
    return issue === undefined || issue === null || place === null ? [] : [taskKey(place, issue.number)];
  });
}

function inInstallation(payload: Payload): readonly string[] {
  const { action, installation } = payload;
  const isNew = action === "created" || action === "unsuspend" || action === "added";
  const listed = action === "created" || action === "unsuspend" ? payload.repositories : payload.repositories_added;
  const keys = (listed ?? []).flatMap((one) => {
    const repository = repositoryOf(one.full_name);
    return repository === null ? [] : [repositoryKey(repository)];
  });
  return [...new Set([...(isNew && installation !== undefined ? [installKey(installation.id)] : []), ...keys])];
}

function taskOfBranch(branch: string | null | undefined, repository: RepositoryRef): readonly string[] {
  const [, issue] = TASK_BRANCH.exec(branch ?? "") ?? [];
  return issue === undefined ? [] : [taskKey(repository, Number(issue))];
}

/** @returns the task that a pull request of this payload belongs to, to be remembered for its comments */
export function pullRequestIn(
  payload: Payload,
): { readonly repository: RepositoryRef; readonly pullRequest: number; readonly issue: number } | null {
  const repository = payload.repository === undefined ? null : repositoryOf(payload.repository.full_name);
  const { pull_request: pull } = payload;
  if (repository === null || pull === undefined || pull.head.repo?.id !== payload.repository?.id) return null;
  const [, issue] = TASK_BRANCH.exec(pull.head.ref) ?? [];
  return issue === undefined ? null : { repository, pullRequest: pull.number, issue: Number(issue) };
}
