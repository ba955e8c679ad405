// The compare-and-swap when GitHub's answer is lost, late, refused or old: the caller hears `won` or `lost`, never a guess.

import { describe, expect, it } from "vitest";
import { KNOWN, REPOSITORY, type Step, scripted, sha, useScripts } from "./script.ts";

useScripts();

const BEFORE = sha("a");
const OURS = sha("b");
const THEIRS = sha("c");
const LEDGER = "refs/heads/signalbox/ledger/7";
const SHARED = "refs/heads/signalbox/ledger/repository";
const UPDATES = [
  { ref: LEDGER, before: BEFORE, after: OURS },
  { ref: SHARED, before: null, after: OURS },
];

const moved: Step = { to: "UpdateRefs", body: { data: { updateRefs: { clientMutationId: null } } } };
const badGateway: Step = { to: "UpdateRefs", status: 502, body: "<html>" };
const refused: Step = {
  to: "UpdateRefs",
  body: {
    data: { updateRefs: null },
    errors: [{ type: "UNPROCESSABLE", path: ["updateRefs"], message: "expected aaaa" }],
  },
};

/** Where both refs stand: the newest commit first. */
function refs(ledger: readonly string[], shared: readonly string[]): Step {
  const at = (commits: readonly string[]) =>
    commits[0] === undefined
      ? null
      : { target: { oid: commits[0], history: { nodes: commits.map((oid) => ({ oid })) } } };
  return { to: "Refs", body: { data: { repository: { ref0: at(ledger), ref1: at(shared) } } } };
}
const asBefore = refs([BEFORE], []);

describe("an update of refs", () => {
  it("is sent alone, whole, fast-forward only, with zeros for a ref that must not exist", async () => {
    const { hub, asked } = scripted([KNOWN, moved]);
    expect(await hub.updateRefs(REPOSITORY, UPDATES)).toBe("won");
    expect(asked[1]?.body).toMatchObject({
      variables: {
        input: {
          repositoryId: "R_1",
          refUpdates: [
            { name: LEDGER, beforeOid: BEFORE, afterOid: OURS, force: false },
            { name: SHARED, beforeOid: "0".repeat(40), afterOid: OURS, force: false },
          ],
        },
      },
    });
  });

  it.each<[why: string, steps: readonly Step[], result: "won" | "lost"]>([
    ["was applied, then the answer was lost", [badGateway, refs([OURS, BEFORE], [OURS])], "won"],
    ["was lost on the way", [badGateway, asBefore, moved], "won"],
    ["broke off with the connection", [{ to: "UpdateRefs", reset: true }, asBefore, moved], "won"],
    ["was answered with half a text", [{ to: "UpdateRefs", body: '{"data":{"upd' }, asBefore, moved], "won"],
    [
      "was answered with an error that says nothing",
      [{ to: "UpdateRefs", body: { data: null, errors: [{ message: "Something went wrong" }] } }, asBefore, moved],
      "won",
    ],
    [
      "was applied, and the refs were read from an old copy",
      [badGateway, asBefore, refused, refs([OURS, BEFORE], [OURS])],
      "won",
    ],
    ["was applied, and somebody has built on it", [badGateway, refs([THEIRS, OURS, BEFORE], [OURS])], "won"],
    ["was refused because somebody else was faster", [refused, refs([THEIRS, BEFORE], [])], "lost"],
    ["was refused because the ref that must not exist does", [refused, refs([BEFORE], [THEIRS])], "lost"],
    ["was lost, and somebody else was faster", [badGateway, refs([THEIRS, BEFORE], [])], "lost"],
    [
      "is lost when only one ref shows our value: somebody else put it there",
      [refused, refs([THEIRS, BEFORE], [OURS])],
      "lost",
    ],
    [
      "is not called lost for what an old copy shows",
      [badGateway, refs([sha("9")], []), refused, refs([OURS, BEFORE], [OURS])],
      "won",
    ],
    [
      "is lost when a ref was moved away by force",
      Array.from({ length: 5 }, () => [refused, refs([sha("9")], [])]).flat(),
      "lost",
    ],
  ])("%s", async (_why, steps, result) => {
    const { hub } = scripted([KNOWN, ...steps]);
    expect(await hub.updateRefs(REPOSITORY, UPDATES)).toBe(result);
  });

  it("repeats the very same mutation", async () => {
    const { hub, asked } = scripted([KNOWN, badGateway, asBefore, badGateway, asBefore, moved]);
    await hub.updateRefs(REPOSITORY, UPDATES);
    const sent = asked.filter(({ what }) => what === "UpdateRefs").map(({ body }) => body);
    expect(sent).toHaveLength(3);
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
  });

  it("throws GitHub's reason when it refuses though nothing stands in the way", async () => {
    const forbidden: Step = {
      to: "UpdateRefs",
      body: { data: null, errors: [{ type: "FORBIDDEN", path: ["updateRefs"], message: "a rule forbids it" }] },
    };
    const { hub } = scripted([KNOWN, ...Array.from({ length: 5 }, () => [forbidden, asBefore]).flat()]);
    await expect(hub.updateRefs(REPOSITORY, UPDATES)).rejects.toThrow("a rule forbids it");
  });

  it("throws when nobody ever says: that is neither won nor lost", async () => {
    const { hub } = scripted([KNOWN, ...Array.from({ length: 5 }, () => [badGateway, asBefore]).flat()]);
    await expect(hub.updateRefs(REPOSITORY, UPDATES)).rejects.toThrow("status 502");
  });

  it("waits as long as GitHub's limits say, and is sent again", async () => {
    const limited: Step = {
      to: "UpdateRefs",
      status: 403,
      body: { message: "You have exceeded a secondary rate limit" },
      headers: { "retry-after": "30" },
    };
    const { hub, clock } = scripted([KNOWN, limited, moved]);
    const start = clock.now();
    expect(await hub.updateRefs(REPOSITORY, UPDATES)).toBe("won");
    expect(clock.now() - start).toBe(30_000);
  });

  it("counts a deletion as won when the ref is gone", async () => {
    const { hub } = scripted([KNOWN, badGateway, { to: "Refs", body: { data: { repository: { ref0: null } } } }]);
    const effect = { kind: "delete-branch", branch: "signalbox/task/7", head: BEFORE } as const;
    expect(await hub.apply({ ...REPOSITORY, issue: 7 }, [effect])).toEqual([{ ok: true }]);
  });
});
