// Promises about effects: they do what they say, leave alone what people did, and twice is the same as once.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerRef } from "../../src/core/observation.ts";
import type { Effect } from "../../src/core/ports.ts";
import { type ContractStage, type Lost, look, type MakeStage, message, refTo } from "./stage.ts";

export function effectsContract(make: MakeStage): void {
  let stage: ContractStage;
  let issue: number;
  let nodeId: string;
  beforeEach(async () => {
    stage = await make();
    issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
    nodeId = (await look(stage, issue)).issue.nodeId;
  });
  afterEach(() => stage.close());

  const apply = (...effects: readonly Effect[]) => stage.hub.apply(refTo(stage, issue), effects);
  const ok = { ok: true };

  describe("labels", () => {
    it("come and go without touching those of people", async () => {
      await stage.world.addLabel(stage.alice, issue, "good first issue");
      await stage.world.addLabel(stage.alice, issue, "task:queued");
      const results = await apply(
        { kind: "add-labels", nodeId, labels: ["task:claimed"] },
        { kind: "remove-labels", nodeId, labels: ["task:queued"] },
      );
      expect(results).toEqual([ok, ok]);
      const seen = await look(stage, issue);
      expect(seen.issue.labels.toSorted()).toEqual(["good first issue", "task:claimed"]);
      expect(seen.events.at(-1)).toMatchObject({ kind: "unlabeled", subject: "task:queued", actor: stage.writer });
    });

    it("that are on already leave no second trace", async () => {
      const add: Effect = { kind: "add-labels", nodeId, labels: ["task:queued"] };
      const take: Effect = { kind: "remove-labels", nodeId, labels: ["task:blocked"] };
      expect(await apply(add, take)).toEqual([ok, ok]);
      expect(await apply(add, take)).toEqual([ok, ok]);
      expect((await look(stage, issue)).events.map(({ kind, subject }) => [kind, subject])).toEqual([
        ["labeled", "task:queued"],
      ]);
    });
  });

  describe("assignees", () => {
    it("are set and taken off, and whoever cannot be assigned is left out without a word", async () => {
      expect(await apply({ kind: "assign", nodeId, accounts: [stage.alice, stage.stranger, stage.writer] })).toEqual([
        ok,
      ]);
      expect((await look(stage, issue)).issue.assignees).toEqual([stage.alice]);
      expect(await apply({ kind: "unassign", nodeId, accounts: [stage.alice] })).toEqual([ok]);
      expect((await look(stage, issue)).issue.assignees).toEqual([]);
    });
  });

  describe("comments", () => {
    const key = "<!-- signalbox:need ";
    const create = (body = "Please decide."): Effect => ({
      kind: "create-comment",
      issue,
      key,
      body: `${key}5 -->\n${body}`,
    });
    const ours = async () => (await look(stage, issue)).comments.filter(({ author }) => author?.id === stage.writer.id);

    it("are created by the app, and their id is told", async () => {
      const [result] = await apply(create());
      const [comment] = await ours();
      expect(result).toEqual({ ok: true, id: comment?.id });
      expect(comment).toMatchObject({ on: issue, author: stage.writer, body: `${key}5 -->\nPlease decide.` });
    });

    it.each<Lost>(["before-it-was-applied", "after-it-was-applied"])(
      "are there once in the end when the answer is lost %s",
      async (when) => {
        stage.loseAnswer("create-comment", when);
        // Not knowing is allowed, a second comment is not: whoever is told so tries again.
        const [result] = await apply(create()).catch(() => apply(create()));
        expect((await ours()).map(({ id }) => ({ ok: true, id }))).toEqual([result]);
      },
    );

    it("are edited, minimised and deleted, and what is gone stays gone", async () => {
      await apply(create());
      const [comment] = await ours();
      const node = comment?.nodeId ?? "";
      const edit: Effect = { kind: "edit-comment", nodeId: node, body: "Decided." };
      expect(await apply(edit, { kind: "minimize-comment", nodeId: node })).toEqual([ok, ok]);
      expect(await ours()).toMatchObject([{ body: "Decided.", isMinimized: true }]);
      const remove: Effect = { kind: "delete-comment", nodeId: node };
      expect(await apply(remove)).toEqual([ok]);
      expect(await apply(remove)).toEqual([ok]);
      expect(await ours()).toEqual([]);
      expect(await apply(edit)).toMatchObject([{ ok: false }]);
    });

    it("get a reaction of ours once, next to those of others", async () => {
      const id = await stage.world.comment(stage.alice, issue, "/task hold");
      const node = (await look(stage, issue)).comments.find((one) => one.id === id)?.nodeId ?? "";
      const react: Effect = { kind: "react", nodeId: node, reaction: "eyes" };
      await apply(react);
      expect(await apply(react, { kind: "react", nodeId: node, reaction: "rocket" })).toEqual([ok, ok]);
      const [comment] = (await look(stage, issue)).comments;
      expect(comment?.reactions.toSorted()).toEqual(["eyes", "rocket"]);
    });
  });

  describe("the issue", () => {
    it("is closed with the reason and opened again", async () => {
      expect(await apply({ kind: "close-issue", nodeId, reason: "not_planned" })).toEqual([ok]);
      expect((await look(stage, issue)).issue).toMatchObject({
        isOpen: false,
        stateReason: "not_planned",
        closedBy: stage.writer,
      });
      expect(await apply({ kind: "reopen-issue", nodeId })).toEqual([ok]);
      expect((await look(stage, issue)).issue).toMatchObject({ isOpen: true });
    });
  });

  describe("a run", () => {
    it("is dispatched for a claim and shows under its token until it is cancelled", async () => {
      const text = message(await look(stage, issue), "claim");
      const token = await stage.hub.createRecord(stage.repository, { parent: null, message: text });
      await stage.hub.updateRefs(stage.repository, [{ ref: ledgerRef(issue), before: null, after: token }]);
      expect((await look(stage, issue)).runs).toEqual([]);
      const [dispatched] = await apply({ kind: "dispatch", issue, token });
      const id = dispatched?.ok === true ? (dispatched.id ?? 0) : 0;
      expect(id).toBeGreaterThan(0);
      await stage.world.settle();
      expect((await look(stage, issue)).runs).toMatchObject([{ run: { id, attempt: 1 }, token }]);
      expect(await apply({ kind: "cancel-run", runId: id })).toEqual([ok]);
      await stage.world.settle();
      expect((await look(stage, issue)).runs).toMatchObject([{ status: "completed", conclusion: "cancelled" }]);
      expect(await apply({ kind: "cancel-run", runId: id })).toEqual([ok]);
    });
  });
}
