// What people do on GitHub itself and what it means to the task: closing, reopening, unassigning, reviewing, pushing.

import { describe, expect, it } from "vitest";
import { type Stage, stage } from "../support/stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };

async function claimedIssue(on: Stage) {
  const issue = on.people.openIssue(on.alice, TEXT);
  on.people.addLabel(on.alice, issue, "task:queued");
  const { task } = await on.look(issue);
  const token = task?.lease?.token ?? "";
  const runId = [...on.people.state().runs.keys()].at(-1) ?? 0;
  on.people.startRun(runId);
  await on.bind(issue, runId, token);
  return { issue, token, runId };
}

async function reviewedIssue(on: Stage) {
  const { issue, token, runId } = await claimedIssue(on);
  const { pullRequest } = await on.finish(issue, runId, token);
  on.people.finishRun(runId, "success");
  await on.look(issue);
  return { issue, pull: pullRequest ?? 0 };
}

describe("on the issue", () => {
  it("I05 closing it by somebody who may write cancels the run and the task", async () => {
    const on = stage();
    const { issue, runId } = await claimedIssue(on);
    on.people.close(on.alice, issue, "not_planned");
    expect((await on.look(issue)).task).toMatchObject({ state: "cancelled", lease: null });
    expect(on.people.state().runs.get(runId)?.status).toBe("completed");
    expect(on.issueOf(issue)).toMatchObject({ isOpen: false, labels: ["task:cancelled"], assignees: [] });
  });

  it("closing it by somebody who may not write changes nothing but for one answer", async () => {
    const on = stage();
    const { issue } = await claimedIssue(on);
    on.people.close(on.carol, issue);
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed" });
    expect(on.comments(issue).filter(({ key }) => key === "answer")).toHaveLength(1);
  });

  it("reopening a cancelled one makes it a draft, and queueing it works again", async () => {
    const on = stage();
    const { issue } = await claimedIssue(on);
    on.people.close(on.alice, issue);
    await on.look(issue);
    on.pass(60_000);
    on.people.reopen(on.alice, issue);
    expect((await on.look(issue)).task).toMatchObject({ state: "draft" });
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed", lease: { attempt: 1 } });
  });

  it("a done one that is reopened becomes a draft, and its old pull request does not end it again", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.mergePullRequest(on.alice, pull);
    expect((await on.look(issue)).task).toMatchObject({ state: "done" });
    on.pass(60_000);
    on.people.reopen(on.alice, issue);
    expect((await on.look(issue)).task).toMatchObject({ state: "draft" });
    on.pass(60_000);
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed" });
  });

  it("taking its holder off by somebody who may write gives the claim back", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
    const { issue, runId } = await claimedIssue(on);
    on.people.unassign(on.alice, issue, on.alice);
    const { task } = await on.look(issue);
    expect(task?.attempts.map(({ end }) => end)).toEqual(["release"]);
    expect(on.people.state().runs.get(runId)?.status).toBe("completed");
  });

  it("removing its label withdraws the task and leaves the issue as it is", async () => {
    const on = stage();
    const { issue } = await claimedIssue(on);
    on.people.removeLabel(on.alice, issue, "task:claimed");
    expect((await on.look(issue)).task).toMatchObject({ state: "cancelled" });
    expect(on.issueOf(issue)).toMatchObject({ isOpen: true, labels: ["task:cancelled"] });
  });
});

describe("on the pull request", () => {
  it("E13 a merge by a person is a merge: the task is done", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.mergePullRequest(on.alice, pull);
    expect((await on.look(issue)).task).toMatchObject({ state: "done", acceptance: null });
    expect(on.issueOf(issue).labels).toEqual(["task:done"]);
  });

  it("closing it unmerged asks a person what was meant", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.close(on.alice, pull);
    expect((await on.look(issue)).task).toMatchObject({ state: "needs-human" });
    expect(on.comments(issue).filter(({ key }) => key === "need")).toHaveLength(1);
  });

  it("E02 requested changes send the work back with their text", async () => {
    const on = stage();
    const { issue, pull } = await reviewedIssue(on);
    on.people.review(on.alice, pull, { state: "changes_requested", body: "cover the empty list" });
    const { task } = await on.look(issue);
    expect(task).toMatchObject({
      counters: { rejections: 1 },
      feedback: [{ source: "review", text: "cover the empty list" }],
    });
    expect(task?.state).toBe("claimed");
  });

  it("E17 a push after the acceptance voids it", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    on.people.push(on.alice, "refs/heads/signalbox/task/1");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "review", acceptance: null });
    expect(task?.recordedHead).not.toBe(task?.submission?.head);
  });
});
