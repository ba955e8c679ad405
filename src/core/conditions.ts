// How far a submission has come in its stage: conditions in order, and the first that does not hold stops the rest.

import type { RepositoryConfig } from "./config.ts";
import { type Condition, DONE, flowOf, nextOf, type Stage, stageOf } from "./flow.ts";
import { gateOf } from "./gate.ts";
import type { ObservedPullRequest } from "./observation.ts";
import type { ShownState, Task } from "./task.ts";

export type Progress =
  /** Every condition holds: on to the next stage, or to the merge. */
  | { readonly progress: "passed"; readonly to: string }
  | { readonly progress: "waits"; readonly for: Condition }
  | { readonly progress: "failed"; readonly at: Condition };

/** @returns the stage that a task in review stands in, or null when its flow has none: then nothing keeps the merge */
export function currentStage(task: Task, config: RepositoryConfig): Stage | null {
  return stageOf(flowOf(config), task.stage);
}

export function progressOf(task: Task, pullRequest: ObservedPullRequest, config: RepositoryConfig): Progress {
  const stage = currentStage(task, config);
  if (stage === null) return { progress: "passed", to: DONE };
  for (const condition of stage.conditions) {
    if (condition.skip) continue;
    const held = holds(condition, task, pullRequest, config);
    if (held === "no") return { progress: "failed", at: condition };
    if (held === "not-yet") return { progress: "waits", for: condition };
  }
  return { progress: "passed", to: nextOf(flowOf(config), stage) };
}

type Held = "yes" | "no" | "not-yet";

function holds(condition: Condition, task: Task, pullRequest: ObservedPullRequest, config: RepositoryConfig): Held {
  const { head } = pullRequest;
  // A person's condition is passed by an acceptance of exactly this head, and by nothing else.
  if ("human" in condition) return task.acceptance?.head === head ? "yes" : "not-yet";
  if ("checks" in condition) {
    const { submission } = task;
    return submission !== null && gateOf(submission, pullRequest, config).gate === "green" ? "yes" : "not-yet";
  }
  const told = task.inspections.findLast(
    (one) => one.head === head && one.condition === condition.name && one.verdict !== null,
  );
  if (told === undefined) return "not-yet";
  return told.verdict === "approve" ? "yes" : "no";
}

/** @returns whether a person's word counts in the stage where the task stands: it has a condition for it */
export function takesAcceptance(task: Task, config: RepositoryConfig): boolean {
  return currentStage(task, config)?.conditions.some((condition) => "human" in condition && !condition.skip) ?? false;
}

/**
 * What the run of a look is told of the config: of a script condition, that this one command is the check to run. Its
 * other conditions are not asked before their turn.
 *
 * @param source the config file as YAML gave it
 */
export function configForRun(source: unknown, task: Task, config: RepositoryConfig): unknown {
  const looked = task.state === "review" && task.lease !== null ? task.inspections.at(-1) : undefined;
  const condition = currentStage(task, config)?.conditions.find(({ name }) => name === looked?.condition);
  if (condition === undefined || !("script" in condition)) return source;
  const rest = typeof source === "object" && source !== null ? source : {};
  return { ...rest, checks: [{ name: condition.name, run: condition.script }] };
}

/** What the state label says: a task in review shows the stage of its flow, when that has a name of its own. */
export function shownName(shown: ShownState | null, task: Task | null, config: RepositoryConfig): string | null {
  if (shown !== "review" || task === null) return shown;
  return currentStage(task, config)?.name ?? shown;
}
