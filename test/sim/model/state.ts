// A state of the abstract GitHub: refs, runs, messages under way. Small enough that all of them can be walked.
//
// App processes are not in it. One that has sent an update keeps nothing that matters but the answer, and may die with it
// at any time; and whatever a look would send now may also be on the wire since then, or arrive much later, or never. So
// everything that could have been sent is on the wire: these are the states of any number of processes, of crashes at any
// moment, of lost, late and ambiguous requests.

import { LEDGER_PREFIX } from "../../../src/core/observation.ts";
import type { RefUpdate } from "../../../src/core/ports.ts";

export interface RunState {
  readonly task: number;
  readonly token: string;
  /** What GitHub says of it; its process may live on, and may publish at any time. */
  readonly isOver: boolean;
  /** It was told that it is bound. */
  readonly works: boolean;
}

export interface ModelState {
  readonly refs: ReadonlyMap<string, string>;
  readonly runs: readonly RunState[];
  /** Updates that may still arrive. */
  readonly flying: readonly string[];
  /** `<task> <token>`: runs that somebody may still start, any number of times. */
  readonly dispatched: readonly string[];
  /** What a person said on an issue, by task. */
  readonly said: readonly string[];
  readonly meddling: number;
  /** What has ever stood in a ledger, for the invariants: `bind <token> <run>`, `end <token>`. */
  readonly facts: readonly string[];
}

/** Updates are immutable and compared often: each is kept once, under a short name. */
const updates: (readonly RefUpdate[])[] = [];
const names = new Map<string, string>();

export function nameOfUpdate(update: readonly RefUpdate[]): string {
  const text = update.map(({ ref, before, after }) => `${ref}:${before ?? ""}:${after ?? ""}`).join(" ");
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `${updates.length}`;
  names.set(text, name);
  updates.push(update);
  return name;
}

export function updateOf(name: string): readonly RefUpdate[] {
  const found = updates[Number(name)];
  if (found === undefined) throw new Error(`there is no update ${name}`);
  return found;
}

/** A ledger never comes back to where it stood before, unless a person deletes it: what expects the past is refused for good. */
function mayStillArrive(state: ModelState, name: string): boolean {
  return updateOf(name).every(({ ref, before }) => {
    if (!ref.startsWith(LEDGER_PREFIX)) return true;
    return (state.refs.get(ref) ?? null) === before || (before === null && state.meddling > 0);
  });
}

/** Forgets what nothing can depend on any more: messages that must fail, starts of runs when there are no more runs. */
export function tidied(state: ModelState, runsMax: number, flying: readonly string[] = state.flying): ModelState {
  const tokens = new Set(
    [...state.runs, ...state.dispatched.map((one) => ({ token: one.split(" ")[1] }))].map(({ token }) => token),
  );
  return {
    ...state,
    flying: [...new Set(flying)].filter((name) => mayStillArrive(state, name)).sort(),
    dispatched: state.runs.length < runsMax ? [...new Set(state.dispatched)].sort() : [],
    facts: [...new Set(state.facts)].filter((fact) => tokens.has(fact.split(" ")[1] ?? "")).sort(),
  };
}

export function keyOf(state: ModelState): string {
  let key = "";
  for (const [ref, sha] of state.refs) key += `${ref.slice(22)}${sha.slice(0, 10)};`;
  for (const { task, token, isOver, works } of state.runs)
    key += `${task}${token.slice(0, 10)}${isOver ? "x" : ""}${works ? "w" : ""};`;
  return `${key}|${state.flying.join()}|${state.dispatched.join()}|${state.said.join()}|${state.meddling}|${state.facts.join()}`;
}

/** Refs in one order, so that equal states have equal keys. */
export function withRefs(state: ModelState, changes: readonly (readonly [string, string | null])[]): ModelState {
  const refs = new Map(state.refs);
  for (const [ref, sha] of changes) {
    if (sha === null) refs.delete(ref);
    else refs.set(ref, sha);
  }
  return { ...state, refs: new Map([...refs].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
