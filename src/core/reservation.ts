// How much of a task's budget one attempt may use. A run that dies without a report is charged all of it, so an attempt
// never gets everything unless it is the last: what dies once can be tried again.

import type { RepositoryConfig } from "./config.ts";
import type { MicroUsd, Task } from "./task.ts";

/** @returns millionths of a dollar, 0 when the task's budget is spent */
export function reservationFor(task: Task, { limits }: RepositoryConfig): MicroUsd {
  const left = Math.max(task.settings.budget - task.spent, 0);
  const isLast = task.counters.attempts + 1 >= limits.attempts;
  return isLast ? left : Math.ceil(left / 2);
}
