// A project: a parent with a branch of its own, which its sub-tasks are merged into and which comes back as one pull request.

import { describe, expect, it } from "vitest";
import type { SubTask } from "../../src/core/result-tasks.ts";
import { type FamilyStage, familyStage } from "../support/family-stage.ts";

const PLAN: readonly SubTask[] = [
  { key: "model", title: "Add the model", body: "Add `Cart`." },
  { key: "view", title: "Add the view", body: "Show it." },
];
const BRANCH = (parent: number) => `signalbox/task/${parent}`;

/** A parent whose breakdown was made, with the branch. */
async function project(on: FamilyStage): Promise<number> {
  const parent = await on.queued({ title: "Build a shop" }, ["role:breakdown", "project:branch"]);
  await on.split(parent, PLAN);
  return parent;
}

function onto(on: FamilyStage, parent: number) {
  return { base: BRANCH(parent), baseSha: on.people.refOf(`refs/heads/${BRANCH(parent)}`) ?? "" };
}

const pulls = (on: FamilyStage) => [...on.people.state().pullRequests.values()];

async function allDone(on: FamilyStage, parent: number): Promise<void> {
  for (const child of on.children(parent)) await on.completed(child, onto(on, parent));
}

describe("a project", () => {
  it("A10 J07 gives its sub-tasks its branch as base: none of them opens a pull request to the default branch", async () => {
    const on = familyStage();
    const parent = await project(on);
    const main = on.people.refOf("refs/heads/main");
    expect(on.people.refOf(`refs/heads/${BRANCH(parent)}`)).toBe(main);
    const [first = 0] = on.children(parent);
    const { observation, task } = await on.look(first);
    expect(observation === null || task === null ? null : on.baseOf(task, observation)).toBe(BRANCH(parent));
    await on.completed(first, onto(on, parent));
    expect(await on.stateOf(first)).toBe("done");
    expect(on.issueOf(first)).toMatchObject({ isOpen: false, stateReason: "completed" });
    expect(pulls(on).map(({ baseRef, isMerged }) => [baseRef, isMerged])).toEqual([[BRANCH(parent), true]]);
    expect(on.people.refOf("refs/heads/main")).toBe(main);
  });

  it("A08 leaves a base that somebody chose for a sub-task as it is", async () => {
    const on = familyStage();
    const parent = await project(on);
    const [first = 0] = on.children(parent);
    await on.say(first, "/task set base release/2");
    const { observation, task } = await on.look(first);
    expect(observation === null || task === null ? null : on.baseOf(task, observation)).toBe("release/2");
  });

  it("J01 does not change while one of its sub-tasks is open", async () => {
    const on = familyStage();
    const parent = await project(on);
    const [first = 0] = on.children(parent);
    await on.completed(first, onto(on, parent));
    expect(await on.stateOf(parent)).toBe("queued");
    expect(on.shown(parent)).toEqual(["task:blocked"]);
  });

  it("J02 opens one pull request when all are done, and is done when that is accepted and merged", async () => {
    const on = familyStage();
    const parent = await project(on);
    await allDone(on, parent);
    expect(await on.task(parent)).toMatchObject({ state: "review", submission: { base: "main", isAssembled: true } });
    expect(on.shown(parent)).toEqual(["task:review"]);
    const [pull, ...more] = pulls(on).filter(({ baseRef }) => baseRef === "main");
    expect(more).toEqual([]);
    expect(pull).toMatchObject({
      headRef: BRANCH(parent),
      isOpen: true,
      body: expect.stringContaining(`Closes #${parent}`),
    });
    await on.say(parent, "/task accept");
    expect(await on.stateOf(parent)).toBe("done");
    expect(on.people.refOf(`refs/heads/${BRANCH(parent)}`)).toBeNull();
  });

  it("J03 without sub-issues is left alone by a sweep, and says what it waits for", async () => {
    const on = familyStage();
    const parent = await on.queued({}, ["project:branch"]);
    await on.sweep();
    expect(await on.task(parent)).toMatchObject({ state: "queued", lease: null });
    expect(on.people.refOf(`refs/heads/${BRANCH(parent)}`)).toBeNull();
    await on.say(parent, "/task status");
    expect(on.text(parent, "answer")[0]).toContain("has no sub-issue yet");
  });

  it("takes sub-issues that people made, and waits for them", async () => {
    const on = familyStage();
    const child = on.open();
    const parent = on.open();
    on.people.setParent(child, parent);
    for (const label of ["project:branch", "task:queued"]) on.people.addLabel(on.alice, parent, label);
    await on.drain(parent);
    on.people.addLabel(on.alice, child, "task:queued");
    await on.drain(child);
    await on.completed(child, onto(on, parent));
    expect(await on.stateOf(parent)).toBe("review");
  });

  it("J05 is not merged while its checks fail, or when none ran, and says which", async () => {
    const on = familyStage({ config: { checks: [{ name: "test", run: "npm test" }] } });
    const parent = await project(on);
    for (const child of on.children(parent)) {
      await on.attempt(child, onto(on, parent));
      await on.say(child, "/task accept");
    }
    await on.say(parent, "/task accept");
    expect(await on.stateOf(parent)).toBe("review");
    expect(on.text(parent, "status")[0]).toContain("none ran");
    const head = on.people.refOf(`refs/heads/${BRANCH(parent)}`) ?? "";
    on.people.report(head, { name: "ci", status: "failure", app: "ci" });
    await on.drain(parent);
    expect(await on.stateOf(parent)).toBe("review");
    await on.say(parent, "/task status");
    expect(on.text(parent, "answer").at(-1)).toContain("failed: ci");
    on.people.report(head, { name: "ci", status: "success", app: "ci" });
    await on.drain(parent);
    expect(await on.stateOf(parent)).toBe("done");
  });

  it("J08 whose merge GitHub refuses asks a person and is not done", async () => {
    const on = familyStage();
    const parent = await project(on);
    await allDone(on, parent);
    const pull = pulls(on).find(({ baseRef }) => baseRef === "main");
    on.people.setConflict(pull?.number ?? 0, true);
    await on.say(parent, "/task accept");
    expect(await on.task(parent)).toMatchObject({ state: "needs-human", acceptance: null });
    expect(on.text(parent, "need")[0]).toContain("conflict");
    expect(on.issueOf(parent).isOpen).toBe(true);
    on.people.setConflict(pull?.number ?? 0, false);
    await on.say(parent, "/task queue");
    expect(await on.stateOf(parent)).toBe("review");
    await on.say(parent, "/task accept");
    expect(await on.stateOf(parent)).toBe("done");
  });

  it("offers its branch anew when it moves after it was offered", async () => {
    const on = familyStage();
    const parent = await project(on);
    await allDone(on, parent);
    await on.say(parent, "/task hold look closely\n/task accept");
    const head = on.people.push(on.alice, `refs/heads/${BRANCH(parent)}`);
    await on.drain(parent);
    expect(await on.task(parent)).toMatchObject({ state: "review", acceptance: null });
    await on.say(parent, "/task unhold");
    expect(await on.task(parent)).toMatchObject({ state: "review", submission: { head } });
    on.pass(1_000);
    await on.say(parent, "/task accept");
    expect(await on.stateOf(parent)).toBe("done");
  });
});
