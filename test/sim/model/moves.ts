// Everything that can happen next in a state: somebody looks, a message arrives or is lost, a process dies, a person
// meddles. What the product does about it is asked of the product (`looks.ts`); what GitHub does is here.

import { LEDGER_PREFIX, ledgerRef, REPOSITORY_LEDGER_REF, taskBranch } from "../../../src/core/observation.ts";
import type { RefUpdate } from "../../../src/core/ports.ts";
import { proofOf } from "../../../src/core/settle-refs.ts";
import { type Fact, type Found, judgeUpdate, judgeWork } from "./judge.ts";
import { appLook, runIdOf, runLook, WAITS, type Wait } from "./looks.ts";
import { commitOf } from "./objects.ts";
import { type AppState, type ModelState, nameOfUpdate, type RunState, updateOf } from "./state.ts";

export interface Next {
  readonly label: string;
  readonly state: ModelState;
  /** What this step broke, or null. */
  readonly found: Found | null;
}

export interface Bounds {
  readonly tasks: number;
  readonly runs: number;
  /** Updates on the wire at once: one more is sent when another has arrived or is lost. */
  readonly flying: number;
  /** Things that a person does with the refs or says, in all. */
  readonly meddling: number;
}

/** A store without compare-and-swap, or without atomicity: what the protocol leans on, taken away. */
export interface BrokenGithub {
  readonly ignoresBefore?: boolean;
  readonly splitsUpdates?: boolean;
}

const IDLE: AppState = { does: "idle" };
const HUMAN_HEAD = "f".repeat(40);

function withApp(state: ModelState, index: number, app: AppState): ModelState {
  return { ...state, apps: state.apps.map((one, at) => (at === index ? app : one)) };
}

function withRun(state: ModelState, index: number, change: Partial<RunState>): ModelState {
  return { ...state, runs: state.runs.map((run, at) => (at === index ? { ...run, ...change } : run)) };
}

export function createMoves(bounds: Bounds, github: BrokenGithub) {
  const step = (label: string, state: ModelState, found: Found | null = null): Next => ({ label, state, found });

  async function looks(state: ModelState): Promise<Next[]> {
    const next: Next[] = [];
    for (const [index, app] of state.apps.entries()) {
      if (app.does !== "idle") continue;
      for (let task = 0; task < bounds.tasks; task += 1) {
        for (const wait of Object.keys(WAITS) as Wait[]) next.push(...(await oneLook(state, index, task, wait, null)));
        for (const [run, { does, task: of }] of state.runs.entries())
          if (does === "waits" && of === task) next.push(...(await oneLook(state, index, task, "soon", run)));
      }
      // Processes are alike: what one can do, the other can.
      if (state.apps.every((other) => other.does === "idle")) break;
    }
    return next;
  }

  async function oneLook(
    state: ModelState,
    index: number,
    task: number,
    wait: Wait,
    run: number | null,
  ): Promise<Next[]> {
    const label = `app looks at ${task + 1} ${run === null ? wait : `for run ${run}`}`;
    const seen = await appLook(state, task, wait, run);
    if (seen.comes === "nothing") {
      if (run === null || seen.reply === "") return [];
      if (seen.reply === "refused") return [step(`${label}: refused`, withRun(state, run, { does: "ended" }))];
      return [works(state, run, `${label}: ${seen.reply}`)];
    }
    if (seen.comes === "dispatch") {
      if (state.runs.length >= bounds.runs) return [];
      return [step(`${label}: will dispatch`, withApp(state, index, { does: "dispatching", task, token: seen.token }))];
    }
    const update = nameOfUpdate(seen.update);
    const sending: AppState = {
      does: "sending",
      update,
      asks: run !== null && binds(seen.update, run) ? run : -1,
    };
    return [
      step(`${label}: sends ${told(seen.update)}`, {
        ...withApp(state, index, sending),
        flying: fly(state, update),
      }),
    ];
  }

  function works(state: ModelState, index: number, label: string): Next {
    const run = state.runs[index];
    if (run === undefined || run.does !== "waits") return step(label, state);
    const after = withRun(state, index, { does: "works" });
    return step(`${label}: run ${index} works`, after, judgeWork(state, index));
  }

  function dispatches(state: ModelState): Next[] {
    return state.apps.flatMap((app, index) => {
      if (app.does !== "dispatching" || state.runs.length >= bounds.runs) return [];
      const run: RunState = { task: app.task, token: app.token, isOver: false, does: "waits", update: "" };
      return [
        step(
          `app dispatches run ${state.runs.length} for ${app.task + 1}`,
          withApp({ ...state, runs: [...state.runs, run] }, index, IDLE),
        ),
      ];
    });
  }

  /** An update reaches GitHub, or never does. */
  function arrivals(state: ModelState): Next[] {
    return [...new Set(state.flying)].flatMap((name) => {
      const at = state.flying.indexOf(name);
      const flying = state.flying.filter((_, index) => index !== at);
      const update = updateOf(name);
      const arrived = apply({ ...state, flying }, update);
      return [
        step(`arrives: ${told(update)}`, arrived.state, arrived.found),
        step(`lost: ${told(update)}`, { ...state, flying }),
      ];
    });
  }

  function apply(
    state: ModelState,
    update: readonly RefUpdate[],
  ): { readonly state: ModelState; readonly found: Found | null } {
    const stands = (one: RefUpdate): boolean =>
      github.ignoresBefore === true || (state.refs.get(one.ref) ?? null) === one.before;
    const ours = update.filter(({ ref }) => !ref.includes("/staging/"));
    const applied = github.splitsUpdates === true ? ours.filter(stands) : ours.every(stands) ? ours : [];
    if (applied.length === 0) return { state, found: null };
    const refs = new Map(state.refs);
    for (const { ref, after } of applied) {
      if (after === null) refs.delete(ref);
      else refs.set(ref, after);
    }
    const judged = judgeUpdate(state, { ...state, refs }, applied);
    const done = [`applied ${nameOfUpdate(update)}`];
    const facts: readonly Fact[] = [...new Set([...state.facts, ...judged.facts, ...done])];
    return { state: { ...state, refs, facts }, found: judged.found };
  }

  /** Somebody who waits for an answer learns what came of it, by the same steps as the real adapter. */
  function answers(state: ModelState): Next[] {
    const next: Next[] = [];
    for (const [index, app] of state.apps.entries()) {
      if (app.does !== "sending") continue;
      const outcome = settled(state, app.update);
      const idle = withApp(state, index, IDLE);
      if (outcome.is === "won" && app.asks >= 0) next.push(works(idle, app.asks, "app has bound"));
      else next.push(step(`app hears ${outcome.is}`, idle, outcome.found));
      if (outcome.is === "unknown") next.push(...resent("app", state, app.update));
    }
    for (const [index, run] of state.runs.entries()) {
      if (run.does !== "publishes" || run.update === "") continue;
      const outcome = settled(state, run.update);
      const change: Partial<RunState> = outcome.is === "won" ? { does: "ended", update: "" } : { update: "" };
      next.push(step(`run ${index} hears ${outcome.is}`, withRun(state, index, change), outcome.found));
      if (outcome.is === "unknown") next.push(...resent(`run ${index}`, state, run.update));
    }
    return next;
  }

  function resent(who: string, state: ModelState, update: string): Next[] {
    return state.flying.includes(update)
      ? []
      : [step(`${who} sends the same again`, { ...state, flying: fly(state, update) })];
  }

  function settled(state: ModelState, name: string) {
    const update = updateOf(name);
    // The staging ref is deleted by the update and by nobody else: it proves nothing.
    const found = update
      .filter(({ ref }) => !ref.includes("/staging/"))
      .map((one) => ({ update: one, tip: state.refs.get(one.ref) ?? null, newest: newestOf(state, one.ref) }));
    const proof = proofOf(found);
    const stood = state.facts.includes(`applied ${name}`);
    const isSure = state.meddling === bounds.meddling;
    if (proof === "won") return { is: "won", found: null } as const;
    if (proof === "lost") return { is: "lost", found: stood && isSure ? lie("lost", update) : null } as const;
    return { is: "unknown", found: null } as const;
  }

  function publishes(state: ModelState): Promise<Next[]> {
    return Promise.all(
      state.runs.flatMap((run, index) => {
        if (run.does === "works")
          return (["done", "out-of-time"] as const).map((ending) => onePublish(state, index, ending));
        return run.does === "publishes" && run.update === "" ? [onePublish(state, index, "done")] : [];
      }),
    );
  }

  async function onePublish(state: ModelState, index: number, ending: "done" | "out-of-time"): Promise<Next> {
    const seen = await runLook(state, index, ending);
    const label = `run ${index} publishes (${ending})`;
    if (seen.comes !== "update") return step(`${label}: refused`, withRun(state, index, { does: "ended", update: "" }));
    const update = nameOfUpdate(seen.update);
    return step(`${label}: sends ${told(seen.update)}`, {
      ...withRun(state, index, { does: "publishes", update }),
      flying: fly(state, update),
    });
  }

  /** GitHub calls a run over although its process lives; processes die. */
  function deaths(state: ModelState): Next[] {
    const next: Next[] = state.runs.flatMap((run, index) => [
      ...(run.isOver ? [] : [step(`GitHub calls run ${index} over`, withRun(state, index, { isOver: true }))]),
    ]);
    if (state.crashes === 0) return next;
    for (const [index, app] of state.apps.entries())
      if (app.does !== "idle")
        next.push(step("app crashes", { ...withApp(state, index, IDLE), crashes: state.crashes - 1 }));
    return next;
  }

  function meddling(state: ModelState): Next[] {
    if (state.meddling === 0) return [];
    const less = { ...state, meddling: state.meddling - 1 };
    const next: Next[] = [];
    for (let task = 0; task < bounds.tasks; task += 1) {
      const [ledger, branch] = [ledgerRef(task + 1), `refs/heads/${taskBranch(task + 1)}`];
      const moved = (ref: string, sha: string | null): ModelState => {
        const refs = new Map(state.refs);
        if (sha === null) refs.delete(ref);
        else refs.set(ref, sha);
        return { ...less, refs };
      };
      const says = (text: string): ModelState => ({
        ...less,
        said: state.said.map((was, at) => (at === task ? text : was)),
      });
      if (state.refs.has(ledger)) next.push(step(`person deletes ledger ${task + 1}`, moved(ledger, null)));
      if (state.refs.has(branch)) next.push(step(`person deletes branch ${task + 1}`, moved(branch, null)));
      next.push(step(`person pushes to branch ${task + 1}`, moved(branch, HUMAN_HEAD)));
      next.push(step(`person releases ${task + 1}`, says("/task release stop")));
      next.push(step(`person cancels ${task + 1}`, says("/task cancel")));
      next.push(step(`person forces ${task + 1} to the queue`, says("/task force queued again")));
    }
    return next;
  }

  return async function nextOf(state: ModelState): Promise<readonly Next[]> {
    const next = [
      ...(await looks(state)),
      ...dispatches(state),
      ...arrivals(state),
      ...answers(state),
      ...(await publishes(state)),
      ...deaths(state),
      ...meddling(state),
    ];
    return next.filter((one) => one.state.flying.length <= bounds.flying);
  };
}

/** Whether the update is the bind that this run asked for; a look may find something else to do first. */
function binds(update: readonly RefUpdate[], run: number): boolean {
  return update.some(({ ref, after }) => {
    if (after === null || !ref.startsWith(LEDGER_PREFIX) || ref === REPOSITORY_LEDGER_REF) return false;
    const { json } = commitOf(after);
    const data = json["data"] as { readonly run?: { readonly id: number } };
    return json["move"] === "bind" && data.run?.id === runIdOf(run);
  });
}

/** The same update twice on the wire is one: whatever comes second finds that the refs have moved. */
function fly(state: ModelState, update: string): readonly string[] {
  return [...new Set([...state.flying, update])];
}

function told(update: readonly RefUpdate[]): string {
  return update
    .filter(({ ref, after }) => after !== null && ref.includes("/ledger/"))
    .map(({ ref, after }) => `${ref.split("/").at(-1)}:${commitOf(after ?? "").json["move"] ?? "shared"}`)
    .join("+");
}

/** The newest commits of a ref. The shared ledger's commits go by what they say, so its history is what ever stood there. */
function newestOf(state: ModelState, ref: string): readonly string[] {
  const tip = state.refs.get(ref);
  if (tip === undefined) return [];
  // Heads of work have no history here.
  if (!ref.startsWith(LEDGER_PREFIX)) return [tip];
  if (ref === REPOSITORY_LEDGER_REF) {
    const applied = state.facts.flatMap((fact) => (fact.startsWith("applied ") ? updateOf(fact.slice(8)) : []));
    return [tip, ...applied.flatMap((one) => (one.ref === ref && one.after !== null ? [one.after] : []))];
  }
  const newest: string[] = [];
  for (let sha: string | null = tip; sha !== null; sha = commitOf(sha).parent) newest.push(sha);
  return newest;
}

function lie(heard: string, update: readonly RefUpdate[]): Found {
  return { invariant: "answers-are-true", detail: `somebody heard ${heard} of ${told(update)}` };
}
