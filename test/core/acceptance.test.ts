// The acceptance reporter fails where it should.

import { describe, expect, it } from "vitest";
import { judge } from "../../scripts/acceptance-verdict.ts";
import { CASES } from "../acceptance/cases.ts";

const TWO = { A90: { says: "first" }, A91: { says: "second", adr: "0099" } };

describe("the acceptance reporter", () => {
  it.each([
    [
      "a case without a test is a gap",
      [],
      ["0099-x.md"],
      ["A90  MISSING  first", "A91  replaced second: docs/adr/0099-x.md"],
      false,
    ],
    [
      "a decision that is not there replaces nothing",
      [{ name: "A90 a", passed: true }],
      [],
      ["A90  passed   first: A90 a", "A91  MISSING  second"],
      false,
    ],
    [
      "a failing test is a gap beside a passing one",
      [
        { name: "A90 a", passed: true },
        { name: "x > A90 b", passed: false },
        { name: "A91", passed: true },
      ],
      [],
      ["A90  FAILED   first: x > A90 b", "A91  passed   second: A91"],
      false,
    ],
    [
      "all are vouched for",
      [{ name: "x A90 and A91", passed: true }],
      [],
      ["A90  passed   first: x A90 and A91", "A91  passed   second: x A90 and A91"],
      true,
    ],
  ])("%s", (_why, tests, decisions, lines, isComplete) => {
    expect(judge(TWO, tests, decisions)).toMatchObject({ lines, isComplete });
  });

  it("lets no more than eight be replaced", () => {
    const many = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`A${index}0`, { says: "x", adr: "0099" }]),
    );
    expect(judge(many, [], ["0099-x.md"]).isComplete).toBe(false);
  });

  it("knows every case by a letter and two digits, and says something of each", () => {
    for (const [id, { says }] of Object.entries(CASES)) {
      expect(id).toMatch(/^[A-J]\d\d$/);
      expect(says).not.toBe("");
    }
    expect(Object.keys(CASES)).toHaveLength(116);
  });
});
