// What the plan does to pull requests of the pretended GitHub, and how the outcome of any effect is told. Idempotent.

import type { Effect, EffectResult } from "../../core/ports.ts";
import type { Sha } from "../../core/task.ts";
import { type Act, close, comment } from "./issues.ts";
import {
  enqueuePullRequest,
  mergePullRequest,
  openPullRequest,
  openPullRequestOf,
  updateBranch,
} from "./pull-requests.ts";
import type { MemoryRepository } from "./state.ts";
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

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

export function onPullRequest(
  state: MemoryRepository,
  effect: Of<"merge" | "update-branch" | "open-pull-request" | "close-pull-request">,
  act: Act,
): Outcome {
  if (effect.kind === "close-pull-request") {
    if (state.pullRequests.get(effect.pullRequest)?.isOpen !== true)
      return outcome(state, "pull-request-closed", undefined);
    const told = effect.comment === "" ? state : comment(state, effect.pullRequest, effect.comment, act);
    return outcome(close(told, effect.pullRequest, "not_planned", act), "pull-request-closed", effect.pullRequest);
  }
  if (effect.kind === "merge") {
    const { pullRequest, head, title } = effect;
    const stands = state.pullRequests.get(pullRequest);
    if (stands?.isMerged === true && stands.head === head) return outcome(state, "merged", pullRequest);
    if (state.hasMergeQueue) return enqueued(state, pullRequest, head);
    const merged = mergePullRequest(state, pullRequest, { head, title }, act);
    return "refused" in merged ? refuse(state, merged.refused) : outcome(merged, "merged", pullRequest, head);
  }
  if (effect.kind === "update-branch") {
    const updated = updateBranch(state, effect.pullRequest, effect.head, act);
    if ("refused" in updated) return refuse(state, updated.refused);
    return outcome(updated, "branch-updated", effect.pullRequest, effect.head);
  }
  const existing = openPullRequestOf(state, effect.head, effect.base);
  if (existing !== null) return outcome(state, "pull-request-opened", undefined, "", { ok: true, id: existing.number });
  const opened = openPullRequest(state, effect, act);
  if ("refused" in opened) return refuse(state, opened.refused);
  const id = state.nextNumber;
  return outcome(opened, "pull-request-opened", id, effect.head, { ok: true, id });
}

function enqueued(state: MemoryRepository, number: number, head: Sha): Outcome {
  const next = enqueuePullRequest(state, number, head);
  if ("refused" in next) return refuse(state, next.refused);
  return outcome(next, "enqueued", number, head, { ok: true, queued: true });
}
