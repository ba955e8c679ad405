// The labels of a task: their names, what they say, and what they choose. Names compare without case, as on GitHub;
// a label that is not in here is somebody's own and is never touched.

import { knownRoles, type RepositoryConfig } from "./config.ts";
import { PHASE_PRESETS, phasesOf } from "./phases.ts";
import type { Refusal } from "./refusal.ts";
import { PRIORITIES, type Priority, SHOWN_STATES, type ShownState, type TaskSettings } from "./task.ts";
import { priorityOf } from "./task-settings.ts";

export interface LabelDefinition {
  readonly name: string;
  /** Six hex digits, as GitHub takes them. */
  readonly colour: string;
  /** At most 100 characters: GitHub's limit. */
  readonly description: string;
}

// biome-ignore format: a table reads by column.
const STATE_LABELS = {
  draft:         { colour: "d4d4d4", description: "Proposed, not yet released to the queue" },
  queued:        { colour: "bfd4f2", description: "Waits for a runner" },
  blocked:       { colour: "fbca04", description: "Queued, but a blocker, a hold or sub-tasks keep it" },
  claimed:       { colour: "1d76db", description: "An attempt holds the claim" },
  review:        { colour: "8250df", description: "A pull request waits for its gate and for people" },
  "needs-human": { colour: "d93f0b", description: "Stopped: a person has to decide" },
  done:          { colour: "0e8a16", description: "Merged, or otherwise completed" },
  failed:        { colour: "b60205", description: "Ended without a result" },
  cancelled:     { colour: "6e7781", description: "Withdrawn" },
} as const satisfies Record<ShownState, { colour: string; description: string }>;

// biome-ignore format: a table reads by column.
const PRIORITY_LABELS = {
  p0: { colour: "b60205", description: "Before everything else" },
  p1: { colour: "d93f0b", description: "Before the usual" },
  p2: { colour: "fbca04", description: "As usual; a task without a priority has this one" },
  p3: { colour: "c2e0c6", description: "When nothing else waits" },
} as const satisfies Record<Priority, { colour: string; description: string }>;

const ROLE_COLOUR = "c5def5";
const PHASES_COLOUR = "d4c5f9";
const HEAVY: LabelDefinition = { name: "model:heavy", colour: "5319e7", description: "Use the heavy model" };

/** `task:queued`. */
export function stateLabel(state: ShownState, prefix: string): string {
  return `${prefix}:${state}`;
}

/**
 * Reads a label as one of a task's states.
 *
 * @returns the state; `unknown` for another label under the prefix; null for a label that is not ours
 */
export function stateOfLabel(
  label: string,
  prefix: string,
): { readonly state: ShownState } | { readonly unknown: string } | null {
  const name = label.toLowerCase();
  if (!name.startsWith(`${prefix}:`)) return null;
  const rest = name.slice(prefix.length + 1);
  const state = SHOWN_STATES.find((known) => known === rest);
  return state === undefined ? { unknown: rest } : { state };
}

/** Every label that a repository should have, so that people can pick them. */
export function labelDefinitions(config: RepositoryConfig): readonly LabelDefinition[] {
  return [
    ...SHOWN_STATES.map((state) => ({ name: stateLabel(state, config.prefix), ...STATE_LABELS[state] })),
    ...PRIORITIES.map((priority) => ({ name: `priority:${priority}`, ...PRIORITY_LABELS[priority] })),
    ...knownRoles(config).map((role) => ({
      name: `role:${role}`,
      colour: ROLE_COLOUR,
      description: `Worked on by the role ${role}`,
    })),
    ...Object.entries(PHASE_PRESETS).map(([name, phases]) => ({
      name: `phases:${name}`,
      colour: PHASES_COLOUR,
      description: `Phases: ${phases.join(", ")}`,
    })),
    HEAVY,
  ];
}

export interface LabelDelta {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * What has to change so that exactly one state is shown.
 *
 * @param shown  the state to show, or null when the issue is no task
 * @returns labels as the issue spells them; everything but other states stays
 */
export function stateLabelDelta(labels: readonly string[], shown: ShownState | null, prefix: string): LabelDelta {
  const wanted = shown === null ? null : stateLabel(shown, prefix);
  const states = labels.filter((label) => {
    const read = stateOfLabel(label, prefix);
    return read !== null && "state" in read;
  });
  const isThere = states.some((label) => label.toLowerCase() === wanted);
  return {
    add: wanted === null || isThere ? [] : [wanted],
    remove: states.filter((label) => label.toLowerCase() !== wanted),
  };
}

const NAMESPACES = ["role:", "phases:", "priority:"] as const;

/** What follows a namespace in the labels that have it, without case and without repeats. */
function valuesOf(labels: readonly string[], namespace: (typeof NAMESPACES)[number]): readonly string[] {
  const names = labels.map((label) => label.toLowerCase()).filter((label) => label.startsWith(namespace));
  return [...new Set(names.map((name) => name.slice(namespace.length)))].sort();
}

/** Of several priorities the most urgent one counts; `priority:` labels before people's own words for them. */
function priorityByLabels(labels: readonly string[]): Priority | null {
  const named = valuesOf(labels, "priority:").flatMap((value) => priorityOf(value) ?? []);
  const words = labels.flatMap((label) => priorityOf(label) ?? []);
  return [...named].sort()[0] ?? [...words].sort()[0] ?? null;
}

/** The one value that a namespace's labels choose, or null for none; a second one is a contradiction. */
function oneOf(
  labels: readonly string[],
  namespace: "role:" | "phases:",
): { value: string | null; problems: Refusal[] } {
  const values = valuesOf(labels, namespace);
  if (values.length <= 1) return { value: values[0] ?? null, problems: [] };
  const conflicting = values.map((value) => `${namespace}${value}`);
  return { value: null, problems: [{ reason: "conflicting-labels", labels: conflicting }] };
}

/**
 * What an issue's labels choose for its task.
 *
 * @param settings  what holds where no label chooses
 * @returns the settings, and a refusal for every label that cannot be obeyed (its setting stays as it was)
 */
export function settingsByLabels(
  labels: readonly string[],
  settings: TaskSettings,
  config: RepositoryConfig,
): { readonly settings: TaskSettings; readonly problems: readonly Refusal[] } {
  const role = oneOf(labels, "role:");
  const phases = oneOf(labels, "phases:");
  const problems: Refusal[] = [...role.problems, ...phases.problems];
  const known = knownRoles(config);
  if (role.value !== null && !known.includes(role.value)) {
    problems.push({ reason: "unknown-role", role: role.value, known });
  }
  if (phases.value !== null && phasesOf(phases.value) === null) {
    problems.push({ reason: "unknown-phases", phases: phases.value, known: Object.keys(PHASE_PRESETS) });
  }
  const isHeavy = labels.some((label) => label.toLowerCase() === HEAVY.name);
  return {
    settings: {
      ...settings,
      role: role.value !== null && known.includes(role.value) ? role.value : settings.role,
      phases: phases.value !== null && phasesOf(phases.value) !== null ? phases.value : settings.phases,
      priority: priorityByLabels(labels) ?? settings.priority,
      model: isHeavy ? "heavy" : settings.model,
    },
    problems,
  };
}

/**
 * Labels that must change so that `settingsByLabels` would read these settings again, after `/task set` changed one.
 *
 * @param standard  what holds without labels: a setting that equals it needs no label unless one says otherwise
 */
export function settingLabelDelta(
  labels: readonly string[],
  settings: TaskSettings,
  standard: TaskSettings,
): LabelDelta {
  const add: string[] = [];
  const remove: string[] = [];
  for (const [namespace, wanted, usual] of [
    ["role:", settings.role, standard.role],
    ["phases:", settings.phases, standard.phases],
    ["priority:", settings.priority, standard.priority],
  ] as const) {
    const there = labels.filter((label) => label.toLowerCase().startsWith(namespace));
    const isShown = there.some((label) => label.toLowerCase() === `${namespace}${wanted}`);
    remove.push(...there.filter((label) => label.toLowerCase() !== `${namespace}${wanted}`));
    const saidOtherwise = namespace === "priority:" && (priorityByLabels(labels) ?? usual) !== wanted;
    if (!isShown && (wanted !== usual || saidOtherwise)) add.push(`${namespace}${wanted}`);
  }
  const heavy = labels.filter((label) => label.toLowerCase() === HEAVY.name);
  if (settings.model === "base") remove.push(...heavy);
  else if (heavy.length === 0) add.push(HEAVY.name);
  return { add, remove };
}
