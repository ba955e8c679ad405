// Makes the sub-issues of a breakdown: each once, by its key, below its parent and behind its predecessors. What is there
// already is left alone, so that a pass which was cut off anywhere is simply continued.

import { baseBranchOf, childFor, childrenOf, missingChildren, originIn } from "./family.ts";
import { type Observation, taskBranch } from "./observation.ts";
import { originLine } from "./origin.ts";
import type { Effect } from "./ports.ts";
import { predecessorsOf, SUB_TASK_BODY_CHARS_MAX, SUB_TASK_TITLE_CHARS_MAX, type SubTask } from "./result-tasks.ts";
import { safeBlock, safeCode, safeLine } from "./safe-text.ts";
import type { Situation } from "./situation.ts";
import type { Task } from "./task.ts";

const PATH_CHARS_MAX = 200;

/** States in which sub-tasks are made: while the list waits for approval, and while the parent waits for them. */
const MAKING: ReadonlySet<string> = new Set(["queued", "needs-human"]);

export function familyActs(observation: Observation, task: Task, situation: Situation): readonly Effect[] {
  if (!MAKING.has(task.state) || !observation.issue.isOpen) return [];
  return [...branchActs(observation, task, situation), ...childActs(observation, task)];
}

/** The branch of a project is there before the first of its sub-tasks can be claimed. */
function branchActs(observation: Observation, task: Task, { children }: Situation): readonly Effect[] {
  const isProject = task.settings.project === "branch" && (children.open.length > 0 || children.missing > 0);
  if (!isProject || observation.taskBranch !== null) return [];
  const branch = taskBranch(observation.issue.number);
  return [{ kind: "create-branch", branch, from: baseBranchOf(task, observation) }];
}

function childActs(observation: Observation, task: Task): readonly Effect[] {
  if (task.breakdown === null) return [];
  const { doubled } = childrenOf(observation);
  const doubles = doubled
    .filter(({ state }) => state === "open")
    .map(({ nodeId }): Effect => ({ kind: "close-issue", nodeId, reason: "not_planned" }));
  return [
    ...missingChildren(observation, task).map((child) => creation(observation, task, child)),
    ...edges(observation, task),
    ...doubles,
  ];
}

function creation(observation: Observation, task: Task, child: SubTask): Effect {
  const { issue, config } = observation;
  const depth = (originIn(observation)?.depth ?? 0) + 1;
  const line = originLine({ parent: issue.number, key: child.key, depth });
  const state = task.breakdown?.isApproved === true ? "queued" : "draft";
  return {
    kind: "create-child",
    parent: { nodeId: issue.nodeId, number: issue.number },
    key: line,
    title: safeLine(child.title, SUB_TASK_TITLE_CHARS_MAX),
    body: childBody(line, child, issue.number),
    labels: [`${config.prefix}:${state}`],
  };
}

function childBody(line: string, child: SubTask, parent: number): string {
  const paths = (child.paths ?? []).map((path) => safeCode(path, PATH_CHARS_MAX));
  return [
    line,
    safeBlock(child.body, SUB_TASK_BODY_CHARS_MAX),
    ...(paths.length === 0 ? [] : [`Paths: ${paths.join(", ")}`]),
    `Part of #${parent}.`,
  ].join("\n\n");
}

/** Dependencies between sub-tasks that are both there; native ones, so that GitHub shows them. */
function edges(observation: Observation, task: Task): readonly Effect[] {
  const tasks = task.breakdown?.tasks ?? [];
  return tasks.flatMap(({ key }, index) => {
    const child = childFor(observation, key);
    if (child === null || child.state !== "open") return [];
    return predecessorsOf(tasks, index).flatMap((needed): readonly Effect[] => {
      const before = childFor(observation, needed);
      if (before === null || child.blockedBy.includes(before.ref)) return [];
      return [{ kind: "block", nodeId: child.nodeId, by: before.nodeId }];
    });
  });
}
