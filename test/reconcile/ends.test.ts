// How attempts and tasks end: accepted, rejected, failed, already done, and never twice.

import { describe, expect, it } from "vitest";
import { stage } from "../support/stage.ts";
import {
  answersOn,
  bodyOf,
  claimedIssue,
  happened,
  queuedIssue,
  reviewedIssue,
  start,
  submit,
} from "../support/tasks.ts";

const MINUTE = 60_000;

describe("accepting", () => {
  it("E01 leads from a label to a closed issue; A12 people's own labels stay; E09 a second time does nothing", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = queuedIssue(on);
    on.people.addLabel(on.alice, issue, "bug");
    await submit(on, issue);
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("done");
    expect(on.issueOf(issue)).toMatchObject({ isOpen: false, stateReason: "completed", labels: ["bug", "task:done"] });
    const merges = happened(on, "merged");
    const second = on.people.comment(on.alice, issue, "/task accept");
    await on.look(issue);
    expect(happened(on, "merged")).toBe(merges);
    const reactions = on.people
      .state()
      .comments.get(second)
      ?.reactions.map(({ reaction }) => reaction);
    expect(reactions).toEqual(["eyes", "+1"]);
  });

  it("E07 a task that is not in review is not accepted, and the legal moves are named", async () => {
    const on = stage();
    const { issue } = await claimedIssue(on);
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("claimed");
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("/task release")]);
  });

  it("E16 done is stable: failing, queueing and rejecting change nothing, A07 nor does a label", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task accept");
    const done = await on.look(issue);
    on.people.comment(on.alice, issue, "/task reject too late");
    on.people.comment(on.alice, issue, "/task queue");
    on.people.addLabel(on.alice, issue, "task:queued");
    const { task } = await on.look(issue);
    expect(task?.tip).toBe(done.task?.tip);
    expect(on.issueOf(issue).labels).toEqual(["task:done"]);
  });

  it("E08 E12 with `accept_on: approval` an approving review accepts exactly the head it was of", async () => {
    const on = stage({ config: { checks: "none", merge: { accept_on: "approval" } } });
    const { issue, pull, head } = await reviewedIssue(on);
    on.people.review(on.alice, pull, { state: "approved", body: "" });
    expect((await on.look(issue)).task).toMatchObject({ state: "done", acceptance: { head } });
  });

  it("E21 H20 the summary stands before the transition, and its failure does not block", async () => {
    const on = stage({
      config: { checks: "none" },
      faults: (point) => (point.detail === "evidence-check" ? "fail-after" : "none"),
    });
    const { issue, token, runId } = await claimedIssue(on);
    await expect(on.finish(issue, runId, token)).rejects.toThrow("evidence-check");
    on.people.finishRun(runId, "success");
    expect((await on.look(issue)).task).toMatchObject({ state: "review", submission: { summary: "Did it." } });
    expect(bodyOf(on, issue, "status")).toContain("Did it.");
  });
});

describe("rejecting", () => {
  it("E02 E03 queues it again with the reason, the pull request and its branch kept", async () => {
    const on = stage();
    const { issue, pull, head } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task reject the empty list is not covered");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({
      state: "claimed",
      counters: { rejections: 1 },
      recordedHead: head,
      feedback: [{ source: "reject", by: "alice", text: "the empty list is not covered" }],
    });
    const next = await submit(on, issue);
    expect(next.pull).toBe(pull);
    expect(next.head).not.toBe(head);
  });

  it("E04 counts one, two, three; the third asks one person once", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const seen: unknown[] = [];
    for (const why of ["one", "two", "three"]) {
      on.people.comment(on.alice, issue, `/task reject ${why}`);
      const { task } = await on.look(issue);
      seen.push([task?.counters.rejections, task?.state]);
      if (task?.state === "claimed") await submit(on, issue);
    }
    expect(seen).toEqual([
      [1, "claimed"],
      [2, "claimed"],
      [3, "needs-human"],
    ]);
    expect(on.comments(issue).filter(({ key }) => key === "need")).toHaveLength(1);
    expect(bodyOf(on, issue, "need")).toContain("@alice");
  });
});

describe("submitting", () => {
  it("D05 what the attempt said and cost is stored and on view", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const { task } = await on.look(issue);
    expect(task?.submission).toMatchObject({ summary: "Did it.", usage: { turns: 3, cost: 40_000 } });
    expect(bodyOf(on, issue, "status")).toContain("$0.04 of $5.00");
  });

  it("D07 a pull request that is there already is reused", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task reject again");
    await on.look(issue);
    expect((await submit(on, issue)).pull).toBe(pull);
    expect([...on.people.state().pullRequests.keys()]).toEqual([pull]);
  });

  it("D09 a publish that fails leaves the task claimed and opens nothing; D10 the same publish again succeeds", async () => {
    let isDown = true;
    const on = stage({
      faults: (point) =>
        isDown && point.call === "updateRefs" && point.detail.includes("signalbox/task") ? "fail-before" : "none",
    });
    const { issue, token, runId } = await claimedIssue(on);
    await expect(on.finish(issue, runId, token)).rejects.toThrow("updateRefs");
    expect((await on.look(issue)).task?.state).toBe("claimed");
    expect(on.people.state().pullRequests.size).toBe(0);
    isDown = false;
    expect(await on.finish(issue, runId, token)).toMatchObject({ move: "submit", refusal: null });
  });

  it("D12 an empty diff whose checks prove it ends as completed, with the commit that has it", async () => {
    const on = stage();
    const { issue, token, runId } = await claimedIssue(on);
    const main = on.people.refOf("refs/heads/main") ?? "";
    await on.finish(issue, runId, token, { head: null });
    on.people.finishRun(runId, "success");
    on.pass(MINUTE);
    expect((await on.look(issue)).task).toMatchObject({ state: "done" });
    expect(on.issueOf(issue)).toMatchObject({ isOpen: false, stateReason: "completed" });
    expect(bodyOf(on, issue, "status")).toContain(main.slice(0, 7));
    expect(on.people.state().pullRequests.size).toBe(0);
  });

  it("D12 an empty diff that nothing proves asks a person", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue, token, runId } = await claimedIssue(on);
    await on.finish(issue, runId, token, { head: null, evidence: [] });
    expect((await on.look(issue)).task).toMatchObject({ state: "needs-human" });
  });
});

describe("failing", () => {
  it("H01 the last attempt's failure asks a person with its context, H02 the next one fails for good", async () => {
    const on = stage({ config: { checks: "none", limits: { attempts: 1 } } });
    const { issue, token, runId } = await claimedIssue(on);
    await on.finish(issue, runId, token, { exit: "failed", reason: "test still fails after 2 rounds", head: null });
    on.people.finishRun(runId, "failure");
    on.pass(MINUTE);
    expect((await on.look(issue)).task).toMatchObject({
      state: "needs-human",
      need: { why: "test still fails after 2 rounds" },
      counters: { failures: 1 },
    });
    expect(bodyOf(on, issue, "need")).toContain("test still fails after 2 rounds");
    expect(bodyOf(on, issue, "status")).toContain("Attempt failed in failed, a person has to decide");
    on.people.comment(on.alice, issue, "/task queue");
    await on.look(issue);
    const again = await start(on, issue);
    await on.finish(issue, again.runId, again.token, { exit: "failed", reason: "red again", head: null });
    on.people.finishRun(again.runId, "failure");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "failed", need: null, lease: null });
    expect(task?.feedback.at(-1)?.text).toBe("red again");
    expect(on.issueOf(issue)).toMatchObject({ isOpen: true, labels: ["task:failed"] });
  });

  it("H19 a result that nobody understands is never a success", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue, token, runId } = await claimedIssue(on);
    await on.finish(issue, runId, token, { exit: "bad-format", reason: "no tool call", head: null });
    const { task } = await on.look(issue);
    expect(task?.submission).toBeNull();
    expect(task?.attempts.at(-1)?.end).toBe("fail");
  });
});
