// Ref updates are one compare-and-swap over all refs named in them.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Sha, ZERO_SHA } from "../../src/git/objects.ts";
import { isRefName } from "../../src/git/refs.ts";
import { createScratch, type Scratch } from "./scratch-repository.ts";

let scratch: Scratch;
let one: Sha;
let two: Sha;
beforeEach(async () => {
  scratch = createScratch();
  one = await scratch.commit("main", { a: "1" }, "one");
  two = await scratch.commit("main", { a: "2" }, "two");
});
afterEach(() => scratch.remove());

describe("updating several refs", () => {
  it("changes all of them when every old value is right", async () => {
    const verdict = await scratch.git.refs.update([
      { name: "refs/heads/main", before: two, after: one },
      { name: "refs/signalbox/staging/x", before: ZERO_SHA, after: two },
    ]);
    expect(verdict).toEqual({
      applied: [
        { name: "refs/heads/main", before: two, after: one },
        { name: "refs/signalbox/staging/x", before: ZERO_SHA, after: two },
      ],
    });
    expect(await scratch.realGit("for-each-ref", "--format=%(refname) %(objectname)")).toBe(
      `refs/heads/main ${one}\nrefs/signalbox/staging/x ${two}`,
    );
  });

  it.each<[why: string, changes: () => { name: string; before?: Sha; after: Sha }[], reason: string]>([
    ["an old value is stale", () => [ok(), { name: "refs/heads/main", before: one, after: one }], "stale"],
    ["a new ref exists already", () => [ok(), { name: "refs/heads/main", before: ZERO_SHA, after: one }], "stale"],
    ["a ref to delete is not there", () => [ok(), { name: "refs/heads/no", before: one, after: ZERO_SHA }], "stale"],
    ["an object is missing", () => [ok(), { name: "refs/heads/b", after: "1".repeat(40) }], "missing-object"],
    ["a name is not a ref name", () => [ok(), { name: "refs/heads/a..b", after: one }], "bad-name"],
    ["a branch would be a folder", () => [ok(), { name: "refs/heads/main/sub", after: one }], "name-conflict"],
  ])("changes nothing when %s", async (_why, changes, reason) => {
    const before = scratch.git.refs.list("refs/");
    const verdict = await scratch.git.refs.update(changes());
    expect("refused" in verdict ? verdict.refused.reason : "applied").toBe(reason);
    expect(scratch.git.refs.list("refs/")).toEqual(before);
  });

  it("lets exactly one of many creators win", async () => {
    const tries = Array.from({ length: 16 }, () =>
      scratch.git.refs.update([{ name: "refs/heads/claim", before: ZERO_SHA, after: one }]),
    );
    const verdicts = await Promise.all(tries);
    expect(verdicts.filter((verdict) => "applied" in verdict)).toHaveLength(1);
  });

  it("lists by prefix, packed refs included", async () => {
    await scratch.git.refs.update([{ name: "refs/heads/lane/1", after: one }]);
    await scratch.realGit("pack-refs", "--all");
    await scratch.git.refs.update([{ name: "refs/heads/lane/2", after: two }]);
    expect(scratch.git.refs.list("refs/heads/lane")).toEqual([
      { name: "refs/heads/lane/1", sha: one },
      { name: "refs/heads/lane/2", sha: two },
    ]);
    expect(scratch.git.refs.resolve("refs/heads/lane/1")).toBe(one);
    await scratch.git.refs.update([{ name: "refs/heads/lane/1", before: one, after: ZERO_SHA }]);
    expect(scratch.git.refs.resolve("refs/heads/lane/1")).toBeNull();
  });

  it.each([
    ["refs/heads/main", true],
    ["refs/heads/signalbox/ledger/7", true],
    ["refs/heads/", false],
    ["heads/main", false],
    ["refs/heads/a b", false],
    ["refs/heads/.a", false],
    ["refs/heads/a.lock", false],
    ["refs/heads/a@{1}", false],
  ])("%s is a ref name: %s", (name, expected) => expect(isRefName(name)).toBe(expected));

  function ok(): { name: string; before: Sha; after: Sha } {
    return { name: "refs/heads/fine", before: ZERO_SHA, after: one };
  }
});
