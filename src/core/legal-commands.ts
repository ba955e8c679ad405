// Which commands make sense where a task stands: from the registry and the transition table, so that no third list exists.

import { type Command, command, VERBS, type Verb } from "./commands.ts";
import type { State } from "./task.ts";
import { type MoveName, transition } from "./transitions.ts";

/** Commands that are not offered unasked: they concern the whole repository, or go past the guards. */
const UNOFFERED: ReadonlySet<Verb> = new Set(["pause", "resume", "force", "help", "status"]);

const ENDED: ReadonlySet<State | "none"> = new Set(["done", "failed", "cancelled"]);

function isLegal(verb: Verb, row: Command, state: State | "none", isHeld: boolean): boolean {
  if (UNOFFERED.has(verb) || !("move" in row.does)) return false;
  if (verb === "hold" || verb === "unhold") {
    if (isHeld !== (verb === "unhold")) return false;
  }
  if (verb === "set" && ENDED.has(state)) return false;
  return transition(row.does.move).from.includes(state);
}

/** @returns verbs that a person may give now, in the registry's order */
export function legalVerbs(state: State | "none", isHeld: boolean): readonly Verb[] {
  return VERBS.filter((verb) => isLegal(verb, command(verb), state, isHeld));
}

/** @returns usages of the commands that ask for one of these moves; a move without a command is the machine's own */
export function usagesOf(moves: readonly MoveName[]): readonly string[] {
  return VERBS.filter((verb) => verb !== "set" && verb !== "breakdown" && verb !== "force")
    .map(command)
    .filter(({ does }) => "move" in does && moves.includes(does.move))
    .map(({ usage }) => usage);
}
