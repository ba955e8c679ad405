// Claims that Actions knows nothing of: a person with an editor, and a local runner that renews.

import { describe, expect, it } from "vitest";
import { renew } from "../../src/reconcile/renew.ts";
import { type Stage, stage } from "../support/stage.ts";
import { bodyOf, happened, queuedIssue, TEXT } from "../support/tasks.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A task that nobody else takes meanwhile. */
async function heldByAlice(on: Stage): Promise<number> {
  const issue = on.people.openIssue(on.alice, TEXT);
  on.people.comment(on.alice, issue, "/task queue");
  on.people.comment(on.alice, issue, "/task claim");
  const { task } = await on.look(issue);
  expect(task).toMatchObject({ state: "claimed", lease: { host: "human", holder: { login: "alice" } } });
  return issue;
}

function ownPull(on: Stage, by: Stage["alice"], body: string, branch = "fix-empty"): number {
  on.people.push(by, `refs/heads/${branch}`, { parent: on.people.refOf("refs/heads/main") });
  return on.people.openPullRequest(by, { head: branch, base: "main", title: "Fix", body });
}

describe("a person who claimed a task", () => {
  it("D01 submits by their own pull request: in review, claim cleared, and it is that one which is merged", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = await heldByAlice(on);
    expect(happened(on, "dispatched")).toBe(0);
    const pull = ownPull(on, on.alice, `Closes #${issue}`);
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "review", lease: null, submission: { pullRequest: pull } });
    expect(on.issueOf(issue)).toMatchObject({ labels: ["task:review"], assignees: [] });
    on.pass(MINUTE);
    on.people.setRole(on.carol, "write");
    on.people.comment(on.carol, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("done");
    expect(on.people.state().pullRequests.get(pull)?.isMerged).toBe(true);
  });

  it("D02 a pull request for a task that nobody claimed submits nothing", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = on.people.openIssue(on.alice, TEXT);
    on.people.comment(on.alice, issue, "/task queue");
    on.people.comment(on.alice, issue, "/task hold");
    await on.look(issue);
    ownPull(on, on.alice, `Closes #${issue}`);
    expect((await on.look(issue)).task).toMatchObject({ state: "queued", submission: null });
  });

  it("D04 somebody else's pull request does not submit for them", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = await heldByAlice(on);
    ownPull(on, on.carol, `Closes #${issue}`, "other");
    expect((await on.look(issue)).task).toMatchObject({ state: "claimed", submission: null });
  });

  it("keeps the claim a week, is reminded once, and then it goes back to the queue", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = await heldByAlice(on);
    on.pass(6 * DAY - MINUTE);
    await on.look(issue);
    expect(bodyOf(on, issue, "reminder")).toBe("");
    on.pass(MINUTE);
    await on.look(issue);
    expect(bodyOf(on, issue, "reminder")).toContain("@alice, your claim lapses in a day");
    on.pass(DAY);
    const { task } = await on.look(issue);
    expect(task).toMatchObject({ state: "queued", counters: { attempts: 1 } });
    expect(on.comments(issue).filter(({ key }) => key === "reminder")).toHaveLength(1);
  });

  it("keeps it longer by a comment", async () => {
    const on = stage({ config: { checks: "none" } });
    const issue = await heldByAlice(on);
    on.pass(5 * DAY);
    on.people.comment(on.alice, issue, "nearly there");
    on.pass(3 * DAY);
    expect((await on.look(issue)).task?.state).toBe("claimed");
    on.pass(4 * DAY);
    expect((await on.look(issue)).task?.state).toBe("queued");
  });

  it("gives it back", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
    const issue = await heldByAlice(on);
    on.people.setRole(on.alice, "read");
    on.people.comment(on.alice, issue, "/task release no time");
    const { task } = await on.look(issue);
    expect(task?.attempts.at(-1)).toMatchObject({ host: "human", end: "release" });
  });
});

describe("a local runner", () => {
  async function heldLocally(on: Stage) {
    const first = queuedIssue(on);
    await on.look(first);
    const issue = queuedIssue(on);
    await on.look(issue);
    on.people.comment(on.alice, first, "/task cancel");
    await on.look(first);
    const holder = { id: on.alice.id, login: "alice", kind: "user" } as const;
    const { task: waiting } = await on.look(issue, [
      {
        id: "claim",
        request: {
          actor: holder,
          standing: "write",
          move: "claim",
          cause: "api:local-claim-1",
          at: on.now(),
          data: {
            attempt: 1,
            host: "local",
            role: "implement",
            phases: "plan-build",
            holder,
            leaseMs: 30 * MINUTE,
            reserved: 1_000_000,
            digest: "d".repeat(64),
          },
        },
      },
    ]);
    return { issue, task: waiting };
  }

  it("G13 extends its lease by a renewal, G14 writes nothing while plenty is left, and G01 lapses without one", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
    const { issue, task } = await heldLocally(on);
    expect(task).toMatchObject({ state: "claimed", lease: { host: "local" } });
    const asked = { token: task?.lease?.token ?? "", holderId: on.alice.id };
    const at = { ...on.repository, issue };
    on.pass(9 * MINUTE);
    const before = on.writes();
    expect(await renew(on.deps, at, asked)).toEqual({ renewed: false, refusal: null });
    expect(on.writes()).toBe(before);
    on.pass(16 * MINUTE);
    expect(await renew(on.deps, at, asked)).toEqual({ renewed: true, refusal: null });
    on.pass(29 * MINUTE);
    expect((await on.look(issue)).task?.state).toBe("claimed");
    on.pass(MINUTE);
    const { task: lapsed } = await on.look(issue);
    expect(lapsed).toMatchObject({ state: "queued", lease: null, counters: { attempts: 1 } });
    expect(await renew(on.deps, at, asked)).toMatchObject({ renewed: false, refusal: { reason: "stale-token" } });
  });

  it("renews only its own claim", async () => {
    const on = stage({ config: { checks: "none", limits: { claimed: 1 } } });
    const { issue, task } = await heldLocally(on);
    on.pass(15 * MINUTE);
    const asked = { token: task?.lease?.token ?? "", holderId: on.carol.id };
    expect(await renew(on.deps, { ...on.repository, issue }, asked)).toMatchObject({
      renewed: false,
      refusal: { reason: "stale-token" },
    });
  });
});
