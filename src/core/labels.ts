// The labels of a task: their names, what they say, and what they choose. Names compare without case, as on GitHub;
// a label that is not in here is somebody's own and is never touched.

import { knownRoles, type RepositoryConfig } from "./config.ts";
import { PHASE_OPTIONS, PHASE_PRESETS, type PhaseOption, phasePlanOf, phasesOf, withOptions } from "./phases.ts";
import type { Refusal } from "./refusal.ts";
import { PRIORITIES, type Priority, SHOWN_STATES, type ShownState, type TaskSettings } from "./task.ts";
import { defaultSettings, priorityOf } from "./task-settings.ts";

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
const OPTION_DESCRIPTIONS = {
  "skip-tests": "No test phase; the evidence is measured all the same",
  "skip-e2e": "No end-to-end checks between rounds; the evidence is measured all the same",
  "no-resolve": "A failed test or review ends the run",
} as const satisfies Record<PhaseOption, string>;
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
    ...PHASE_OPTIONS.map((option) => ({
      name: `option:${option}`,
      colour: PHASES_COLOUR,
      description: OPTION_DESCRIPTIONS[option],
    })),
    HEAVY,
  ];
}

/** @returns the options that labels choose: `option:skip-e2e` */
function optionsOf(labels: readonly string[]): readonly PhaseOption[] {
  const names = labels.map((label) => label.toLowerCase());
  return PHASE_OPTIONS.filter((option) => names.includes(`option:${option}`));
}

/** What the labels choose comes on top of what the phases name themselves. */
function phasesWithOptions(phases: string, chosen: readonly PhaseOption[]): string {
  const plan = phasePlanOf(phases);
  return plan === null || chosen.length === 0 ? phases : withOptions(phases, [...plan.options, ...chosen]);
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

/** @returns what follows the prefix in every label under it, states or not, as the issue spells them */
export function stateLabelsOf(labels: readonly string[], prefix: string): readonly string[] {
  return labels.filter((label) => stateOfLabel(label, prefix) !== null).map((label) => label.slice(prefix.length + 1));
}

/** What follows a namespace in the labels that have it, without case and without repeats. */
function valuesOf(labels: readonly string[], namespace: "role:" | "phases:" | "priority:"): readonly string[] {
  const names = labels.map((label) => label.toLowerCase()).filter((label) => label.startsWith(namespace));
  return [...new Set(names.map((name) => name.slice(namespace.length).trim()))].sort();
}

/** Of several priorities the most urgent one counts; `priority:` labels before people's own words for them. */
function namedPriority(labels: readonly string[]): Priority | null {
  const named = valuesOf(labels, "priority:").flatMap((value) => priorityOf(value) ?? []);
  const words = labels.flatMap((label) => priorityOf(label) ?? []);
  return named.toSorted()[0] ?? words.toSorted()[0] ?? null;
}

/** @returns the priority that the labels choose, `p2` when they choose none */
export function prioritiesOf(labels: readonly string[]): Priority {
  return namedPriority(labels) ?? "p2";
}

/**
 * What an issue's labels choose for its task. A role or phases that do not exist are taken over as written, so that the
 * refusal can name them; see `labelProblems`.
 *
 * @param before  what the task had, when it is queued again; labels win over it
 */
export function settingsOf(
  labels: readonly string[],
  config: RepositoryConfig,
  before: TaskSettings | null,
): TaskSettings {
  const standard = before ?? defaultSettings(config);
  return {
    ...standard,
    role: valuesOf(labels, "role:")[0] ?? standard.role,
    phases: phasesWithOptions(valuesOf(labels, "phases:")[0] ?? standard.phases, optionsOf(labels)),
    priority: namedPriority(labels) ?? standard.priority,
    model: labels.some((label) => label.toLowerCase() === HEAVY.name) ? "heavy" : standard.model,
  };
}

/** @returns a refusal for every choice of the labels that cannot be obeyed: unknown values, and two where one is possible */
export function labelProblems(labels: readonly string[], config: RepositoryConfig): readonly Refusal[] {
  const [roles, phases] = [valuesOf(labels, "role:"), valuesOf(labels, "phases:")];
  const problems: Refusal[] = [];
  for (const [namespace, values] of [
    ["role:", roles],
    ["phases:", phases],
  ] as const) {
    const conflicting = values.map((value) => `${namespace}${value}`);
    if (values.length > 1) problems.push({ reason: "conflicting-labels", labels: conflicting });
  }
  const known = knownRoles(config);
  for (const role of roles) if (!known.includes(role)) problems.push({ reason: "unknown-role", role, known });
  const presets = Object.keys(PHASE_PRESETS);
  for (const name of phases) {
    if (phasesOf(name) === null) problems.push({ reason: "unknown-phases", phases: name, known: presets });
  }
  return problems;
}

/**
 * Labels that must change so that `settingsOf` would read these settings again, after `/task set` changed one.
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
    const others = there.filter((label) => label.toLowerCase() !== `${namespace}${wanted}`);
    remove.push(...others);
    const saidOtherwise = namespace === "priority:" && (namedPriority(labels) ?? usual) !== wanted;
    if (there.length === others.length && (wanted !== usual || saidOtherwise)) add.push(`${namespace}${wanted}`);
  }
  const heavy = labels.filter((label) => label.toLowerCase() === HEAVY.name);
  if (settings.model === "base") remove.push(...heavy);
  else if (heavy.length === 0) add.push(HEAVY.name);
  return { add, remove };
}
