// The publish job on real git: a bundle as the runner makes it is staged; what cannot be read counts as no result.

import { symlinkSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPublishStage, type PublishStage, TOKEN } from "../support/publish-stage.ts";

let stage: PublishStage;
beforeEach(() => {
  stage = createPublishStage();
});
afterEach(() => stage.close());

describe("published", () => {
  it("a change as the runner makes it", async () => {
    const head = stage.commit({ "sum.js": "new\n" });
    stage.leaveWork(head);
    expect((await stage.run()).told).toMatchObject({
      result: { exit: "done", head },
      run: { id: 99, attempt: 1 },
      token: TOKEN,
      staged: { ref: "refs/signalbox/staging/99", head },
    });
    expect(stage.staged()).toBe(`refs/signalbox/staging/99 ${head}`);
    expect(stage.events).toEqual(["entered", "told the app", "revoked"]);
  });

  it("a change on top of what an earlier attempt left on the task's branch", async () => {
    const first = stage.commit({ "one.js": "1\n" });
    stage.pushTo("signalbox/task/7");
    const second = stage.commit({ "two.js": "2\n" });
    stage.bundle(second, first);
    stage.leave(stage.resultOf(second));
    expect((await stage.run()).told).toMatchObject({ result: { exit: "done" }, staged: { head: second } });
  });

  it("earlier work that stays as it is, with nothing to push", async () => {
    const first = stage.commit({ "one.js": "1\n" });
    stage.pushTo("signalbox/task/7");
    stage.leave(stage.resultOf(first));
    expect((await stage.run()).told).toMatchObject({ result: { exit: "done", head: first }, staged: null });
    expect(stage.staged()).toBe("");
  });

  it("a change whose base has moved on meanwhile", async () => {
    const head = stage.commit({ "sum.js": "new\n" });
    stage.leaveWork(head);
    stage.backToBase();
    stage.commit({ ".github/workflows/ci.yml": "on: push\n" });
    stage.pushTo("main");
    expect((await stage.run()).told).toMatchObject({ result: { exit: "done" }, staged: { head } });
  });

  it("a question, without any change", async () => {
    stage.leave(stage.resultOf(null, { exit: "asked", question: "Which?", reason: "the agent asks a question" }));
    expect((await stage.run()).told).toMatchObject({ result: { exit: "asked", question: "Which?" }, staged: null });
  });
});

describe("no result", () => {
  it.each<[what: string, leave: () => void, problem: string]>([
    ["when there is none", () => undefined, "the work job left no result"],
    ["when it is no JSON", () => stage.leave("{"), "the result cannot be read"],
    [
      "when it is huge",
      () => stage.leave(`${JSON.stringify(stage.resultOf(null))}${" ".repeat(1_000_000)}`),
      "the result is too large",
    ],
    [
      "when it is a link",
      () => symlinkSync("/etc/hostname", path.join(stage.artifact, "result.json")),
      "the work job left no result",
    ],
    [
      "when it has a key too many",
      () => stage.leave({ ...stage.resultOf(null), extra: 1 }),
      "the result cannot be read",
    ],
    [
      "when it is of another issue",
      () => stage.leave(stage.resultOf(null, { issue: 8 })),
      "the result is of another run",
    ],
    [
      "when it is of another repository",
      () => stage.leave(stage.resultOf(null, { repository: "acme/other" })),
      "the result is of another run",
    ],
    [
      "when it is of another claim",
      () => stage.leave(stage.resultOf(null, { token: "b".repeat(40) })),
      "the result is of another run",
    ],
    [
      "when it is of a re-run",
      () => stage.leave(stage.resultOf(null, { run: { id: 99, attempt: 2 } })),
      "the result is of another run",
    ],
  ])("%s", async (_what, prepare, problem) => {
    prepare();
    expect(await stage.run()).toMatchObject({ problem, told: { result: null, staged: null } });
    expect(stage.events).toEqual(["entered", "told the app", "revoked"]);
  });
});

it("the token is given back when entering the ledger fails", async () => {
  stage.leave(stage.resultOf(null, { exit: "failed", reason: "no" }));
  const enter = async () => {
    throw new Error("GitHub is down");
  };
  await expect(stage.run({ enter })).rejects.toThrow("GitHub is down");
  expect(stage.events).toEqual(["entered", "revoked"]);
});
