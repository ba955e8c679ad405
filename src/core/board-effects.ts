// The writes that bring a board to its text: made when it is missing, edited at most once a minute unless somebody waits
// for an answer to a box, and only one of each kind left open.

import { BOARD_EDIT_MS, BOARD_TITLES, type BoardChanges, type BoardKind, boardsOf } from "./board.ts";
import type { Effect } from "./ports.ts";
import type { Survey } from "./survey.ts";
import type { EpochMs } from "./task.ts";

export interface BoardText {
  readonly kind: BoardKind;
  readonly text: string;
  /** Null when there is no board yet. */
  readonly changes: BoardChanges | null;
  /** Whether one should be made. */
  readonly isWanted: boolean;
}

export interface BoardEffects {
  readonly effects: readonly Effect[];
  /** When an edit that is too early now is due, or null. */
  readonly lookAgainAt: EpochMs | null;
}

export function boardEffects({ boards, now }: Survey, { kind, text, changes, isWanted }: BoardText): BoardEffects {
  const [board, ...others] = boardsOf(boards, kind);
  const title = BOARD_TITLES[kind];
  if (board === undefined || changes === null) {
    return { effects: isWanted ? [{ kind: "create-issue", title, body: text }] : [], lookAgainAt: null };
  }
  const effects: Effect[] = others
    .filter(({ isOpen }) => isOpen)
    .map(({ nodeId }) => ({ kind: "close-issue", nodeId, reason: "not_planned" }));
  if (board.body === text && board.title === title) return { effects, lookAgainAt: null };
  const dueAt = changes.writtenAt + BOARD_EDIT_MS;
  if (!changes.isForeign && now < dueAt) return { effects, lookAgainAt: dueAt };
  return { effects: [...effects, { kind: "edit-issue", nodeId: board.nodeId, title, body: text }], lookAgainAt: null };
}
