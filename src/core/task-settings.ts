// How people write the settings of a task, in `/task set` and in labels. One rule per setting, shared by both;
// whether a role exists is for the config to say, so it is asked here with the config in hand.

import { z } from "zod";
import { knownRoles, type RepositoryConfig } from "./config.ts";
import { flowOf, isWork } from "./flow.ts";
import { PHASE_PRESETS, phasesOf } from "./phases.ts";
import type { Refusal } from "./refusal.ts";
import type { MicroUsd, Priority, TaskSettings } from "./task.ts";

/** Other words for a priority, as people's labels have them; compared without case. Source: the labels that the seeds read. */
const PRIORITY_ALIASES = {
  p0: "p0",
  p1: "p1",
  p2: "p2",
  p3: "p3",
  urgent: "p0",
  critical: "p0",
  high: "p1",
  "high-priority": "p1",
  medium: "p2",
  normal: "p2",
  // As acceptance case A11 has it: the label came from repositories whose standard was p1.
  "low-priority": "p2",
  low: "p3",
} as const satisfies Record<string, Priority>;

/** @returns the priority that a word means, or null when it means none */
export function priorityOf(word: string): Priority | null {
  const key = word.toLowerCase();
  return Object.hasOwn(PRIORITY_ALIASES, key) ? PRIORITY_ALIASES[key as keyof typeof PRIORITY_ALIASES] : null;
}

const MICRO_PER_CENT = 10_000;

/** `5`, `$5`, `7.50`. */
const DOLLARS = /^\$?(\d{1,5})(?:\.(\d{1,2}))?$/;

/** @returns millionths of a dollar, or null when the text is no amount between one cent and $99,999.99 */
export function moneyOf(text: string): MicroUsd | null {
  const match = DOLLARS.exec(text);
  if (match === null) return null;
  const cents = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return cents === 0 ? null : cents * MICRO_PER_CENT;
}

/** What git allows in a branch name, without the characters that only ever make trouble in a shell or a URL. */
const BRANCH = /^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)|[/.]$))[\w./@+#-]{1,200}$/;

const priority = z.string().transform((word, context) => {
  const known = priorityOf(word);
  if (known !== null) return known;
  context.addIssue("a priority is p0, p1, p2 or p3");
  return z.NEVER;
});

const budget = z.string().transform((text, context) => {
  const known = moneyOf(text);
  if (known !== null) return known;
  context.addIssue("a budget is an amount in dollars, such as 5 or 7.50");
  return z.NEVER;
});

const role = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, "a role is lowercase letters, digits and dashes");
const phases = z
  .string()
  .max(300)
  .refine(
    (text) => phasesOf(text) !== null,
    `phases are ${Object.keys(PHASE_PRESETS).join(", ")}, or a list such as plan,build`,
  );
const base = z
  .string()
  .regex(BRANCH, "a base is the name of a branch")
  .refine((name) => !name.startsWith("signalbox/"), "branches under signalbox/ belong to Signalbox");
const model = z.enum(["base", "heavy"], "a model is base or heavy");
const project = z.enum(["none", "branch"], "a project is branch or none");

const SETTING_NAMES = "a setting is role, phases, priority, budget, base, model or project";

/** One `/task set <setting> <value>`, read. */
export const settingSchema = z.discriminatedUnion(
  "setting",
  [
    z.strictObject({ setting: z.literal("role"), value: role }),
    z.strictObject({ setting: z.literal("phases"), value: phases }),
    z.strictObject({ setting: z.literal("priority"), value: priority }),
    z.strictObject({ setting: z.literal("budget"), value: budget }),
    z.strictObject({ setting: z.literal("base"), value: base }),
    z.strictObject({ setting: z.literal("model"), value: model }),
    z.strictObject({ setting: z.literal("project"), value: project }),
  ],
  { error: SETTING_NAMES },
);
export type Setting = Readonly<z.output<typeof settingSchema>>;

/** What a task has when nobody chose anything. */
export function defaultSettings(config: RepositoryConfig): TaskSettings {
  const work = flowOf(config).stages.find(isWork);
  return {
    role: work?.role ?? "implement",
    phases: work?.phases ?? config.phases,
    priority: "p2",
    budget: config.budget.task,
    base: null,
    model: "base",
  };
}

/** @returns the settings with one of them changed, or why the repository does not have such a value */
export function applySetting(
  settings: TaskSettings,
  change: Setting,
  config: RepositoryConfig,
): { readonly settings: TaskSettings } | { readonly problem: Refusal } {
  if (change.setting === "role") {
    const known = knownRoles(config);
    if (!known.includes(change.value)) return { problem: { reason: "unknown-role", role: change.value, known } };
  }
  return { settings: { ...settings, [change.setting]: change.value } };
}
