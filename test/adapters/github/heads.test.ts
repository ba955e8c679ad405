// When a head came to the task branch: from our own records, from GitHub's list of pushes, and never guessed early.

import { describe, expect, it } from "vitest";
import { headsOf } from "../../../src/adapters/github/observe-heads.ts";
import type { RestAnswer, Wire } from "../../../src/adapters/github/wire.ts";
import { encodeRecord, type LedgerEntry } from "../../../src/core/record.ts";
import { sha } from "./script.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const ISSUE = { owner: "acme", name: "app", issue: 7 };
const EXPECTED = { writerId: 41, repositoryId: 1 };
const [OURS, PUSHED] = [sha("b"), sha("c")];

function headRecord(authorId: number): LedgerEntry {
  const actor = { id: 41, login: "signalbox[bot]", kind: "app" } as const;
  const data = { head: OURS, by: "alice" };
  const record = {
    v: 1,
    task: "1/I_7",
    move: "head",
    actor,
    cause: `sweep:${NOW}/0`,
    at: NOW,
    state: "review",
    data,
  } as const;
  const message = encodeRecord(record, "the head moved", "0".repeat(16));
  return { sha: sha("a"), parents: [], message, authorId, signedByGitHub: true };
}

function wireWith(answer: Partial<RestAnswer>): { readonly wire: Wire; readonly asked: string[] } {
  const asked: string[] = [];
  const wire: Wire = {
    async rest({ route, parameters }) {
      asked.push(`${route} ${String(parameters["ref"])}`);
      return { ok: true, status: 200, data: [], message: "", nextCursor: null, ...answer };
    },
    graphql: async () => Promise.reject(new Error("GraphQL knows no pushes")),
  };
  return { wire, asked };
}
const pushes = [
  { after: PUSHED, timestamp: "2026-11-20T12:05:00Z", activity_type: "push" },
  { after: OURS, timestamp: "2026-11-20T12:00:02Z", activity_type: "branch_creation" },
];

describe("when heads came", () => {
  it("is in our own records: GitHub is not asked for what we pushed", async () => {
    const { wire, asked } = wireWith({ data: pushes });
    expect(await headsOf(wire, ISSUE, OURS, [headRecord(41)], EXPECTED)).toEqual([{ head: OURS, at: NOW }]);
    expect(asked).toEqual([]);
  });

  it("is in GitHub's list of pushes for what a person pushed", async () => {
    const { wire, asked } = wireWith({ data: pushes });
    const heads = await headsOf(wire, ISSUE, PUSHED, [headRecord(41)], EXPECTED);
    expect(heads).toContainEqual({ head: PUSHED, at: NOW + 5 * 60_000 });
    expect(asked).toEqual(["GET /repos/{owner}/{repo}/activity refs/heads/signalbox/task/7"]);
  });

  it("is not what a record says that somebody else wrote", async () => {
    const { wire } = wireWith({ data: [] });
    expect(await headsOf(wire, ISSUE, OURS, [headRecord(7)], EXPECTED)).toEqual([]);
  });

  it.each<[string, Partial<RestAnswer>]>([
    ["GitHub has no such list", { ok: false, status: 404, data: { message: "Not Found" } }],
    ["the list makes no sense", { data: { pushes: [] } }],
  ])("is unknown, not early, when %s", async (_why, answer) => {
    const { wire } = wireWith(answer);
    expect(await headsOf(wire, ISSUE, PUSHED, [headRecord(41)], EXPECTED)).toEqual([{ head: OURS, at: NOW }]);
  });
});
