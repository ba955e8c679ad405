// What the machine wants of parents and sub-tasks: a sub-task enters its ledger, a parent finishes when its children are
// done, and whoever waits for something that was given up, or for itself, asks a person. No model counts anything here.

import { baseBranchOf, childrenOf, originIn, parentTask } from "./family.ts";
import { settingsOf } from "./labels.ts";
import type { Observation } from "./observation.ts";
import type { MoveRequest } from "./request.ts";
import type { Situation } from "./situation.ts";
import type { Task, TaskSettings } from "./task.ts";

function byApp({ writer, now }: Observation): Pick<MoveRequest, "actor" | "standing" | "at"> {
  return { actor: { id: writer.id, login: writer.login, kind: "app" }, standing: "app", at: now };
}

function clockCause({ now }: Observation, task: Task): string {
  return `sweep:${now}/${task.length}`;
}

/** A sub-task begins as its parent's breakdown has it; a draft follows as soon as the list is accepted. */
export function adoptionRequest(observation: Observation, task: Task | null): MoveRequest | null {
  const { issue, family } = observation;
  const origin = originIn(observation);
  const isNew = task === null || (task.state === "draft" && task.queuedAt === null);
  if (origin === null || !isNew || !issue.isOpen || family.parent?.number !== origin.parent) return null;
  const parent = parentTask(observation);
  const asked = parent?.breakdown?.tasks.find(({ key }) => key === origin.key);
  if (parent === null || parent.endedAt !== null || asked === undefined) return null;
  const settings = inherited(observation, parent, asked.role ?? null);
  if (parent.breakdown?.isApproved === true) {
    const { textDigest, title } = issue;
    const cause = task === null ? `issue:${issue.nodeId}` : clockCause(observation, task);
    const data = { settings, digest: textDigest, title: title.slice(0, 1_000) };
    return { ...byApp(observation), move: "queue", cause, data };
  }
  return task === null
    ? { ...byApp(observation), move: "draft", cause: `issue:${issue.nodeId}`, data: { settings } }
    : null;
}

function inherited(observation: Observation, parent: Task, role: string | null): TaskSettings {
  const own = settingsOf(observation.issue.labels, observation.config, null);
  const { priority, base, project } = parent.settings;
  return { ...own, role: role ?? "implement", priority, base: project === "branch" ? null : base };
}

/** What keeps a queued task for good unless somebody decides. */
export function stopRequest(observation: Observation, task: Task, { givenUp, circle }: Situation): MoveRequest | null {
  const stop = (reason: string, doubts: readonly string[]): MoveRequest => ({
    ...byApp(observation),
    move: "stop",
    cause: clockCause(observation, task),
    data: { reason: reason.slice(0, 1_000), doubts: [...doubts] },
  });
  if (circle !== null) return stop(`it waits for itself: ${circle.join(" → ")}`, []);
  if (givenUp.length === 0) return null;
  const what = givenUp.length === 1 ? "was" : "were";
  return stop(`${givenUp.join(", ")} ${what} closed as not planned, and this task waits for it`, givenUp);
}

/** All sub-tasks are done: the parent is, too, or its branch is offered. */
export function finishRequest(observation: Observation, task: Task, situation: Situation): MoveRequest | null {
  const { children } = situation;
  if (children.open.length > 0 || children.missing > 0 || children.all === 0) return null;
  const isProject = task.settings.project === "branch";
  if (isProject && changedAnything(observation, task)) return integrateRequest(observation, task);
  if (task.breakdown === null && !isProject) return null;
  const { counted } = childrenOf(observation);
  const why = counted.length === 1 ? "its sub-task is done" : `its ${counted.length} sub-tasks are done`;
  const data = { pullRequest: null, mergeSha: null, why };
  return { ...byApp(observation), move: "done", cause: clockCause(observation, task), data };
}

/** A branch that stands where its base does has nothing to offer. */
function changedAnything(observation: Observation, task: Task): boolean {
  const { taskBranch, repository } = observation;
  if (taskBranch === null) return false;
  return baseBranchOf(task, observation) !== repository.defaultBranch || taskBranch !== repository.defaultBranchSha;
}

/** The branch of a project as it stands now, put before people as one submission. */
export function integrateRequest(observation: Observation, task: Task): MoveRequest | null {
  const head = observation.taskBranch;
  if (head === null) return null;
  const titles = childrenOf(observation).counted.map(({ number }) => `#${number}`);
  const data = {
    head,
    base: baseBranchOf(task, observation),
    baseSha: observation.repository.defaultBranchSha ?? head,
    summary: `Brings together ${titles.join(", ")}.`,
  };
  return { ...byApp(observation), move: "integrate", cause: clockCause(observation, task), data };
}

/** Something turned up after the claim that the task should wait for, and the config says that the attempt must not go on. */
export function lateBlockerRequest(observation: Observation, task: Task, { blockers, config }: Situation) {
  if (config.blockers.late !== "release" || blockers.length === 0) return null;
  const reason = `since the claim it is blocked by ${blockers.join(", ")}`.slice(0, 1_000);
  const request: MoveRequest = {
    ...byApp(observation),
    move: "release",
    cause: clockCause(observation, task),
    data: { reason, infrastructure: false },
  };
  return request;
}
