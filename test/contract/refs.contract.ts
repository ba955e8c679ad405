// Promises about records and refs: the only arbiter of the protocol.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerRef, REPOSITORY_LEDGER_REF } from "../../src/core/observation.ts";
import type { Sha } from "../../src/core/task.ts";
import { type ContractStage, type Lost, look, type MakeStage, message, pauseMessage } from "./stage.ts";

export function refsContract(make: MakeStage): void {
  let stage: ContractStage;
  let issue: number;
  beforeEach(async () => {
    stage = await make();
    issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
  });
  afterEach(() => stage.close());

  const record = async (text: string, parent: Sha | null = null) =>
    stage.hub.createRecord(stage.repository, { parent, message: text });
  const move = (ref: string, before: Sha | null, after: Sha | null) =>
    stage.hub.updateRefs(stage.repository, [{ ref, before, after }]);

  describe("refs", () => {
    it("are created by exactly one of two", async () => {
      const [first, second] = [await record("one"), await record("two")];
      const results = [await move(ledgerRef(issue), null, first), await move(ledgerRef(issue), null, second)];
      expect(results).toEqual(["won", "lost"]);
      expect(await stage.world.refOf(ledgerRef(issue))).toBe(first);
    });

    it("are moved by exactly one of many at the same moment", async () => {
      const first = await record("one");
      await move(ledgerRef(issue), null, first);
      const nexts = await Promise.all(["a", "b", "c", "d"].map((text) => record(text, first)));
      const results = await Promise.all(nexts.map((next) => move(ledgerRef(issue), first, next)));
      expect(results.toSorted()).toEqual(["lost", "lost", "lost", "won"]);
      expect(await stage.world.refOf(ledgerRef(issue))).toBe(nexts[results.indexOf("won")]);
    });

    it("move all together or not at all", async () => {
      const [task, shared, other] = [await record("task"), await record("shared"), await record("other")];
      await move(REPOSITORY_LEDGER_REF, null, other);
      const result = await stage.hub.updateRefs(stage.repository, [
        { ref: ledgerRef(issue), before: null, after: task },
        { ref: REPOSITORY_LEDGER_REF, before: null, after: shared },
      ]);
      expect(result).toBe("lost");
      expect(await stage.world.refOf(ledgerRef(issue))).toBeNull();
      expect(await stage.world.refOf(REPOSITORY_LEDGER_REF)).toBe(other);
    });

    it("are lost although one of them stands where we wanted it: somebody else put it there", async () => {
      const head = await stage.world.push(stage.alice, "signalbox/task/1");
      const [ours, theirs] = [await record("ours"), await record("theirs")];
      await move(ledgerRef(issue), null, theirs);
      const result = await stage.hub.updateRefs(stage.repository, [
        { ref: "refs/heads/signalbox/task/1", before: null, after: head },
        { ref: ledgerRef(issue), before: null, after: ours },
      ]);
      expect(result).toBe("lost");
    });

    it("can be moved and deleted in one call", async () => {
      const staging = await stage.world.push(stage.alice, "staged");
      const result = await stage.hub.updateRefs(stage.repository, [
        { ref: "refs/heads/signalbox/task/1", before: null, after: staging },
        { ref: "refs/heads/staged", before: staging, after: null },
      ]);
      expect(result).toBe("won");
      expect(await stage.world.refOf("refs/heads/signalbox/task/1")).toBe(staging);
      expect(await stage.world.refOf("refs/heads/staged")).toBeNull();
    });

    it("never move backwards: that is refused aloud, and nothing moves", async () => {
      const first = await record("one");
      const [second, stranger] = [await record("two", first), await record("not on top of two")];
      await move(ledgerRef(issue), null, second);
      await expect(move(ledgerRef(issue), second, stranger)).rejects.toThrow();
      expect(await stage.world.refOf(ledgerRef(issue))).toBe(second);
    });

    it.each<Lost>(["before-it-was-applied", "after-it-was-applied"])(
      "are won, once, when the answer is lost %s",
      async (when) => {
        const first = await record("one");
        stage.loseAnswer("updateRefs", when);
        expect(await move(ledgerRef(issue), null, first)).toBe("won");
        expect(await stage.world.refOf(ledgerRef(issue))).toBe(first);
      },
    );

    it("are lost, not won, when the answer is lost and somebody else's value stands", async () => {
      const [ours, theirs] = [await record("ours"), await record("theirs")];
      await move(ledgerRef(issue), null, theirs);
      stage.loseAnswer("updateRefs", "before-it-was-applied");
      expect(await move(ledgerRef(issue), null, ours)).toBe("lost");
      expect(await stage.world.refOf(ledgerRef(issue))).toBe(theirs);
    });
  });

  describe("a ledger", () => {
    it("does not show before a ref names it", async () => {
      await record("nobody's");
      expect((await look(stage, issue)).ledger).toEqual([]);
    });

    it("is read oldest first, each record with its parent and who made it", async () => {
      const seen = await look(stage, issue);
      const [queued, claimed] = [message(seen, "queue"), message(seen, "claim")];
      const first = await record(queued);
      const second = await record(claimed, first);
      await move(ledgerRef(issue), null, second);
      const { ledger, writer } = await look(stage, issue);
      expect(writer).toEqual(stage.writer);
      expect(ledger.map((entry) => ({ ...entry, message: entry.message.trimEnd() }))).toEqual([
        { sha: first, parents: [], message: queued.trimEnd(), authorId: writer.id, signedByGitHub: true },
        { sha: second, parents: [first], message: claimed.trimEnd(), authorId: writer.id, signedByGitHub: true },
      ]);
    });

    it("shows that a person pushed to it", async () => {
      const seen = await look(stage, issue);
      const forged = await stage.world.forcePush(stage.alice, `signalbox/ledger/${issue}`, message(seen, "queue"));
      const { ledger } = await look(stage, issue);
      expect(ledger).toHaveLength(1);
      expect(ledger[0]).toMatchObject({ sha: forged, signedByGitHub: false });
    });

    it("is read whole when it is longer than a page", async () => {
      const seen = await look(stage, issue);
      let tip: Sha | null = null;
      for (let index = 0; index < 45; index += 1) tip = await record(message(seen, "queue"), tip);
      await move(ledgerRef(issue), null, tip);
      const { ledger } = await look(stage, issue);
      expect(ledger).toHaveLength(45);
      expect(ledger.at(-1)?.sha).toBe(tip);
      expect(ledger[0]?.parents).toEqual([]);
    });
  });

  describe("the repository's ledger", () => {
    it("says nothing where there is none", async () => {
      const { repositoryLedger } = await look(stage, issue);
      expect(repositoryLedger).toMatchObject({ tip: null, state: { admissions: [], paused: null } });
    });

    it("says what its newest record says", async () => {
      const tip = await record(pauseMessage(await look(stage, issue), "the roof leaks"));
      await move(REPOSITORY_LEDGER_REF, null, tip);
      const { repositoryLedger } = await look(stage, issue);
      expect(repositoryLedger).toMatchObject({ tip, state: { paused: { why: "the roof leaks" } } });
    });

    it("is a problem, not free for all, when it cannot be read", async () => {
      const tip = await record("what is this?");
      await move(REPOSITORY_LEDGER_REF, null, tip);
      expect((await look(stage, issue)).repositoryLedger).toEqual({ tip, problem: "its last line is not JSON" });
    });

    it("is a problem when a person wrote it", async () => {
      const text = pauseMessage(await look(stage, issue), "I say so");
      const tip = await stage.world.forcePush(stage.alice, "signalbox/ledger/repository", text);
      const problem = "its newest commit was not made by Signalbox";
      expect((await look(stage, issue)).repositoryLedger).toEqual({ tip, problem });
    });
  });
}
