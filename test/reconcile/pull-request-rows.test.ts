// What people do to a pull request, one row each: what the machine makes of it, and what it never does.

import { describe, expect, it } from "vitest";
import { stage } from "../support/stage.ts";
import { bodyOf, happened, reviewedIssue, start } from "../support/tasks.ts";

const MINUTE = 60_000;
const BRANCH = "refs/heads/signalbox/task/1";

describe("a pull request in review", () => {
  it("closed unmerged: a person is asked, and may still accept it once it is open again", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.close(on.alice, pull);
    expect((await on.look(issue)).task).toMatchObject({
      state: "needs-human",
      need: { why: "its pull request was closed without being merged" },
    });
    expect(bodyOf(on, issue, "need")).not.toContain("signalbox:accept");
    on.pass(MINUTE);
    on.people.reopen(on.alice, pull);
    expect((await on.look(issue)).task?.state).toBe("needs-human");
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("done");
  });

  it("its branch deleted: GitHub closes it, and the reason is told", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    on.people.deleteRef(on.alice, BRANCH);
    expect((await on.look(issue)).task).toMatchObject({
      state: "needs-human",
      need: { why: "its branch was deleted, and its pull request closed with it" },
    });
  });

  it("its base changed: acceptance and evidence were for another base", async () => {
    const on = stage({ config: { checks: [{ name: "test", run: "npm test" }] } });
    const { issue, pull } = await reviewedIssue(on);
    on.people.push(on.alice, "refs/heads/release", { parent: on.people.refOf("refs/heads/main") });
    on.people.changePull(pull, { baseRef: "release" });
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "review", acceptance: null, submission: { base: "release", evidence: [] } });
    expect(bodyOf(on, issue, "status")).toContain("its base became release");
  });

  it("force-pushed: the new head is recorded, an acceptance of the old one is void", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task hold");
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.acceptance).not.toBeNull();
    on.pass(MINUTE);
    const head = on.people.push(on.alice, BRANCH, { parent: on.people.refOf("refs/heads/main") });
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "review", acceptance: null, recordedHead: head });
  });

  it("an acceptance that was written before the push it did not see is refused", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task accept");
    on.pass(1_000);
    on.people.push(on.alice, BRANCH);
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "review", acceptance: null });
    expect(happened(on, "merged")).toBe(0);
  });

  it("squatted: one that somebody else opened from our branch is closed with the reason, ours stays", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.push(on.alice, "refs/heads/release", { parent: on.people.refOf("refs/heads/main") });
    const squat = on.people.openPullRequest(on.carol, {
      head: "signalbox/task/1",
      base: "release",
      title: "Mine",
      body: "",
    });
    await on.look(issue);
    expect(on.people.state().pullRequests.get(squat)?.isOpen).toBe(false);
    expect(on.people.state().pullRequests.get(pull)?.isOpen).toBe(true);
    expect(on.comments(squat)).toHaveLength(1);
  });

  it("one from another branch is left alone", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    on.people.push(on.carol, "refs/heads/idea", { parent: on.people.refOf("refs/heads/main") });
    const other = on.people.openPullRequest(on.carol, { head: "idea", base: "main", title: "x", body: "Closes #1" });
    await on.look(issue);
    expect(on.people.state().pullRequests.get(other)?.isOpen).toBe(true);
    expect(on.comments(other)).toEqual([]);
  });

  it("a draft is not merged until it is ready", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue, pull } = await reviewedIssue(on);
    on.people.changePull(pull, { isDraft: true });
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("review");
    on.people.changePull(pull, { isDraft: false });
    expect((await on.look(issue)).task?.state).toBe("done");
  });
});

describe("evidence for a head that the runner has not seen", () => {
  it("E17 is made once somebody accepts that head: a run looks, the task stays in review, then it is merged", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const head = on.people.push(on.alice, BRANCH);
    await on.look(issue);
    on.pass(MINUTE);
    on.people.comment(on.alice, issue, "/task accept");
    const looked = await on.look(issue);
    expect(looked.task).toMatchObject({
      state: "review",
      acceptance: { head },
      lease: { role: "test", host: "actions" },
      inspections: [{ head, role: "test", verdict: null }],
    });
    expect(on.issueOf(issue).labels).toEqual(["task:review"]);
    expect(bodyOf(on, issue, "status")).toContain(`waits for test on ${head.slice(0, 7)}`);
    const { token, runId } = await start(on, issue);
    expect(await on.finish(issue, runId, token, { head: null })).toMatchObject({ move: "verdict", refusal: null });
    on.people.finishRun(runId, "success");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "done", counters: { attempts: 0 } });
    expect(task?.submission).toMatchObject({ head, evidence: [{ name: "test", exitCode: 0 }] });
  });

  it("sends the work back when the checks fail on it", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    on.people.push(on.alice, BRANCH);
    await on.look(issue);
    on.pass(MINUTE);
    on.people.comment(on.alice, issue, "/task accept");
    await on.look(issue);
    const { token, runId } = await start(on, issue);
    const evidence = [{ name: "test", command: "npm test", exitCode: 1, durationMs: 10, logDigest: "a".repeat(64) }];
    await on.finish(issue, runId, token, { head: null, evidence, exit: "failed", reason: "test failed" });
    on.people.finishRun(runId, "failure");
    const { task } = await on.look(issue);
    expect(task?.counters).toMatchObject({ checkFailures: 1 });
    expect(task?.feedback.at(-1)?.text).toBe("a required check failed: test");
  });

  it("is void when the head moves again while it is made: the run is fenced and cancelled", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    on.people.push(on.alice, BRANCH);
    await on.look(issue);
    on.pass(MINUTE);
    on.people.comment(on.alice, issue, "/task accept");
    await on.look(issue);
    const { token, runId } = await start(on, issue);
    on.people.push(on.alice, BRANCH);
    expect((await on.look(issue)).task).toMatchObject({ state: "review", lease: null, acceptance: null });
    expect(on.people.state().runs.get(runId)?.status).toBe("completed");
    expect(await on.finish(issue, runId, token, { head: null })).toMatchObject({ move: null });
  });
});

describe("the gatekeeper", () => {
  const GATEKEPT = { checks: "none", roles: { gatekeeper: { when: "checks-green" } } };

  it("F08 is not sent while checks run, and is once they are green; G06 until then nothing is touched", async () => {
    const on = stage({ config: GATEKEPT });
    const { issue, head } = await (async () => {
      const found = await reviewedIssueWithCheck(on);
      return found;
    })();
    expect((await on.look(issue)).task).toMatchObject({ state: "review", lease: null, inspections: [] });
    on.people.report(head, { name: "build", app: "ci", status: "success" });
    expect((await on.look(issue)).task).toMatchObject({ state: "review", lease: { role: "gatekeeper" } });
  });

  it("G04 one whose run died leaves the task in review, its claim cleared, no attempt charged", async () => {
    const on = stage({ config: GATEKEPT });
    const { issue } = await reviewedIssue(on);
    const { runId } = await start(on, issue);
    on.people.finishRun(runId, "failure");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "review", counters: { attempts: 0 } });
    expect(task?.attempts.at(-1)).toMatchObject({ role: "gatekeeper", end: "recall" });
    expect(task?.inspections).toHaveLength(2);
    const again = await start(on, issue);
    on.people.finishRun(again.runId, "failure");
    expect((await on.look(issue)).task).toMatchObject({ state: "review", lease: null });
  });

  it("a rejection of its sends the work back with its reason; a person's acceptance ends its look", async () => {
    const on = stage({ config: GATEKEPT });
    const { issue } = await reviewedIssue(on);
    const { token, runId } = await start(on, issue);
    const verdict = { approves: false, reason: "the empty list is still not covered" };
    expect(await on.finish(issue, runId, token, { head: null, verdict })).toMatchObject({ move: "verdict" });
    on.people.finishRun(runId, "success");
    const { task } = await on.look(issue);
    expect(task?.counters).toMatchObject({ rejections: 1 });
    expect(task?.feedback).toMatchObject([{ source: "reject", text: verdict.reason }]);
  });
});

async function reviewedIssueWithCheck(on: ReturnType<typeof stage>) {
  const main = on.people.refOf("refs/heads/main");
  on.people.requireChecks(["build"]);
  const found = await reviewedIssue(on);
  expect(main).not.toBeNull();
  return found;
}
