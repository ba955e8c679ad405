// An issue is split: a run hands over a list, the app makes the sub-issues, and the parent ends when they are done.

import { describe, expect, it } from "vitest";
import type { FaultHook } from "../../src/adapters/memory/memory-hub.ts";
import type { SubTask } from "../../src/core/result-tasks.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type FamilyStage, familyStage } from "../support/family-stage.ts";

const PLAN: readonly SubTask[] = [
  { key: "model", title: "Add the model", body: "Add `Cart`.", paths: ["src/cart/**"] },
  { key: "view", title: "Add the view", body: "Show it to @everyone." },
  { key: "docs", title: "Write it down", body: "In the README.", dependsOn: ["model"], role: "document" },
];

const LABELS = ["role:breakdown"];

async function splitIssue(on: FamilyStage, tasks: readonly SubTask[] = PLAN): Promise<number> {
  const parent = await on.queued({ title: "Build a shop" }, LABELS);
  expect(await on.split(parent, tasks)).toMatchObject({ move: "split", refusal: null });
  return parent;
}

const keyOf = (on: FamilyStage, child: number) =>
  /^<!-- signalbox:child \d+ ([\w-]+)/.exec(on.issueOf(child).body)?.[1];

describe("a breakdown", () => {
  it("J09 makes its sub-issues in order, each behind its predecessors, and the parent waits", async () => {
    const on = familyStage();
    const parent = await splitIssue(on);
    const made = on.children(parent);
    expect(made.map((child) => [on.issueOf(child).title, keyOf(on, child)])).toEqual([
      ["Add the model", "model"],
      ["Add the view", "view"],
      ["Write it down", "docs"],
    ]);
    const [model = 0, view = 0, docs = 0] = made;
    expect(made.map((child) => on.issueOf(child).blockers)).toEqual([[], [`acme/app#${model}`], [`acme/app#${model}`]]);
    expect(on.issueOf(view).body).not.toContain("@everyone");
    expect(on.issueOf(model).body).toContain("Paths: `src/cart/**`");
    expect([await on.stateOf(model), on.shown(view), on.shown(docs)]).toEqual([
      "claimed",
      ["task:blocked"],
      ["task:blocked"],
    ]);
    expect((await on.task(docs))?.settings).toMatchObject({ role: "document" });
    expect(await on.task(parent)).toMatchObject({ state: "queued", lease: null });
    expect(on.shown(parent)).toEqual(["task:blocked"]);
    expect(on.text(parent, "status")[0]).toContain("sub-tasks are worked on");
  });

  it("J01 does not change while one sub-task is open; it ends by itself with the last one", async () => {
    const on = familyStage();
    const parent = await splitIssue(on, PLAN.slice(0, 2));
    const [first = 0, second = 0] = on.children(parent);
    await on.completed(first);
    expect(await on.stateOf(parent)).toBe("queued");
    expect(on.shown(parent)).toEqual(["task:blocked"]);
    await on.completed(second);
    expect(await on.task(parent)).toMatchObject({ state: "done", attempts: [{ role: "breakdown", end: "split" }] });
    expect(on.issueOf(parent)).toMatchObject({ isOpen: false, stateReason: "completed" });
    expect(on.shown(parent)).toEqual(["task:done"]);
  });

  it("asks a person when a sub-task is given up, and goes on without it when told so", async () => {
    const on = familyStage();
    const parent = await splitIssue(on, PLAN.slice(0, 2));
    const [first = 0, second = 0] = on.children(parent);
    await on.completed(first);
    on.people.close(on.alice, second, "not_planned");
    await on.drain(second);
    expect(await on.stateOf(parent)).toBe("needs-human");
    await on.say(parent, "/task queue");
    expect(await on.stateOf(parent)).toBe("done");
  });

  it("J11 waits for approval when the config says so: sub-tasks are drafts that nobody can claim until then", async () => {
    const on = familyStage({ config: { checks: "none", breakdown: { approve: true } } });
    const parent = await splitIssue(on);
    const made = on.children(parent);
    expect(made).toHaveLength(3);
    for (const child of made) {
      expect(await on.stateOf(child)).toBe("draft");
      await on.say(child, "/task claim");
      expect(on.text(child, "answer").at(-1)).toContain("`draft`");
    }
    expect(on.shown(parent)).toEqual(["task:needs-human"]);
    expect(on.text(parent, "need")[0]).toContain("waits for approval");
    await on.say(parent, "/task accept");
    expect(await on.task(parent)).toMatchObject({ state: "queued", breakdown: { isApproved: true } });
    expect(await Promise.all(made.map(on.stateOf))).toEqual(["claimed", "queued", "queued"]);
  });

  it("J11 is not approved by somebody who may not write", async () => {
    const on = familyStage({ config: { checks: "none", breakdown: { approve: true } } });
    const parent = await splitIssue(on);
    on.people.comment(on.carol, parent, "/task accept");
    await on.drain(parent);
    expect(await on.stateOf(parent)).toBe("needs-human");
  });

  it("J10 is refused at the greatest depth: to the person who asks, and to a run that tries", async () => {
    const on = familyStage();
    const parent = await splitIssue(on, PLAN.slice(0, 1));
    const [child = 0] = on.children(parent);
    await on.say(child, "/task release not yet\n/task cancel\n/task breakdown");
    expect(on.text(child, "answer").at(-1)).toContain("`breakdown.depth` allows 1");
    await on.say(child, "/task queue");
    expect(await on.stateOf(child)).toBe("claimed");
    expect(await on.split(child, PLAN)).toMatchObject({ move: "ask", refusal: null });
    expect(await on.task(child)).toMatchObject({ state: "needs-human", breakdown: null });
    expect(on.text(child, "need")[0]).toContain("not possible");
    expect(on.children(child)).toEqual([]);
  });

  it("goes deeper when the config says so", async () => {
    const on = familyStage({ config: { checks: "none", breakdown: { depth: 2 } } });
    const parent = await splitIssue(on, [{ key: "a", title: "A", body: "Split me.", role: "breakdown" }]);
    const [child = 0] = on.children(parent);
    expect(await on.split(child, PLAN.slice(0, 1))).toMatchObject({ move: "split" });
    const [grandchild = 0] = on.children(child);
    expect(on.issueOf(grandchild).body).toContain(`signalbox:child ${child} model 2`);
    await on.completed(grandchild);
    expect([await on.stateOf(child), await on.stateOf(parent)]).toEqual(["done", "done"]);
  });

  it("asks a person when the list names a role that nobody knows", async () => {
    const on = familyStage();
    const parent = await on.queued({}, LABELS);
    const published = await on.split(parent, [{ key: "a", title: "A", body: "B", role: "poet" }]);
    expect(published).toMatchObject({ move: "ask" });
    expect(on.text(parent, "need")[0]).toContain("poet");
  });
});

describe("the making of sub-issues", () => {
  it.each(Array.from({ length: 8 }, (_, cut) => [cut]))(
    "doubles nothing when it is cut off at call %i, and is finished by the next sweeps",
    async (cut) => {
      let calls = -1;
      let isArmed = false;
      const faults: FaultHook = ({ detail }) => {
        if (!isArmed || !["create-child", "block"].includes(detail)) return "none";
        calls += 1;
        if (calls !== cut) return "none";
        isArmed = false;
        return cut % 2 === 0 ? "fail-after" : "fail-before";
      };
      const on = familyStage({ config: { checks: "none" }, faults });
      const parent = await on.queued({ title: "Build a shop" }, LABELS);
      isArmed = true;
      await on.split(parent, PLAN).catch(() => null);
      for (let sweeps = 0; sweeps < 3; sweeps += 1) {
        on.pass(60_000);
        await on.sweep().catch(() => null);
      }
      const made = on.children(parent);
      expect(made.map((child) => keyOf(on, child))).toEqual(["model", "view", "docs"]);
      expect(made.map((child) => on.issueOf(child).blockers.length)).toEqual([0, 1, 1]);
      expect(await on.stateOf(made[0] ?? 0)).toBe("claimed");
    },
  );

  it("of two app instances at the same time makes each once", async () => {
    const on = familyStage();
    const parent = await on.queued({}, LABELS);
    const lease = (await on.task(parent))?.lease;
    const runId = [...on.people.state().runs.keys()][0] ?? 0;
    on.people.startRun(runId);
    await on.bind(parent, runId, lease?.token ?? "");
    await on.finish(parent, runId, lease?.token ?? "", { head: null, tasks: [...PLAN] });
    await Promise.all([1, 2].map(() => reconcile(on.deps, { ...on.repository, issue: parent }, [])));
    expect(on.children(parent).map((child) => keyOf(on, child))).toEqual(["model", "view", "docs"]);
  });

  it("does not take an issue with a copied key for its own", async () => {
    const on = familyStage();
    const parent = await splitIssue(on, PLAN.slice(0, 1));
    const forged = on.open({ body: on.issueOf(on.children(parent)[0] ?? 0).body });
    on.people.setParent(forged, parent);
    await on.drain(forged, parent);
    expect(await on.task(forged)).toBeNull();
  });
});
