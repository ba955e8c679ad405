// Brings one issue to where it should be: observe → fold → plan → append → act → project. Level-triggered: it reads what
// is, not what happened, and a second run in a row writes nothing.

import { actsOf } from "../core/acts.ts";
import { heardCommands } from "../core/heard.ts";
import { nextLook } from "../core/next-look.ts";
import type { Observation } from "../core/observation.ts";
import { type Ask, plan, type Reply, shownState } from "../core/plan.ts";
import { type Effect, type EffectResult, type Hub, type IssueRef, keyOf } from "../core/ports.ts";
import { brokenLedgerEffects, project } from "../core/project.ts";
import type { Refusal } from "../core/refusal.ts";
import { nextInQueue } from "../core/schedule.ts";
import { situationOf } from "../core/situation.ts";
import type { EpochMs, Task } from "../core/task.ts";
import { actKey, afterAct } from "./acts.ts";
import { append } from "./append.ts";
import { afterAppend, lookAt, lookOf, type Pass, renewedAt } from "./look.ts";
import { dependantsOf, waitedFor } from "./wake.ts";

/** Where the loop writes what a person who runs it wants to know: a static message with data beside it. */
export interface Log {
  info(data: Readonly<Record<string, unknown>>, message: string): void;
  warn(data: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ReconcileDeps {
  readonly hub: Hub;
  readonly log: Log;
  /** The app's name as people mention it, without `@`. */
  readonly mention: string;
  /** 16 random hexadecimal digits, others at each call. */
  readonly nonce: () => string;
}

export interface AskAnswer {
  readonly id: string;
  readonly reply: Reply;
}

export interface Reconciled {
  /** Other issues of the repository to look at now. */
  readonly wake: readonly number[];
  /** Issues that wait for this one, or are its kin, and may go on now; of whatever repository. */
  readonly dependants: readonly IssueRef[];
  /** What the task waits for elsewhere, by `owner/repo#n`: an event there is worth a look here. */
  readonly waitsFor: readonly string[];
  /** GitHub's time, epoch milliseconds, or null when only an event can change anything. */
  readonly lookAgainAt: EpochMs | null;
  /** GitHub's time of the look. */
  readonly now: EpochMs | null;
  readonly answers: readonly AskAnswer[];
  /** The task after the pass and the facts that it was judged by; null when the issue is gone or no task. */
  readonly task: Task | null;
  readonly observation: Observation | null;
  /** This pass made a record: what is shown of the repository as a whole may differ now. */
  readonly hasMoved?: boolean;
}

/** Appends and acts of one pass at the most; whoever loses that often lets the others finish and comes back. */
const ROUNDS_MAX = 16;
/** How long a pass that kept losing stays away. */
const LOST_MS = 2_000;
/** Tasks that are woken when a slot becomes free. */
const WAKE_MAX = 20;

export interface ReconcileHint {
  /** A run published and told this very process: nobody else will tell people at once, so this pass counts as the winner. */
  readonly isTold?: boolean;
}

export async function reconcile(
  deps: ReconcileDeps,
  ref: IssueRef,
  asks: readonly Ask[],
  { isTold = false }: ReconcileHint = {},
): Promise<Reconciled> {
  const first = await lookAt(deps.hub, ref, new Map(), deps.mention);
  if (first === "gone") return goneAway(asks);
  let pass: Pass = { ...(await acknowledge(deps, ref, first)), won: isTold };
  const acted = new Set<string>();
  let waits: Refusal | null = null;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (pass.problem !== null) return integrityLost(deps, ref, pass, asks);
    const planned = plan(lookOf(pass, deps.mention, asks));
    pass = { ...pass, replies: planned.replies };
    waits = planned.waits;
    if (planned.moves.length > 0 || planned.change !== null) {
      const { observation, task } = pass;
      const { moves, change } = planned;
      const result = await append(deps.hub, ref, {
        observation,
        task,
        moves,
        change,
        alongside: [],
        nonce: deps.nonce,
      });
      const moved = { key: keyOf(ref), moves: moves.map(({ record }) => record.move) };
      if (result === "lost") {
        deps.log.info(moved, "append lost");
        const again = await lookAt(deps.hub, ref, unsaid(pass.replies, moves), deps.mention);
        if (again === "gone") return goneAway(asks);
        pass = again;
        continue;
      }
      deps.log.info(moved, "append won");
      pass = afterAppend(pass, result);
      continue;
    }
    const next: Pass | null = await act(deps, ref, pass, acted);
    if (next === null) return settle(deps, ref, pass, asks, waits);
    pass = next;
  }
  return finished(pass, asks, pass.observation.now + LOST_MS);
}

/** Replies of moves that were not appended after all are forgotten, so that they are judged again. */
function unsaid(
  replies: ReadonlyMap<string, Reply>,
  moves: readonly { readonly record: { readonly cause: string } }[],
): ReadonlyMap<string, Reply> {
  const lost = new Set(moves.map(({ record }) => record.cause));
  return new Map([...replies].filter(([key, reply]) => reply.reply !== "done" && !lost.has(key)));
}

/** 👀 before anything else, so that a person sees within a second that the command was read. */
async function acknowledge({ hub, mention }: ReconcileDeps, ref: IssueRef, pass: Pass): Promise<Pass> {
  const heard = heardCommands(pass.observation, mention, pass.task).filter(({ by }) => by === "comment");
  const unseen = heard.filter(({ comment }) => !comment.reactions.includes("eyes"));
  const comments = new Set(unseen.map(({ comment }) => comment.nodeId));
  if (comments.size > 0 && pass.problem === null) {
    await hub.apply(
      ref,
      [...comments].map((nodeId): Effect => ({ kind: "react", nodeId, reaction: "eyes" })),
    );
  }
  return pass;
}

/** @returns the pass after the acts that were due, or null when none was */
async function act({ hub, log }: ReconcileDeps, ref: IssueRef, pass: Pass, acted: Set<string>): Promise<Pass | null> {
  const { task, observation, won, orphans } = pass;
  if (task === null) return null;
  const situation = situationOf(observation, task, renewedAt(pass));
  const due = actsOf({ observation, task, situation, won, orphans }).filter((effect) => !acted.has(actKey(effect)));
  if (due.length === 0) return null;
  const results = await hub.apply(ref, due);
  let next = pass;
  for (const [index, effect] of due.entries()) {
    acted.add(actKey(effect));
    const result: EffectResult = results[index] ?? { ok: false, refused: "no answer" };
    log.info({ key: keyOf(ref), act: effect.kind, ok: result.ok }, "acted");
    next = afterAct(next, effect, result);
  }
  return next;
}

async function settle(
  { hub, mention }: ReconcileDeps,
  ref: IssueRef,
  pass: Pass,
  asks: readonly Ask[],
  waits: Refusal | null,
): Promise<Reconciled> {
  const { observation, task, replies, won } = pass;
  const situation = situationOf(observation, task, renewedAt(pass));
  const shown = shownState(task, situation);
  const projected = project({ observation, task, shown, situation, mention, replies, waits, won });
  if (projected.effects.length > 0) await hub.apply(ref, projected.effects);
  return finished(pass, asks, earliest(projected.lookAgainAt, nextLook(observation, task, situation)));
}

function earliest(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function finished(pass: Pass, asks: readonly Ask[], lookAgainAt: EpochMs | null): Reconciled {
  const { observation, task, won } = pass;
  // A publish ends a claim without us, so whoever next looks at that task wakes the queue. A waiting task wakes others
  // only when it gave a slot back itself: two that wait would wake each other for ever.
  const freed = task !== null && task.lease === null && (won || task.state !== "queued");
  return {
    wake: freed ? nextInQueue(observation, WAKE_MAX) : [],
    dependants: dependantsOf(pass),
    waitsFor: waitedFor(pass),
    lookAgainAt,
    now: observation.now,
    answers: answersTo(asks, pass.replies),
    task,
    observation,
    hasMoved: won,
  };
}

function answersTo(asks: readonly Ask[], replies: ReadonlyMap<string, Reply>): readonly AskAnswer[] {
  return asks.flatMap(({ id }) => {
    const reply = replies.get(id);
    return reply === undefined ? [] : [{ id, reply }];
  });
}

function goneAway(asks: readonly Ask[]): Reconciled {
  const reply: Reply = { reply: "refused", refusal: { reason: "wrong-state", state: "none", allowed: [] } };
  return {
    wake: [],
    dependants: [],
    waitsFor: [],
    lookAgainAt: null,
    now: null,
    answers: asks.map(({ id }) => ({ id, reply })),
    task: null,
    observation: null,
  };
}

/** A ledger that cannot be believed stops the machine on this issue and asks a person, once. */
async function integrityLost(
  { hub, log }: ReconcileDeps,
  ref: IssueRef,
  pass: Pass,
  asks: readonly Ask[],
): Promise<Reconciled> {
  log.warn({ key: keyOf(ref), problem: pass.problem }, "ledger not believed");
  const effects = brokenLedgerEffects(pass.observation, pass.problem ?? "");
  if (effects.length > 0) await hub.apply(ref, effects);
  const refused: Reply = { reply: "refused", refusal: { reason: "ledger-broken", problem: pass.problem ?? "" } };
  const replies = new Map(asks.map(({ id }) => [id, refused]));
  return { ...finished({ ...pass, replies }, asks, null), task: null };
}
