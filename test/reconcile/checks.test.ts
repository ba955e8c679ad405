// The gate: evidence, GitHub's checks, the base, conflicts and queues decide whether an accepted head is merged.

import { describe, expect, it } from "vitest";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type Stage, stage } from "../support/stage.ts";
import { bodyOf, happened, reviewedIssue, start } from "../support/tasks.ts";

const MINUTE = 60_000;

function report(on: Stage, head: string, name: string, status: "pending" | "success" | "failure" | "neutral") {
  on.people.report(head, { name, app: "ci", status });
}

async function accepted(on: Stage) {
  const found = await reviewedIssue(on);
  on.people.comment(on.alice, found.issue, "/task accept");
  return found;
}

describe("checks", () => {
  it("F01 without any configured check an accepted task is not merged; with `checks: none` it is", async () => {
    const unsaid = stage({ config: {} });
    const { issue } = await (async () => {
      const found = await reviewedIssue(unsaid);
      unsaid.people.comment(unsaid.alice, found.issue, "/task accept");
      return found;
    })();
    const { task } = await unsaid.look(issue);
    expect(task).toMatchObject({ state: "done" });
    const none = stage({ config: { checks: "none" } });
    const other = await accepted(none);
    expect((await none.look(other.issue)).task).toMatchObject({ state: "done" });
  });

  it.each<[string, "pending" | "neutral" | "success", string]>([
    ["F02 while a check runs it stays in review", "pending", "review"],
    ["F05 a skipped or neutral check does not keep it", "neutral", "done"],
    ["E12 a check that passed does not keep it, and it is done once merged", "success", "done"],
  ])("%s", async (_why, status, state) => {
    const on = stage();
    const { issue, head } = await accepted(on);
    report(on, head, "build", status);
    expect((await on.look(issue)).task?.state).toBe(state);
  });

  it("F03 a failed check is run again once; the second failure sends the work back with its name", async () => {
    const on = stage();
    const { issue, head } = await reviewedIssue(on);
    report(on, head, "build", "failure");
    const first = await on.look(issue);
    expect(first.task).toMatchObject({ state: "review", recheck: { head, asked: [{ name: "build" }] } });
    expect(happened(on, "checks-rerun")).toBe(1);
    on.pass(MINUTE);
    report(on, head, "build", "failure");
    const { task } = await on.look(issue);
    expect(task?.counters).toMatchObject({ checkFailures: 1, rejections: 0, attempts: 0 });
    expect(task?.feedback).toMatchObject([{ source: "checks", text: "a required check failed: build" }]);
    expect(task?.state).toBe("claimed");
    expect(happened(on, "checks-rerun")).toBe(1);
  });

  it("F03 a check that passes when it is run again is forgiven", async () => {
    const on = stage();
    const { issue, head } = await accepted(on);
    report(on, head, "build", "failure");
    await on.look(issue);
    on.pass(MINUTE);
    report(on, head, "build", "success");
    expect((await on.look(issue)).task).toMatchObject({ state: "done", counters: { checkFailures: 0 } });
  });

  it("F04 a failure counts while another check still runs, and the feedback names it", async () => {
    const on = stage();
    const { issue, head } = await reviewedIssue(on);
    report(on, head, "build", "failure");
    report(on, head, "lint", "pending");
    await on.look(issue);
    on.pass(MINUTE);
    report(on, head, "build", "failure");
    expect((await on.look(issue)).task?.feedback).toMatchObject([{ text: "a required check failed: build" }]);
  });

  it("checks have their own counter: after the third a person decides", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    for (const expected of ["claimed", "claimed", "needs-human"]) {
      const { task } = await on.look(issue);
      if (task?.state === "claimed") {
        const { token, runId } = await start(on, issue);
        await on.finish(issue, runId, token);
        on.people.finishRun(runId, "success");
        await on.look(issue);
      }
      const head = on.people.refOf(`refs/heads/signalbox/task/${issue}`) ?? "";
      report(on, head, "build", "failure");
      await on.look(issue);
      on.pass(MINUTE);
      report(on, head, "build", "failure");
      expect((await on.look(issue)).task?.state).toBe(expected);
    }
  });

  it("a check that is not required is no reason to send the work back where others are", async () => {
    const on = stage();
    on.people.requireChecks(["build"]);
    const { issue, head } = await accepted(on);
    report(on, head, "coverage", "failure");
    expect((await on.look(issue)).task?.state).toBe("review");
    report(on, head, "build", "success");
    expect((await on.look(issue)).task).toMatchObject({ state: "done" });
  });

  it("F14 a red base holds the merge and says so; once it is green again the merge happens", async () => {
    const on = stage();
    const main = on.people.refOf("refs/heads/main") ?? "";
    report(on, main, "build", "failure");
    const { issue } = await accepted(on);
    expect((await on.look(issue)).task?.state).toBe("review");
    expect(bodyOf(on, issue, "status")).toContain("waits for main to be green again");
    report(on, main, "build", "success");
    expect((await on.look(issue)).task?.state).toBe("done");
  });
});

describe("a merge that GitHub does not make", () => {
  it("E11 a refused merge goes back to the queue with GitHub's reason, and is neither done nor failed", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.changePull(pull, { mergeRefusal: "Changes must be signed off" });
    on.people.comment(on.alice, issue, "/task accept");
    const { task } = await on.look(issue);
    expect(task?.counters.mergeRefusals).toBe(1);
    expect(task?.feedback.at(-1)).toMatchObject({ source: "merge-refused", text: "Changes must be signed off" });
    expect(["queued", "claimed"]).toContain(task?.state);
  });

  it("E11 after its limit a person decides", async () => {
    const on = stage({ config: { checks: "none", limits: { "merge-updates": 1 } } });
    const { issue, pull } = await reviewedIssue(on);
    on.people.changePull(pull, { mergeRefusal: "Changes must be signed off" });
    on.people.comment(on.alice, issue, "/task accept");
    await on.look(issue);
    const { token, runId } = await start(on, issue);
    await on.finish(issue, runId, token);
    on.people.finishRun(runId, "success");
    await on.look(issue);
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task).toMatchObject({
      state: "needs-human",
      need: { why: "Changes must be signed off" },
    });
  });

  it("E18 a branch that fell behind is brought up to date by GitHub, and a person accepts the new head", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue, pull, head } = await accepted(on);
    on.people.changePull(pull, { isBehind: true });
    on.people.push(on.alice, "refs/heads/main");
    await reconcile(on.deps, { ...on.repository, issue }, []);
    expect(happened(on, "branch-updated")).toBe(1);
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "review", acceptance: null, update: { head, count: 1 } });
    expect(task?.counters).toMatchObject({ rejections: 0 });
    on.pass(MINUTE);
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("done");
  });

  it("E18 a conflict that GitHub cannot mend asks a person, and is no rejection", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.setConflict(pull, true);
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "needs-human", counters: { rejections: 0, checkFailures: 0 } });
    expect(task?.need?.why).toContain("merge conflict");
    expect(happened(on, "branch-updated")).toBe(0);
  });

  it("E18 updates are bounded", async () => {
    const on = stage({ config: { checks: "none", limits: { "merge-updates": 1 } } });
    const { issue, pull } = await accepted(on);
    for (const expected of ["review", "queued"]) {
      on.people.changePull(pull, { isBehind: true });
      on.people.push(on.alice, "refs/heads/main");
      const { task } = await reconcile(on.deps, { ...on.repository, issue }, []);
      expect(task?.counters.mergeRefusals).toBe(expected === "review" ? 0 : 1);
      if (expected === "queued") break;
      await on.look(issue);
      on.pass(MINUTE);
      on.people.comment(on.alice, issue, "/task accept");
    }
    expect(happened(on, "branch-updated")).toBe(1);
  });

  it("a merge queue is respected: it is put in once, waits there, and is done when the queue merged it", async () => {
    const on = stage();
    on.people.setMergeQueue(true);
    const { issue, pull } = await accepted(on);
    expect((await on.look(issue)).task?.state).toBe("review");
    expect(happened(on, "enqueued")).toBe(1);
    on.pass(10 * MINUTE);
    await on.look(issue);
    expect(happened(on, "enqueued")).toBe(1);
    on.people.mergePullRequest(on.world.account("github-merge-queue[bot]", "bot"), pull);
    expect((await on.look(issue)).task?.state).toBe("done");
  });

  it("what a merge queue gives back goes back to the queue with the reason", async () => {
    const on = stage();
    on.people.setMergeQueue(true);
    const { issue, pull } = await accepted(on);
    await on.look(issue);
    on.pass(MINUTE);
    on.people.changePull(pull, { isInMergeQueue: false, dropped: { at: on.now(), reason: "build failed" } });
    const { task } = await on.look(issue);
    expect(task?.feedback.at(-1)?.text).toBe("the merge queue gave it back: build failed");
  });

  it("a change of workflow files is a person's to merge", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue, pull } = await reviewedIssue(on);
    on.people.push(on.alice, `refs/heads/signalbox/task/${issue}`, { touchesWorkflows: true });
    await on.look(issue);
    on.pass(MINUTE);
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("review");
    expect(bodyOf(on, issue, "status")).toContain("a person to merge it");
    on.people.mergePullRequest(on.alice, pull);
    expect((await on.look(issue)).task?.state).toBe("done");
  });
});
