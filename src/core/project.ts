// What people should see of a task, compared with what they see: the writes that put labels, assignee, comments and
// reactions right. Nothing here decides anything; a projection that is out of date is repaired, never believed.

import { WINNER_MS } from "./acts.ts";
import { type CommentKey, commentKeyLine, lookupKey, type OwnComment, ownComments } from "./comment-keys.ts";
import { shownName } from "./conditions.ts";
import { stateLabelsOf } from "./labels.ts";
import { REMINDER_MS } from "./lease-times.ts";
import type { Account, Observation } from "./observation.ts";
import type { Reply } from "./plan.ts";
import type { Effect } from "./ports.ts";
import { replyEffects } from "./project-replies.ts";
import type { Refusal } from "./refusal.ts";
import {
  renderBrokenLedger,
  renderClaim,
  renderDecided,
  renderNeed,
  renderPauseNotice,
  renderReminder,
  renderStatus,
} from "./render.ts";
import type { RepositoryPause } from "./repository.ts";
import type { Situation } from "./situation.ts";
import type { EpochMs, Lease, ShownState, Task } from "./task.ts";

export interface Projection {
  readonly observation: Observation;
  readonly task: Task | null;
  readonly shown: ShownState | null;
  readonly situation: Situation;
  readonly mention: string;
  readonly replies: ReadonlyMap<string, Reply>;
  readonly waits: Refusal | null;
  /** This pass made the last record. */
  readonly won: boolean;
}

export interface Projected {
  readonly effects: readonly Effect[];
  /** When something that is not due yet will be, or null. */
  readonly lookAgainAt: EpochMs | null;
}

export function project(projection: Projection): Projected {
  const { observation, task } = projection;
  const { own, spare } = oneOfEach(observation);
  const created = task === null ? [] : creations(projection, task, own);
  const isDue = projection.won || task === null || observation.now - lastChange(task) >= WINNER_MS;
  const effects = [
    ...(isDue ? created : []),
    ...spare,
    ...(task === null ? [] : commentEdits(projection, task, own)),
    ...labelEffects(projection),
    ...(task === null ? [] : assigneeEffects(projection, task)),
    ...(task === null ? [] : issueEffects(projection, task, isDue)),
    ...replyEffects(projection, own),
  ];
  const waits = !isDue && created.length > 0 && task !== null;
  return { effects, lookAgainAt: waits ? lastChange(task) + WINNER_MS : null };
}

/** Two looks at once may both have found a comment missing: of duplicates the oldest stays. */
function oneOfEach({ comments, writer, issue }: Observation): {
  readonly own: readonly OwnComment[];
  readonly spare: readonly Effect[];
} {
  const seen = new Set<string>();
  const all = ownComments(comments, writer.id, issue.number);
  const own = all.filter(({ key }) => !seen.has(lookupKey(key)) && seen.add(lookupKey(key)));
  const spare = all.filter((entry) => !own.includes(entry));
  return { own, spare: spare.map(({ comment }) => ({ kind: "delete-comment", nodeId: comment.nodeId })) };
}

/** The newest instant that the ledger knows of: who won that append does the creations at once. */
function lastChange(task: Task): EpochMs {
  return Math.max(
    task.startedAt,
    task.lease?.grantedAt ?? 0,
    task.lease?.boundAt ?? 0,
    task.need?.since ?? 0,
    task.endedAt ?? 0,
    task.submission?.at ?? 0,
    task.attempts.at(-1)?.endedAt ?? 0,
  );
}

/** All that is shown of a task whose ledger cannot be believed: the label that asks a person, and why, once. */
export function brokenLedgerEffects(observation: Observation, problem: string): readonly Effect[] {
  const { issue, config } = observation;
  const key: CommentKey = { is: "answer", to: "ledger" };
  const { own, spare } = oneOfEach(observation);
  const isSaid = own.some((entry) => entry.key.is === "answer" && entry.key.to === "ledger");
  const label = `${config.prefix}:needs-human`;
  const body = `${commentKeyLine(key)}\n${renderBrokenLedger(problem)}`;
  return [
    ...spare,
    ...(issue.labels.includes(label) ? [] : [{ kind: "add-labels" as const, nodeId: issue.nodeId, labels: [label] }]),
    ...(isSaid ? [] : [{ kind: "create-comment" as const, issue: issue.number, key: lookupKey(key), body }]),
  ];
}

function labelEffects({ observation, shown: state, task }: Projection): readonly Effect[] {
  const { issue, config } = observation;
  const shown = shownName(state, task, config);
  const present = stateLabelsOf(issue.labels, config.prefix);
  const wrong = present.filter((name) => name !== shown).map((name) => `${config.prefix}:${name}`);
  const missing = shown === null || present.includes(shown) ? [] : [`${config.prefix}:${shown}`];
  const effects: Effect[] = [];
  // Added before removed, so that a task is never seen without a state.
  if (missing.length > 0) effects.push({ kind: "add-labels", nodeId: issue.nodeId, labels: missing });
  if (wrong.length > 0) effects.push({ kind: "remove-labels", nodeId: issue.nodeId, labels: wrong });
  return effects;
}

/** The holder is shown while the claim lasts. GitHub ignores whom it cannot assign, so it is tried once per claim. */
function assigneeEffects({ observation, won, situation }: Projection, task: Task): readonly Effect[] {
  const { issue, config, events, writer } = observation;
  const holder = shownHolder(task, situation);
  if (task.lease !== null) {
    const isShown = holder === null || issue.assignees.some((assignee) => assignee.id === holder.id);
    return won && !isShown && config.assignee === "requester"
      ? [{ kind: "assign", nodeId: issue.nodeId, accounts: [holder] }]
      : [];
  }
  const assignedByUs = issue.assignees.filter(
    (assignee) =>
      events.findLast((event) => event.kind === "assigned" && event.subject === assignee.login)?.actor?.id ===
      writer.id,
  );
  return assignedByUs.length > 0 ? [{ kind: "unassign", nodeId: issue.nodeId, accounts: assignedByUs }] : [];
}

function shownHolder(task: Task, { bots }: Situation): Account | null {
  const holder = task.lease?.holder.kind === "user" ? task.lease.holder : task.queuedBy;
  if (holder === null || holder === undefined || holder.kind !== "user" || bots.has(holder.id)) return null;
  return { id: holder.id, login: holder.login, isBot: false };
}

function issueEffects({ observation }: Projection, task: Task, isDue: boolean): readonly Effect[] {
  const { issue } = observation;
  const isReopened = observation.events.some((event) => event.kind === "reopened" && event.at >= (task.endedAt ?? 0));
  if (!isDue || !issue.isOpen || isReopened) return [];
  if (task.state === "done") return [{ kind: "close-issue", nodeId: issue.nodeId, reason: "completed" }];
  if (task.state === "cancelled" && task.closes)
    return [{ kind: "close-issue", nodeId: issue.nodeId, reason: "not_planned" }];
  return [];
}

function statusKey(task: Task, shown: ShownState): CommentKey {
  return { is: "status", tip: task.tip, shown };
}

/** Comments that should exist and do not: each stands alone in its request. */
function creations(projection: Projection, task: Task, own: readonly OwnComment[]): readonly Effect[] {
  const { observation, shown } = projection;
  const issue = observation.issue.number;
  const effects: Effect[] = [];
  const create = (key: CommentKey, text: string): void => {
    effects.push({ kind: "create-comment", issue, key: lookupKey(key), body: `${commentKeyLine(key)}\n${text}` });
  };
  const { lease, need } = task;
  if (lease !== null && !own.some(({ key }) => key.is === "claim" && key.token === lease.token)) {
    create(claimKey(task, lease.token), renderClaim({ task, token: lease.token, observation }));
  }
  if (shown !== null && !own.some(({ key }) => key.is === "status")) {
    create(statusKey(task, shown), statusText(projection, task, shown));
  }
  if (lease !== null && isReminderDue(observation, lease, projection.situation)) {
    const isThere = own.some(({ key }) => key.is === "reminder" && key.token === lease.token);
    if (!isThere) create({ is: "reminder", token: lease.token }, renderReminder(lease));
  }
  if (need !== null && !own.some(({ key }) => key.is === "need" && key.at === need.since)) {
    create({ is: "need", at: need.since }, renderNeed({ task, need, observation }));
  }
  const pause = pauseToTell(observation);
  if (pause !== null && !own.some(({ key }) => key.is === "notice" && key.at === pause.at)) {
    create({ is: "notice", at: pause.at }, renderPauseNotice({ task, pause, observation }));
  }
  return effects;
}

function isReminderDue({ now }: Observation, lease: Lease, { renewedAt }: Situation): boolean {
  return lease.host === "human" && now >= (renewedAt ?? lease.grantedAt) + REMINDER_MS;
}

/** The machine paused itself because of this task: its issue, and no other, is where people are told, once. */
function pauseToTell({ repositoryLedger, issue }: Observation): RepositoryPause | null {
  const paused = "state" in repositoryLedger ? repositoryLedger.state.paused : null;
  return paused?.issue === issue.number ? paused : null;
}

function statusText({ observation, situation, waits }: Projection, task: Task, shown: ShownState): string {
  return renderStatus({
    task,
    shown,
    waits,
    blockers: situation.blockers,
    pullRequest: situation.pullRequest,
    observation,
  });
}

function claimKey(task: Task, token: string): CommentKey {
  const stage = task.lease?.token !== token ? "ended" : task.lease.run === null ? "granted" : "bound";
  return { is: "claim", token, stage };
}

function commentEdits(projection: Projection, task: Task, own: readonly OwnComment[]): readonly Effect[] {
  const effects: Effect[] = [];
  const status = own.find(({ key }) => key.is === "status");
  if (status !== undefined && projection.shown !== null) {
    const key = statusKey(task, projection.shown);
    if (needsEdit(projection, status, key)) {
      const body = `${commentKeyLine(key)}\n${statusText(projection, task, projection.shown)}`;
      effects.push({ kind: "edit-comment", nodeId: status.comment.nodeId, body });
    }
  }
  for (const entry of own) {
    if (entry.key.is === "need" && isForeign(projection, entry)) effects.push(needRestored(projection, task, entry));
    if (entry.key.is === "claim") effects.push(...claimEdit(projection, task, entry, entry.key.token));
  }
  return effects;
}

function claimEdit(projection: Projection, task: Task, entry: OwnComment, token: string): readonly Effect[] {
  const { nodeId } = entry.comment;
  const key = claimKey(task, token);
  const effects: Effect[] = [];
  if (needsEdit(projection, entry, key)) {
    const body = `${commentKeyLine(key)}\n${renderClaim({ task, token, observation: projection.observation })}`;
    effects.push({ kind: "edit-comment", nodeId, body });
  }
  if (key.is === "claim" && key.stage === "ended" && !entry.comment.isMinimized) {
    effects.push({ kind: "minimize-comment", nodeId });
  }
  return effects;
}

/** The boxes are put back, so that the next tick is one again; a need that is over has none. */
function needRestored({ observation }: Projection, task: Task, { comment, key }: OwnComment): Effect {
  const isOver = task.need === null || key.is !== "need" || key.at !== task.need.since;
  const text = isOver || task.need === null ? renderDecided() : renderNeed({ task, need: task.need, observation });
  return { kind: "edit-comment", nodeId: comment.nodeId, body: `${commentKeyLine(key)}\n${text}` };
}

function isForeign({ observation }: Projection, { comment }: OwnComment): boolean {
  return comment.editor !== null && comment.editor.id !== observation.writer.id;
}

/** The key tells what the text was made from; a text that somebody else edited is made again. */
function needsEdit(projection: Projection, entry: OwnComment, wanted: CommentKey): boolean {
  return isForeign(projection, entry) || commentKeyLine(entry.key) !== commentKeyLine(wanted);
}
