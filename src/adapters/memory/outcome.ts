// What came of one effect on the pretended GitHub: the state after it, and what the caller is told.

import type { EffectResult } from "../../core/ports.ts";
import type { MemoryIssue, MemoryRepository } from "./state.ts";
import type { Change } from "./world.ts";

/** A change and what the caller is told of it. `id` is a getter's worth of the act that made it. */
export interface Outcome {
  readonly change: Change;
  readonly result: EffectResult;
}

const DONE: EffectResult = { ok: true };

export function outcome(
  state: MemoryRepository,
  what: string,
  issue: number | undefined,
  detail = "",
  result = DONE,
): Outcome {
  return { change: { state, what, detail, ...(issue === undefined ? {} : { issue }) }, result };
}

export function refuse(state: MemoryRepository, refused: string): Outcome {
  return outcome(state, "refused", undefined, refused, { ok: false, refused });
}

export function issueByNode(state: MemoryRepository, nodeId: string): MemoryIssue | undefined {
  return [...state.issues.values()].find((issue) => issue.nodeId === nodeId);
}
