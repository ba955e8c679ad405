// A task and its kin: the parent whose sub-task it is, the sub-tasks that it waits for, and the branch that follows from
// both. Reads observations; decides nothing.

import { BUILT_IN_ROLES, type RepositoryConfig } from "./config.ts";
import { fold } from "./fold.ts";
import { type Observation, type ObservedRelative, taskBranch } from "./observation.ts";
import { type Origin, originOf } from "./origin.ts";
import type { SubTask } from "./result-tasks.ts";
import type { Task } from "./task.ts";

/** The parent as its own ledger tells it; null when there is none, or none that can be believed, in this repository. */
export function parentTask({ family, repository, writer }: Observation): Task | null {
  if (family.parent === null || family.parentLedger.length === 0) return null;
  const id = `${repository.id}/${family.parent.nodeId}`;
  const folded = fold(family.parentLedger, { writerId: writer.id, task: id });
  return "task" in folded ? folded.task : null;
}

/** Where this issue comes from, or null when no breakdown made it. */
export function originIn({ issue, writer }: Observation): Origin | null {
  return originOf(issue, writer.id);
}

export interface Children {
  /** Each sub-issue that counts, once. */
  readonly counted: readonly ObservedRelative[];
  /** Made by the app for a key that an older one has already: two instances at work at the same time. */
  readonly doubled: readonly ObservedRelative[];
}

export function childrenOf({ family, issue, writer }: Observation): Children {
  const seen = new Set<string>();
  const counted: ObservedRelative[] = [];
  const doubled: ObservedRelative[] = [];
  for (const child of family.children) {
    const origin = originOf(child, writer.id);
    const isFirst = origin === null || origin.parent !== issue.number || !seen.has(origin.key);
    if (origin !== null && origin.parent === issue.number) seen.add(origin.key);
    (isFirst ? counted : doubled).push(child);
  }
  return { counted, doubled };
}

/** @returns the sub-issue that was made for a key, the oldest one */
export function childFor({ family, issue, writer }: Observation, key: string): ObservedRelative | null {
  const made = family.children.filter((child) => {
    const origin = originOf(child, writer.id);
    return origin?.parent === issue.number && origin.key === key;
  });
  return made.toSorted((a, b) => a.number - b.number)[0] ?? null;
}

/** @returns sub-tasks of the breakdown that no issue was made for yet, in order */
export function missingChildren(observation: Observation, task: Task): readonly SubTask[] {
  return (task.breakdown?.tasks ?? []).filter(({ key }) => childFor(observation, key) === null);
}

/** The branch that a task's work is meant for: what a person chose, then its project's, then the default branch. */
export function baseBranchOf(task: Task, observation: Observation): string {
  if (task.settings.base !== null) return task.settings.base;
  const parent = parentTask(observation);
  const isOfProject = parent !== null && parent.settings.project === "branch" && parent.state !== "done";
  const { family, repository } = observation;
  return isOfProject && family.parent !== null ? taskBranch(family.parent.number) : repository.defaultBranch;
}

/** Whether what comes out of this role is a list of sub-tasks. */
export function isSplitter(role: string, config: RepositoryConfig): boolean {
  const builtIn: Readonly<Record<string, string>> = BUILT_IN_ROLES;
  return (config.roles[role]?.kind ?? builtIn[role]) === "tasks";
}
