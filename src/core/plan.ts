// Compares one issue with what people and machines want of it. Pure: a look in; moves to append, acts to carry out and
// replies out. Running it on what it brought about finds nothing more to do.

import { isGiven } from "./command.ts";
import { type Heard, heardCommands, meaningOf } from "./command-requests.ts";
import { decide, type RepositoryIntent, type Verdict } from "./decide.ts";
import { eventRequests } from "./event-requests.ts";
import { applyRecord } from "./fold.ts";
import { labelRequest } from "./label-requests.ts";
import { type ActResults, factRequest, machineRequest, tasksAhead } from "./machine-requests.ts";
import type { Observation } from "./observation.ts";
import { standingOf } from "./people.ts";
import type { LedgerRecord } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import type { MoveRequest } from "./request.ts";
import { type Situation, situationOf } from "./situation.ts";
import type { EpochMs, ShownState, Task } from "./task.ts";

/** A request that stands on no object of GitHub: a run that proved itself to the API. */
export interface Ask {
  readonly id: string;
  readonly request: MoveRequest;
}

/** What came of a command, a label or an ask. */
export type Reply =
  | { readonly reply: "done" }
  | { readonly reply: "nothing-to-do" }
  | { readonly reply: "refused"; readonly refusal: Refusal }
  | { readonly reply: "would"; readonly verdict: Verdict }
  | { readonly reply: "status" }
  | { readonly reply: "help"; readonly about: string | null };

/** One look and what the pass over it already brought about. */
export interface Look {
  readonly observation: Observation;
  readonly task: Task | null;
  readonly mention: string;
  /** Renewals of the lease as its claim comment shows them. */
  readonly renewedAt: EpochMs | null;
  readonly asks: readonly Ask[];
  /** By cause (commands, labels) or id (asks): never judged twice in one pass. */
  readonly replies: ReadonlyMap<string, Reply>;
  readonly results: ActResults;
}

export interface Decided {
  readonly record: LedgerRecord;
  readonly repository: RepositoryIntent | null;
}

/** A change of the shared state that a person asked for; it stands beside the task's move, or alone. */
export interface RepositoryChange {
  readonly change: "pause" | "resume";
  readonly role: string | null;
  readonly by: string;
  readonly cause: string;
}

export interface Plan {
  /** Appended together, in order, in one atomic call. */
  readonly moves: readonly Decided[];
  readonly change: RepositoryChange | null;
  readonly replies: ReadonlyMap<string, Reply>;
  /** Why a queued task was not claimed, or null. */
  readonly waits: Refusal | null;
}

/** Moves of one atomic append at the most: a request and the claim that follows it. */
const MOVES_MAX = 3;
/** Stands for the SHA of a record whose commit is not made yet. */
const UNBORN = "0".repeat(40);

export function plan(look: Look): Plan {
  const id = taskId(look.observation);
  const replies = new Map(look.replies);
  const moves: Decided[] = [];
  let task = look.task;
  let next = step({ ...look, task, replies }, id);
  while (next.decided !== null && moves.length < MOVES_MAX) {
    moves.push(next.decided);
    task = applyRecord(task, next.decided.record, UNBORN);
    // The shared ledger is read as of this look: one change of it per append.
    if (next.decided.repository !== null) break;
    next = step({ ...look, task, replies }, id);
  }
  return { moves, change: next.change, replies, waits: next.waits };
}

export function taskId({ repository, issue }: Observation): string {
  return `${repository.id}/${issue.nodeId}`;
}

interface Step {
  readonly decided: Decided | null;
  readonly change: RepositoryChange | null;
  readonly waits: Refusal | null;
}

const NOTHING: Step = { decided: null, change: null, waits: null };

type Working = Omit<Look, "replies"> & { readonly replies: Map<string, Reply> };

function step(look: Working, id: string): Step {
  const situation = situationOf(look.observation, look.task, look.renewedAt);
  return (
    askStep(look, id, situation) ??
    factStep(look, id, situation) ??
    labelStep(look, id, situation) ??
    commandStep(look, id, situation) ??
    eventStep(look, id, situation) ??
    machineStep(look, id, situation)
  );
}

function decidedStep(verdict: Extract<Verdict, { ok: true }>): Step {
  return { ...NOTHING, decided: { record: verdict.record, repository: verdict.repository } };
}

function askStep(look: Working, id: string, situation: Situation): Step | null {
  for (const ask of look.asks) {
    if (look.replies.has(ask.id)) continue;
    const granted = alreadyGranted(look.task, ask.request);
    const verdict = granted ? null : decide(look.task, id, ask.request, situation);
    if (verdict === null) look.replies.set(ask.id, { reply: "done" });
    else if (verdict.ok) {
      look.replies.set(ask.id, { reply: "done" });
      return decidedStep(verdict);
    } else look.replies.set(ask.id, { reply: "refused", refusal: verdict.refusal });
  }
  return null;
}

/** A run that asks again for what it has (its first answer was lost) is simply told so. */
function alreadyGranted(task: Task | null, request: MoveRequest): boolean {
  if (request.move !== "bind") return false;
  const lease = task?.lease ?? null;
  const { token, run } = request.data;
  return lease?.token === token && lease.run?.id === run.id && lease.run.attempt === run.attempt;
}

/** The state whose label belongs on the issue: the ledger's, or `blocked` for a queued task that something keeps. */
export function shownState(task: Task | null, situation: Pick<Situation, "blockers">): ShownState | null {
  if (task === null) return null;
  const isKept = task.held !== null || (task.state === "queued" && situation.blockers.length > 0);
  return isKept && task.state !== "claimed" && task.endedAt === null ? "blocked" : task.state;
}

/** What happened to the pull request is recorded before anybody is judged by it. */
function factStep(look: Working, id: string, situation: Situation): Step | null {
  if (look.task === null) return null;
  const request = factRequest(look.observation, look.task, situation);
  const verdict = request === null ? null : decide(look.task, id, request, situation);
  return verdict?.ok === true ? decidedStep(verdict) : null;
}

function labelStep(look: Working, id: string, situation: Situation): Step | null {
  const asked = labelRequest(look.observation, look.task, shownState(look.task, situation));
  if (asked === null) return null;
  const key = `label:${asked.event.id}`;
  if (look.replies.has(key)) return null;
  if ("refusal" in asked) {
    look.replies.set(key, { reply: "refused", refusal: asked.refusal });
    return null;
  }
  const verdict = decide(look.task, id, asked.request, situation);
  look.replies.set(key, verdict.ok ? { reply: "done" } : { reply: "refused", refusal: verdict.refusal });
  return verdict.ok ? decidedStep(verdict) : null;
}

function commandStep(look: Working, id: string, situation: Situation): Step | null {
  for (const heard of heardCommands(look.observation, look.mention)) {
    if (look.replies.has(heard.cause)) continue;
    if (look.task?.causes.has(heard.cause) === true) {
      look.replies.set(heard.cause, { reply: "done" });
      continue;
    }
    const done = obey(look, id, situation, heard);
    if (done !== null) return done;
  }
  return null;
}

function obey(look: Working, id: string, situation: Situation, heard: Heard): Step | null {
  const meaning = meaningOf(heard, look.observation, look.task, situation);
  const say = (reply: Reply): null => {
    look.replies.set(heard.cause, reply);
    return null;
  };
  switch (meaning.means) {
    case "refused":
      return say({ reply: "refused", refusal: meaning.refusal });
    case "query":
      return say(meaning.query === "help" ? { reply: "help", about: meaning.about } : { reply: "status" });
    case "repository":
      return repositoryStep(look, heard, meaning.change, meaning.role, say);
    case "move": {
      const verdict = decide(look.task, id, meaning.request, situation);
      if (isGiven(heard.parsed) && heard.parsed.dryRun) return say({ reply: "would", verdict });
      if (hasNothingToDo(look.task, meaning.request)) return say({ reply: "nothing-to-do" });
      if (!verdict.ok) return say({ reply: "refused", refusal: verdict.refusal });
      say({ reply: "done" });
      return decidedStep(verdict);
    }
  }
}

/** Asked for what is already so. */
function hasNothingToDo(task: Task | null, request: MoveRequest): boolean {
  if (task === null) return false;
  switch (request.move) {
    case "queue":
      return task.state === "queued";
    case "cancel":
      return task.state === "cancelled";
    case "hold":
      return task.held !== null;
    case "unhold":
      return task.held === null;
    case "accept":
      return task.state === "done" || (task.acceptance !== null && task.acceptance.head === request.data.head);
    default:
      return false;
  }
}

function repositoryStep(
  look: Working,
  heard: Heard,
  change: "pause" | "resume",
  role: string | null,
  say: (reply: Reply) => null,
): Step | null {
  const standing = standingOf(look.observation, heard.author);
  if (!["write", "maintain", "admin"].includes(standing)) {
    return say({ reply: "refused", refusal: { reason: "not-permitted", needs: ["write"], has: standing } });
  }
  const { repositoryLedger } = look.observation;
  if ("problem" in repositoryLedger) {
    return say({ reply: "refused", refusal: { reason: "paused", why: repositoryLedger.problem } });
  }
  const { state } = repositoryLedger;
  const isPaused = role === null ? state.paused !== null : state.pausedRoles.includes(role);
  if (isPaused === (change === "pause")) return say({ reply: "nothing-to-do" });
  say({ reply: "done" });
  return { ...NOTHING, change: { change, role, by: heard.author.login, cause: heard.cause } };
}

function eventStep(look: Working, id: string, situation: Situation): Step | null {
  if (look.task === null) return null;
  for (const request of eventRequests(look.observation, look.task, situation)) {
    if (look.replies.has(request.cause) || look.task.causes.has(request.cause)) continue;
    const verdict = decide(look.task, id, request, situation);
    look.replies.set(request.cause, verdict.ok ? { reply: "done" } : { reply: "refused", refusal: verdict.refusal });
    if (verdict.ok) return decidedStep(verdict);
  }
  return null;
}

function machineStep(look: Working, id: string, situation: Situation): Step {
  if (look.task === null) return NOTHING;
  const request = machineRequest(look.observation, look.task, situation, look.results);
  if (request === null) return { ...NOTHING, waits: waitsInQueue(look, situation) };
  const verdict = decide(look.task, id, request, situation);
  return verdict.ok ? decidedStep(verdict) : { ...NOTHING, waits: verdict.refusal };
}

function waitsInQueue({ observation, task }: Working, situation: Situation): Refusal | null {
  if (task?.state !== "queued") return null;
  const ahead = tasksAhead(observation, task, situation);
  return ahead > 0 ? { reason: "not-next", ahead } : null;
}
