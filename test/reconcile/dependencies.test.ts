// Tasks that wait for other issues: by GitHub's own dependencies or a line of their text, here and in other repositories.

import { describe, expect, it } from "vitest";
import { familyStage } from "../support/family-stage.ts";

const ref = (issue: number) => `acme/app#${issue}`;

describe("a blocked task", () => {
  it("C01 is not claimed, shows that it is blocked, and says by what", async () => {
    const on = familyStage();
    const first = on.open();
    const second = on.open();
    on.people.setBlockers(second, [ref(first)]);
    on.people.addLabel(on.alice, second, "task:queued");
    await on.drain(second);
    expect(await on.task(second)).toMatchObject({ state: "queued", lease: null });
    expect(on.shown(second)).toEqual(["task:blocked"]);
    expect(on.text(second, "status")[0]).toContain(`blocked by ${ref(first)}`);
    await on.say(second, "/task claim");
    expect(on.text(second, "answer")[0]).toContain(`blocked by ${ref(first)}`);
  });

  it("C02 is claimed as soon as its blocker is accepted and merged, woken by nothing else", async () => {
    const on = familyStage();
    const first = await on.queued();
    const second = on.open();
    on.people.setBlockers(second, [ref(first)]);
    on.people.addLabel(on.alice, second, "task:queued");
    await on.drain(second);
    await on.completed(first);
    expect(await on.stateOf(first)).toBe("done");
    expect(await on.stateOf(second)).toBe("claimed");
    expect(on.shown(second)).toEqual(["task:claimed"]);
  });

  it("C03 opens link by link in a chain of three", async () => {
    const on = familyStage();
    const [a, b, c] = [on.open(), on.open(), on.open()];
    on.people.setBlockers(b, [ref(a)]);
    on.people.setBlockers(c, [ref(b)]);
    for (const issue of [c, b, a]) {
      on.people.addLabel(on.alice, issue, "task:queued");
      await on.drain(issue);
    }
    expect([await on.stateOf(a), on.shown(b), on.shown(c)]).toEqual(["claimed", ["task:blocked"], ["task:blocked"]]);
    await on.completed(a);
    expect([await on.stateOf(b), on.shown(c)]).toEqual(["claimed", ["task:blocked"]]);
    await on.completed(b);
    expect(await on.stateOf(c)).toBe("claimed");
  });

  it("C04 stays blocked while its blocker is stuck, which is claimed anew when its lease is over", async () => {
    const on = familyStage();
    const first = await on.queued();
    const second = await on.queued({ body: `Do it.\n\nBlocked by #${first}` });
    const { runId } = { runId: [...on.people.state().runs.keys()][0] ?? 0 };
    on.people.startRun(runId);
    await on.bind(first, runId, (await on.task(first))?.lease?.token ?? "");
    on.pass(3 * 3_600_000);
    await on.sweep();
    expect(on.shown(second)).toEqual(["task:blocked"]);
    on.people.finishRun(runId, "cancelled");
    await on.sweep();
    on.pass(60_000);
    await on.sweep();
    expect(await on.task(first)).toMatchObject({ state: "claimed", lease: { attempt: 2 } });
    expect(on.shown(second)).toEqual(["task:blocked"]);
  });

  it("C07 is unblocked too when its blocker is forced to done", async () => {
    const on = familyStage();
    on.people.setRole(on.alice, "maintain");
    const first = await on.queued();
    const second = await on.queued({ body: `Do it.\n\n- Blocked by #${first}` });
    expect(on.shown(second)).toEqual(["task:blocked"]);
    await on.say(first, "/task force done merged by hand");
    expect(on.issueOf(first)).toMatchObject({ isOpen: false, stateReason: "completed" });
    expect(await on.stateOf(second)).toBe("claimed");
  });

  it("waits for all of several blockers, native ones and those of its text", async () => {
    const on = familyStage();
    const [a, b, c] = [on.open(), on.open(), on.open()];
    const task = on.open({ body: `Do it.\n\nBlocked by #${b} and ${ref(c)}.` });
    on.people.setBlockers(task, [ref(a)]);
    on.people.addLabel(on.alice, task, "task:queued");
    await on.drain(task);
    expect(on.text(task, "status")[0]).toContain(`blocked by ${ref(a)}, ${ref(b)}, ${ref(c)}`);
    for (const issue of [a, b]) {
      on.people.close(on.alice, issue);
      await on.drain(issue);
      expect(on.shown(task)).toEqual(["task:blocked"]);
    }
    on.people.close(on.alice, c);
    await on.drain(c);
    expect(await on.stateOf(task)).toBe("claimed");
  });

  it("waits for an issue of another repository, and for one that nobody can read", async () => {
    const on = familyStage();
    const other = on.world.createRepository({ owner: "acme", name: "lib" });
    on.world.act(other, on.alice, (state, act) => ({
      state: {
        ...state,
        nextNumber: 2,
        issues: new Map([[1, { ...on.issueOf(on.open()), number: 1, nodeId: `I_${act.id}`, isOpen: true }]]),
      },
      what: "issue-opened",
    }));
    const task = await on.queued({ body: "Do it.\n\nBlocked by acme/lib#1, acme/gone#9" });
    expect(on.text(task, "status")[0]).toContain("blocked by acme/lib#1, acme/gone#9");
    expect((await on.look(task)).waitsFor).toEqual(["acme/lib#1", "acme/gone#9"]);
    on.people.editIssue(on.alice, task, { body: "Do it.\n\nBlocked by acme/lib#1" });
    await on.drain(task);
    expect(on.shown(task)).toEqual(["task:blocked"]);
    on.world.act(other, on.alice, (state) => {
      const issue = state.issues.get(1);
      if (issue === undefined) throw new Error("there is no issue");
      const closed = { ...issue, isOpen: false, stateReason: "completed" as const };
      return { state: { ...state, issues: new Map([[1, closed]]) }, what: "closed" };
    });
    await on.drain(task);
    expect(await on.stateOf(task)).toBe("claimed");
  });

  it.each([
    ["in code", "```\nBlocked by #1\n```"],
    ["quoted", "> Blocked by #1"],
    ["inside a sentence", "This was once blocked by #1, no more."],
    ["hidden", "<!-- Blocked by #1 -->"],
  ])("is not blocked by what stands %s", async (_where, line) => {
    const on = familyStage();
    on.open();
    const task = await on.queued({ body: `Do it.\n\n${line}` });
    expect(await on.stateOf(task)).toBe("claimed");
  });
});

describe("a blocker that was given up", () => {
  it("asks a person once; queueing the task again lets it go on without that blocker", async () => {
    const on = familyStage();
    const first = on.open();
    const second = await on.queued({ body: `Do it.\n\nBlocked by #${first}` });
    on.people.close(on.alice, first, "not_planned");
    await on.drain(first);
    expect(await on.task(second)).toMatchObject({ state: "needs-human", doubts: [ref(first)] });
    const [need] = on.text(second, "need");
    expect(need).toContain("closed as not planned");
    expect(need).toContain("signalbox:rescope");
    expect(need).toContain("signalbox:abandon");
    await on.sweep();
    expect(on.text(second, "need")).toHaveLength(1);
    await on.say(second, "/task queue");
    expect(await on.task(second)).toMatchObject({ state: "claimed", waived: [ref(first)] });
  });
});

describe("a circle", () => {
  it("is refused to whoever would close it, with the way around it", async () => {
    const on = familyStage();
    const first = on.open();
    const second = on.open({ body: `Do it.\n\nBlocked by #${first}` });
    on.people.editIssue(on.alice, first, { body: `Do it.\n\nBlocked by #${second}` });
    on.people.addLabel(on.alice, second, "task:queued");
    await on.drain(second);
    expect(await on.task(second)).toBeNull();
    expect(on.shown(second)).toEqual([]);
    expect(on.text(second, "answer")[0]).toContain(
      `It waits for itself: ${ref(second)} → ${ref(first)} → ${ref(second)}`,
    );
  });

  it("that comes up later stops the task, calls a person, and is over when one link is taken away", async () => {
    const on = familyStage();
    const first = on.open();
    const middle = on.open({ body: "Do it." });
    const task = await on.queued({ body: `Do it.\n\nBlocked by #${first}` });
    on.people.setBlockers(first, [ref(middle)]);
    on.people.setParent(task, middle);
    await on.drain(task);
    expect(await on.task(task)).toMatchObject({ state: "needs-human" });
    expect(on.text(task, "need")[0]).toContain(
      `waits for itself: ${ref(task)} → ${ref(first)} → ${ref(middle)} → ${ref(task)}`,
    );
    await on.say(task, "/task queue");
    expect(await on.stateOf(task)).toBe("needs-human");
    on.people.setBlockers(first, []);
    on.people.close(on.alice, first);
    await on.say(task, "/task queue");
    expect(await on.stateOf(task)).toBe("claimed");
  });
});

describe("a blocker that is added after the claim", () => {
  it("lets the attempt finish and holds its merge", async () => {
    const on = familyStage();
    const task = await on.queued();
    const late = on.open();
    on.people.setBlockers(task, [ref(late)]);
    await on.drain(task);
    expect(await on.stateOf(task)).toBe("claimed");
    await on.completed(task);
    expect(await on.task(task)).toMatchObject({ state: "review", acceptance: { by: { login: "alice" } } });
    expect(on.text(task, "status")[0]).toContain(`waits for ${ref(late)}`);
    on.people.close(on.alice, late);
    await on.drain(late);
    expect(await on.stateOf(task)).toBe("done");
  });

  it("ends the attempt when the config says so, and cancels its run", async () => {
    const on = familyStage({ config: { checks: "none", blockers: { late: "release" } } });
    const task = await on.queued();
    const late = on.open();
    const runId = [...on.people.state().runs.keys()][0] ?? 0;
    on.people.startRun(runId);
    await on.bind(task, runId, (await on.task(task))?.lease?.token ?? "");
    on.people.setBlockers(task, [ref(late)]);
    await on.drain(task);
    expect(await on.task(task)).toMatchObject({ state: "queued", lease: null, counters: { attempts: 0 } });
    expect(on.shown(task)).toEqual(["task:blocked"]);
    expect(on.people.state().runs.get(runId)).toMatchObject({ status: "completed", conclusion: "cancelled" });
  });

  it("is let be when the config says so", async () => {
    const on = familyStage({ config: { checks: "none", blockers: { late: "ignore" } } });
    const task = await on.queued();
    on.people.setBlockers(task, [ref(on.open())]);
    await on.completed(task);
    expect(await on.stateOf(task)).toBe("done");
  });
});
