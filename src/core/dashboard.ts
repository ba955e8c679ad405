// What a repository's tasks come to at a glance: which run, which wait and why, which need a person, which are done.
// From the newest record of each ledger and the shared state: good enough to show, never to decide by.

import { BACKOFF_MS_MAX } from "./backoff.ts";
import { prioritiesOf, settingsOf, stateLabel } from "./labels.ts";
import type { ObservedNeighbour } from "./observation.ts";
import type { LedgerRecord } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import { committedToday, type RepositoryState } from "./repository.ts";
import { orderQueue, turnsTaken } from "./schedule.ts";
import type { Survey } from "./survey.ts";
import type { MicroUsd } from "./task.ts";

/** A task and the newest record of its ledger. */
export interface Shown {
  readonly issue: number;
  readonly tip: LedgerRecord;
}

export interface Glance {
  /** Tasks that stopped, oldest first. */
  readonly needsPeople: readonly Shown[];
  /** Pull requests that wait for people, oldest first. */
  readonly inReview: readonly Shown[];
  readonly running: readonly (Shown & { readonly reserved: MicroUsd; readonly role: string })[];
  /** In the order of the queue. */
  readonly waiting: readonly (Shown & { readonly because: Refusal | "draft" | "blocked" | null })[];
  /** Newest first. */
  readonly ended: readonly (Shown & { readonly spent: MicroUsd | null })[];
}

export function glanceOf(survey: Survey): Glance {
  const shown = survey.tasks.flatMap((task): readonly (ObservedNeighbour & Shown)[] =>
    task.tip === null ? [] : [{ ...task, tip: task.tip }],
  );
  const inState = (...states: readonly LedgerRecord["state"][]) =>
    shown.filter(({ tip }) => states.includes(tip.state));
  const state = stateOf(survey);
  return {
    needsPeople: inState("needs-human", "failed").toSorted((a, b) => a.tip.at - b.tip.at),
    inReview: inState("review").toSorted((a, b) => a.tip.at - b.tip.at),
    running: inState("claimed").map(({ issue, tip }) => {
      const admission = state?.admissions.find((one) => one.issue === issue);
      return { issue, tip, reserved: admission?.reserved ?? 0, role: admission?.role ?? "" };
    }),
    waiting: waitingOf(survey, inState("queued", "draft"), state),
    ended: inState("done", "cancelled")
      .toSorted((a, b) => b.tip.at - a.tip.at)
      .map(({ issue, tip }) => ({ issue, tip, spent: survey.recentSpending.get(issue) ?? null })),
  };
}

function stateOf({ repositoryLedger }: Survey): RepositoryState | null {
  return "state" in repositoryLedger ? repositoryLedger.state : null;
}

function waitingOf(
  survey: Survey,
  tasks: readonly (ObservedNeighbour & Shown)[],
  state: RepositoryState | null,
): Glance["waiting"] {
  const order = orderQueue(
    tasks.map(({ issue, labels, createdAt, author }) => ({
      issue,
      priority: prioritiesOf(labels),
      since: createdAt,
      authorId: author?.id ?? 0,
    })),
    turnsTaken(tasks),
  );
  let ahead = 0;
  return order.flatMap((issue) => {
    const task = tasks.find((one) => one.issue === issue);
    if (task === undefined) return [];
    const because = reasonOf(survey, task, state, ahead);
    if (because === null || (typeof because === "object" && because.reason === "not-next")) ahead += 1;
    return [{ issue, tip: task.tip, because }];
  });
}

/** The first guard of a claim that stands against it, as far as it shows from outside the task. */
function reasonOf(
  { config, repositoryLedger, now }: Survey,
  { tip, labels }: ObservedNeighbour & Shown,
  state: RepositoryState | null,
  ahead: number,
): Refusal | "draft" | "blocked" | null {
  if (tip.state === "draft") return "draft";
  if (state === null) return { reason: "paused", why: "problem" in repositoryLedger ? repositoryLedger.problem : "" };
  if (state.paused !== null) return { reason: "paused", why: state.paused.why };
  const role = tip.move === "queue" ? tip.data.settings.role : settingsOf(labels, config, null).role;
  if (state.pausedRoles.includes(role)) return { reason: "paused", why: `the role ${role} is paused` };
  if (labels.includes(stateLabel("blocked", config.prefix))) return "blocked";
  const { limits } = config;
  if (state.admissions.length >= limits.claimed) return { reason: "claims-at-limit", limit: limits.claimed };
  if (state.reviews.length >= limits.review) return { reason: "reviews-at-limit", limit: limits.review };
  const left = config.budget.day - committedToday(state, now);
  if (left <= 0) return { reason: "budget-spent", scope: "day", left: 0, needed: 1 };
  if (FAILED.has(tip.move)) return { reason: "backing-off", until: tip.at + BACKOFF_MS_MAX };
  return ahead === 0 ? null : { reason: "not-next", ahead };
}

/** Moves after which a task rests for a while. */
const FAILED: ReadonlySet<LedgerRecord["move"]> = new Set(["expire", "fail"]);
