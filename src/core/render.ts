// Every text that people read on the issue and the pull request, as the loop asks for it: takes what it needs out of an
// observation and hands plain data to the texts' own files. Same facts, same text: no clock in here.

import { type Box, boxesFor, isShortOfMoney } from "./checkbox.ts";
import { gateOf } from "./gate.ts";
import { legalVerbs } from "./legal-commands.ts";
import { waitingGate } from "./machine-requests.ts";
import type { Observation, ObservedIssue, ObservedPullRequest } from "./observation.ts";
import { decodeRecord, type LedgerRecord } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import { type Answered, answersText } from "./render-answer.ts";
import { claimText, endedClaimText } from "./render-claim.ts";
import { type EvidenceCheck, evidenceCheck } from "./render-evidence.ts";
import { overlapWarning } from "./render-family-refusal.ts";
import { time } from "./render-format.ts";
import { decidedText, needText, reminderText } from "./render-need.ts";
import { pauseNotice } from "./render-pause.ts";
import { foreignPullRequestComment, pullRequestBody, pullRequestTitle } from "./render-pull-request.ts";
import { refusalSentence } from "./render-refusal.ts";
import { statusText } from "./render-status.ts";
import type { RepositoryPause } from "./repository.ts";
import type { RunResult } from "./result.ts";
import { placeOf } from "./schedule.ts";
import { overlapsIn, pullRequestOf } from "./situation.ts";
import type { HumanNeed, Lease, Sha, ShownState, Submission, Task } from "./task.ts";

export { recordSentence } from "./render-record.ts";
export { repositorySentence } from "./render-repository.ts";

export interface StatusInput {
  readonly task: Task;
  readonly shown: ShownState;
  readonly waits: Refusal | null;
  readonly blockers: readonly string[];
  readonly pullRequest: ObservedPullRequest | null;
  readonly observation: Observation;
  /** An answer is true when it is given; the comment is edited only when the task moves, so it names no place in the queue. */
  readonly isAnswer?: boolean;
}

/** The status comment, below its key. */
export function renderStatus(input: StatusInput): string {
  const { task, shown, pullRequest, observation } = input;
  const running = task.lease === null ? null : runOf(observation, task.lease.run?.id ?? null, task.lease.token);
  const submission = task.state === "review" ? task.submission : null;
  const isSubmitted = submission !== null && pullRequest?.isOpen === true;
  return statusText({
    task,
    config: observation.config,
    shown,
    waits: waitsOf(input),
    pullRequest: pullRequest?.number ?? null,
    runUrl: running?.url ?? null,
    gate: isSubmitted ? gateShown(input, submission, pullRequest) : null,
    records: recordsOf(observation),
    warnings: warningsOf(observation),
    asOf: input.isAnswer === true ? asOf(task, shown, observation) : null,
  });
}

/** Said of a task that may be claimed although others touch the same paths. */
function warningsOf(observation: Observation): readonly string[] {
  return observation.config.paths.overlap === "warn" ? overlapsIn(observation).map(overlapWarning) : [];
}

/** Where a waiting task stands now: for an answer, which says when it was true. */
function asOf(task: Task, shown: ShownState, observation: Observation): string {
  const when = `As of ${time(observation.now)}`;
  if (shown !== "queued") return `${when}.`;
  const { ahead, waiting } = placeOf(observation, task);
  return `${when}: place ${ahead + 1} of ${waiting} in the queue.`;
}

function gateShown({ blockers, observation }: StatusInput, submission: Submission, pullRequest: ObservedPullRequest) {
  const { config } = observation;
  return waitingGate(gateOf(submission, pullRequest, config), { blockers, config });
}

/** What keeps a task, the lasting reasons first and none of them twice. */
function waitsOf({ task, shown, waits, blockers }: StatusInput): readonly Refusal[] {
  const lasting: Refusal[] = [
    ...(task.held === null ? [] : [{ reason: "held" as const, why: task.held.why }]),
    ...(shown === "blocked" && blockers.length > 0 ? [{ reason: "blocked" as const, by: blockers }] : []),
  ];
  const isSaid = lasting.some(({ reason }) => reason === waits?.reason);
  return waits === null || isSaid || task.state !== "queued" ? lasting : [...lasting, waits];
}

function recordsOf({ ledger }: Observation): readonly LedgerRecord[] {
  return ledger.flatMap(({ message }) => {
    const decoded = decodeRecord(message);
    return "record" in decoded ? [decoded.record] : [];
  });
}

function runOf({ runs }: Observation, bound: number | null, token: Sha) {
  const run = runs.find((candidate) => (bound === null ? candidate.token === token : candidate.run.id === bound));
  return run === undefined ? null : { id: run.run.id, url: run.url === "" ? null : run.url };
}

export interface ClaimInput {
  readonly task: Task;
  readonly token: Sha;
  readonly observation: Observation;
  /** When a local runner renews it just now. */
  readonly renewedAt?: number;
}

/** The claim comment of the attempt with this token, below its key. */
export function renderClaim({ task, token, observation, renewedAt }: ClaimInput): string {
  const { lease } = task;
  if (lease?.token === token) {
    const bound = lease.run === null ? null : { id: lease.run.id, url: null };
    const run = runOf(observation, lease.run?.id ?? null, token) ?? bound;
    return claimText({ lease, phases: task.settings.phases, run, renewedAt: renewedAt ?? null });
  }
  const ended = task.attempts.find((attempt) => attempt.token === token);
  return ended === undefined ? "This attempt is over." : endedClaimText(ended);
}

export interface NeedInput {
  readonly task: Task;
  readonly need: HumanNeed;
  readonly observation: Observation;
}

/** The comment that calls the person who queued the task, below its key. */
export function renderNeed({ task, need, observation }: NeedInput): string {
  const asker = task.queuedBy?.kind === "user" ? task.queuedBy.login : null;
  const verbs = legalVerbs(task.state, task.held !== null);
  const isList = task.state === "needs-human" && task.breakdown?.isApproved === false;
  const legal = boxesFor(verbs);
  const choices = legal.filter((box) => isOffered(box, task, observation, isList));
  return needText({ mention: asker, need, choices, accepts: isList ? "the list of sub-tasks" : "the work" });
}

/** Only what can be obeyed is offered: there is something to accept, or money is what is missing. */
function isOffered(box: Box, task: Task, observation: Observation, isList: boolean): boolean {
  if (box === "accept") return isList || pullRequestOf(observation, task)?.isOpen === true;
  return box !== "allow" || isShortOfMoney(task);
}

/** What is left of a call that was answered. */
export function renderDecided(): string {
  return decidedText();
}

/** Said once to a person whose claim is about to lapse. */
export function renderReminder(lease: Lease): string {
  return reminderText(lease.holder.login);
}

export interface PauseNoticeInput {
  readonly task: Task;
  readonly pause: RepositoryPause;
  readonly observation: Observation;
}

/** Said once, on the issue of the task whose failure made the machine pause itself. */
export function renderPauseNotice({ task, pause, observation }: PauseNoticeInput): string {
  const failed = recordsOf(observation).findLast(({ move }) => move === "release" || move === "suspend");
  const reason = failed?.move === "release" || failed?.move === "suspend" ? failed.data.reason : "";
  const asker = task.queuedBy?.kind === "user" ? task.queuedBy.login : null;
  return pauseNotice({ mention: asker, why: pause.why, reason });
}

/** Said once, on an issue whose ledger nobody can vouch for. */
export function renderBrokenLedger(problem: string): string {
  return refusalSentence({ reason: "ledger-broken", problem });
}

export interface PullRequestInput {
  readonly task: Task;
  readonly submission: Submission;
  readonly issue: ObservedIssue;
  /** What the run left, when it is at hand: its own title, words and plan. */
  readonly result?: RunResult | null;
}

/** Title and body of the pull request that carries a submission. */
export function renderPullRequest({ task, submission, issue, result }: PullRequestInput): {
  readonly title: string;
  readonly body: string;
} {
  const facts = {
    issue: issue.number,
    issueTitle: issue.title,
    words: result?.pullRequest ?? null,
    plan: result?.phases.find(({ phase }) => phase === "plan")?.summary ?? "",
    submission,
    attempt: task.attempts.at(-1)?.attempt ?? null,
    role: task.settings.role,
  };
  return { title: pullRequestTitle(facts), body: pullRequestBody(facts) };
}

/** The check run on the submitted head. */
export function renderEvidence(submission: Submission): EvidenceCheck {
  return evidenceCheck(submission);
}

/** Said to a pull request from the task's branch that Signalbox did not open. */
export function renderForeignPullRequest(issue: number): string {
  return foreignPullRequestComment(issue);
}

export interface AnswersInput extends Omit<StatusInput, "task" | "shown" | "pullRequest"> {
  readonly answers: readonly Answered[];
  readonly task: Task | null;
  readonly shown: ShownState | null;
}

const NO_TASK = "This issue is not a task yet. Put the label that queues it on it, or comment `/task queue`.";

/** One comment for all requests of another that need words, below its key. */
export function renderAnswers(input: AnswersInput): string {
  const { task, shown, observation } = input;
  const pullRequest = task === null ? null : pullRequestOf(observation, task);
  const status =
    task === null || shown === null ? NO_TASK : renderStatus({ ...input, task, shown, pullRequest, isAnswer: true });
  return answersText(input.answers, status);
}
