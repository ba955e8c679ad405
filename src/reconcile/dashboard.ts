// Brings a repository as a whole to where it should be: its labels, its dashboard, and what people asked for there.
// Level-triggered like the loop over a task; a second run in a row writes nothing.

import { type BoardChanges, boardsOf, changesOn } from "../core/board.ts";
import { type BoardCommand, boxRequest, commandsOf, isSoAlready, notEntitled } from "../core/board-commands.ts";
import { type BoardEffects, boardEffects } from "../core/board-effects.ts";
import { glanceOf } from "../core/dashboard.ts";
import { fold } from "../core/fold.ts";
import { labelEffects } from "../core/label-sync.ts";
import { taskId } from "../core/plan.ts";
import type { Effect, RepositoryRef } from "../core/ports.ts";
import { decodeRecord } from "../core/record.ts";
import type { Refusal } from "../core/refusal.ts";
import { boardAnswer, boardAnswerKey } from "../core/render-board-answer.ts";
import { dashboardText } from "../core/render-dashboard.ts";
import type { ObservedBoard, Survey } from "../core/survey.ts";
import type { EpochMs } from "../core/task.ts";
import { appendShared, changeMove } from "./append-shared.ts";
import { type ReconcileDeps, reconcile } from "./reconcile.ts";

export interface RepositoryReconciled {
  /** Tasks to look at now: a pause ended. */
  readonly wake: readonly number[];
  readonly lookAgainAt: EpochMs | null;
  readonly now: EpochMs;
}

/** Commands of one look at a dashboard; the rest waits for the next. */
const COMMANDS_MAX = 20;
/** Tries to append a pause against others who append. */
const TRIES_MAX = 8;
/** Tasks that are woken when a pause ends. */
const WAKE_MAX = 20;

/** What a pass over a repository knows and has done. */
interface Pass {
  readonly survey: Survey;
  readonly answers: readonly Effect[];
  readonly hasResumed: boolean;
}

export async function reconcileRepository(
  deps: ReconcileDeps,
  repository: RepositoryRef,
): Promise<RepositoryReconciled> {
  const survey = await deps.hub.survey(repository);
  if (survey.isArchived) return { wake: [], lookAgainAt: null, now: survey.now };
  const [board] = boardsOf(survey.boards, "tasks");
  const changes = board === undefined ? null : changesOn(board, survey.writer.id);
  let pass: Pass = { survey, answers: [], hasResumed: false };
  if (board !== undefined && changes !== null) {
    const commands = commandsOf(board, changes.changes, survey).slice(0, COMMANDS_MAX);
    for (const command of commands) pass = await obey(deps, repository, pass, board, command);
  }
  const { effects, lookAgainAt } = dashboardEffects(pass.survey, changes);
  const labels = survey.hasConfig ? labelEffects(survey.labels, survey.config, survey.repository.nodeId) : [];
  const due = [...labels, ...pass.answers, ...effects];
  if (due.length > 0) await deps.hub.apply(repository, due);
  const wake = pass.hasResumed ? glanceOf(pass.survey).waiting.map(({ issue }) => issue) : [];
  return { wake: wake.slice(0, WAKE_MAX), lookAgainAt, now: survey.now };
}

async function obey(
  deps: ReconcileDeps,
  repository: RepositoryRef,
  pass: Pass,
  board: ObservedBoard,
  command: BoardCommand,
): Promise<Pass> {
  const standing = await deps.hub.permissionOf(repository, command.by);
  const refusal = notEntitled(command.by, standing, pass.survey.config.bots);
  if (refusal !== null) return refused(pass, board, command, refusal);
  if (command.does === "task") return await obeyForTask(deps, repository, pass, board, command);
  const done = await changeShared(deps, repository, pass.survey, command);
  if ("refusal" in done) return refused(pass, board, command, done.refusal);
  return { ...pass, survey: done.survey, hasResumed: pass.hasResumed || command.change === "resume" };
}

/** A task's box is its own loop's to judge: it gets the move as an ask. */
async function obeyForTask(
  deps: ReconcileDeps,
  repository: RepositoryRef,
  pass: Pass,
  board: ObservedBoard,
  command: Extract<BoardCommand, { does: "task" }>,
): Promise<Pass> {
  const ref = { ...repository, issue: command.issue };
  const observation = await deps.hub.observe(ref);
  if (observation === "gone") return pass;
  const folded = fold(observation.ledger, { writerId: observation.writer.id, task: taskId(observation) });
  const task = "task" in folded ? folded.task : null;
  if (task?.causes.has(command.cause) === true) return pass;
  const standing = await deps.hub.permissionOf(repository, command.by);
  const request = boxRequest(command, observation, task, standing);
  const { answers, observation: after } = await reconcile(deps, ref, [{ id: command.cause, request }]);
  const reply = answers[0]?.reply;
  if (reply?.reply === "refused") return refused(pass, board, command, reply.refusal);
  const message = after?.ledger.at(-1)?.message;
  const tip = message === undefined ? null : decodeRecord(message);
  const tasks = pass.survey.tasks.map((one) =>
    one.issue === command.issue && tip !== null && "record" in tip ? { ...one, tip: tip.record } : one,
  );
  // The claim that may have followed changed what the tasks share.
  const repositoryLedger = after?.repositoryLedger ?? pass.survey.repositoryLedger;
  return { ...pass, survey: { ...pass.survey, tasks, repositoryLedger } };
}

type Shared = Extract<BoardCommand, { does: "repository" }>;

async function changeShared(
  { hub, nonce, log }: ReconcileDeps,
  repository: RepositoryRef,
  first: Survey,
  { change, role, by, cause }: Shared,
): Promise<{ readonly survey: Survey } | { readonly refusal: Refusal }> {
  let survey = first;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const { repositoryLedger, now, repository: seen } = survey;
    if ("problem" in repositoryLedger) return { refusal: { reason: "paused", why: repositoryLedger.problem } };
    if (survey.recentCauses.has(cause) || isSoAlready({ change, role }, repositoryLedger.state)) return { survey };
    const made = await appendShared(hub, repository, {
      repositoryId: seen.id,
      ledger: repositoryLedger,
      moves: [changeMove({ change, role, by: by.login, cause })],
      actor: { id: by.id, login: by.login, kind: by.isBot ? "app" : "user" },
      cause,
      at: now,
      nonce: nonce(),
    });
    if (made !== "lost") {
      log.info({ repository: `${repository.owner}/${repository.name}`, change, role }, "claims were switched");
      return { survey: { ...survey, repositoryLedger: made, recentCauses: new Set([...survey.recentCauses, cause]) } };
    }
    survey = await hub.survey(repository);
  }
  throw new Error("others kept changing what the tasks share");
}

function refused(pass: Pass, board: ObservedBoard, command: BoardCommand, refusal: Refusal): Pass {
  const key = boardAnswerKey(command.cause);
  if (board.said.includes(key)) return pass;
  const about = command.does === "task" ? `“${command.verb}” for #${command.issue}` : `“${command.change}”`;
  const body = `${key}\n${boardAnswer(command.by, about, refusal)}`;
  const answer: Effect = { kind: "create-comment", issue: board.number, key, body };
  return { ...pass, answers: [...pass.answers, answer] };
}

/** It is there once a repository is set up, or has a task; it is open while claims run. */
function dashboardEffects(survey: Survey, changes: BoardChanges | null): BoardEffects {
  const [board] = boardsOf(survey.boards, "tasks");
  const text = dashboardText(survey, changes?.seen ?? null);
  const isWanted = survey.hasConfig || survey.tasks.length > 0;
  const { effects, lookAgainAt } = boardEffects(survey, { kind: "tasks", text, changes, isWanted });
  const isShut = board !== undefined && !board.isOpen && !isPaused(survey);
  return { effects: isShut ? [{ kind: "reopen-issue", nodeId: board.nodeId }, ...effects] : effects, lookAgainAt };
}

function isPaused({ repositoryLedger }: Survey): boolean {
  return "state" in repositoryLedger && repositoryLedger.state.paused !== null;
}
