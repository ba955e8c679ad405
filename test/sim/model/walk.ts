// Walks every state of the model that can be reached, breadth first, so that the first violation has the shortest trace.

import type { Found } from "./judge.ts";
import { type Bounds, type BrokenGithub, createMoves } from "./moves.ts";
import { keyOf, type ModelState } from "./state.ts";

export interface WalkOptions extends Bounds {
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
  const said = Array.from({ length: options.tasks }, () => "");
  const start: ModelState = {
    refs: new Map(),
    runs: [],
    flying: [],
    dispatched: [],
    said,
    meddling: options.meddling,
    facts: [],
  };
  const seen = new Set<string>();
  const parents: number[] = [-1];
  const labels: string[] = [""];
  let layer: { readonly index: number; readonly state: ModelState }[] = [{ index: 0, state: start }];
  let [depth, steps] = [0, 0];
  while (layer.length > 0) {
    const below: typeof layer = [];
    for (const { index, state } of layer) {
      const { key, next } = await nextOf(state);
      const name = keyOf(key);
      if (seen.has(name)) continue;
      seen.add(name);
      for (const one of next) {
        steps += 1;
        if (one.found !== null) {
          const trace = [...traceTo(index, parents, labels), one.label];
          return { states: seen.size, depth, steps, isComplete: false, violation: { ...one.found, trace } };
        }
        below.push({ index: parents.length, state: one.state });
        parents.push(index);
        labels.push(one.label);
      }
      if (seen.size > options.statesMax) return { states: seen.size, depth, steps, isComplete: false, violation: null };
    }
    layer = below;
    depth += 1;
  }
  return { states: seen.size, depth: depth - 1, steps, isComplete: true, violation: null };
}

function traceTo(index: number, parents: readonly number[], labels: readonly string[]): readonly string[] {
  const trace: string[] = [];
  for (let at = index; at > 0; at = parents[at] ?? 0) trace.unshift(labels[at] ?? "");
  return trace;
}
