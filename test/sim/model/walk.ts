// Walks every state of the model that can be reached, breadth first, so that the first violation has the shortest trace.

import type { Found } from "./judge.ts";
import { type Bounds, type BrokenGithub, createMoves } from "./moves.ts";
import { keyOf, type ModelState, tidied } from "./state.ts";

export interface WalkOptions extends Bounds {
  readonly apps: number;
  readonly crashes: number;
  readonly github?: BrokenGithub;
  /** A walk that is larger than this is given up. */
  readonly statesMax: number;
}

export interface Walked {
  readonly states: number;
  readonly depth: number;
  readonly steps: number;
  readonly isComplete: boolean;
  readonly violation: (Found & { readonly trace: readonly string[] }) | null;
}

export async function walk(options: WalkOptions): Promise<Walked> {
  const nextOf = createMoves(options, options.github ?? {});
  const start: ModelState = {
    refs: new Map(),
    apps: Array.from({ length: options.apps }, () => ({ does: "idle" })),
    runs: [],
    flying: [],
    said: Array.from({ length: options.tasks }, () => ""),
    crashes: options.crashes,
    meddling: options.meddling,
    facts: [],
  };
  const seen = new Map<string, number>([[keyOf(start), 0]]);
  const parents: number[] = [-1];
  const labels: string[] = [""];
  let layer: { readonly index: number; readonly state: ModelState }[] = [{ index: 0, state: start }];
  let [depth, steps] = [0, 0];
  while (layer.length > 0) {
    const below: typeof layer = [];
    for (const { index, state } of layer) {
      for (const next of await nextOf(state)) {
        steps += 1;
        if (next.found !== null) {
          const trace = [...traceTo(index, parents, labels), next.label];
          return { states: seen.size, depth, steps, isComplete: false, violation: { ...next.found, trace } };
        }
        const state = tidied(next.state);
        const key = keyOf(state);
        if (seen.has(key)) continue;
        const at = seen.size;
        seen.set(key, at);
        parents.push(index);
        labels.push(next.label);
        below.push({ index: at, state });
      }
      if (seen.size > options.statesMax) return { states: seen.size, depth, steps, isComplete: false, violation: null };
    }
    layer = below;
    depth += 1;
  }
  return { states: seen.size, depth, steps, isComplete: true, violation: null };
}

function traceTo(index: number, parents: readonly number[], labels: readonly string[]): readonly string[] {
  const trace: string[] = [];
  for (let at = index; at > 0; at = parents[at] ?? 0) trace.unshift(labels[at] ?? "");
  return trace;
}
