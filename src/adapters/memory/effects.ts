// Effects of the plan, carried out on the pretended GitHub. Each is idempotent: what already holds is left alone and
// leaves no trace in the history.

import { EVIDENCE_CHECK } from "../../core/gate.ts";
import type { Account } from "../../core/observation.ts";
import type { Effect, EffectResult } from "../../core/ports.ts";
import type { Sha } from "../../core/task.ts";
import {
  type Act,
  addLabel,
  assign,
  close,
  comment,
  editComment,
  putComment,
  removeLabel,
  reopen,
  unassign,
} from "./issues.ts";
import {
  enqueuePullRequest,
  mergePullRequest,
  openPullRequest,
  openPullRequestOf,
  updateBranch,
} from "./pull-requests.ts";
import { moveRefs } from "./refs.ts";
import { type MemoryComment, type MemoryIssue, type MemoryRepository, withEntry, withoutEntry } from "./state.ts";
import type { Change } from "./world.ts";

/** A change and what the caller is told of it. `id` is a getter's worth of the act that made it. */
export interface Outcome {
  readonly change: Change;
  readonly result: EffectResult;
}

const DONE: EffectResult = { ok: true };

function outcome(
  state: MemoryRepository,
  what: string,
  issue: number | undefined,
  detail = "",
  result = DONE,
): Outcome {
  return { change: { state, what, detail, ...(issue === undefined ? {} : { issue }) }, result };
}

function refuse(state: MemoryRepository, refused: string): Outcome {
  return outcome(state, "refused", undefined, refused, { ok: false, refused });
}

function issueByNode(state: MemoryRepository, nodeId: string): MemoryIssue | undefined {
  return [...state.issues.values()].find((issue) => issue.nodeId === nodeId);
}

function commentByNode(state: MemoryRepository, nodeId: string): MemoryComment | undefined {
  return [...state.comments.values()].find((found) => found.nodeId === nodeId);
}

/** Carries out one effect as `act.by`, the App's bot. */
export function carryOut(state: MemoryRepository, effect: Effect, act: Act): Outcome {
  switch (effect.kind) {
    case "add-labels":
    case "remove-labels":
    case "assign":
    case "unassign":
    case "close-issue":
    case "reopen-issue":
      return onIssue(state, effect, act);
    case "edit-comment":
    case "minimize-comment":
    case "delete-comment":
    case "react":
      return onComment(state, effect, act);
    case "create-comment":
      return createComment(state, effect, act);
    case "dispatch":
    case "cancel-run":
      return onRun(state, effect, act);
    case "evidence-check":
      return evidence(state, effect, act);
    case "rerun-checks":
      return rerunChecks(state, effect);
    case "delete-branch":
      return deleteBranch(state, effect, act);
    case "merge":
    case "update-branch":
    case "open-pull-request":
    case "close-pull-request":
      return onPullRequest(state, effect, act);
  }
}

type Of<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

function onIssue(
  state: MemoryRepository,
  effect: Of<"add-labels" | "remove-labels" | "assign" | "unassign" | "close-issue" | "reopen-issue">,
  act: Act,
): Outcome {
  const issue = issueByNode(state, effect.nodeId);
  if (issue === undefined) return refuse(state, "Could not resolve to a node");
  const number = issue.number;
  // One event per label or assignee: each needs an id of its own.
  const each = <T>(items: readonly T[], change: (next: MemoryRepository, item: T, one: Act) => MemoryRepository) =>
    items.reduce((next, item, index) => change(next, item, { ...act, id: act.id + index }), state);
  switch (effect.kind) {
    case "add-labels":
      return outcome(
        each(effect.labels, (next, label, one) => addLabel(next, number, label, one)),
        "labels-added",
        number,
        effect.labels.join(" "),
      );
    case "remove-labels":
      return outcome(
        each(effect.labels, (next, label, one) => removeLabel(next, number, label, one)),
        "labels-removed",
        number,
        effect.labels.join(" "),
      );
    case "assign":
      return outcome(
        each(effect.accounts, (next, account, one) => assign(next, number, account, one)),
        "assigned",
        number,
        logins(effect.accounts),
      );
    case "unassign":
      return outcome(
        each(effect.accounts, (next, account, one) => unassign(next, number, account, one)),
        "unassigned",
        number,
        logins(effect.accounts),
      );
    case "close-issue":
      return outcome(close(state, number, effect.reason, act), "closed", number, effect.reason);
    case "reopen-issue":
      return outcome(reopen(state, number, act), "reopened", number);
  }
}

function logins(accounts: readonly Account[]): string {
  return accounts.map((account) => account.login).join(" ");
}

function onComment(
  state: MemoryRepository,
  effect: Of<"edit-comment" | "minimize-comment" | "delete-comment" | "react">,
  act: Act,
): Outcome {
  const found = commentByNode(state, effect.nodeId);
  if (found === undefined) {
    return effect.kind === "edit-comment" || effect.kind === "react"
      ? refuse(state, "Could not resolve to a node")
      : outcome(state, effect.kind, undefined);
  }
  switch (effect.kind) {
    case "edit-comment":
      return outcome(editComment(state, found, effect.body, act), "comment-edited", found.on, String(found.id));
    case "minimize-comment":
      return found.isMinimized
        ? outcome(state, "comment-minimized", found.on)
        : outcome(putComment(state, { ...found, isMinimized: true }), "comment-minimized", found.on, String(found.id));
    case "delete-comment":
      return outcome(
        { ...state, comments: withoutEntry(state.comments, found.id) },
        "comment-deleted",
        found.on,
        String(found.id),
      );
    case "react": {
      const isThere = found.reactions.some(({ by, reaction }) => by === act.by.id && reaction === effect.reaction);
      const reactions = [...found.reactions, { by: act.by.id, reaction: effect.reaction }];
      const next = isThere ? state : putComment(state, { ...found, reactions });
      return outcome(next, "reacted", found.on, `${effect.reaction} on ${found.id}`);
    }
  }
}

function createComment(state: MemoryRepository, effect: Of<"create-comment">, act: Act): Outcome {
  const twin = [...state.comments.values()].find(
    (found) =>
      found.on === effect.issue && found.author?.id === act.by.id && found.body.split("\n")[0]?.includes(effect.key),
  );
  if (twin !== undefined) return outcome(state, "comment-created", effect.issue, "", { ok: true, id: twin.id });
  const next = comment(state, effect.issue, effect.body, act);
  return outcome(next, "comment-created", effect.issue, effect.key, { ok: true, id: act.id });
}

function onRun(state: MemoryRepository, effect: Of<"dispatch" | "cancel-run">, act: Act): Outcome {
  if (effect.kind === "dispatch") {
    const url = `https://github.test/${state.owner}/${state.name}/actions/runs/${act.id}`;
    const run = {
      run: { id: act.id, attempt: 1 },
      issue: effect.issue,
      token: effect.token,
      status: "queued" as const,
      conclusion: null,
      createdAt: act.at,
      url,
    };
    const next = { ...state, runs: withEntry(state.runs, act.id, run) };
    return outcome(next, "dispatched", effect.issue, effect.token, { ok: true, id: act.id });
  }
  const run = state.runs.get(effect.runId);
  if (run === undefined || run.status === "completed") return outcome(state, "run-cancelled", undefined);
  const ended = { ...run, status: "completed" as const, conclusion: "cancelled" };
  return outcome(
    { ...state, runs: withEntry(state.runs, effect.runId, ended) },
    "run-cancelled",
    run.issue,
    String(effect.runId),
  );
}

function evidence(state: MemoryRepository, effect: Of<"evidence-check">, act: Act): Outcome {
  if (!state.commits.has(effect.head)) return refuse(state, `No commit found for SHA: ${effect.head}`);
  const checks = state.checks.get(effect.head) ?? [];
  const ours = {
    name: EVIDENCE_CHECK,
    app: "signalbox",
    status: effect.conclusion,
    runId: act.id,
    endedAt: act.at,
  };
  if (checks.some((check) => check.name === ours.name && check.app === ours.app && check.status === ours.status)) {
    return outcome(state, "evidence-shown", undefined);
  }
  const others = checks.filter((check) => check.name !== ours.name || check.app !== ours.app);
  return outcome(
    { ...state, checks: withEntry(state.checks, effect.head, [...others, ours]) },
    "evidence-shown",
    undefined,
    effect.head,
  );
}

/** A check that is asked to run again waits, until somebody reports it. */
function rerunChecks(state: MemoryRepository, effect: Of<"rerun-checks">): Outcome {
  const wanted = new Set(effect.runIds);
  const before = state.checks.get(effect.head) ?? [];
  if (!before.some(({ runId, status }) => runId !== null && wanted.has(runId) && status !== "pending")) {
    return outcome(state, "checks-rerun", undefined);
  }
  const checks = before.map((check) =>
    check.runId !== null && wanted.has(check.runId) ? { ...check, status: "pending" as const, endedAt: null } : check,
  );
  const next = { ...state, checks: withEntry(state.checks, effect.head, checks) };
  return outcome(next, "checks-rerun", undefined, effect.runIds.join(" "));
}

function deleteBranch(state: MemoryRepository, effect: Of<"delete-branch">, act: Act): Outcome {
  const ref = `refs/heads/${effect.branch}`;
  const stands = state.refs.get(ref);
  if (stands === undefined) return outcome(state, "branch-deleted", undefined);
  const next = moveRefs(state, [{ ref, before: effect.head, after: null }], act.at);
  if (next === null) return refuse(state, `${effect.branch} stands at ${stands}`);
  return outcome(next, "branch-deleted", undefined, effect.branch);
}

function onPullRequest(
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
