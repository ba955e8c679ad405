// After the faults: sweeps and webhooks work, runs are quick, nobody interferes. Everything must come to rest, and what
// is at rest must be explained by its ledger, shown once, and left alone by another look.

import { createMemoryHub } from "../../src/adapters/memory/memory-hub.ts";
import type { People } from "../../src/adapters/memory/people.ts";
import type { MemoryWorld } from "../../src/adapters/memory/world.ts";
import type { Account } from "../../src/core/observation.ts";
import { ledgerRef, taskBranch } from "../../src/core/observation.ts";
import { type Hub, keyOf, type RepositoryRef } from "../../src/core/ports.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type Instance, QUIET, SWEEP_MS } from "./instance.ts";
import type { Monitor } from "./invariants.ts";
import type { Crowd } from "./people.ts";
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
  const [first = 0] = issues;
  if (people.state().issues.has(first)) people.comment(crowd.mara, first, "/task resume");
  // What is no open task is in no sweep: somebody looks in once. And what was sent long ago arrives at last.
  for (const issue of issues) options.anyInstance()?.deliver(keyOf({ ...options.repository, issue }));
  await timeline.runTo(timeline.now() + LATE_MS_MAX);
  for (const issue of issues) options.anyInstance()?.deliver(keyOf({ ...options.repository, issue }));
  const overdue = new Map<number, { readonly what: string; readonly sweeps: number }>();
  let isAtRest = false;
  for (let sweep = 0; sweep < SWEEPS_MAX && !isAtRest; sweep += 1) {
    await timeline.runTo(timeline.now() + SWEEP_MS);
    isAtRest = runners.alive === 0 && ![...people.state().runs.values()].some(({ status }) => status !== "completed");
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
  const writes = world.history.length;
  await timeline.runTo(timeline.now() + 2 * SWEEP_MS);
  const extra = world.history.slice(writes);
  if (extra.length > 0) monitor.broken("second-look-writes-nothing", JSON.stringify(extra.slice(0, 3)));
  judgeRest(options);
}

function judgeRest({ people, issues, monitor, writer }: SettleOptions): void {
  const { comments, pullRequests } = people.state();
  for (const issue of issues) {
    const keys = [...comments.values()]
      .filter((one) => one.on === issue && one.author?.id === writer.id)
      .map((one) => (one.body.split("\n", 1)[0] ?? "").replace(/(status) .*| (granted|bound|ended) -->/, "$1"));
    const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
    if (twice.length > 0) monitor.broken("one-of-each-object", `issue ${issue}: ${twice.join(", ")}`);
    const open = [...pullRequests.values()].filter((pull) => pull.isOpen && pull.headRef === taskBranch(issue));
    if (open.length > 1) monitor.broken("one-of-each-object", `issue ${issue}: ${open.length} open pull requests`);
  }
}
