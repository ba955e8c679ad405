// Promises about kin: who waits for whom, here and elsewhere, sub-issues that are made once, and what else is under way.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerRef, taskBranch } from "../../src/core/observation.ts";
import type { Effect } from "../../src/core/ports.ts";
import { type ContractStage, type Lost, look, type MakeStage, message, refTo } from "./stage.ts";

export function familyContract(make: MakeStage): void {
  let stage: ContractStage;
  let issue: number;
  beforeEach(async () => {
    stage = await make();
    issue = await stage.world.openIssue(stage.alice, { title: "Build a shop", body: "please" });
  });
  afterEach(() => stage.close());

  const ref = (number: number) => `acme/${stage.repository.name}#${number}`;
  const open = (body = "first") => stage.world.openIssue(stage.alice, { title: "Another", body });
  const apply = (...effects: readonly Effect[]) => stage.hub.apply(refTo(stage, issue), effects);
  const say = (body: string) => stage.world.editIssue(stage.alice, issue, { body });

  describe("blockers", () => {
    it("are those of GitHub and those of the text, each once, and what they wait for themselves", async () => {
      const [a, b, c] = [await open(), await open(), await open()];
      await stage.world.blockBy(stage.alice, issue, a);
      await stage.world.blockBy(stage.alice, a, c);
      await say(`Do it.\n\nBlocked by #${b}, #${a} and #99`);
      await stage.world.editIssue(stage.alice, c, { body: `Blocked by #${issue}` });
      const { blockers, waits } = await look(stage, issue);
      expect(blockers).toEqual([
        { ref: ref(a), state: "open", via: "dependency" },
        { ref: ref(b), state: "open", via: "text" },
        { ref: ref(99), state: "unknown", via: "text" },
      ]);
      expect(waits).toContainEqual({ ref: ref(a), on: [ref(c)] });
      expect(waits).toContainEqual({ ref: ref(c), on: [ref(issue)] });
      expect((await look(stage, a)).blocking).toEqual([ref(issue)]);
    });

    it("that were given up are told from those that are done, pull requests too", async () => {
      const [a, b] = [await open(), await open()];
      await say(`Blocked by #${a}\nBlocked by #${b}`);
      await stage.world.closeIssue(stage.alice, a, "not_planned");
      await stage.world.closeIssue(stage.alice, b, "completed");
      expect((await look(stage, issue)).blockers.map(({ state }) => state)).toEqual(["not_planned", "completed"]);
      const branch = taskBranch(b);
      await stage.world.push(stage.alice, branch);
      const pull: Effect = { kind: "open-pull-request", issue: b, head: branch, base: "main", title: "t", body: "b" };
      const [opened] = await apply(pull);
      const number = opened?.ok === true ? (opened.id ?? 0) : 0;
      await say(`Blocked by #${number}`);
      expect((await look(stage, issue)).blockers).toEqual([{ ref: ref(number), state: "open", via: "text" }]);
      await apply({ kind: "close-pull-request", pullRequest: number, comment: "" });
      expect((await look(stage, issue)).blockers).toMatchObject([{ state: "not_planned" }]);
    });

    it("in another repository of the installation are seen, native ones and those of the text", async () => {
      const native = await stage.world.openElsewhere(stage.alice, { title: "Lib", body: "b" });
      const named = await stage.world.openElsewhere(stage.alice, { title: "Lib", body: "b" });
      await native.blocks(issue);
      await say(`Blocked by ${named.ref}`);
      const states = async () => (await look(stage, issue)).blockers.map((one) => [one.ref, one.state, one.via]);
      expect(await states()).toEqual([
        [native.ref, "open", "dependency"],
        [named.ref, "open", "text"],
      ]);
      await native.close("completed");
      await named.close("not_planned");
      expect(await states()).toEqual([
        [native.ref, "completed", "dependency"],
        [named.ref, "not_planned", "text"],
      ]);
    });
  });

  describe("sub-issues", () => {
    const key = "<!-- signalbox:child 1 model 1 -->";
    const child = async (): Promise<Effect> => ({
      kind: "create-child",
      parent: { nodeId: (await look(stage, issue)).issue.nodeId, number: issue },
      key,
      title: "Add the model",
      body: `${key}\n\nAdd it.`,
      labels: ["task:queued"],
    });
    /** The parent waits in its ledger: then its children are read with their texts. */
    const queue = async (number: number) => {
      const text = message(await look(stage, number), "queue");
      const tip = await stage.hub.createRecord(stage.repository, { parent: null, message: text });
      await stage.hub.updateRefs(stage.repository, [{ ref: ledgerRef(number), before: null, after: tip }]);
    };

    it("are born below their parent, once, and both ends see it", async () => {
      await queue(issue);
      const [first] = await apply(await child());
      const [second] = await apply(await child());
      expect(second).toEqual(first);
      const number = first?.ok === true ? (first.id ?? 0) : 0;
      const { family } = await look(stage, issue);
      expect(family.children).toMatchObject([
        { ref: ref(number), number, state: "open", author: stage.writer, body: `${key}\n\nAdd it.`, blockedBy: [] },
      ]);
      const seen = await look(stage, number);
      expect(seen.issue).toMatchObject({ title: "Add the model", labels: ["task:queued"], author: stage.writer });
      expect(seen.family).toMatchObject({ parent: { ref: ref(issue), number: issue }, children: [] });
      expect(seen.family.parentLedger).toHaveLength(1);
    });

    it.each<Lost>(["before-it-was-applied", "after-it-was-applied"])(
      "are there once in the end when the answer is lost %s",
      async (when) => {
        const effect = await child();
        stage.loseAnswer("create-child", when);
        const [result] = await apply(effect).catch(() => apply(effect));
        const { family } = await look(stage, issue);
        expect(family.children.map(({ number }) => number)).toEqual([result?.ok === true ? result.id : null]);
      },
    );

    it("are made to wait for each other, and a second wish changes nothing", async () => {
      await queue(issue);
      const [a, b] = [await open(), await open()];
      for (const number of [a, b]) await stage.world.adopt(stage.alice, issue, number);
      await apply(await child());
      const [first, second] = await Promise.all([a, b].map(async (number) => (await look(stage, number)).issue.nodeId));
      const block: Effect = { kind: "block", nodeId: second ?? "", by: first ?? "" };
      expect(await apply(block)).toEqual([{ ok: true }]);
      expect(await apply(block)).toEqual([{ ok: true }]);
      expect((await look(stage, issue)).family.children.map(({ number, blockedBy }) => [number, blockedBy])).toEqual(
        expect.arrayContaining([
          [a, []],
          [b, [ref(a)]],
        ]),
      );
      expect((await look(stage, b)).blockers).toEqual([{ ref: ref(a), state: "open", via: "dependency" }]);
    });
  });

  it("a branch is made at the tip of another, and left alone once it is there", async () => {
    const make: Effect = { kind: "create-branch", branch: taskBranch(issue), from: "main" };
    expect(await apply(make)).toEqual([{ ok: true }]);
    expect((await look(stage, issue)).taskBranch).toBe(await stage.world.refOf("refs/heads/main"));
    const head = await stage.world.push(stage.alice, taskBranch(issue));
    expect(await apply(make)).toEqual([{ ok: true }]);
    expect((await look(stage, issue)).taskBranch).toBe(head);
    expect(await apply({ ...make, branch: "signalbox/task/98", from: "gone" })).toMatchObject([{ ok: false }]);
  });

  it("what else is under way is asked for only by a task that says what it touches", async () => {
    const other = await open("Do it.\n\nPaths: docs/**");
    await stage.world.push(stage.alice, taskBranch(other), { path: "src/cart.ts" });
    const head = taskBranch(other);
    await apply({ kind: "open-pull-request", issue: other, head, base: "main", title: "t", body: "b" });
    expect((await look(stage, issue)).works).toEqual([]);
    await say("Do it.\n\nPaths: src");
    expect((await look(stage, issue)).works).toEqual([
      { issue, paths: ["src"], files: [] },
      { issue: other, paths: ["docs/**"], files: ["src/cart.ts"] },
    ]);
  });
}
