// After the faults: sweeps and webhooks work, runs are quick, nobody interferes. Everything must come to rest, and what
// is at rest must be explained by its ledger, shown once, and left alone by another look.

import { createMemoryHub } from "../../src/adapters/memory/memory-hub.ts";
import type { People } from "../../src/adapters/memory/people.ts";
import type { MemoryWorld } from "../../src/adapters/memory/world.ts";
import { BOARD_EDIT_MS } from "../../src/core/board.ts";
import type { Account } from "../../src/core/observation.ts";
import { ledgerRef } from "../../src/core/observation.ts";
import { type Hub, keyOf, type RepositoryRef } from "../../src/core/ports.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type Instance, QUIET, SWEEP_MS } from "./instance.ts";
import type { Monitor } from "./invariants.ts";
import type { Crowd } from "./people.ts";
import { judgeRest } from "./rest.ts";
import type { Runners } from "./runner.ts";
import type { Timeline } from "./timeline.ts";
import { LATE_MS_MAX } from "./unreliable-hub.ts";

export interface SettleOptions {
  readonly timeline: Timeline;
  readonly world: MemoryWorld;
  readonly repository: RepositoryRef;
  readonly writer: Account;
  readonly people: People;
  readonly crowd: Crowd;
  readonly issues: readonly number[];
  readonly monitor: Monitor;
  readonly runners: Runners;
  /** App processes that ran at once. */
  readonly instanceCount: number;
  readonly anyInstance: () => Instance | null;
}

/** A day: more than any backoff, lease and queue of these histories. */
const SWEEPS_MAX = 288;
const SWEEPS_TO_SETTLE = 3;
/** A person's claim lasts a week: what is due later than this is rest. */
const SOON_MS = 24 * 3_600_000;

class WouldWrite extends Error {
  override readonly name = "WouldWrite";
}

/** Reads like GitHub, and throws at the first write. */
function readOnlyHub({ world, writer }: SettleOptions): Hub {
  const hub = createMemoryHub({ world, writer });
  const refuse = async (what: string): Promise<never> => {
    throw new WouldWrite(what);
  };
  return {
    ...hub,
    createRecord: (_ref, { message }) => refuse(`append ${message.split("\n")[0]}`),
    updateRefs: (_ref, updates) => refuse(updates.map(({ ref }) => ref).join(" ")),
    apply: (_ref, effects) => refuse(effects.map(({ kind }) => kind).join(" ")),
  };
}

/** @returns what a look at this issue would write first, or null; and when it wants to look again */
async function wouldWrite(options: SettleOptions, issue: number) {
  const deps = { hub: readOnlyHub(options), log: QUIET, mention: "signalbox", nonce: () => "0".repeat(16) };
  try {
    const { lookAgainAt } = await reconcile(deps, { ...options.repository, issue }, []);
    return { what: null, lookAgainAt };
  } catch (error) {
    if (error instanceof WouldWrite) return { what: error.message, lookAgainAt: null };
    throw error;
  }
}

export async function settle(options: SettleOptions): Promise<void> {
  const { timeline, people, crowd, issues, monitor, world, runners } = options;
  // What is no open task is in no sweep: somebody looks in once. And what was sent long ago arrives at last.
  for (const issue of issues) options.anyInstance()?.deliver(keyOf({ ...options.repository, issue }));
  await timeline.runTo(timeline.now() + LATE_MS_MAX);
  for (const issue of issues) options.anyInstance()?.deliver(keyOf({ ...options.repository, issue }));
  // An issue of its own, because one whose ledger is not believed obeys nothing.
  const desk = people.openIssue(crowd.mara, { title: "Desk", body: "Where commands for everything are given." });
  const overdue = new Map<number, { readonly what: string; readonly sweeps: number }>();
  let isAtRest = false;
  for (let sweep = 0; sweep < SWEEPS_MAX && !isAtRest; sweep += 1) {
    const isPaused = monitor.shared(people.state()).paused !== null;
    if (isPaused) people.comment(crowd.mara, desk, "/task resume");
    await timeline.runTo(timeline.now() + SWEEP_MS);
    isAtRest =
      !isPaused &&
      runners.alive === 0 &&
      ![...people.state().runs.values()].some(({ status }) => status !== "completed");
    for (const issue of issues) {
      const { what, lookAgainAt } = await wouldWrite(options, issue);
      const isSoon = lookAgainAt !== null && lookAgainAt < timeline.now() + SOON_MS;
      if (what !== null || isSoon) isAtRest = false;
      const before = overdue.get(issue);
      const tip = `${people.refOf(ledgerRef(issue))} ${what}`;
      if (what === null) overdue.delete(issue);
      else overdue.set(issue, { what: tip, sweeps: before?.what === tip ? before.sweeps + 1 : 1 });
      if ((overdue.get(issue)?.sweeps ?? 0) > SWEEPS_TO_SETTLE) {
        monitor.broken("settles-in-three-sweeps", `issue ${issue} still wants: ${what}`);
        return;
      }
    }
  }
  if (!isAtRest) monitor.broken("settles-in-three-sweeps", "a day was not enough");
  // A dashboard is edited at most once a minute: the last edit may still be due.
  await timeline.runTo(timeline.now() + 2 * BOARD_EDIT_MS);
  const writes = world.history.length;
  await timeline.runTo(timeline.now() + 2 * SWEEP_MS);
  const extra = world.history.slice(writes);
  if (extra.length > 0) monitor.broken("second-look-writes-nothing", JSON.stringify(extra.slice(0, 3)));
  judgeRest(options);
  monitor.judgeCharges();
}
