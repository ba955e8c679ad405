// Issues becoming tasks: what their labels choose, what stays untouched, and how many of them agents may queue.

import { describe, expect, it } from "vitest";
import type { ObservedCheck } from "../../src/core/observation.ts";
import { type RepositoryStage, repositoryStage } from "../support/repository-stage.ts";

const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };

function queued(on: RepositoryStage, ...labels: readonly string[]): number {
  const issue = on.people.openIssue(on.alice, TEXT);
  for (const label of [...labels, "task:queued"]) on.people.addLabel(on.alice, issue, label);
  return issue;
}

/** Work on an issue up to its pull request. */
async function submitted(on: RepositoryStage, issue: number): Promise<number> {
  const { task } = await on.look(issue);
  const token = task?.lease?.token ?? "";
  const runId = [...on.people.state().runs.keys()].at(-1) ?? 0;
  on.people.startRun(runId);
  await on.bind(issue, runId, token);
  const { pullRequest } = await on.finish(issue, runId, token);
  on.people.finishRun(runId, "success");
  await on.look(issue);
  return pullRequest ?? 0;
}

describe("an issue that is labelled", () => {
  it("A01 waits in the queue with the usual priority and role, and its ledger has one record", async () => {
    const on = repositoryStage({ config: { checks: "none", limits: { claimed: 1 } } });
    await on.look(queued(on));
    const issue = queued(on);
    const { task } = await on.look(issue);
    expect(task).toMatchObject({
      state: "queued",
      length: 1,
      settings: { role: "implement", priority: "p2", phases: "plan-build-test-review", model: "base" },
      queuedBy: { login: "alice" },
    });
    expect(on.people.refOf(`refs/heads/signalbox/ledger/${issue}`)).toBe(task?.tip);
  });

  it.each([
    ["urgent", "p0"],
    ["critical", "p0"],
    ["P0", "p0"],
    ["low-priority", "p2"],
    ["P2", "p2"],
    ["good first issue", "p2"],
  ])("A11 with the label %s gets priority %s", async (label, priority) => {
    const on = repositoryStage();
    const { task } = await on.look(queued(on, label));
    expect(task?.settings.priority).toBe(priority);
  });

  it("A12 keeps its own labels from the queue to the merge", async () => {
    const on = repositoryStage();
    const issue = queued(on, "bug");
    await submitted(on, issue);
    expect(on.issueOf(issue).labels.toSorted()).toEqual(["bug", "task:review"]);
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("done");
    expect(on.issueOf(issue).labels.toSorted()).toEqual(["bug", "task:done"]);
  });
});

describe("the queue's limit", () => {
  it("A14 refuses one more issue of an agent, with the limit, while people's issues wait", async () => {
    const on = repositoryStage();
    const robot = on.world.account("planner[bot]", "bot");
    on.people.setRole(robot, "write");
    on.people.setConfig({ checks: "none", bots: [robot.id], limits: { claimed: 1, queued: 1 } });
    await on.look(queued(on));
    const [first, second] = [1, 2].map(() => {
      const issue = on.people.openIssue(robot, TEXT);
      on.people.addLabel(robot, issue, "task:queued");
      return issue;
    });
    expect((await on.look(first ?? 0)).task?.state).toBe("queued");
    expect((await on.look(second ?? 0)).task).toBeNull();
    expect(on.issueOf(second ?? 0).labels).toEqual([]);
    expect(on.comments(second ?? 0).map(({ body }) => body)).toEqual([
      expect.stringContaining("already holds 1 tasks from agents"),
    ]);
    expect((await on.look(queued(on))).task?.state).toBe("queued");
  });
});

describe("what an accepted pull request waits for", () => {
  const gate = async (config: unknown, checks: readonly Pick<ObservedCheck, "name" | "status">[]) => {
    const on = repositoryStage({ config });
    const issue = queued(on);
    const pull = await submitted(on, issue);
    const head = on.people.state().pullRequests.get(pull)?.head ?? "";
    for (const check of checks) on.people.report(head, { ...check, app: "ci" });
    on.people.comment(on.alice, issue, "/task accept");
    const { task } = await on.look(issue);
    return {
      on,
      issue,
      head,
      state: task?.state,
      status: on.comments(issue).find(({ key }) => key === "status")?.body,
    };
  };
  const TESTED = { checks: [{ name: "test", run: "npm test" }] };

  it.each<[id: string, config: unknown, checks: readonly Pick<ObservedCheck, "name" | "status">[]]>([
    ["F01 nothing, where no checks are configured and none reported", { checks: "none" }, []],
    ["F01 nothing but the runner's own evidence", TESTED, []],
    ["F05 nothing, when checks were skipped or neutral", TESTED, [{ name: "lint", status: "neutral" }]],
    ["nothing, when all passed", TESTED, [{ name: "lint", status: "success" }]],
  ])("%s", async (_id, config, checks) => {
    expect(await gate(config, checks)).toMatchObject({ state: "done" });
  });

  it("F02 a check that has not ended: it stays in review, and is merged once that passes", async () => {
    const { on, issue, head, state, status } = await gate(TESTED, [{ name: "lint", status: "pending" }]);
    expect(state).toBe("review");
    expect(status).toContain("waits for lint");
    on.people.report(head, { name: "lint", status: "success", app: "ci" });
    expect((await on.look(issue)).task?.state).toBe("done");
  });

  it.each<[id: string, checks: readonly Pick<ObservedCheck, "name" | "status">[]]>([
    ["F03 one that failed", [{ name: "lint", status: "failure" }]],
    [
      "F04 one that failed, whatever else is pending",
      [
        { name: "lint", status: "failure" },
        { name: "e2e", status: "pending" },
      ],
    ],
  ])("%s: it is not merged, and the check is named", async (_id, checks) => {
    const { on, issue, status } = await gate(TESTED, checks);
    expect(on.issueOf(issue).isOpen).toBe(true);
    expect(status).toContain("failed: lint");
  });
});
