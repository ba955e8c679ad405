// Two looks at once may both find a comment missing and both write it. Whoever looks next leaves one of each.

import { describe, expect, it } from "vitest";
import { comment } from "../../src/adapters/memory/issues.ts";
import { type Stage, stage } from "../support/stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };

/** A second copy of each of our comments, as a lost answer leaves it behind. */
function writeEverythingTwice(on: Stage, issue: number): void {
  const ours = [...on.people.state().comments.values()].filter(
    (one) => one.on === issue && one.author?.id === on.bot.id,
  );
  for (const { body } of ours)
    on.world.act(on.repository, on.bot, (state, act) => ({ state: comment(state, issue, body, act), what: "doubled" }));
}

function keysOn(on: Stage, issue: number): readonly (string | null)[] {
  return on.comments(issue).flatMap(({ by, key }) => (by === "signalbox[bot]" ? [key] : []));
}

describe("a comment of ours that stands twice", () => {
  it("stands once after the next look, whatever it is for", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "task:queued");
    await on.look(issue);
    on.people.comment(on.carol, issue, "/task cancel");
    on.people.comment(on.alice, issue, "/task force needs-human I want to see it");
    on.people.setRole(on.alice, "maintain");
    await on.look(issue);
    expect(keysOn(on, issue)).toEqual(["claim", "status", "need", "answer"]);
    writeEverythingTwice(on, issue);
    await on.look(issue);
    expect(keysOn(on, issue)).toEqual(["claim", "status", "need", "answer"]);
  });

  it("stands once on an issue that is no task", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.carol, issue, "task:queued");
    await on.look(issue);
    writeEverythingTwice(on, issue);
    await on.look(issue);
    expect(keysOn(on, issue)).toEqual(["answer"]);
  });

  it("stands once when the ledger cannot be believed", async () => {
    const on = stage();
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.addLabel(on.alice, issue, "task:queued");
    await on.look(issue);
    on.people.push(on.alice, "refs/heads/signalbox/ledger/1", { message: "mine" });
    await on.look(issue);
    writeEverythingTwice(on, issue);
    await on.look(issue);
    expect(keysOn(on, issue)).toEqual(["claim", "status", "answer"]);
  });
});
