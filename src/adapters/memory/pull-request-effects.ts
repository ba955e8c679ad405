// What the plan does to pull requests of the pretended GitHub. Idempotent, as every effect.

import type { Effect } from "../../core/ports.ts";
import type { Sha } from "../../core/task.ts";
import { type Act, close, comment } from "./issues.ts";
import { type Outcome, outcome, refuse } from "./outcome.ts";
import {
  enqueuePullRequest,
  mergePullRequest,
  openPullRequest,
  openPullRequestOf,
  updateBranch,
} from "./pull-requests.ts";
import type { MemoryRepository } from "./state.ts";

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
