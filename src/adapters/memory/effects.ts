// Effects of the plan, carried out on the pretended GitHub. Each is idempotent: what already holds is left alone and
// leaves no trace in the history.

import { CONFIG_CHECK } from "../../core/config-check.ts";
import { EVIDENCE_CHECK } from "../../core/gate.ts";
import type { Account } from "../../core/observation.ts";
import type { Effect } from "../../core/ports.ts";
import { onFamily } from "./family-effects.ts";
import {
  type Act,
  addLabel,
  assign,
  close,
  comment,
  editComment,
  editIssue,
  putComment,
  removeLabel,
  reopen,
  unassign,
} from "./issues.ts";
import { issueByNode, type Outcome, outcome, refuse } from "./outcome.ts";
import { onPullRequest } from "./pull-request-effects.ts";
import { moveRefs } from "./refs.ts";
import { type Done, onRepository } from "./repository-effects.ts";
import { type MemoryComment, type MemoryRepository, withEntry, withoutEntry } from "./state.ts";

function asOutcome({ state, what, detail, result }: Done): Outcome {
  return { change: { state, what, detail }, result };
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
    case "edit-issue":
      return onIssue(state, effect, act);
    case "create-label":
    case "edit-label":
    case "create-issue":
    case "propose":
      return asOutcome(onRepository(state, effect, act));
    case "edit-comment":
    case "minimize-comment":
    case "delete-comment":
    case "react":
      return onComment(state, effect, act);
    case "create-comment":
      return createComment(state, effect, act);
    case "create-child":
    case "block":
    case "create-branch":
      return onFamily(state, effect, act);
    case "dispatch":
    case "cancel-run":
      return onRun(state, effect, act);
    case "evidence-check":
      return showCheck(state, EVIDENCE_CHECK, effect, act);
    case "config-check":
      return showCheck(state, CONFIG_CHECK, effect, act);
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
  effect: Of<"add-labels" | "remove-labels" | "assign" | "unassign" | "close-issue" | "reopen-issue" | "edit-issue">,
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
    case "edit-issue":
      return outcome(editIssue(state, number, { title: effect.title, body: effect.body }, act), "issue-edited", number);
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
    if (!state.hasWorkflow)
      return refuse(state, "Workflow does not exist or does not have a workflow_dispatch trigger");
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

function showCheck(
  state: MemoryRepository,
  name: string,
  effect: Of<"evidence-check" | "config-check">,
  act: Act,
): Outcome {
  if (!state.commits.has(effect.head)) return refuse(state, `No commit found for SHA: ${effect.head}`);
  const [what, detail] =
    effect.kind === "evidence-check" ? ["evidence-shown", effect.head] : ["config-checked", effect.summary];
  const checks = state.checks.get(effect.head) ?? [];
  const ours = { name, app: "signalbox", status: effect.conclusion, runId: act.id, endedAt: act.at };
  if (checks.some((check) => check.name === ours.name && check.app === ours.app && check.status === ours.status)) {
    return outcome(state, what, undefined);
  }
  const others = checks.filter((check) => check.name !== ours.name || check.app !== ours.app);
  return outcome(
    { ...state, checks: withEntry(state.checks, effect.head, [...others, ours]) },
    what,
    undefined,
    detail,
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
