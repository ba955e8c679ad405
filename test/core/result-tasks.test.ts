// The list that a breakdown hands over: what is taken, and in which order it leads to work.

import { describe, expect, it } from "vitest";
import { predecessorsOf, type SubTask, subTasksSchema } from "../../src/core/result-tasks.ts";

const task = (key: string, more: Partial<SubTask> = {}): SubTask => ({ key, title: "T", body: "B", ...more });
const problems = (tasks: unknown) => subTasksSchema.safeParse(tasks).error?.issues.map(({ message }) => message) ?? [];

describe("a list of sub-tasks", () => {
  it("puts each behind the one before it, unless it says otherwise", () => {
    const tasks = [task("a"), task("b"), task("c", { dependsOn: ["a"] }), task("d", { dependsOn: [] })];
    expect(problems(tasks)).toEqual([]);
    expect(tasks.map((_, at) => predecessorsOf(tasks, at))).toEqual([[], ["a"], ["a"], []]);
  });

  it.each<[why: string, unknown, says: string]>([
    ["is not empty", [], ">=1"],
    ["is not longer than twenty", Array.from({ length: 21 }, (_, at) => task(`k${at}`)), "<=20"],
    ["has no key twice", [task("a"), task("a")], "used before"],
    ["waits only for earlier ones", [task("a", { dependsOn: ["b"] }), task("b")], "no earlier sub-task is b"],
    ["does not wait for itself", [task("a", { dependsOn: ["a"] })], "no earlier sub-task is a"],
    ["has keys that can stand in a comment", [task("a -->")], "a key is lowercase letters, digits and dashes"],
    ["has titles", [task("a", { title: "  " })], ">=1"],
    [
      "fits into one record, however it is escaped",
      Array.from({ length: 3 }, (_, at) => task(`k${at}`, { body: "#".repeat(4_000) })),
      "together longer",
    ],
    ["says nothing else", [{ ...task("a"), labels: ["task:done"] }], "Unrecognized key"],
  ])("%s", (_why, tasks, says) => {
    expect(problems(tasks).join("; ")).toContain(says);
  });
});
