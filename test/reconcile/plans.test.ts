// Plans that wait for a person, reports, and tasks that ship, on GitHub in memory.

import { expect, it } from "vitest";
import { publish } from "../../src/reconcile/publish.ts";
import { planDigest } from "../../src/runner/plan-digest.ts";
import { stage } from "../support/stage.ts";

async function running(config: unknown, labels: readonly string[] = []) {
  const on = stage({ config });
  const issue = on.people.openIssue(on.alice, { title: "Sum", body: "It fails." });
  for (const label of [...labels, "task:queued"]) on.people.addLabel(on.alice, issue, label);
  const { task } = await on.look(issue);
  const token = task?.lease?.token ?? "";
  await on.bind(issue, 700, token);
  return { on, issue, token };
}

it("a plan waits for approval, which is of exactly its words", async () => {
  const { on, issue, token } = await running({ plan: "approve" });
  const progress = { done: ["plan" as const], plan: "Start at 0.", notes: "" };
  const result = on.resultOf(issue, token, 700, null, { exit: "planned", evidence: [], progress });
  const input = { result, unreadable: null, run: { id: 700, attempt: 1 }, token, staged: null };
  expect(
    await publish(on.deps, { ...on.repository, issue }, { ...input, planDigest: planDigest("Start at 0.") }),
  ).toMatchObject({ move: "propose" });
  on.pass(60_000);
  const waiting = await on.look(issue);
  expect(waiting.task).toMatchObject({ state: "needs-human", counters: { attempts: 0 }, plan: { approvedBy: null } });
  expect(on.comments(issue).find(({ key }) => key === "status")?.body).toContain("Start at 0.");
  on.pass(1_000);
  on.people.comment(on.alice, issue, "/task accept");
  const approved = await on.look(issue);
  expect(approved.task).toMatchObject({
    state: "claimed",
    plan: { digest: planDigest("Start at 0."), approvedBy: { login: "alice" } },
    work: { progress },
  });
});

it("a report completes the task and is shown", async () => {
  const { on, issue, token } = await running({}, ["role:research"]);
  const report = { title: "Why it fails", text: "No start value." };
  expect(await on.finish(issue, 700, token, { head: null, evidence: [], report })).toMatchObject({ move: "report" });
  on.pass(60_000);
  expect((await on.look(issue)).task).toMatchObject({ state: "done", report });
  expect(on.issueOf(issue).isOpen).toBe(false);
  expect(on.comments(issue).find(({ key }) => key === "status")?.body).toContain("No start value.");
});

it.each([
  [true, "done"],
  [false, "review"],
])("phases that ship merge by themselves where merge.ship is %s (K06, K07)", async (ship, state) => {
  const { on, issue, token } = await running({ checks: "none", merge: { ship } }, ["phases:zte"]);
  await on.finish(issue, 700, token, { evidence: [] });
  on.pass(60_000);
  expect((await on.look(issue)).task?.state).toBe(state);
});
