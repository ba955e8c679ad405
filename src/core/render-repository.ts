// One plain sentence for a record of the repository ledger.

import { money } from "./render-format.ts";
import type { RepositoryMove } from "./repository.ts";
import { safeLine } from "./safe-text.ts";

/** Longest piece of somebody's text in a sentence, in code points. */
const QUOTED_CHARS_MAX = 80;

function moveSentence(move: RepositoryMove): string {
  switch (move.move) {
    case "admit":
      return `issue ${move.issue} admitted, ${money(move.reserved)} reserved`;
    case "discharge":
      return `issue ${move.issue} discharged, ${money(move.spent)} spent`;
    case "pause":
      return `${scope(move.role)} paused by ${safeLine(move.by, QUOTED_CHARS_MAX)}: ${safeLine(move.why, QUOTED_CHARS_MAX)}`;
    case "resume":
      return `${scope(move.role)} resumed by ${safeLine(move.by, QUOTED_CHARS_MAX)}`;
  }
}

function scope(role: string | null): string {
  return role === null ? "claims" : `role ${safeLine(role, QUOTED_CHARS_MAX)}`;
}

/** @returns what `git log` shows for one record, without a full stop */
export function repositorySentence(moves: readonly RepositoryMove[]): string {
  const sentence = moves.map(moveSentence).join("; ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
