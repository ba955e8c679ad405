// Commands as people write, edit, tick and misspell them.

import { describe, expect, it } from "vitest";
import { type Stage, stage } from "../support/stage.ts";
import { answersOn, bodyOf, claimedIssue, happened, queuedIssue, reviewedIssue, start } from "../support/tasks.ts";

const MINUTE = 60_000;

function reactionsOf(on: Stage, comment: number): readonly string[] {
  const found = on.people.state().comments.get(comment);
  return (found?.reactions ?? []).map(({ reaction }) => reaction);
}

/** Somebody ticks a box of the newest comment of ours with this key. */
function tick(on: Stage, by: Stage["alice"], issue: number, key: string, box: string): void {
  const found = [...on.people.state().comments.values()].findLast(
    (comment) => comment.on === issue && comment.body.startsWith(`<!-- signalbox:${key}`),
  );
  if (found === undefined) throw new Error(`there is no ${key} comment`);
  const ticked = found.body.replace(`- [ ] <!-- signalbox:${box} -->`, `- [x] <!-- signalbox:${box} -->`);
  if (ticked === found.body) throw new Error(`there is no box ${box} in: ${found.body}`);
  on.people.editComment(by, found.id, ticked);
}

async function stoppedIssue(on: Stage) {
  const { issue, token, runId } = await claimedIssue(on);
  await on.finish(issue, runId, token, { exit: "asked", reason: "?", question: "Which endpoint?", head: null });
  on.people.finishRun(runId, "success");
  on.pass(MINUTE);
  await on.look(issue);
  return issue;
}

describe("a comment", () => {
  it("runs several commands in their order, and is answered by one reaction", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const comment = on.people.comment(on.alice, issue, "/task set priority p0\n\n/task hold until Monday");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ settings: { priority: "p0" }, held: { why: "until Monday" } });
    expect(reactionsOf(on, comment)).toEqual(["eyes", "rocket"]);
  });

  it("on the pull request acts on its task", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue, pull } = await reviewedIssue(on);
    const comment = on.people.comment(on.alice, pull, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("done");
    expect(reactionsOf(on, comment)).toEqual(["eyes", "rocket"]);
  });

  it("of a person without a right gets one answer, and is not judged again when the right comes", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.carol, issue, "/task accept");
    await on.look(issue);
    on.people.setRole(on.carol, "write");
    expect((await on.look(issue)).task?.acceptance).toBeNull();
    expect(answersOn(on, issue)).toHaveLength(1);
  });

  it("I08 of our own is never a command, whatever it says", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.bot, issue, "/task accept");
    expect((await on.look(issue)).task?.acceptance).toBeNull();
  });

  it("I08 of another bot is refused, unless the config lists its id", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const other = on.world.account("renovate[bot]", "bot");
    on.people.setRole(other, "write");
    on.people.comment(other, issue, "/task hold");
    expect((await on.look(issue)).task?.held).toBeNull();
    on.people.setConfig({ checks: "none", bots: [other.id] });
    on.people.comment(other, issue, "/task hold");
    expect((await on.look(issue)).task?.held).not.toBeNull();
  });

  it.each([
    ["/task accept --dry-run", "Would be recorded as"],
    ["/task reject too slow --dry-run", "Would"],
    ["/task cancel --dry-run", "Would be recorded as"],
    ["/task force done because --dry-run", "Would be refused"],
    ["/task pause --dry-run", "Would pause claims of every task"],
    ["/task set priority p0 --dry-run", "Would be recorded as"],
  ])("dry run of %s changes nothing and says what it would do", async (body, says) => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const before = await on.look(issue);
    on.people.comment(on.alice, issue, body);
    const { task } = await on.look(issue);
    expect(task?.tip).toBe(before.task?.tip);
    expect(answersOn(on, issue)).toEqual([expect.stringContaining(says)]);
    expect(happened(on, "merged")).toBe(0);
  });

  it("I06 of `requeue` gives a claim back, and I04 nothing of the claim is left", async () => {
    const on = stage();
    const { issue, runId } = await claimedIssue(on);
    on.people.comment(on.alice, issue, "/task release not now");
    on.people.comment(on.alice, issue, "/task hold");
    expect((await on.look(issue)).task).toMatchObject({ state: "queued", lease: null, counters: { attempts: 0 } });
    expect(on.people.state().runs.get(runId)?.status).toBe("completed");
    expect(on.issueOf(issue).assignees).toEqual([]);
  });
});

describe("an edit", () => {
  it("runs only what is new in it, once, and says so in words", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const comment = on.people.comment(on.alice, issue, "/task set priority p1");
    await on.look(issue);
    on.pass(MINUTE);
    on.people.comment(on.alice, issue, "/task set priority p3");
    await on.look(issue);
    on.people.editComment(on.alice, comment, "/task set priority p1\n\n/task hold");
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ settings: { priority: "p3" }, held: { by: { login: "alice" } } });
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("Done.")]);
    on.people.comment(on.alice, issue, "/task unhold");
    expect((await on.look(issue)).task?.held).toBeNull();
  });

  it("that adds what there is nothing to do for is not kept for later", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
    const first = queuedIssue(on);
    await on.look(first);
    const issue = queuedIssue(on);
    await on.look(issue);
    const comment = on.people.comment(on.alice, issue, "/task status");
    await on.look(issue);
    on.people.editComment(on.alice, comment, "/task status\n\n/task queue");
    await on.look(issue);
    on.people.comment(on.alice, issue, "/task cancel");
    expect((await on.look(issue)).task?.state).toBe("cancelled");
  });

  it("by somebody else makes a comment worth nothing", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const comment = on.people.comment(on.carol, issue, "looks good");
    await on.look(issue);
    on.people.editComment(on.alice, comment, "/task accept");
    expect((await on.look(issue)).task?.acceptance).toBeNull();
    expect(reactionsOf(on, comment)).toEqual([]);
  });

  it("of a comment that nobody had looked at yet counts as it reads now", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const comment = on.people.comment(on.alice, issue, "/task cancel");
    on.people.editComment(on.alice, comment, "/task hold");
    expect((await on.look(issue)).task).toMatchObject({ state: "review", held: { by: { login: "alice" } } });
  });

  it("three times between two looks adds what none of the judged words had", async () => {
    const on = stage();
    const { issue } = await reviewedIssue(on);
    const comment = on.people.comment(on.alice, issue, "/task set priority p1");
    await on.look(issue);
    on.people.editComment(on.alice, comment, "/task set priority p1\n\n/task hold");
    on.people.editComment(on.alice, comment, "/task set priority p1\n\n/task hold\n\nSorry for the noise.");
    expect((await on.look(issue)).task?.held).not.toBeNull();
  });
});

describe("a box", () => {
  it("queues a stopped task again for whoever ticked it", async () => {
    const on = stage();
    const issue = await stoppedIssue(on);
    tick(on, on.alice, issue, "need", "rescope");
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed", queuedBy: { login: "alice" } });
    expect(bodyOf(on, issue, "need")).toContain("This was decided");
  });

  it("abandons it", async () => {
    const on = stage();
    const issue = await stoppedIssue(on);
    tick(on, on.alice, issue, "need", "abandon");
    expect((await on.look(issue)).task?.state).toBe("cancelled");
  });

  it("I03 of somebody without write is refused in words and put back", async () => {
    const on = stage();
    const issue = await stoppedIssue(on);
    tick(on, on.carol, issue, "need", "abandon");
    expect((await on.look(issue)).task?.state).toBe("needs-human");
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("write")]);
    expect(bodyOf(on, issue, "need")).toContain("- [ ] <!-- signalbox:abandon -->");
    on.pass(MINUTE);
    tick(on, on.alice, issue, "need", "abandon");
    expect((await on.look(issue)).task?.state).toBe("cancelled");
  });

  it("accepts what a task that stopped had submitted", async () => {
    const on = stage({ config: { checks: "none", limits: { rejections: 1 } } });
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task reject not convinced");
    expect((await on.look(issue)).task?.state).toBe("needs-human");
    on.pass(MINUTE);
    tick(on, on.alice, issue, "need", "accept");
    expect((await on.look(issue)).task?.state).toBe("done");
  });

  it("allows two dollars more, and goes on", async () => {
    const on = stage({ config: { checks: "none", budget: { task: 1 } } });
    const { issue, token, runId } = await claimedIssue(on);
    const usage = {
      inputTokens: 1,
      outputTokens: 1,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      turns: 1,
      cost: 1_000_000,
    };
    await on.finish(issue, runId, token, { exit: "asked", reason: "?", question: "Go on?", head: null, usage });
    on.people.finishRun(runId, "success");
    on.pass(MINUTE);
    await on.look(issue);
    tick(on, on.alice, issue, "need", "allow");
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed", settings: { budget: 3_000_000 } });
  });
});

describe("labels and other gestures", () => {
  it("two roles contradict each other: the task is not queued, and both are named", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, { title: "t", body: "b" });
    on.people.addLabel(on.alice, issue, "role:fix");
    on.people.addLabel(on.alice, issue, "role:test");
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task).toBeNull();
    expect(answersOn(on, issue)).toEqual([expect.stringMatching(/role:fix.*role:test/)]);
  });

  it("I01 a maintainer forces a failed task to done, with the reason kept; I03 a writer does not", async () => {
    const on = stage({ config: { checks: "none", limits: { attempts: 1 } } });
    const { issue, token, runId } = await claimedIssue(on);
    on.people.comment(on.alice, issue, "/task force done shipped by hand");
    await on.look(issue);
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("maintain")]);
    await on.finish(issue, runId, token, { exit: "failed", reason: "red", head: null });
    on.people.finishRun(runId, "failure");
    await on.look(issue);
    on.people.setRole(on.alice, "maintain");
    on.people.comment(on.alice, issue, "/task force done shipped by hand");
    expect((await on.look(issue)).task).toMatchObject({ state: "done", lease: null, need: null });
    expect(on.issueOf(issue)).toMatchObject({ isOpen: false, labels: ["task:done"] });
    expect(bodyOf(on, issue, "status")).toContain("shipped by hand");
  });

  it("C07 whatever forces a blocker to done closes its issue, so that the tasks behind it open", async () => {
    const on = stage({ config: { checks: "none" } });
    const blocker = queuedIssue(on);
    await on.look(blocker);
    const issue = on.people.openIssue(on.alice, { title: "t", body: "b" });
    on.people.setBlockers(issue, [`acme/app#${blocker}`]);
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task?.state).toBe("queued");
    on.people.setRole(on.alice, "admin");
    on.people.comment(on.alice, blocker, "/task force done it is there already");
    await on.look(blocker);
    expect((await on.look(issue)).task?.state).toBe("claimed");
  });

  it("I05 cancelling tolerates a run that is gone already", async () => {
    const on = stage();
    const { issue, runId } = await claimedIssue(on);
    on.people.finishRun(runId, "success");
    on.people.comment(on.alice, issue, "/task cancel --close");
    expect((await on.look(issue)).task).toMatchObject({ state: "cancelled", lease: null });
    expect(on.issueOf(issue)).toMatchObject({ isOpen: false, stateReason: "not_planned" });
  });

  it("I10 a question shows until somebody answers it, and I11 both reach the next attempt", async () => {
    const on = stage();
    const issue = await stoppedIssue(on);
    expect(on.issueOf(issue).labels).toEqual(["task:needs-human"]);
    expect(bodyOf(on, issue, "need")).toContain("Which endpoint?");
    on.people.comment(on.alice, issue, "/task answer the old one");
    const { task } = await on.look(issue);
    expect(task?.feedback).toMatchObject([{ source: "answer", text: "the old one" }]);
    expect(on.issueOf(issue).labels).toEqual(["task:claimed"]);
    await start(on, issue);
  });

  it("I14 of two commands that end a task the first is obeyed and the second refused", async () => {
    const on = stage({ config: { checks: "none" } });
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task cancel");
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("cancelled");
    expect(answersOn(on, issue)).toHaveLength(1);
  });

  it("I13 what is not offered any more is refused when it is asked for again", async () => {
    const on = stage();
    const issue = await stoppedIssue(on);
    on.people.comment(on.alice, issue, "/task answer the old one");
    await on.look(issue);
    on.people.comment(on.alice, issue, "/task answer the new one");
    await on.look(issue);
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("claimed")]);
  });
});
