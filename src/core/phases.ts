// The steps inside one run: names, presets and how a list of them is written. What a phase does is the runner's matter.

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

const phase = z.enum(PHASES);

/**
 * Reads `plan-build-test` or a comma-separated list such as `plan,build`.
 *
 * @returns the phases in order, or null when the text names no preset and is no list of known phases
 */
export function phasesOf(text: string): readonly Phase[] | null {
  if (Object.hasOwn(PHASE_PRESETS, text)) return PHASE_PRESETS[text as keyof typeof PHASE_PRESETS];
  const parts = text.split(",").map((part) => phase.safeParse(part.trim()));
  const phases = parts.flatMap((part) => (part.success ? [part.data] : []));
  return phases.length === parts.length && new Set(phases).size === phases.length ? phases : null;
}
