// The main job as a story over GitHub in memory: label, claim, bind, publish, accept, merge.

import { describe, expect, it } from "vitest";
import { stage } from "../support/stage.ts";

const LABELLED = { title: "Empty list crashes", body: "`sum([])` throws; it should be 0." };

describe("the main job", () => {
  it("goes from a label to a merged pull request and a closed issue", async () => {
    const { people, alice, look, bind, finish, comments, issueOf, world } = stage();
    const issue = people.openIssue(alice, LABELLED);
    people.addLabel(alice, issue, "task:queued");

    const claimed = await look(issue);
    expect(claimed.task).toMatchObject({ state: "claimed", lease: { attempt: 1, run: null, reserved: 2_500_000 } });
    expect(issueOf(issue).labels).toEqual(["task:claimed"]);
    expect(issueOf(issue).assignees.map((one) => one.login)).toEqual(["alice"]);
    expect(comments(issue).map(({ by, key }) => [by, key])).toEqual([
      ["signalbox[bot]", "claim"],
      ["signalbox[bot]", "status"],
    ]);
    const dispatched = world.history.filter(({ what }) => what === "dispatched");
    expect(dispatched).toHaveLength(1);

    const token = claimed.task?.lease?.token ?? "";
    const runId = [...people.state().runs.keys()][0] ?? 0;
    people.startRun(runId);
    expect(await bind(issue, runId, token)).toEqual({ reply: "done" });

    const published = await finish(issue, runId, token);
    expect(published).toMatchObject({ move: "submit", refusal: null });
    people.finishRun(runId, "success");
    const review = await look(issue);
    expect(review.task).toMatchObject({ state: "review", lease: null, spent: 40_000 });
    expect(issueOf(issue).labels).toEqual(["task:review"]);
    expect(issueOf(issue).assignees).toEqual([]);
    const pull = people.state().pullRequests.get(published.pullRequest ?? 0);
    expect(pull).toMatchObject({ headRef: "signalbox/task/1", body: expect.stringContaining("Closes #1") });

    people.comment(alice, issue, "/task accept");
    const done = await look(issue);
    expect(done.task).toMatchObject({ state: "done", acceptance: { head: review.task?.submission?.head } });
    expect(issueOf(issue)).toMatchObject({ isOpen: false, labels: ["task:done"] });
    expect(people.refOf("refs/heads/signalbox/task/1")).toBeNull();
    expect(people.refOf("refs/signalbox/staging/1")).toBeNull();
    expect(comments(issue)).toHaveLength(3);
  });
});
