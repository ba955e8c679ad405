// How people write settings, and what they become.

import { describe, expect, it } from "vitest";
import { applySetting, defaultSettings, moneyOf, priorityOf, settingSchema } from "../../src/core/task-settings.ts";
import { config } from "./scene.ts";

describe("money", () => {
  it.each([
    ["5", 5_000_000],
    ["$5", 5_000_000],
    ["7.5", 7_500_000],
    ["$0.01", 10_000],
    ["99999.99", 99_999_990_000],
    ["0", null],
    ["0.00", null],
    ["-5", null],
    ["1e3", null],
    ["5.001", null],
    ["100000", null],
    ["", null],
  ])("%s", (text, amount) => {
    expect(moneyOf(text)).toBe(amount);
  });
});

describe("one setting", () => {
  it.each([
    ["role", "fix", "fix"],
    ["phases", "plan,build", "plan,build"],
    ["priority", "Critical", "p0"],
    ["budget", "2.50", 2_500_000],
    ["base", "release/2.x", "release/2.x"],
    ["model", "heavy", "heavy"],
  ])("%s %s", (setting, value, read) => {
    expect(settingSchema.parse({ setting, value })).toEqual({ setting, value: read });
  });

  it.each([
    ["role", "Fix!", "a role is lowercase letters, digits and dashes"],
    [
      "phases",
      "dig",
      "phases are plan-build, plan-build-test, plan-build-review, plan-build-test-review, sdlc, zte, or a list such as plan,build",
    ],
    ["priority", "soon", "a priority is p0, p1, p2 or p3"],
    ["budget", "much", "a budget is an amount in dollars, such as 5 or 7.50"],
    ["base", "-x", "a base is the name of a branch"],
    ["base", "a..b", "a base is the name of a branch"],
    ["base", "a.lock", "a base is the name of a branch"],
    ["base", "a/", "a base is the name of a branch"],
    ["base", "signalbox/task/1", "branches under signalbox/ belong to Signalbox"],
    ["model", "large", "a model is base or heavy"],
    ["colour", "red", "a setting is role, phases, priority, budget, base, model or project"],
  ])("%s %s is refused", (setting, value, message) => {
    expect(settingSchema.safeParse({ setting, value }).error?.issues[0]?.message).toBe(message);
  });

  it("needs a value", () => {
    expect(settingSchema.safeParse({ setting: "role" }).success).toBe(false);
  });
});

describe("a changed setting", () => {
  const standard = defaultSettings(config({ budget: { task: 2 } }));

  it("starts from the repository's defaults", () => {
    expect(standard).toEqual({
      role: "implement",
      phases: "plan-build-test-review",
      priority: "p2",
      budget: 2_000_000,
      base: null,
      model: "base",
    });
  });

  it("replaces that setting alone", () => {
    expect(applySetting(standard, { setting: "base", value: "next" }, config())).toEqual({
      settings: { ...standard, base: "next" },
    });
    expect(applySetting(standard, { setting: "role", value: "fix" }, config())).toEqual({
      settings: { ...standard, role: "fix" },
    });
  });

  it("may name a role only that the repository knows", () => {
    expect(applySetting(standard, { setting: "role", value: "cook" }, config())).toEqual({
      problem: { reason: "unknown-role", role: "cook", known: expect.arrayContaining(["fix", "implement"]) },
    });
  });
});

it("takes only whole words for priorities", () => {
  expect([priorityOf("URGENT"), priorityOf("urgently"), priorityOf("toString")]).toEqual(["p0", null, null]);
});
