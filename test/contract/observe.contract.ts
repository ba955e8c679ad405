// Promises about a look: what people did is in it, as GitHub tells it, and nothing else.

import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerRef } from "../../src/core/observation.ts";
import { type ContractStage, look, type MakeStage, message, refTo } from "./stage.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

export function observeContract(make: MakeStage): void {
  let stage: ContractStage;
  let issue: number;
  beforeEach(async () => {
    stage = await make();
    issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please\nnow" });
  });
  afterEach(() => stage.close());

  describe("an issue", () => {
    it("is seen as it is, with a digest of its text", async () => {
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      const seen = await look(stage, issue);
      expect(seen.issue).toMatchObject({
        number: issue,
        title: "Say hello",
        body: "please\nnow",
        textDigest: sha256("Say hello\n\nplease\nnow"),
        author: stage.alice,
        editor: null,
        isOpen: true,
        isPullRequest: false,
        isLocked: false,
        labels: ["task:queued"],
        assignees: [],
      });
      expect(seen.repository).toMatchObject({ ...stage.repository, isPrivate: true, defaultBranch: "main" });
      expect(seen.now - seen.issue.createdAt).toBeLessThan(60_000);
    });

    it.each([
      ["body", { body: "please, later" }],
      ["title", { title: "Say hello twice" }],
    ])("names who changed its %s last", async (_what, text) => {
      stage.pass(2_000);
      await stage.world.editIssue(stage.carol, issue, text);
      expect((await look(stage, issue)).issue).toMatchObject({ ...text, editor: stage.carol });
    });

    it("tells who closed it, and why", async () => {
      await stage.world.closeIssue(stage.alice, issue, "not_planned");
      const { issue: seen, events } = await look(stage, issue);
      expect(seen).toMatchObject({ isOpen: false, stateReason: "not_planned", closedBy: stage.alice });
      expect(events.map(({ kind, actor }) => [kind, actor?.login])).toEqual([["closed", "alice"]]);
    });

    it("is gone when it was deleted", async () => {
      await stage.world.deleteIssue(stage.alice, issue);
      expect(await stage.hub.observe(refTo(stage, issue))).toBe("gone");
    });

    it("tells in order who put which label on it and took it off", async () => {
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      await stage.world.addLabel(stage.carol, issue, "priority:p1");
      await stage.world.removeLabel(stage.carol, issue, "task:queued");
      const { events } = await look(stage, issue);
      expect(events.map(({ kind, subject, actor }) => [kind, subject, actor])).toEqual([
        ["labeled", "task:queued", stage.alice],
        ["labeled", "priority:p1", stage.carol],
        ["unlabeled", "task:queued", stage.carol],
      ]);
      expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    });

    it("names what blocks it", async () => {
      const blocker = await stage.world.openIssue(stage.alice, { title: "First", body: "this" });
      await stage.world.blockBy(stage.alice, issue, blocker);
      const ref = `acme/${stage.repository.name}#${blocker}`;
      expect((await look(stage, issue)).blockers).toEqual([{ ref, state: "open", via: "dependency" }]);
      await stage.world.closeIssue(stage.alice, blocker, "completed");
      expect((await look(stage, issue)).blockers).toEqual([{ ref, state: "completed", via: "dependency" }]);
    });
  });

  describe("comments", () => {
    it("are seen in order, with who wrote and who edited them", async () => {
      const first = await stage.world.comment(stage.alice, issue, "/task hold");
      const second = await stage.world.comment(stage.mallory, issue, "/task accept");
      stage.pass(2_000);
      await stage.world.editComment(stage.carol, second, "/task accept now");
      const { comments } = await look(stage, issue);
      expect(comments).toMatchObject([
        { id: first, on: issue, author: stage.alice, editor: null, body: "/task hold", isMinimized: false },
        { id: second, on: issue, author: stage.mallory, editor: stage.carol, body: "/task accept now" },
      ]);
      expect(comments[0]?.bodyDigest).toBe(sha256("/task hold").slice(0, 16));
      expect(comments[1]?.updatedAt).toBeGreaterThan(comments[1]?.createdAt ?? 0);
    });

    it("are read whole when there are more than a page of them", async () => {
      for (let index = 1; index <= 104; index += 1) await stage.world.comment(stage.alice, issue, `number ${index}`);
      const { comments } = await look(stage, issue);
      expect(comments.map(({ body }) => body)).toEqual(
        Array.from({ length: 104 }, (_, index) => `number ${index + 1}`),
      );
    });
  });

  describe("the config", () => {
    it("is the standard one where there is no file", async () => {
      const { config, configProblems } = await look(stage, issue);
      expect([config.prefix, config.limits.claimed, configProblems]).toEqual(["task", 3, []]);
    });

    it("is what the file says", async () => {
      await stage.world.setConfig("limits: { claimed: 1 }\nbudget: { task: 2.5 }\n");
      const { config, configSource } = await look(stage, issue);
      expect([config.limits.claimed, config.limits.review, config.budget.task]).toEqual([1, 10, 2_500_000]);
      expect(configSource).toEqual({ limits: { claimed: 1 }, budget: { task: 2.5 } });
    });

    it("stays the last good one while the file is wrong, and says what is wrong", async () => {
      await stage.world.setConfig("limits: { claimed: 1 }\n");
      await look(stage, issue);
      await stage.world.setConfig("limits: { claimed: many }\n");
      const { config, configProblems } = await look(stage, issue);
      expect(config.limits.claimed).toBe(1);
      expect(configProblems).toHaveLength(1);
      expect(configProblems[0]).toContain("limits.claimed");
    });
  });

  describe("neighbours", () => {
    it("are the other issues with a ledger or a state label, and what their tip says", async () => {
      const labelled = await stage.world.openIssue(stage.carol, { title: "Labelled", body: "b" });
      await stage.world.addLabel(stage.alice, labelled, "task:draft");
      const recorded = await stage.world.openIssue(stage.alice, { title: "Recorded", body: "b" });
      const text = message(await look(stage, recorded), "queue");
      const tip = await stage.hub.createRecord(stage.repository, { parent: null, message: text });
      await stage.hub.updateRefs(stage.repository, [{ ref: ledgerRef(recorded), before: null, after: tip }]);
      await stage.world.openIssue(stage.alice, { title: "Nothing to us", body: "b" });
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      const { neighbours } = await look(stage, issue);
      expect(neighbours.map((one) => [one.issue, one.labels, one.author?.login, one.tip?.state])).toEqual([
        [labelled, ["task:draft"], "carol", undefined],
        [recorded, [], undefined, "queued"],
      ]);
    });
  });

  describe("open tasks", () => {
    it("are those whose label or ledger says so", async () => {
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      const closed = await stage.world.openIssue(stage.alice, { title: "Closed meanwhile", body: "b" });
      await stage.world.addLabel(stage.alice, closed, "task:claimed");
      await stage.world.closeIssue(stage.alice, closed, "completed");
      const done = await stage.world.openIssue(stage.alice, { title: "Done", body: "b" });
      await stage.world.addLabel(stage.alice, done, "task:done");
      const stripped = await stage.world.openIssue(stage.alice, { title: "Label taken off", body: "b" });
      const text = message(await look(stage, stripped), "queue");
      const tip = await stage.hub.createRecord(stage.repository, { parent: null, message: text });
      await stage.hub.updateRefs(stage.repository, [{ ref: ledgerRef(stripped), before: null, after: tip }]);
      expect(await stage.hub.openTasks(stage.repository)).toEqual([issue, closed, stripped]);
    });
  });

  describe("permissions", () => {
    it("are the roles of this very account", async () => {
      const of = (account: typeof stage.alice) => stage.hub.permissionOf(stage.repository, account);
      const roles = [await of(stage.alice), await of(stage.carol), await of(stage.mallory), await of(stage.stranger)];
      expect(roles).toEqual(["write", "maintain", "read", "none"]);
      expect(await of({ ...stage.stranger, login: "alice" })).toBe("none");
    });

    it("are asked anew in the next look", async () => {
      await look(stage, issue);
      expect(await stage.hub.permissionOf(stage.repository, stage.alice)).toBe("write");
      stage.setRole(stage.alice, "read");
      await look(stage, issue);
      expect(await stage.hub.permissionOf(stage.repository, stage.alice)).toBe("read");
    });
  });
}
