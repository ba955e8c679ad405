// The steps inside one run: names, presets, options, and how they are written. What a phase does is the runner's matter.

import { z } from "zod";

export const PHASES = ["plan", "build", "test", "review", "document", "ship"] as const;
export type Phase = (typeof PHASES)[number];

/** Presets, by the names that labels, forms and `/task set phases` take. `ship` merges only when the flow allows it. */
export const PHASE_PRESETS = {
  "plan-build": ["plan", "build"],
  "plan-build-test": ["plan", "build", "test"],
  "plan-build-review": ["plan", "build", "review"],
  "plan-build-test-review": ["plan", "build", "test", "review"],
  sdlc: ["plan", "build", "test", "review", "document"],
  zte: ["plan", "build", "test", "review", "document", "ship"],
} as const satisfies Record<string, readonly Phase[]>;

/** Rounds of resolving a failed test or review inside one run. Source: the seeds' `auto-resolve`. */
export const RESOLVE_ROUNDS_MAX = 2;

/**
 * What makes a run shorter: no test phase, no end-to-end checks between its rounds, no rounds of resolving. The evidence that
 * the gate asks for is measured all the same.
 */
export const PHASE_OPTIONS = ["skip-tests", "skip-e2e", "no-resolve"] as const;
export type PhaseOption = (typeof PHASE_OPTIONS)[number];

export interface PhasePlan {
  readonly phases: readonly Phase[];
  readonly options: ReadonlySet<PhaseOption>;
}

const phase = z.enum(PHASES);

function isOption(word: string): word is PhaseOption {
  return PHASE_OPTIONS.some((option) => option === word);
}

/**
 * Reads `plan-build-test`, a comma-separated list such as `plan,build`, and options after either: `sdlc --skip-e2e`.
 *
 * @returns phases in order and options, or null when the text names no preset and is no list of known phases
 */
export function phasePlanOf(text: string): PhasePlan | null {
  const [list = "", ...flags] = text.trim().split(/\s+(?=--)/);
  const options = flags.map((flag) => flag.slice(2).trim());
  const phases = listOf(list);
  return phases === null || !options.every(isOption) ? null : { phases, options: new Set(options.filter(isOption)) };
}

function listOf(text: string): readonly Phase[] | null {
  if (Object.hasOwn(PHASE_PRESETS, text)) return PHASE_PRESETS[text as keyof typeof PHASE_PRESETS];
  const parts = text.split(",").map((part) => phase.safeParse(part.trim()));
  const phases = parts.flatMap((part) => (part.success ? [part.data] : []));
  return phases.length === parts.length && new Set(phases).size === phases.length ? phases : null;
}

/** @returns the phases alone, or null when the text cannot be read */
export function phasesOf(text: string): readonly Phase[] | null {
  return phasePlanOf(text)?.phases ?? null;
}

/** @returns the same phases with these options and no others, as they are written */
export function withOptions(text: string, options: readonly PhaseOption[]): string {
  const [list = ""] = text.trim().split(/\s+(?=--)/);
  return [list, ...PHASE_OPTIONS.filter((option) => options.includes(option)).map((option) => `--${option}`)].join(" ");
}

/** Nothing is built without a plan: one that the same run makes first, or one that an earlier run left. */
export function lacksPlan(phases: readonly Phase[], hasPlan: boolean): boolean {
  const build = phases.indexOf("build");
  const plan = phases.indexOf("plan");
  return build !== -1 && !hasPlan && (plan === -1 || plan > build);
}
