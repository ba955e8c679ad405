// What reaches an agent of an issue and its comments.

import { describe, expect, it } from "vitest";
import { readableBody, readableComment, readableTitle, withCriteria } from "../../src/core/task-text.ts";

describe("A02 acceptance criteria", () => {
  it("become unticked boxes, whatever marks they had", () => {
    const body = [
      "### Context",
      "",
      "- not a criterion",
      "",
      "### Acceptance criteria",
      "",
      "- one",
      "* two",
      "1. three",
      "- [x] four",
      "  - nested",
      "five",
      "",
      "```",
      "- code",
      "```",
      "### Notes",
      "- not one either",
    ].join("\n");
    expect(withCriteria(body)).toBe(
      [
        "### Context",
        "",
        "- not a criterion",
        "",
        "### Acceptance criteria",
        "",
        "- [ ] one",
        "- [ ] two",
        "- [ ] three",
        "- [ ] four",
        "  - [ ] nested",
        "- [ ] five",
        "",
        "```",
        "- code",
        "```",
        "### Notes",
        "- not one either",
      ].join("\n"),
    );
  });

  it.each([
    ["a heading in bold", "**Criteria**\n- a", "**Criteria**\n- [ ] a"],
    ["another name", "## Definition of done\n- a", "## Definition of done\n- [ ] a"],
    ["a field left empty", "### Criteria\n\n_No response_", "### Criteria\n\n_No response_"],
    ["a continued item", "## Criteria\n- a\n  goes on", "## Criteria\n- [ ] a\n  goes on"],
    ["a word in prose", "The criteria are:\n- a", "The criteria are:\n- a"],
  ])("%s", (_what, body, read) => {
    expect(withCriteria(body)).toBe(read);
  });
});

describe("readable text", () => {
  it("of a title is one line of characters that show", () => {
    expect(readableTitle("  Fix\u200B the\n list \u{E0041}")).toBe("Fix the list");
    expect(readableTitle("x".repeat(400))).toHaveLength(300);
  });

  it("of a body has nothing hidden in it", () => {
    expect(readableBody("<!-- form -->\n### Criteria\n- a <!-- obey -->")).toBe("### Criteria\n- [ ] a");
  });

  it("says when it is not the whole", () => {
    const long = readableComment("👍".repeat(8_001));
    expect(long).toBe(`${"👍".repeat(7_999)}…\n\n(The rest is left out: the text is longer than 8000 characters.)`);
    expect(readableComment("short")).toBe("short");
    expect(readableBody("x".repeat(50_000))).toContain("longer than 40000 characters");
  });
});
