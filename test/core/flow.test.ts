// A flow is a graph: what is wrong with one is said in full, before any task walks it.

import { describe, expect, it } from "vitest";
import { configForRun } from "../../src/core/conditions.ts";
import { parseConfig } from "../../src/core/config.ts";
import { BUILT_IN_FLOWS, customStates, flowProblems } from "../../src/core/flow.ts";
import { defaultSettings } from "../../src/core/task-settings.ts";
import { config, inReview } from "./scene.ts";

const WORK = { name: "work", role: "implement" };
const REVIEW = { name: "review", conditions: [{ name: "go", human: true }] };

function problemsOf(stages: readonly unknown[]): readonly string[] {
  const parsed = parseConfig({ flow: "own", flows: { own: { stages } } });
  return "problems" in parsed ? parsed.problems : [];
}

describe("a flow", () => {
  it.each<[why: string, stages: readonly unknown[], problem: string | null]>([
    ["work and review", [WORK, REVIEW], null],
    ["a stage of its own", [WORK, { name: "staging" }, REVIEW], null],
    ["a role that is not there", [{ ...WORK, role: "poet" }, REVIEW], "unknown role poet"],
    ["phases that are not there", [{ ...WORK, phases: "dance" }, REVIEW], "unknown phases dance"],
    ["a stage that nobody comes to", [{ ...WORK, to: "review" }, { name: "lost" }, REVIEW], "lost cannot be reached"],
    ["a circle", [WORK, { name: "a", to: "b" }, { name: "b", to: "a" }], "no way out of the stage a"],
    ["a way to nowhere", [WORK, { name: "a", to: "moon" }], "leads to moon, which is no stage"],
    ["no work at the beginning", [REVIEW], "has no role that works"],
    ["a name of every task's state", [WORK, { name: "queued" }], "queued is a state of every task"],
    ["two stages of one name", [WORK, REVIEW, REVIEW], "two stages review"],
    [
      "a failure that leads to a stage without work",
      [WORK, { name: "a", conditions: [{ name: "x", script: "x", "on-fail": "a" }] }],
      "fails to a, which is no stage that works",
    ],
    [
      "an agent that is not there",
      [WORK, { name: "a", conditions: [{ name: "x", agent: "poet" }] }],
      "unknown role poet",
    ],
    [
      "two conditions of one name",
      [
        WORK,
        {
          name: "a",
          conditions: [
            { name: "x", human: true },
            { name: "x", human: true },
          ],
        },
      ],
      "two conditions x",
    ],
    ["a condition of no kind", [WORK, { name: "a", conditions: [{ name: "x" }] }], "flows.own.stages.1"],
  ])("%s", (_why, stages, problem) => {
    const problems = problemsOf(stages);
    if (problem === null) expect(problems).toEqual([]);
    else expect(problems.join("\n")).toContain(problem);
  });

  it("tells every mistake, not the first", () => {
    expect(
      problemsOf([
        { ...WORK, role: "poet", phases: "dance" },
        { name: "a", to: "a" },
      ]),
    ).toHaveLength(4);
  });

  it("that nobody defined is a mistake", () => {
    expect(flowProblems({ flow: "missing", flows: {} }, [])).toEqual(["`flow`: there is no flow missing"]);
  });

  it("that is built in is written in the same form and has no mistakes", () => {
    for (const flow of Object.keys(BUILT_IN_FLOWS)) {
      expect(flowProblems({ flow, flows: BUILT_IN_FLOWS }, ["implement", "breakdown"])).toEqual([]);
    }
  });

  it("gives a task its first role and phases, and its stages labels", () => {
    const own = config({
      flow: "own",
      flows: { own: { stages: [{ name: "w", role: "fix", phases: "plan-build" }, { name: "staging" }, REVIEW] } },
    });
    expect(defaultSettings(own)).toMatchObject({ role: "fix", phases: "plan-build" });
    expect(customStates(own)).toEqual(["staging"]);
  });

  it("hands a run its whole config where no script condition is looked at", () => {
    const { task } = inReview();
    if (task === null) throw new Error("there is a task");
    expect(configForRun({ setup: ["npm ci"] }, task, config())).toEqual({ setup: ["npm ci"] });
  });

  it("hands the run of a script condition that one command, beside the rest of the file", () => {
    const { task } = inReview();
    if (task === null) throw new Error("there is a task");
    const stages = [WORK, { name: "review", conditions: [{ name: "smoke", script: "./smoke.sh" }] }];
    const file = {
      setup: ["npm ci"],
      checks: [{ name: "test", run: "npm test" }],
      flow: "own",
      flows: { own: { stages } },
    };
    const lease = {
      token: "f".repeat(40),
      holder: { id: 1, login: "a", kind: "app" as const },
      host: "actions" as const,
      role: "test",
      grantedAt: 0,
      expiresAt: 1,
      run: null,
      boundAt: null,
      attempt: 1,
      reserved: 1,
    };
    const looked = {
      ...task,
      lease,
      inspections: [{ head: "1".repeat(40), role: "test", condition: "smoke", verdict: null }],
    };
    expect(configForRun(file, looked, config(file))).toMatchObject({
      setup: ["npm ci"],
      checks: [{ name: "smoke", run: "./smoke.sh" }],
    });
  });
});
