// Boards as text and history: who ticked what, since when, and what counts as seen.

import { describe, expect, it } from "vitest";
import {
  BOARD_TITLES,
  boardKeyLine,
  boardKindOf,
  boardsOf,
  boxesIn,
  boxLine,
  changesOn,
} from "../../src/core/board.ts";
import type { BoardVersion, ObservedBoard } from "../../src/core/survey.ts";

const BOT = { id: 9, login: "signalbox[bot]", isBot: true };
const ALICE = { id: 1, login: "alice", isBot: false };
const BOB = { id: 2, login: "bob", isBot: false };

function text(seen: string | null, ...ticked: readonly string[]): string {
  const boxes = ["pause", "retry/7"].map((name) => boxLine(name, "…", ticked.includes(name)));
  return [boardKeyLine("tasks", seen), ...boxes].join("\n");
}

/** @param versions newest first */
function board(...versions: readonly (readonly [string, BoardVersion["editor"], string | null])[]): ObservedBoard {
  return {
    number: 3,
    nodeId: "I_3",
    title: BOARD_TITLES.tasks,
    body: versions[0]?.[2] ?? "",
    isOpen: true,
    createdAt: 100,
    versions: versions.map(([id, editor, body], index) => ({ id, editor, body, at: 1_000 - index })),
    events: [],
    said: [],
  };
}

const told = (given: ObservedBoard) =>
  changesOn(given, BOT.id).changes.map(({ by, box, isTicked, cause }) => [by.login, box, isTicked, cause]);

describe("what people did since we wrote last", () => {
  it.each<[why: string, ObservedBoard, changes: readonly unknown[], seen: string | null]>([
    ["nothing, on a board that nobody edited", board(), [], null],
    [
      "a tick",
      board(["e1", ALICE, text(null, "pause")], ["e0", BOT, text(null)]),
      [["alice", "pause", true, "box:e1/pause"]],
      "e1",
    ],
    [
      "ticks of two people, in their order, each their own",
      board(["e2", BOB, text(null, "pause", "retry/7")], ["e1", ALICE, text(null, "pause")], ["e0", BOT, text(null)]),
      [
        ["alice", "pause", true, "box:e1/pause"],
        ["bob", "retry/7", true, "box:e2/retry/7"],
      ],
      "e2",
    ],
    [
      "a tick taken back",
      board(["e2", ALICE, text(null)], ["e1", ALICE, text(null, "pause")], ["e0", BOT, text(null)]),
      [
        ["alice", "pause", true, "box:e1/pause"],
        ["alice", "pause", false, "box:e2/pause"],
      ],
      "e2",
    ],
    [
      "nothing new once our text has seen it",
      board(["e2", BOT, text("e1")], ["e1", ALICE, text(null, "pause")], ["e0", BOT, text(null)]),
      [],
      "e1",
    ],
    [
      "a tick that our own edit overwrote without having seen it",
      board(["e2", BOT, text(null)], ["e1", ALICE, text(null, "pause")], ["e0", BOT, text(null)]),
      [["alice", "pause", true, "box:e1/pause"]],
      "e1",
    ],
    [
      "only what is newer than our own text, where the mark is not to be found",
      board(["e9", ALICE, text("e5", "pause")], ["e8", BOT, text("e5")], ["e7", BOB, text("e5", "retry/7")]),
      [["alice", "pause", true, "box:e9/pause"]],
      "e9",
    ],
    [
      "nothing of a version whose text GitHub no longer has, but what it left in the next",
      board(["e2", BOB, text(null, "pause")], ["e1", ALICE, null], ["e0", BOT, text(null)]),
      [["bob", "pause", true, "box:e2/pause"]],
      "e2",
    ],
    [
      "everything, where our own text is out of reach",
      board(["e1", ALICE, text(null, "pause")]),
      [["alice", "pause", true, "box:e1/pause"]],
      "e1",
    ],
    ["nothing of nobody", board(["e1", null, text(null, "pause")], ["e0", BOT, text(null)]), [], "e1"],
  ])("%s", (_why, given, changes, seen) => {
    expect(told(given)).toEqual(changes);
    expect(changesOn(given, BOT.id).seen).toBe(seen);
  });

  it("a forged mark in somebody's own version hides nothing", () => {
    const forged = board(["e1", ALICE, text("e1", "pause")], ["e0", BOT, text(null)]);
    expect(told(forged)).toHaveLength(1);
  });

  it("is told with when we wrote last, and which boxes we left ticked", () => {
    const given = board(["e2", ALICE, "gone"], ["e1", BOT, text(null, "retry/7")]);
    expect(changesOn(given, BOT.id)).toMatchObject({ isForeign: true, writtenAt: 999, ours: new Set(["retry/7"]) });
    expect(changesOn(board(), BOT.id)).toMatchObject({ isForeign: false, writtenAt: 100 });
  });
});

describe("what a board is", () => {
  it.each([
    ["Mine", boardKeyLine("tasks", null), "tasks"],
    ["Mine", boardKeyLine("repositories", "UCE_1="), "repositories"],
    [BOARD_TITLES.tasks, "", "tasks"],
    [BOARD_TITLES.repositories, "hello", "repositories"],
    ["Mine", "a line before\n<!-- signalbox:tasks seen=none -->", null],
  ])("%s with %j is %s", (title, body, kind) => {
    expect(boardKindOf({ title, body })).toBe(kind);
  });

  it("of several, the oldest comes first", () => {
    const [older, newer] = [board(), { ...board(), number: 8 }];
    expect(boardsOf([newer, older], "tasks").map(({ number }) => number)).toEqual([3, 8]);
    expect(boardsOf([newer, older], "repositories")).toEqual([]);
  });

  it("boxes are read with any line end, bullet and mark, and nothing else is a box", () => {
    const body =
      "* [X] <!-- signalbox:box a --> x\r\n  - [ ] <!-- signalbox:box b/1 --> y\r\n- [x] <!-- signalbox:boxc --> z\ntext - [x] <!-- signalbox:box d -->";
    expect([...boxesIn(body)]).toEqual([
      ["a", true],
      ["b/1", false],
    ]);
  });
});
