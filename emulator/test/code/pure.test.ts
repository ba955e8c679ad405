// The pure parts: closing keywords, places in diffs, the wire framing.

import { getOperationAST, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { closingReferences } from "../../src/code/closing-keywords.ts";
import { lineAtPosition, placeOfLine } from "../../src/code/diff-lines.ts";
import { pktLine, readPktLines, sideBand } from "../../src/git/pkt-line.ts";
import { parsePush } from "../../src/git/receive-pack.ts";
import { costOf } from "../../src/graphql/cost.ts";

describe("closing keywords", () => {
  it.each<[text: string, found: readonly string[]]>([
    ["Fixes #12", ["#12"]],
    ["fixed: #1 and Closes acme/other#2", ["#1", "acme/other#2"]],
    ["Resolves https://github.com/acme/app/issues/9", ["acme/app#9"]],
    ["closes GH-4", ["#4"]],
    ["see #5, prefixes #6, fixesnot #7", []],
    ["`fixes #8` and\n```\nfixes #9\n```", []],
    ["Fixes #1, #2", ["#1"]],
  ])("%s", (text, found) => {
    expect(closingReferences(text).map(({ repository, number }) => `${repository ?? ""}#${number}`)).toEqual(found);
  });
});

describe("places in a diff", () => {
  const patch = "@@ -1,3 +1,3 @@ head\n a\n-b\n+B\n c\n@@ -10,2 +10,3 @@\n x\n+y\n z";
  it.each<[side: "LEFT" | "RIGHT", line: number, position: number | null]>([
    ["RIGHT", 1, 1],
    ["LEFT", 2, 2],
    ["RIGHT", 2, 3],
    ["RIGHT", 3, 4],
    ["RIGHT", 11, 7],
    ["RIGHT", 12, 8],
    ["RIGHT", 4, null],
  ])("%s line %i is position %s", (side, line, position) => {
    expect(placeOfLine(patch, { side, line })?.position ?? null).toBe(position);
    if (position !== null) expect(lineAtPosition(patch, position)).toMatchObject({ side, line });
  });

  it("the hunk ends with the line", () => {
    expect(placeOfLine(patch, { side: "RIGHT", line: 2 })?.hunk).toBe("@@ -1,3 +1,3 @@ head\n a\n-b\n+B");
  });
});

describe("the wire", () => {
  it("frames and reads back, and splits what is too long for one line", () => {
    const bytes = Buffer.concat([pktLine("one\n"), pktLine("two"), Buffer.from("0000rest")]);
    const read = readPktLines(bytes, 0);
    expect(read?.lines.map(String)).toEqual(["one\n", "two"]);
    expect(bytes.subarray(read?.end ?? 0).toString()).toBe("rest");
    expect(readPktLines(sideBand(1, Buffer.alloc(150_000)), 0)).toBeNull();
    expect(
      readPktLines(Buffer.concat([sideBand(1, Buffer.alloc(150_000)), Buffer.from("0000")]), 0)?.lines,
    ).toHaveLength(3);
  });

  it.each(["", "0000", "zzzz", "0005", "0009hello"])("a push of %j does not break it", (text) => {
    const push = parsePush(Buffer.from(text));
    expect(push === null || push.changes.length === 0).toBe(true);
  });
});

describe("the price of a query", () => {
  it.each<[query: string, points: number, nodes: number]>([
    ["{ viewer { login } }", 1, 0],
    [
      '{ repository(owner: "a", name: "b") { issues(first: 50) { nodes { comments(first: 10) { totalCount } } } } }',
      1,
      550,
    ],
    // GitHub's own example: 100 repositories, 50 issues each, 60 labels each.
    [
      "{ viewer { repositories(first: 100) { nodes { issues(first: 50) { nodes { labels(first: 60) { totalCount } } } } } } }",
      51,
      305_100,
    ],
  ])("%s", (query, points, nodes) => {
    const document = parse(query);
    const operation = getOperationAST(document, null);
    if (operation === null || operation === undefined) throw new Error("no operation");
    expect(costOf(document, operation, {})).toEqual({ points, nodes });
  });
});
