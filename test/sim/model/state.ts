// A state of the abstract GitHub: refs, messages under way, processes. Small enough that all of them can be walked.

import { LEDGER_PREFIX } from "../../../src/core/observation.ts";
import type { RefUpdate } from "../../../src/core/ports.ts";

/** What an app process does: nothing, or it waits for the answer to an update, or it is about to start a run. */
export type AppState =
  | { readonly does: "idle" }
  | { readonly does: "sending"; readonly update: string; readonly asks: number }
  | { readonly does: "dispatching"; readonly task: number; readonly token: string };

export interface RunState {
  readonly task: number;
  readonly token: string;
  /** What GitHub says of it. */
  readonly isOver: boolean;
  /** What its process really does, whatever GitHub says. */
  readonly does: "waits" | "works" | "publishes" | "ended";
  readonly update: string;
}

export interface ModelState {
  readonly refs: ReadonlyMap<string, string>;
  readonly apps: readonly AppState[];
  readonly runs: readonly RunState[];
  /** Updates on the wire: each may arrive at any time, or never. */
  readonly flying: readonly string[];
  /** What a person said on an issue, by task. */
  readonly said: readonly string[];
  readonly crashes: number;
  readonly meddling: number;
  /** What has ever stood in a ledger, for the invariants: `bind <token> <run>`, `end <token>`; and which updates were carried out: `applied <update>`. */
  readonly facts: readonly string[];
}

/** Updates are immutable and compared often: each is kept once, under a short name. */
const updates = new Map<string, readonly RefUpdate[]>();
const names = new Map<string, string>();

export function nameOfUpdate(update: readonly RefUpdate[]): string {
  const text = update.map(({ ref, before, after }) => `${ref}:${before ?? ""}:${after ?? ""}`).join(" ");
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `u${names.size}`;
  names.set(text, name);
  updates.set(name, update);
  return name;
}

export function updateOf(name: string): readonly RefUpdate[] {
  const found = updates.get(name);
  if (found === undefined) throw new Error(`there is no update ${name}`);
  return found;
}

/** Names of the updates that a process waits to hear of. */
function awaited(state: ModelState): readonly string[] {
  const sending = state.apps.flatMap((app) => (app.does === "sending" ? [app.update] : []));
  return [...sending, ...state.runs.flatMap(({ update }) => (update === "" ? [] : [update]))];
}

/** Forgets what nothing can depend on any more: facts of tokens that no run holds, and of updates that nobody awaits. */
export function tidied(state: ModelState): ModelState {
  const flying = state.flying.filter((name) => mayStillArrive(state, name));
  const names = new Set(awaited(state));
  const tokens = new Set(state.runs.flatMap(({ does, token }) => (does === "ended" ? [] : [token])));
  const facts = state.facts.filter((fact) => {
    const [kind, sha = ""] = fact.split(" ");
    return kind === "applied" ? names.has(sha) : tokens.has(sha);
  });
  return { ...state, facts, flying };
}

/** A ledger never comes back to where it stood before, unless a person deletes it: what expects the past is refused for good. */
function mayStillArrive(state: ModelState, name: string): boolean {
  return updateOf(name).every(({ ref, before }) => {
    if (!ref.startsWith(LEDGER_PREFIX)) return true;
    const stands = state.refs.get(ref) ?? null;
    return stands === before || (before === null && state.meddling > 0);
  });
}

/** States that differ only in which of two equal processes is which are one state. */
export function keyOf(state: ModelState): string {
  const refs = [...state.refs].map(([ref, sha]) => `${ref}=${sha.slice(0, 8)}`).sort();
  const apps = state.apps.map((app) => Object.values(app).join("/")).sort();
  const runs = state.runs.map(
    (run) => `${run.task}${run.token.slice(0, 8)}${run.isOver ? "x" : ""}${run.does}${run.update}`,
  );
  return [
    refs.join(","),
    apps.join(","),
    runs.join(","),
    state.flying.toSorted().join(","),
    state.said.join(","),
    state.crashes,
    state.meddling,
    state.facts.toSorted().join(","),
  ].join("|");
}
