// One pass of no-server mode: looks after everything that changed since the last pass that did, and after what follows from
// it, until nothing is due. A pass that was dropped from its concurrency group loses nothing: the next one sees it all.

import type { Ask } from "../core/plan.ts";
import type { Clock, IssueRef, RepositoryRef } from "../core/ports.ts";
import { bindSeen } from "../core/run-requests.ts";
import type { EpochMs } from "../core/task.ts";
import { type ReconcileDeps, type Reconciled, reconcile } from "./reconcile.ts";

/** What a pass asks about the repository besides single tasks. */
export interface ControlPorts extends ReconcileDeps {
  readonly clock: Clock;
  /** @returns tasks whose thread was changed at or after `since`, GitHub's time */
  readonly changedSince: (since: EpochMs) => Promise<readonly { readonly issue: number; readonly at: EpochMs }[]>;
  /** @returns tasks that run, wait in review, or whose ledger was moved since */
  readonly inMotion: (since: EpochMs) => Promise<readonly number[]>;
}

export interface ControlStart {
  readonly repository: RepositoryRef;
  /** What GitHub started this pass for, when that is a task. */
  readonly subject: number | null;
  /** When the last pass that handled everything began; GitHub's time. */
  readonly since: EpochMs;
  /** Every open task is looked at, whether it changed or not. */
  readonly everything: boolean;
}

export interface ControlEnd {
  readonly looks: number;
  /** Tasks that could not be looked after: the pass failed, and the next one begins where this one began. */
  readonly failed: readonly number[];
  /** The pass ended at a limit of its own, with something still due. */
  readonly isCutShort: boolean;
}

/** Longest pass: a claim is given back after 15 minutes without a run, and a little later the pass is over. */
export const CONTROL_MS_MAX = 20 * 60_000;
/** Looks of one pass: GITHUB_TOKEN has 1,000 requests an hour, and a look takes about four. */
export const LOOKS_MAX = 120;
/** What is due within this is waited for; what is due later is found by the schedule: others wait for this pass to end. */
const FOLLOW_MS_MAX = 20_000;
/** Between two looks at a claim whose run has not begun, growing by half each time. */
const POLL_MS_FIRST = 1_000;
const POLL_MS_MAX = 30_000;
/** GitHub's servers do not agree on the time, and lists of theirs lag. */
const SLACK_MS = 60_000;
/** Tries of one task that throws. */
const TRIES_MAX = 3;

interface Pass {
  readonly ports: ControlPorts;
  readonly repository: RepositoryRef;
  /** When each task is due, by the process's clock. */
  readonly due: Map<number, EpochMs>;
  /** GitHub's time of the last look at each task. */
  readonly lookedAt: Map<number, EpochMs>;
  readonly failures: Map<number, number>;
  /** Claims whose run has not begun, and the wait before the next look at each. */
  readonly polls: Map<number, number>;
  looks: number;
}

export async function control(ports: ControlPorts, start: ControlStart): Promise<ControlEnd> {
  const { clock } = ports;
  const { repository } = start;
  const until = clock.now() + CONTROL_MS_MAX;
  const pass: Pass = {
    ports,
    repository,
    due: new Map(),
    lookedAt: new Map(),
    failures: new Map(),
    polls: new Map(),
    looks: 0,
  };
  let since = start.since - SLACK_MS;
  for (const issue of await ports.inMotion(since)) schedule(pass, issue, 0);
  if (start.everything) for (const issue of await ports.hub.openTasks(repository)) schedule(pass, issue, 0);
  if (start.subject !== null) schedule(pass, start.subject, 0);
  for (;;) {
    since = await noteChanges(pass, since);
    await lookAtDue(pass);
    const next = Math.min(...pass.due.values());
    const isOver = next === Number.POSITIVE_INFINITY;
    if (isOver || next >= until || pass.looks >= LOOKS_MAX) {
      const failed = [...pass.failures].flatMap(([issue, tries]) => (tries >= TRIES_MAX ? [issue] : []));
      return { looks: pass.looks, failed, isCutShort: !isOver };
    }
    await clock.wait(Math.max(next - clock.now(), 0));
  }
}

/** An earlier time wins. */
function schedule({ ports, due }: Pass, issue: number, delayMs: number): void {
  const at = ports.clock.now() + delayMs;
  due.set(issue, Math.min(due.get(issue) ?? Number.POSITIVE_INFINITY, at));
}

/**
 * Puts everything on the list that changed after it was looked at. GitHub's times are whole seconds: what changed in the
 * second of a look may have come after it.
 *
 * @returns from when on the next call has to ask
 */
async function noteChanges(pass: Pass, since: EpochMs): Promise<EpochMs> {
  const changed = await pass.ports.changedSince(since);
  for (const { issue, at } of changed) {
    const lookedAt = pass.lookedAt.get(issue);
    // Most often it was this very pass that changed it: that second has to be over first.
    if (lookedAt === undefined) schedule(pass, issue, 0);
    else if (at >= lookedAt) schedule(pass, issue, POLL_MS_FIRST);
  }
  return Math.max(since, ...changed.map(({ at }) => at - SLACK_MS));
}

async function lookAtDue(pass: Pass): Promise<void> {
  const now = pass.ports.clock.now();
  const ready = [...pass.due].filter(([, at]) => at <= now).sort(([a], [b]) => a - b);
  for (const [issue] of ready) {
    if (pass.looks >= LOOKS_MAX) return;
    pass.due.delete(issue);
    pass.looks += 1;
    try {
      follow(pass, issue, await lookAfter(pass, issue));
      pass.failures.delete(issue);
    } catch (error) {
      const tries = (pass.failures.get(issue) ?? 0) + 1;
      pass.failures.set(issue, tries);
      const { message } = error instanceof Error ? error : new Error("no error");
      pass.ports.log.warn({ issue, tries, error: message }, "a look failed");
      if (tries < TRIES_MAX) schedule(pass, issue, POLL_MS_FIRST * 2 ** tries);
    }
  }
}

/** One task, and the bind of its run when GitHub shows one at work. */
async function lookAfter({ ports, repository }: Pass, issue: number): Promise<Reconciled> {
  const ref: IssueRef = { ...repository, issue };
  const seen = await reconcile(ports, ref, []);
  const ask: Ask | null =
    seen.observation === null || seen.task === null ? null : bindSeen(seen.observation, seen.task);
  return ask === null ? seen : await reconcile(ports, ref, [ask]);
}

/** What a look found worth another one. */
function follow(pass: Pass, issue: number, { observation, task, wake, lookAgainAt, now }: Reconciled): void {
  if (now !== null) pass.lookedAt.set(issue, now);
  for (const other of wake) if (other !== issue) schedule(pass, other, 0);
  const isWaiting = task?.lease?.host === "actions" && task.lease.run === null && observation !== null;
  if (isWaiting) {
    const waitMs = pass.polls.get(issue) ?? POLL_MS_FIRST;
    pass.polls.set(issue, Math.min(waitMs * 1.5, POLL_MS_MAX));
    schedule(pass, issue, waitMs);
    return;
  }
  pass.polls.delete(issue);
  if (lookAgainAt === null || now === null) return;
  const waitMs = lookAgainAt - now;
  if (waitMs <= FOLLOW_MS_MAX) schedule(pass, issue, Math.max(waitMs, POLL_MS_FIRST));
}
