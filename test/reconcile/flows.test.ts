// Flows of one's own: stages with labels, conditions in order, and where a failure leads.

import { describe, expect, it } from "vitest";
import type { RunResult } from "../../src/core/result.ts";
import { type Stage, stage } from "../support/stage.ts";
import { answersOn, bodyOf, queuedIssue, reviewedIssue, start, submit } from "../support/tasks.ts";

const MINUTE = 60_000;

const STAGED = {
  checks: "none",
  limits: { rejections: 5 },
  flow: "careful",
  flows: {
    careful: {
      stages: [
        { name: "work", role: "implement", phases: "plan-build" },
        {
          name: "staging",
          conditions: [
            { name: "smoke", script: "./smoke.sh", "on-fail": "work" },
            { name: "judge", agent: "gatekeeper" },
            { name: "go", human: true },
          ],
        },
        { name: "review", conditions: [{ name: "checks", checks: true }], to: "done" },
      ],
    },
  },
};

function evidence(exitCode: number): Partial<RunResult> {
  return {
    head: null,
    exit: exitCode === 0 ? "done" : "failed",
    reason: exitCode === 0 ? "" : "smoke failed",
    evidence: [{ name: "smoke", command: "./smoke.sh", exitCode, durationMs: 5, logDigest: "a".repeat(64) }],
  };
}

/** The look that is under way ends with this result. */
async function looked(on: Stage, issue: number, more: Partial<RunResult>) {
  const { token, runId } = await start(on, issue);
  expect(await on.finish(issue, runId, token, more)).toMatchObject({ move: "verdict" });
  on.people.finishRun(runId, "success");
  on.pass(MINUTE);
  return (await on.look(issue)).task;
}

const APPROVED = { head: null, evidence: [], verdict: { approves: true, reason: "reads well" } };

describe("a flow with a stage of its own", () => {
  it("E20 shows the stage as a label, asks its conditions in order, F12 waits for a person, and ends in a merge", async () => {
    const on = stage({ config: STAGED });
    const { issue } = await reviewedIssue(on);
    expect(on.issueOf(issue).labels).toEqual(["task:staging"]);
    expect((await on.look(issue)).task?.inspections).toMatchObject([{ role: "test", condition: "smoke" }]);
    const afterScript = await looked(on, issue, evidence(0));
    expect(afterScript?.inspections.map(({ condition }) => condition)).toEqual(["smoke", "judge"]);
    await looked(on, issue, APPROVED);
    on.pass(60 * MINUTE);
    const waits = await on.look(issue);
    expect(waits.task).toMatchObject({ state: "review", stage: null, lease: null });
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task).toMatchObject({ state: "done" });
  });

  it("F09 a script that fails leads to where the flow says, and F10 the condition after it is never asked", async () => {
    const on = stage({ config: STAGED });
    const { issue } = await reviewedIssue(on);
    const task = await looked(on, issue, evidence(1));
    expect(task?.inspections.some(({ condition }) => condition === "judge")).toBe(false);
    expect(task).toMatchObject({ stage: null, settings: { role: "implement", phases: "plan-build" } });
    expect(["queued", "claimed"]).toContain(task?.state);
    expect(task?.feedback.at(-1)).toMatchObject({ source: "checks", text: "the condition smoke failed" });
  });

  it("F09 a failure may lead to a person", async () => {
    const [work, staging, review] = STAGED.flows.careful.stages;
    const conditions = [{ name: "smoke", script: "./smoke.sh", "on-fail": "needs-human" }];
    const flows = { careful: { stages: [work, { ...staging, conditions }, review] } };
    const on = stage({ config: { ...STAGED, flows } });
    const { issue } = await reviewedIssue(on);
    expect(await looked(on, issue, evidence(1))).toMatchObject({
      state: "needs-human",
      need: { why: "the condition smoke failed" },
    });
  });

  it("F11 a condition that is skipped passes without a run", async () => {
    const [work, staging, review] = STAGED.flows.careful.stages;
    const conditions = [
      { name: "smoke", script: "./smoke.sh", skip: true },
      { name: "go", human: true },
    ];
    const on = stage({
      config: { ...STAGED, flows: { careful: { stages: [work, { ...staging, conditions }, review] } } },
    });
    const { issue } = await reviewedIssue(on);
    expect((await on.look(issue)).task).toMatchObject({ lease: null, inspections: [] });
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.state).toBe("done");
  });

  it("E20 where a stage asks no person, accepting is refused with the stage's name", async () => {
    const [work] = STAGED.flows.careful.stages;
    const stages = [work, { name: "staging", conditions: [{ name: "smoke", script: "./smoke.sh" }], to: "done" }];
    const on = stage({ config: { ...STAGED, flows: { careful: { stages } } } });
    const { issue } = await reviewedIssue(on);
    on.people.comment(on.alice, issue, "/task accept");
    expect((await on.look(issue)).task?.acceptance).toBeNull();
    expect(answersOn(on, issue)).toEqual([expect.stringContaining("staging")]);
  });

  it("E08 B12 without a person in the flow the gatekeeper's approval leads to done", async () => {
    const stages = [
      { name: "work", role: "implement" },
      { name: "review", conditions: [{ name: "judge", agent: "gatekeeper" }] },
    ];
    const on = stage({ config: { checks: "none", flow: "own", flows: { own: { stages } } } });
    const { issue } = await reviewedIssue(on);
    expect(await looked(on, issue, APPROVED)).toMatchObject({ state: "done", acceptance: null });
  });

  it("B22 a submission is looked at by one run at a time", async () => {
    const on = stage({ config: STAGED });
    const { issue } = await reviewedIssue(on);
    const { runId, token } = await start(on, issue);
    expect(await on.bind(issue, runId + 1, token)).toMatchObject({ reply: "refused" });
    expect((await on.look(issue)).task?.inspections).toHaveLength(1);
  });

  it("a new submission begins at the first stage again", async () => {
    const on = stage({ config: STAGED });
    const { issue } = await reviewedIssue(on);
    await looked(on, issue, evidence(1));
    on.pass(MINUTE);
    await submit(on, issue);
    expect(on.issueOf(issue).labels).toEqual(["task:staging"]);
  });

  it("A07 a person who puts a stage's label on is told that no hand moves there", async () => {
    const on = stage({ config: STAGED });
    const issue = queuedIssue(on);
    await on.look(issue);
    on.people.addLabel(on.alice, issue, "task:staging");
    expect((await on.look(issue)).task?.state).toBe("claimed");
    expect(on.issueOf(issue).labels).toEqual(["task:claimed"]);
  });
});

describe("a file with a wrong flow", () => {
  it("keeps the last good one in force", async () => {
    const on = stage({ config: STAGED });
    const { issue } = await reviewedIssue(on);
    on.people.setConfig({ ...STAGED, flow: "missing" });
    const { observation } = await on.look(issue);
    expect(observation?.config.flow).toBe("careful");
    expect(observation?.configProblems).toEqual([expect.stringContaining("missing")]);
    expect(bodyOf(on, issue, "status")).toContain("review");
  });
});
