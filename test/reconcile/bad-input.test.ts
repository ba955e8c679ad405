// Requests that must not be granted: each is answered with one sentence, the label goes back, and nothing is lost.

import { describe, expect, it } from "vitest";
import { type Stage, stage } from "../support/stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };

function answersOn(on: Stage, issue: number): readonly string[] {
  return on
    .comments(issue)
    .flatMap(({ key, body }) => (key === "answer" ? [body.split("\n").slice(1).join("\n")] : []));
}

describe("a label that may not be obeyed", () => {
  it("is put back when its author may not write, with one sentence", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.carol, issue, "task:queued");
    const { task } = await on.look(issue);
    expect(task).toBeNull();
    expect(on.issueOf(issue).labels).toEqual([]);
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("write")]);
  });

  it("A03 is put back when the issue has no body", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, { ...TEXT, body: "  \n" });
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task).toBeNull();
    expect(on.issueOf(issue).labels).toEqual([]);
    expect(answersOn(on, issue)).toHaveLength(1);
  });

  it("is put back on a closed issue", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.close(on.alice, issue);
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task).toBeNull();
    expect(answersOn(on, issue)).toHaveLength(1);
  });

  it("A06 is put back when the role is unknown, with the list of roles", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "role:poet");
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task).toBeNull();
    expect(on.issueOf(issue).labels).toEqual(["role:poet"]);
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("implement")]);
  });

  it("is put back when the phases are unknown, with the list of presets", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "phases:dance");
    on.people.addLabel(on.alice, issue, "task:queued");
    expect((await on.look(issue)).task).toBeNull();
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("plan-build-test")]);
  });

  it("A07 is put back when there is no such state, with the list of states", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "task:queued");
    await on.look(issue);
    on.people.addLabel(on.alice, issue, "task:foo");
    const { task } = await on.look(issue);
    expect(task?.state).toBe("claimed");
    expect(on.issueOf(issue).labels).toEqual(["task:claimed"]);
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("needs-human")]);
  });

  it("is put back when nobody can be moved there by hand", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "task:queued");
    await on.look(issue);
    on.people.addLabel(on.alice, issue, "task:done");
    expect((await on.look(issue)).task?.state).toBe("claimed");
    expect(on.issueOf(issue).labels).toEqual(["task:claimed"]);
    expect(answersOn(on, issue)).toHaveLength(1);
  });
});

describe("a command that may not be obeyed", () => {
  it.each<[why: string, by: "alice" | "carol", body: string, says: string]>([
    ["I03 a person without write accepts nothing", "carol", "/task accept", "write"],
    ["E06 a rejection needs a reason", "alice", "/task reject", "say why"],
    ["an unknown verb gets a suggestion", "alice", "/task acept", "accept"],
    ["E07 nothing is accepted before there is a submission", "alice", "/task accept", ""],
    ["I02 a forced move needs a reason", "alice", "/task force done", ""],
  ])("%s", async (_why, by, body, says) => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "task:queued");
    const before = await on.look(issue);
    const comment = on.people.comment(on[by], issue, body);
    const { task } = await on.look(issue);
    expect(task?.tip).toBe(before.task?.tip);
    expect(
      on.people
        .state()
        .comments.get(comment)
        ?.reactions.map(({ reaction }) => reaction),
    ).toEqual(["eyes", "confused"]);
    expect(answersOn(on, issue)).toEqual([expect.stringContaining(says)]);
  });

  it.each([
    ["quoted", "> /task cancel"],
    ["in code", "```\n/task cancel\n```"],
    ["inside a line", "please /task cancel"],
    ["in HTML", "<!--\n/task cancel\n-->"],
  ])("I07 is not even read when it is %s", async (_where, body) => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "task:queued");
    await on.look(issue);
    const comment = on.people.comment(on.alice, issue, body);
    expect((await on.look(issue)).task?.state).toBe("claimed");
    expect(on.people.state().comments.get(comment)?.reactions).toEqual([]);
  });
});
