// A chain is believed whole or not at all; and a record survives its way through a commit message.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/core/backoff.ts";
import { fold } from "../../src/core/fold.ts";
import { decodeRecord, encodeRecord, type LedgerEntry, type LedgerRecord } from "../../src/core/record.ts";
import { LEDGER_RECORDS_MAX } from "../../src/core/task.ts";
import * as scene from "./scene.ts";

const EXPECTED = { writerId: scene.WRITER, task: scene.ID };
const good = scene.inReview().entries;

function problem(entries: readonly LedgerEntry[]): string {
  const folded = fold(entries, EXPECTED);
  return "problem" in folded ? folded.problem : "believed";
}

function changed(index: number, change: Partial<LedgerEntry>): readonly LedgerEntry[] {
  return good.map((entry, at) => (at === index ? { ...entry, ...change } : entry));
}

function rewritten(index: number, change: (message: string) => string): readonly LedgerEntry[] {
  return good.map((entry, at) => (at === index ? { ...entry, message: change(entry.message) } : entry));
}

describe("fold", () => {
  it("believes a chain of our own, and an empty one", () => {
    expect(problem(good)).toBe("believed");
    expect(fold([], EXPECTED)).toEqual({ task: null });
  });

  it.each<[what: string, readonly LedgerEntry[], says: string]>([
    ["unsigned", changed(1, { signedByGitHub: false }), "record 2 (aaaaaaa) is not signed by GitHub"],
    ["written by somebody else", changed(0, { authorId: 1 }), "was not written by the app"],
    ["a merge", changed(2, { parents: ["b".repeat(40), "c".repeat(40)] }), "not linear"],
    ["out of line", changed(2, { parents: ["b".repeat(40)] }), "does not follow"],
    ["without its first record", good.slice(1), "does not follow"],
    ["unreadable", changed(1, { message: "hello" }), "not JSON"],
    ["not a record", changed(1, { message: '{"v":2}' }), "not a record"],
    [
      "with data of another move",
      rewritten(1, (text) => text.replace('"leaseMs":3600000', '"leaseMs":"long"')),
      "claim data is wrong",
    ],
    [
      "with a key too many",
      rewritten(1, (text) => text.replace('"leaseMs"', '"extra":1,"leaseMs"')),
      "claim data is wrong",
    ],
    ["of another issue", rewritten(0, (text) => text.replace('"task":"7/I_1"', '"task":"7/I_2"')), "another issue"],
    [
      "illegal",
      [good[0], { ...good[3], parents: [good[0]?.sha ?? ""] }].filter((entry) => entry !== undefined) as LedgerEntry[],
      "not legal",
    ],
    [
      "lying about where it leads",
      rewritten(1, (text) => text.replace('"state":"claimed"', '"state":"done"')),
      "leads to done",
    ],
    ["too long to read", changed(1, { message: "x".repeat(60_001) }), "too long"],
    [
      "endless",
      Array.from({ length: LEDGER_RECORDS_MAX + 1 }, () => good[0]).filter((entry) => entry !== undefined),
      "more than 500",
    ],
  ])("does not believe a chain that is %s", (_what, entries, says) => {
    expect(problem(entries)).toContain(says);
  });

  it("does not believe a cause that is obeyed twice", () => {
    const first = scene.queued();
    const cause = scene.freshCause();
    const note = {
      actor: scene.ALICE,
      standing: "write",
      at: scene.NOW,
      move: "note",
      cause,
      data: { text: "n" },
    } as const;
    const noted = scene.make(first, note);
    const last = noted.entries.at(-1);
    const twice = { ...last, sha: "f".repeat(40), parents: [last?.sha ?? ""] } as LedgerEntry;
    expect(problem([...noted.entries, twice])).toContain("a second time");
  });

  it("remembers what each attempt was and cost", () => {
    expect(scene.inReview().task).toMatchObject({
      spent: 40_000,
      recordedHead: scene.HEAD,
      attempts: [{ attempt: 1, end: "submit", cost: 40_000, run: { id: 500, attempt: 1 } }],
    });
  });
});

describe("a record in a commit message", () => {
  const text = fc.string({ unit: "binary", maxLength: 500 }).filter((value) => value !== "");

  it("is read back as it was written, whatever its texts hold", () => {
    fc.assert(
      fc.property(text, text, fc.nat(), (reason, sentence, at) => {
        const record: LedgerRecord = {
          v: 1,
          task: scene.ID,
          move: "reject",
          actor: scene.ALICE,
          cause: "comment:1/0123456789abcdef/1",
          at,
          state: "queued",
          data: { to: "queued", reason, source: "reject" },
        };
        const message = encodeRecord(record, sentence, "0123456789abcdef");
        // A lone surrogate has no UTF-8 form: JSON escapes it, so that the text survives as it is.
        expect(decodeRecord(message)).toEqual({ record });
        expect(message).not.toMatch(/[@#]/);
        expect(message.split("\n")[0]).toMatch(/\[skip ci\]$/);
        expect(message.trimEnd().split("\n")).toHaveLength(3);
      }),
    );
  });

  it("is data: no text at all makes the reader throw", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (message) => typeof decodeRecord(message) === "object"));
  });
});

it("waits longer after each attempt, up to a quarter of an hour", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 50].map((attempts) => backoffMs(attempts) / 1_000)).toEqual([
    30, 60, 120, 240, 480, 900, 900, 900,
  ]);
});
