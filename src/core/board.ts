// Boards: issues that the app writes and people steer by ticking boxes. Their hidden first line, their boxes, and who
// ticked which since we wrote last. A box is a command of whoever ticked it; what it leads to is decided elsewhere.

import type { Account } from "./observation.ts";
import type { BoardVersion, ObservedBoard } from "./survey.ts";
import type { EpochMs } from "./task.ts";

/** `tasks`: one repository's work. `repositories`: what an installation may be used on. */
export type BoardKind = "tasks" | "repositories";

export const BOARD_TITLES = {
  tasks: "Signalbox: tasks",
  repositories: "Signalbox: repositories",
} as const satisfies Record<BoardKind, string>;

/** Between two of our own edits of a board, unless somebody waits for an answer to a box. */
export const BOARD_EDIT_MS = 60_000;

const KEY = /^<!-- signalbox:(tasks|repositories) seen=([\w=+/-]+) -->/;
const NONE = "none";

/** The hidden first line: what the board is, and the newest edit by somebody else that it takes into account. */
export function boardKeyLine(kind: BoardKind, seen: string | null): string {
  return `<!-- signalbox:${kind} seen=${seen ?? NONE} -->`;
}

/** @returns what a board is by its text, or by its title when somebody took the first line away; null for no board */
export function boardKindOf({ title, body }: Pick<ObservedBoard, "title" | "body">): BoardKind | null {
  const kind = KEY.exec(body)?.[1];
  if (kind === "tasks" || kind === "repositories") return kind;
  return title === BOARD_TITLES.tasks ? "tasks" : title === BOARD_TITLES.repositories ? "repositories" : null;
}

/** @returns boards of one kind, oldest first: the first one is the board, the others are duplicates */
export function boardsOf(boards: readonly ObservedBoard[], kind: BoardKind): readonly ObservedBoard[] {
  return boards.filter((board) => boardKindOf(board) === kind).toSorted((a, b) => a.number - b.number);
}

/** One box; its name is letters, digits and `./_-`. */
export function boxLine(name: string, text: string, isTicked = false): string {
  return `- [${isTicked ? "x" : " "}] <!-- signalbox:box ${name} --> ${text}`;
}

const BOX = /^[ \t]*[-*] \[([ xX])\] <!-- signalbox:box ([\w./-]{1,200}) -->/gm;

/** @returns names of boxes, and whether each is ticked */
export function boxesIn(body: string): ReadonlyMap<string, boolean> {
  const boxes = [...body.replaceAll("\r\n", "\n").matchAll(BOX)];
  return new Map(boxes.map(([, mark = " ", name = ""]) => [name, mark !== " "]));
}

/** A box that somebody ticked, or unticked, since we wrote last. */
export interface BoxChange {
  readonly box: string;
  readonly isTicked: boolean;
  readonly by: Account;
  readonly at: EpochMs;
  /** `box:<edit>/<box>`: unique, so that it is obeyed once. */
  readonly cause: string;
}

export interface BoardChanges {
  readonly changes: readonly BoxChange[];
  /** The newest edit by somebody else. */
  readonly seen: string | null;
  /** Somebody else edited it since we wrote last, or while we did. */
  readonly isForeign: boolean;
  /** Boxes that were ticked when we wrote last. */
  readonly ours: ReadonlySet<string>;
  /** When we wrote last. */
  readonly writtenAt: EpochMs;
}

/**
 * Reads a board's history for what people did since we wrote last. Edits that ours overwrote count too: our text says up
 * to which edit it had seen, and nobody can change what GitHub kept of it under our name.
 */
export function changesOn(board: ObservedBoard, writerId: number): BoardChanges {
  const { versions } = board;
  const own = versions.findIndex((version) => version.editor?.id === writerId);
  const written = versions[own] ?? null;
  const seen = seenBy(written?.body ?? "");
  const end = endOfNews(versions, own, seen);
  const changes = versions
    .slice(0, end)
    .flatMap((version, index) => changedIn(version, versions[index + 1] ?? null, writerId))
    .toReversed();
  const foreign = versions.find((version) => version.editor?.id !== writerId) ?? null;
  return {
    changes,
    seen: foreign?.id ?? (seen === NONE ? null : seen),
    isForeign: versions.slice(0, end).some((version) => version.editor?.id !== writerId),
    ours: new Set([...boxesIn(written?.body ?? "")].flatMap(([box, isTicked]) => (isTicked ? [box] : []))),
    writtenAt: written?.at ?? board.createdAt,
  };
}

/** @returns the edit that a text of ours had seen, `none` when there was none, null when the text does not say */
function seenBy(body: string): string | null {
  return KEY.exec(body)?.[1] === undefined ? null : (KEY.exec(body)?.[2] ?? null);
}

/** How many versions, from the newest on, we have not seen. Where no mark is to be found, those newer than our own. */
function endOfNews(versions: readonly BoardVersion[], own: number, seen: string | null): number {
  if (own === -1 || seen === NONE) return versions.length;
  const until = versions.findIndex(({ id }) => id === seen);
  return until === -1 ? own : until;
}

function changedIn(version: BoardVersion, before: BoardVersion | null, writerId: number): readonly BoxChange[] {
  const { editor, body, at, id } = version;
  if (editor === null || editor.id === writerId || body === null) return [];
  const old = boxesIn(before?.body ?? "");
  return [...boxesIn(body)]
    .filter(([box, isTicked]) => isTicked !== (old.get(box) ?? false))
    .map(([box, isTicked]) => ({ box, isTicked, by: editor, at, cause: `box:${id}/${box}` }))
    .toReversed();
}
