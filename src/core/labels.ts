// Labels as people use them: the state label, and the choices that others make. Reads only; a label that is not ours is never touched.

import type { RepositoryConfig } from "./config.ts";
import { phasesOf } from "./phases.ts";
import type { Priority, TaskSettings } from "./task.ts";
import { defaultSettings, priorityOf } from "./task-settings.ts";

/** @returns what follows the prefix in every state label on the issue, known states or not */
export function stateLabelsOf(labels: readonly string[], prefix: string): readonly string[] {
  const start = `${prefix}:`;
  return labels.filter((label) => label.startsWith(start)).map((label) => label.slice(start.length));
}

/** @returns the most urgent priority that the labels name, `p2` when they name none */
export function prioritiesOf(labels: readonly string[]): Priority {
  const named = labels.flatMap((label) => priorityOf(label.replace(/^priority:\s*/i, "")) ?? []);
  return named.toSorted()[0] ?? "p2";
}

/** @param before what the task had, when it is queued again; labels win over it */
export function settingsOf(
  labels: readonly string[],
  config: RepositoryConfig,
  before: TaskSettings | null,
): TaskSettings {
  const standard = before ?? defaultSettings(config);
  const named = (kind: string): string | undefined =>
    labels.find((label) => label.startsWith(`${kind}:`))?.slice(kind.length + 1);
  const phases = named("phases");
  const hasPriority = labels.some((label) => priorityOf(label.replace(/^priority:\s*/i, "")) !== null);
  return {
    ...standard,
    role: named("role") ?? standard.role,
    // A list that does not exist is kept as written, so that the refusal can name it.
    phases: phases === undefined ? standard.phases : (phasesOf(phases)?.join(",") ?? phases),
    priority: hasPriority ? prioritiesOf(labels) : standard.priority,
    model: labels.includes("model:heavy") ? "heavy" : standard.model,
  };
}
