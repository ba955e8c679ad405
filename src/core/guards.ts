// The rules that a request must pass, one function each, named as the transition table names them. A guard sees the
// task, the request and the situation, and answers with the first reason against, or null. Unknown is a reason against.

import { knownRoles } from "./config.ts";
import { PHASE_PRESETS, phasesOf } from "./phases.ts";
import type { Refusal } from "./refusal.ts";
import { committedToday } from "./repository.ts";
import type { MoveRequest } from "./request.ts";
import type { Situation } from "./situation.ts";
import type { Task } from "./task.ts";
import type { GuardName } from "./transitions.ts";

export type Guard = (task: Task | null, request: MoveRequest, situation: Situation) => Refusal | null;

const isAnIssue: Guard = (_task, _request, { issue }) => (issue.isPullRequest ? { reason: "not-an-issue" } : null);

const issueIsOpen: Guard = (_task, _request, { issue }) => (issue.isOpen ? null : { reason: "issue-closed" });

const hasBody: Guard = (_task, _request, { issue }) => (issue.hasBody ? null : { reason: "empty-body" });

const roleIsKnown: Guard = (_task, request, { config }) => {
  if (request.move !== "queue") return null;
  const known = knownRoles(config);
  const { role } = request.data.settings;
  return known.includes(role) ? null : { reason: "unknown-role", role, known };
};

const phasesAreKnown: Guard = (_task, request) => {
  if (request.move !== "queue") return null;
  const { phases } = request.data.settings;
  const list = phasesOf(phases);
  return list === null ? { reason: "unknown-phases", phases, known: Object.keys(PHASE_PRESETS) } : null;
};

/** Two labels where one choice is possible, or a choice that does not exist. */
const labelsAgree: Guard = (_task, _request, { labelProblems }) =>
  labelProblems.find(({ reason }) => reason === "conflicting-labels") ?? null;

/** The queue's limit binds agents; what people queue waits. */
const queueHasRoom: Guard = (_task, request, { config, queuedByBots, bots }) => {
  const limit = config.limits.queued;
  return bots.has(request.actor.id) && queuedByBots >= limit ? { reason: "queue-full", limit } : null;
};

const repositoryRuns: Guard = (_task, _request, { repository }) => {
  if ("problem" in repository) return { reason: "paused", why: repository.problem };
  return repository.paused === null ? null : { reason: "paused", why: repository.paused.why };
};

const roleHasNoPause: Guard = (_task, request, { repository }) => {
  if ((request.move !== "claim" && request.move !== "inspect") || "problem" in repository) return null;
  const { role } = request.data;
  return repository.pausedRoles.includes(role) ? { reason: "paused", why: `the role ${role} is paused` } : null;
};

const notHeld: Guard = (task) => (task?.held ? { reason: "held", why: task.held.why } : null);

const unblocked: Guard = (_task, _request, { blockers }) =>
  blockers.length === 0 ? null : { reason: "blocked", by: blockers };

const backoffIsOver: Guard = (task, request) =>
  task !== null && request.at < task.notBefore ? { reason: "backing-off", until: task.notBefore } : null;

const claimsBelowLimit: Guard = (_task, _request, { repository, config }) => {
  const limit = config.limits.claimed;
  return "problem" in repository || repository.admissions.length < limit ? null : { reason: "claims-at-limit", limit };
};

const reviewsBelowLimit: Guard = (_task, _request, { repository, config, leftReview, issue }) => {
  if ("problem" in repository) return null;
  const limit = config.limits.review;
  const inReview = repository.reviews.filter((number) => !leftReview.includes(number) && number !== issue.number);
  return inReview.length < limit ? null : { reason: "reviews-at-limit", limit };
};

const budgetIsLeft: Guard = (task, request, { repository, config }) => {
  const isGrant = request.move === "claim" || request.move === "inspect";
  if (!isGrant || request.data.host === "human" || task === null) return null;
  const needed = request.data.reserved;
  const ofTask = task.settings.budget - task.spent;
  if (needed <= 0 || ofTask < needed)
    return { reason: "budget-spent", scope: "task", left: Math.max(ofTask, 0), needed };
  if ("problem" in repository) return null;
  const ofDay = config.budget.day - committedToday(repository, request.at);
  return ofDay < needed ? { reason: "budget-spent", scope: "day", left: Math.max(ofDay, 0), needed } : null;
};

/** Somebody without write may have changed what was queued: then a person looks first. */
const textAsQueued: Guard = (task, _request, { issue }) => {
  if (task === null || task.digest === issue.textDigest || issue.editor?.canWrite === true) return null;
  return { reason: "text-changed", by: issue.editor?.login ?? null };
};

const claimIsUnbound: Guard = (task) => (task?.lease?.run ? { reason: "already-bound", run: task.lease.run.id } : null);

/** A re-run of a workflow keeps the run's id: it must not inherit what attempt 1 was granted. */
const firstAttemptOfRun: Guard = (_task, request) =>
  request.move === "bind" && request.data.run.attempt !== 1 ? { reason: "not-first-attempt" } : null;

const tokenIsCurrent: Guard = (task, request) => {
  const token = "token" in request.data ? request.data.token : null;
  return task?.lease?.token === token ? null : { reason: "stale-token", current: task?.lease?.token ?? null };
};

const runIsBound: Guard = (task, request) => {
  const run = "run" in request.data ? request.data.run : null;
  const lease = task?.lease ?? null;
  if (lease?.host === "human" && run === null) return null;
  const bound = lease?.run ?? null;
  return bound !== null && run !== null && bound.id === run.id && bound.attempt === run.attempt
    ? null
    : { reason: "run-not-bound", bound: bound?.id ?? null };
};

/** On Actions the run's own status is asked. Only the clock has to wait for it: people and the app cancel the run. */
const runIsGone: Guard = (_task, request, { run }) =>
  request.standing !== "clock" || run === null || run.status === "completed" ? null : { reason: "run-still-alive" };

/** A run that GitHub calls completed needs no waiting; without one, the lease's own time decides when to try. */
const leaseHasLapsed: Guard = (task, request, { run, renewedAt }) => {
  const lease = task?.lease ?? null;
  if (lease === null || request.standing !== "clock" || run?.status === "completed") return null;
  const expiresAt = renewedAt === null ? lease.expiresAt : renewedAt + (lease.expiresAt - lease.grantedAt);
  return request.at < expiresAt ? { reason: "lease-not-expired", expiresAt } : null;
};

const hasReason: Guard = (_task, request) => {
  const { data } = request;
  const said = "reason" in data ? data.reason : "text" in data ? data.text : "question" in data ? data.question : "";
  return said.trim() === "" ? { reason: "reason-missing" } : null;
};

/** An acceptance is for what its author saw: the head that stands recorded, still the pull request's. */
const headAsSeen: Guard = (task, request, { pullRequest }) => {
  if (request.move !== "accept") return null;
  const seen = request.data.head;
  const head = pullRequest?.isOpen === true ? pullRequest.head : null;
  return head === seen && task?.recordedHead === seen ? null : { reason: "head-moved", seen, head };
};

/** An inspection is of the head that stands recorded; what it says of another one is void. */
const headIsCurrent: Guard = (task, request, { pullRequest }) => {
  if (request.move !== "inspect" && request.move !== "verdict") return null;
  const seen = request.data.head;
  const head = pullRequest?.isOpen === true ? pullRequest.head : null;
  return head === seen && task?.recordedHead === seen ? null : { reason: "head-moved", seen, head };
};

/** Checks that the config names must have been run by the runner, whatever they found. */
const hasEvidence: Guard = (_task, request, { config }) => {
  // A person's own pull request brings none: its checks are run once somebody accepts it.
  if (request.move !== "submit" || request.data.run === null || config.checks === "none") return null;
  const ran = new Set(request.data.evidence.map((piece) => piece.name));
  return config.checks.every((check) => ran.has(check.name)) ? null : { reason: "no-evidence" };
};

/** An approval is for the plan that its author read. */
const planAsSeen: Guard = (task, request) => {
  if (request.move !== "approve-plan") return null;
  const waiting = task?.plan?.approvedBy === null ? task.plan.digest : null;
  return waiting !== null && waiting === request.data.digest ? null : { reason: "plan-moved" };
};

const isMerged: Guard = (_task, request, { pullRequest }) =>
  request.move === "done" && request.data.pullRequest !== null && pullRequest?.isMerged !== true
    ? { reason: "not-merged" }
    : null;

export const GUARDS: Readonly<Record<GuardName, Guard>> = {
  "is-an-issue": isAnIssue,
  "issue-is-open": issueIsOpen,
  "has-body": hasBody,
  "role-is-known": roleIsKnown,
  "phases-are-known": phasesAreKnown,
  "queue-has-room": queueHasRoom,
  "repository-runs": repositoryRuns,
  "role-has-no-pause": roleHasNoPause,
  "not-held": notHeld,
  unblocked,
  "backoff-is-over": backoffIsOver,
  "claims-below-limit": claimsBelowLimit,
  "reviews-below-limit": reviewsBelowLimit,
  "budget-is-left": budgetIsLeft,
  "text-as-queued": textAsQueued,
  "claim-is-unbound": claimIsUnbound,
  "first-attempt-of-run": firstAttemptOfRun,
  "token-is-current": tokenIsCurrent,
  "run-is-bound": runIsBound,
  "run-is-gone": runIsGone,
  "lease-has-lapsed": leaseHasLapsed,
  "has-reason": hasReason,
  "head-as-seen": headAsSeen,
  "has-evidence": hasEvidence,
  "plan-as-seen": planAsSeen,
  "is-merged": isMerged,
  "labels-agree": labelsAgree,
  "head-is-current": headIsCurrent,
};
