// Labels: which there are, what they choose, and what is touched.

import { describe, expect, it } from "vitest";
import {
  labelDefinitions,
  labelProblems,
  prioritiesOf,
  settingLabelDelta,
  settingsOf,
  stateLabelDelta,
  stateLabelsOf,
  stateOfLabel,
} from "../../src/core/labels.ts";
import { SHOWN_STATES } from "../../src/core/task.ts";
import { defaultSettings } from "../../src/core/task-settings.ts";
import { config } from "./scene.ts";

const CONFIG = config({ roles: { painter: {} } });
const STANDARD = defaultSettings(CONFIG);

describe("the labels of a repository", () => {
  const labels = labelDefinitions(CONFIG);

  it("has one for every state, and the repository's own roles", () => {
    const names = labels.map(({ name }) => name);
    for (const state of SHOWN_STATES) expect(names).toContain(`task:${state}`);
    expect(names).toContain("role:painter");
    expect(names).toContain("phases:plan-build");
    expect(names.slice(-2)).toEqual(["model:heavy", "project:branch"]);
    expect(labelDefinitions(config({ prefix: "agent" })).map(({ name }) => name)).toContain("agent:queued");
  });

  it("keeps to GitHub's limits", () => {
    expect(new Set(labels.map(({ name }) => name)).size).toBe(labels.length);
    for (const { name, colour, description } of labels) {
      expect(name.length).toBeLessThanOrEqual(50);
      expect(colour).toMatch(/^[0-9a-f]{6}$/);
      expect(description.length).toBeLessThanOrEqual(100);
    }
  });
});

describe("state labels", () => {
  it.each([
    ["task:queued", { state: "queued" }],
    ["Task:Needs-Human", { state: "needs-human" }],
    ["task:blocked", { state: "blocked" }],
    ["task:foo", { unknown: "foo" }],
    ["tasks:queued", null],
    ["bug", null],
  ])("%s", (label, read) => {
    expect(stateOfLabel(label, "task")).toEqual(read);
  });

  it("lists everything under the prefix", () => {
    expect(stateLabelsOf(["bug", "task:queued", "Task:foo"], "task")).toEqual(["queued", "foo"]);
  });

  it.each([
    ["adds the first", ["bug"], "queued", { add: ["task:queued"], remove: [] }],
    [
      "replaces others",
      ["task:queued", "bug", "task:review"],
      "claimed",
      { add: ["task:claimed"], remove: ["task:queued", "task:review"] },
    ],
    ["leaves what is right", ["Task:Queued"], "queued", { add: [], remove: [] }],
    ["takes all off an issue that is no task", ["task:queued", "role:fix"], null, { add: [], remove: ["task:queued"] }],
    ["touches no unknown label", ["task:foo", "type: bug"], "done", { add: ["task:done"], remove: [] }],
  ] as const)("the delta %s", (_what, labels, shown, delta) => {
    expect(stateLabelDelta(labels, shown, "task")).toEqual(delta);
  });
});

describe("settings chosen by labels", () => {
  it.each([
    ["A11 urgent", ["urgent"], "p0"],
    ["A11 critical", ["critical"], "p0"],
    ["A11 P0", ["P0"], "p0"],
    ["A11 low-priority", ["low-priority"], "p2"],
    ["A11 none", ["bug"], "p2"],
    ["priority:p3", ["priority:p3"], "p3"],
    ["the most urgent of two", ["priority:p3", "priority:p1"], "p1"],
    ["the explicit one before another word for it", ["urgent", "priority:p3"], "p3"],
    ["a word in the namespace", ["priority: high"], "p1"],
    ["no priority at all", ["priority:soon"], "p2"],
  ])("%s", (_why, labels, priority) => {
    expect(prioritiesOf(labels)).toBe(priority);
    expect(settingsOf(labels, CONFIG, null).priority).toBe(priority);
  });

  it("win over what the task had", () => {
    const before = { ...STANDARD, role: "fix", phases: "sdlc", priority: "p1", budget: 7 } as const;
    expect(settingsOf([], CONFIG, before)).toEqual(before);
    expect(settingsOf(["role:Test", "phases:plan-build", "model:heavy", "priority:p0"], CONFIG, before)).toEqual({
      ...before,
      role: "test",
      phases: "plan-build",
      model: "heavy",
      priority: "p0",
    });
  });

  it("A06 are refused when the repository does not have them", () => {
    expect(labelProblems(["role:fix", "phases:plan,build", "bug"], CONFIG)).toEqual([]);
    expect(labelProblems(["role:cook", "phases:fry"], CONFIG)).toEqual([
      { reason: "unknown-role", role: "cook", known: expect.arrayContaining(["implement", "painter"]) },
      { reason: "unknown-phases", phases: "fry", known: expect.arrayContaining(["plan-build"]) },
    ]);
    expect(labelProblems(["role:test", "role:fix", "phases:sdlc", "phases:zte"], CONFIG)).toEqual([
      { reason: "conflicting-labels", labels: ["role:fix", "role:test"] },
      { reason: "conflicting-labels", labels: ["phases:sdlc", "phases:zte"] },
    ]);
  });
});

describe("labels after a setting was changed by command", () => {
  it.each([
    ["nothing to show", ["bug"], {}, { add: [], remove: [] }],
    ["a role is shown", ["bug"], { role: "fix" }, { add: ["role:fix"], remove: [] }],
    ["another role goes", ["role:test"], { role: "fix" }, { add: ["role:fix"], remove: ["role:test"] }],
    ["the standard needs no label", ["role:test"], {}, { add: [], remove: ["role:test"] }],
    ["a label that is right stays", ["Role:fix"], { role: "fix" }, { add: [], remove: [] }],
    ["somebody's word is overruled, not removed", ["urgent"], {}, { add: ["priority:p2"], remove: [] }],
    ["the heavy model", [], { model: "heavy" }, { add: ["model:heavy"], remove: [] }],
    ["the heavy model, shown", ["model:heavy"], { model: "heavy" }, { add: [], remove: [] }],
    ["the base model again", ["model:heavy"], {}, { add: [], remove: ["model:heavy"] }],
  ] as const)("%s", (_why, labels, change, delta) => {
    const settings = { ...STANDARD, ...change };
    expect(settingLabelDelta(labels, settings, STANDARD)).toEqual(delta);
    const after = [...labels.filter((label) => !delta.remove.some((gone) => gone === label)), ...delta.add];
    expect(settingsOf(after, CONFIG, null)).toEqual(settings);
  });
});
