// Everything that can happen next in a state: a message arrives, a run starts, is told of its bind or called over, a
// person meddles. What the product sends is asked of the product (`looks.ts`); what GitHub does with it is here.

import { ledgerRef, taskBranch } from "../../../src/core/observation.ts";
import type { RefUpdate } from "../../../src/core/ports.ts";
import { type Found, judgeUpdate, judgeWork } from "./judge.ts";
import { appLook, runIdOf, runLook, type Seen, WAITS, type Wait } from "./looks.ts";
import { commitOf } from "./objects.ts";
import { type ModelState, nameOfUpdate, type RunState, tidied, updateOf, withRefs } from "./state.ts";

export interface Next {
  readonly label: string;
  readonly state: ModelState;
  /** What this step broke, or null. */
  readonly found: Found | null;
}

export interface Bounds {
  readonly tasks: number;
  readonly runs: number;
  /** Things that a person does with the refs or says, in all. */
  readonly meddling: number;
}

/** A GitHub without compare-and-swap, or without atomicity: what the protocol leans on, taken away. */
export interface BrokenGithub {
  readonly ignoresBefore?: boolean;
  readonly splitsUpdates?: boolean;
}

const HUMAN_HEAD = "f".repeat(40);

function withRun(state: ModelState, index: number, change: Partial<RunState>): ModelState {
  return { ...state, runs: state.runs.map((run, at) => (at === index ? { ...run, ...change } : run)) };
}

export function createMoves(bounds: Bounds, github: BrokenGithub) {
  const step = (label: string, state: ModelState, found: Found | null = null): Next => ({ label, state, found });

  /** The state with everything on the wire that anybody could send now. */
  async function withLooks(state: ModelState): Promise<ModelState> {
    const seen: Seen[] = [];
    const dispatched = [...state.dispatched];
    for (let task = 0; task < bounds.tasks; task += 1) {
      for (const wait of Object.keys(WAITS) as Wait[]) {
        const look = await appLook(state, task, wait, null);
        if (look.comes === "dispatch") dispatched.push(`${task} ${look.token}`);
        else seen.push(look);
      }
    }
    for (const [index, run] of state.runs.entries()) {
      if (!run.works) seen.push(await appLook(state, run.task, "soon", index));
      else seen.push(await runLook(state, index, "done"), await runLook(state, index, "out-of-time"));
    }
    const sent = seen.flatMap((look) => (look.comes === "update" ? [nameOfUpdate(look.update)] : []));
    return tidied({ ...state, dispatched }, bounds.runs, [...state.flying, ...sent]);
  }

  function arrivals(state: ModelState): Next[] {
    return state.flying.flatMap((name) => {
      const update = updateOf(name);
      const stands = (one: RefUpdate): boolean =>
        github.ignoresBefore === true || (state.refs.get(one.ref) ?? null) === one.before;
      const ours = update.filter(({ ref }) => !ref.includes("/staging/"));
      const applied = github.splitsUpdates === true ? ours.filter(stands) : ours.every(stands) ? ours : [];
      if (applied.length === 0) return [];
      const after = withRefs(
        state,
        applied.map(({ ref, after: sha }) => [ref, sha] as const),
      );
      const { facts, found } = judgeUpdate(state, after, applied);
      return [step(told(update), { ...after, facts: [...state.facts, ...facts] }, found)];
    });
  }

  function runs(state: ModelState): Next[] {
    const starts = state.runs.length < bounds.runs ? state.dispatched : [];
    return [
      ...starts.map((one) => {
        const [task, token = ""] = one.split(" ");
        const run: RunState = { task: Number(task), token, isOver: false, works: false };
        return step(`run ${state.runs.length} starts for ${Number(task) + 1}`, {
          ...state,
          runs: [...state.runs, run],
        });
      }),
      ...state.runs.flatMap((run, index) => [
        ...(run.isOver ? [] : [step(`GitHub calls run ${index} over`, withRun(state, index, { isOver: true }))]),
        // A bind that was carried out may be told to its run at any time after, whatever has happened since.
        ...(!run.works && state.facts.includes(`bind ${run.token} ${runIdOf(index)}`)
          ? [step(`run ${index} works`, withRun(state, index, { works: true }), judgeWork(state, index))]
          : []),
      ]),
    ];
  }

  function meddling(state: ModelState): Next[] {
    if (state.meddling === 0) return [];
    const less = { ...state, meddling: state.meddling - 1 };
    const next: Next[] = [];
    for (let task = 0; task < bounds.tasks; task += 1) {
      const [ledger, branch] = [ledgerRef(task + 1), `refs/heads/${taskBranch(task + 1)}`];
      const says = (text: string): ModelState => ({
        ...less,
        said: less.said.map((was, at) => (at === task ? text : was)),
      });
      if (state.refs.has(ledger))
        next.push(step(`person deletes ledger ${task + 1}`, withRefs(less, [[ledger, null]])));
      if (state.refs.has(branch))
        next.push(step(`person deletes branch ${task + 1}`, withRefs(less, [[branch, null]])));
      next.push(step(`person pushes to branch ${task + 1}`, withRefs(less, [[branch, HUMAN_HEAD]])));
      for (const word of ["release stop", "cancel", "force queued again"])
        next.push(step(`person says ${word} on ${task + 1}`, says(`/task ${word}`)));
    }
    return next;
  }

  return async function nextOf(
    bare: ModelState,
  ): Promise<{ readonly key: ModelState; readonly next: readonly Next[] }> {
    const state = await withLooks(bare);
    return { key: state, next: [...arrivals(state), ...runs(state), ...meddling(state)] };
  };
}

function told(update: readonly RefUpdate[]): string {
  return update
    .filter(({ ref, after }) => after !== null && ref.includes("/ledger/"))
    .map(({ ref, after }) => `${ref.split("/").at(-1)}:${commitOf(after ?? "").json["move"] ?? "shared"}`)
    .join(" + ");
}
