// What an act changes in the pass's own picture, so that the next round neither repeats it nor reads it back.

import type { ObservedPullRequest } from "../core/observation.ts";
import { taskBranch } from "../core/observation.ts";
import type { Effect, EffectResult } from "../core/ports.ts";
import { pullRequestOf } from "../core/situation.ts";
import { dispatchedRun, type Pass } from "./look.ts";

/** Two acts with one key are the same act: carried out at most once in a pass. */
export function actKey(effect: Effect): string {
  switch (effect.kind) {
    case "dispatch":
      return `dispatch ${effect.token}`;
    case "merge":
      return `merge ${effect.head}`;
    case "rerun-checks":
      return `rerun ${effect.head} ${effect.runIds.join(" ")}`;
    case "update-branch":
      return `update ${effect.head}`;
    case "cancel-run":
      return `cancel ${effect.runId}`;
    case "close-pull-request":
      return `close ${effect.pullRequest}`;
    default:
      return effect.kind;
  }
}

export function afterAct(pass: Pass, effect: Effect, result: EffectResult): Pass {
  switch (effect.kind) {
    case "dispatch":
      return result.ok
        ? withRun(pass, effect.token, result.id ?? 0)
        : { ...pass, results: { ...pass.results, dispatchRefused: result.refused } };
    case "rerun-checks":
      return result.ok ? pass : { ...pass, results: { ...pass.results, rerunRefused: result.refused } };
    case "update-branch":
      return result.ok ? pass : { ...pass, results: { ...pass.results, updateRefused: result.refused } };
    case "merge":
      if (result.ok && result.queued === true)
        return withPullRequest(pass, (ours) => ({ ...ours, isInMergeQueue: true }));
      return result.ok
        ? withPullRequest(pass, (ours) => ({ ...ours, isMerged: true, isOpen: false, closedAt: pass.observation.now }))
        : { ...pass, results: { ...pass.results, mergeRefused: result.refused } };
    case "open-pull-request":
      return result.ok ? withOpened(pass, effect, result.id ?? 0) : pass;
    default:
      return pass;
  }
}

function withRun(pass: Pass, token: string, id: number): Pass {
  const { observation } = pass;
  const runs = [...observation.runs, dispatchedRun(token, id, observation.now)];
  return { ...pass, observation: { ...observation, runs } };
}

function withPullRequest(pass: Pass, change: (ours: ObservedPullRequest) => ObservedPullRequest): Pass {
  const { observation, task } = pass;
  const ours = pullRequestOf(observation, task);
  const pullRequests = observation.pullRequests.map((candidate) =>
    candidate === ours ? change(candidate) : candidate,
  );
  return { ...pass, observation: { ...observation, pullRequests } };
}

function withOpened(pass: Pass, effect: Extract<Effect, { kind: "open-pull-request" }>, number: number): Pass {
  const { observation, task } = pass;
  const { repository, writer, now } = observation;
  const head = task?.submission?.head ?? "";
  const opened: ObservedPullRequest = {
    number,
    nodeId: "",
    author: writer,
    headRef: taskBranch(observation.issue.number),
    headRepository: `${repository.owner}/${repository.name}`,
    head,
    baseRef: effect.base,
    isOpen: true,
    isMerged: false,
    closedAt: null,
    isDraft: false,
    mergeSha: null,
    mergeable: "unknown",
    isBehind: false,
    baseChecks: "none",
    isInMergeQueue: false,
    dropped: null,
    checks: [],
    reviews: [],
    touchesWorkflows: false,
    headSeenAt: [{ head, at: now }],
  };
  return { ...pass, observation: { ...observation, pullRequests: [...observation.pullRequests, opened] } };
}
