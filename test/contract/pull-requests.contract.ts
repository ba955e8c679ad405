// Promises about the pull request of a task: opened or adopted, seen with all that a gate asks, merged only at one head.

import { afterEach, beforeEach, expect, it } from "vitest";
import { taskBranch } from "../../src/core/observation.ts";
import type { Effect } from "../../src/core/ports.ts";
import type { Sha } from "../../src/core/task.ts";
import { type ContractStage, look, type MakeStage, refTo } from "./stage.ts";

export function pullRequestsContract(make: MakeStage): void {
  let stage: ContractStage;
  let issue: number;
  let branch: string;
  let head: Sha;
  beforeEach(async () => {
    stage = await make();
    issue = await stage.world.openIssue(stage.alice, { title: "Say hello", body: "please" });
    branch = taskBranch(issue);
    head = await stage.world.push(stage.alice, branch);
  });
  afterEach(() => stage.close());

  const apply = (...effects: readonly Effect[]) => stage.hub.apply(refTo(stage, issue), effects);
  const open = (): Effect => ({
    kind: "open-pull-request",
    issue,
    head: branch,
    base: "main",
    title: "Say hello",
    body: `Closes #${issue}`,
  });
  const merge = (pullRequest: number, at: Sha): Effect => ({
    kind: "merge",
    pullRequest,
    head: at,
    method: "merge",
    title: "Say hello",
  });
  const opened = async () => {
    const [result] = await apply(open());
    if (result?.ok !== true || result.id === undefined) throw new Error("no pull request was opened");
    return result.id;
  };
  const seen = async () => (await look(stage, issue)).pullRequests;

  it("is opened once, and a second wish adopts it", async () => {
    const [first] = await apply(open());
    const [second] = await apply(open());
    expect(second).toEqual(first);
    expect(await seen()).toMatchObject([
      {
        number: first?.ok === true ? first.id : null,
        author: stage.writer,
        headRef: branch,
        headRepository: `acme/${stage.repository.name}`,
        head,
        baseRef: "main",
        isOpen: true,
        isMerged: false,
        isDraft: false,
        closedAt: null,
        mergeable: "yes",
        touchesWorkflows: false,
      },
    ]);
    expect((await look(stage, issue)).taskBranch).toBe(head);
  });

  it("is refused when there is nothing to merge", async () => {
    const [result] = await apply({ ...open(), head: "main", base: "main" } as Effect);
    expect(result).toMatchObject({ ok: false });
  });

  it("follows its branch, and says so when a push touches workflows", async () => {
    await opened();
    stage.pass(5_000);
    const next = await stage.world.push(stage.alice, branch, { path: ".github/workflows/ci.yml" });
    const [pull] = await seen();
    expect(pull).toMatchObject({ head: next, touchesWorkflows: true });
    expect(pull?.headSeenAt.at(-1)?.head).toBe(next);
  });

  it("shows what people said on it and how they reviewed it", async () => {
    const number = await opened();
    const id = await stage.world.comment(stage.alice, number, "/task accept");
    await stage.world.review(stage.alice, number, "changes_requested", "the empty list is not covered");
    const { comments, pullRequests } = await look(stage, issue);
    expect(comments).toMatchObject([{ id, on: number, author: stage.alice }]);
    expect(pullRequests[0]?.reviews).toMatchObject([
      { author: stage.alice, state: "changes_requested", commit: head, body: "the empty list is not covered" },
    ]);
  });

  it("shows checks as they come in, our own under our name", async () => {
    await opened();
    await stage.world.report(head, { name: "build", status: "pending" });
    await stage.world.report(head, { name: "lint", status: "failure" });
    const evidence: Effect = { kind: "evidence-check", head, conclusion: "success", title: "1 of 1", summary: "test" };
    expect(await apply(evidence)).toEqual([{ ok: true }]);
    expect(await apply(evidence)).toEqual([{ ok: true }]);
    const [pull] = await seen();
    const checks = pull?.checks.map(({ name, app, status }) => [name, app === "signalbox", status]);
    expect(checks?.toSorted()).toEqual([
      ["build", false, "pending"],
      ["lint", false, "failure"],
      ["signalbox", true, "success"],
    ]);
  });

  it("waits for a required check that nobody has reported, and is not merged without it", async () => {
    await stage.world.requireChecks(["build"]);
    const number = await opened();
    const [pull] = await seen();
    expect(pull?.checks).toMatchObject([{ name: "build", app: null, status: "pending", isRequired: true }]);
    expect(await apply(merge(number, head))).toMatchObject([{ ok: false }]);
    await stage.world.report(head, { name: "build", status: "success" });
    expect((await seen())[0]?.checks).toMatchObject([{ name: "build", status: "success", isRequired: true }]);
    expect(await apply(merge(number, head))).toEqual([{ ok: true }]);
  });

  it("is merged at the head that is named, once, and closes the issue", async () => {
    const number = await opened();
    expect(await apply(merge(number, head))).toEqual([{ ok: true }]);
    expect(await apply(merge(number, head))).toEqual([{ ok: true }]);
    const { pullRequests, issue: closed } = await look(stage, issue);
    expect(pullRequests).toMatchObject([{ isOpen: false, isMerged: true }]);
    expect(pullRequests[0]?.closedAt).not.toBeNull();
    expect(pullRequests[0]?.mergeSha).toBe(await stage.world.refOf("refs/heads/main"));
    expect(closed).toMatchObject({ isOpen: false, stateReason: "completed" });
  });

  it("is not merged at a head that it had before", async () => {
    const number = await opened();
    await stage.world.push(stage.alice, branch);
    expect(await apply(merge(number, head))).toMatchObject([{ ok: false }]);
    expect(await seen()).toMatchObject([{ isOpen: true, isMerged: false }]);
  });

  it("is not merged over a conflict, and GitHub's reason is told", async () => {
    const number = await opened();
    await stage.world.collide(stage.alice, branch);
    const [pull] = await seen();
    expect(pull?.mergeable).toBe("no");
    const [result] = await apply(merge(number, pull?.head ?? ""));
    expect(result).toMatchObject({ ok: false });
    expect(result?.ok === false && result.refused).not.toBe("");
  });

  it("is closed with a word, once", async () => {
    const number = await opened();
    const close: Effect = { kind: "close-pull-request", pullRequest: number, comment: "This head is not ours." };
    expect(await apply(close)).toEqual([{ ok: true }]);
    expect(await apply(close)).toEqual([{ ok: true }]);
    const { pullRequests, comments } = await look(stage, issue);
    expect(pullRequests).toMatchObject([{ isOpen: false, isMerged: false }]);
    expect(comments.map(({ on, body }) => [on, body])).toEqual([[number, "This head is not ours."]]);
  });

  it("loses its branch only where the branch is still what we know", async () => {
    const moved = await stage.world.push(stage.alice, branch);
    expect(await apply({ kind: "delete-branch", branch, head })).toMatchObject([{ ok: false }]);
    expect(await stage.world.refOf(`refs/heads/${branch}`)).toBe(moved);
    const remove: Effect = { kind: "delete-branch", branch, head: moved };
    expect(await apply(remove)).toEqual([{ ok: true }]);
    expect(await apply(remove)).toEqual([{ ok: true }]);
    expect(await stage.world.refOf(`refs/heads/${branch}`)).toBeNull();
  });
}
