// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import type { FunctionDefinition } from "../../src/actions/expressions/evaluate.ts";
import {
  ExpressionFailure,
  evaluateCondition,
  evaluateTemplate,
  interpolate,
  toData,
} from "../../src/actions/expressions/evaluate.ts";

function status(name: string, value: boolean): FunctionDefinition {
  return { name, minArgs: 0, maxArgs: 0, call: () => toData(value) };
}

function scope(outcome: "success" | "failure" | "cancelled") {
  return {
    contexts: {
      github: toData({
        ref: "refs/heads/main",
        event: { issue: { number: 7, labels: [{ name: "a" }, { name: "b" }] } },
      }),
      inputs: toData({ dry: false, count: 3, text: "it's }} fine" }),
      needs: toData({}),
    },
    functions: [
      status("success", outcome === "success"),
      status("failure", outcome === "failure"),
      status("cancelled", outcome === "cancelled"),
      status("always", true),
    ],
  };
}

describe("templates", () => {
  it.each<[template: string, text: string]>([
    ["plain text", "plain text"],
    ["issue #${{ github.event.issue.number }} on ${{ github.ref }}", "issue #7 on refs/heads/main"],
    ["${{ github.nothing.at.all }}", ""],
    ["${{ inputs.text }}", "it's }} fine"],
    ["${{ format('{0}-{1}', 'a }} b', inputs.count) }}", "a }} b-3"],
    ["${{ join(github.event.issue.labels.*.name, '+') }}", "a+b"],
    ["${{ contains(github.event.issue.labels.*.name, 'b') }}", "true"],
    ["${{ toJSON(inputs.dry) }}", "false"],
    ["${{ fromJSON('{\"x\":[1,2]}').x[1] }}", "2"],
    ["${{ inputs.count == '3' && 'same' || 'other' }}", "same"],
  ])("%s", (template, text) => {
    expect(interpolate(template, scope("success"))).toBe(text);
  });

  it("keeps the type of a sole expression", () => {
    expect(evaluateTemplate("${{ inputs.dry }}", scope("success"))).toBe(false);
    expect(evaluateTemplate("${{ inputs.count }}", scope("success"))).toBe(3);
    expect(evaluateTemplate("n=${{ inputs.count }}", scope("success"))).toBe("n=3");
    expect(evaluateTemplate("${{ github.event.issue.labels }}", scope("success"))).toEqual([
      { name: "a" },
      { name: "b" },
    ]);
  });

  it.each<[why: string, template: string, message: string]>([
    ["an unknown context", "${{ secrets.KEY }}", "Unrecognized named-value: 'secrets'"],
    ["an unknown function", "${{ shout('x') }}", "Unrecognized function: 'shout'"],
    ["an open end", "${{ github.ref", "is not closed"],
    ["broken JSON", "${{ fromJSON('{') }}", "JSON"],
  ])("refuses %s", (_why, template, message) => {
    expect(() => interpolate(template, scope("success"))).toThrow(ExpressionFailure);
    expect(() => interpolate(template, scope("success"))).toThrow(message);
  });
});

describe("conditions", () => {
  it.each<[condition: string | null, success: boolean, failure: boolean, cancelled: boolean]>([
    [null, true, false, false],
    ["", true, false, false],
    ["true", true, false, false],
    ["github.ref == 'refs/heads/main'", true, false, false],
    ["github.ref == 'refs/heads/other'", false, false, false],
    ["${{ github.ref == 'refs/heads/main' }}", true, false, false],
    ["always()", true, true, true],
    ["failure()", false, true, false],
    ["${{ !cancelled() }}", true, true, false],
    ["cancelled() || github.ref == 'x'", false, false, true],
    ["inputs.dry", false, false, false],
    ["contains('always()', 'always')", true, false, false],
    ["${{ inputs.dry }} == 'true'", true, false, false],
  ])("%s", (condition, success, failure, cancelled) => {
    expect(evaluateCondition(condition, scope("success"))).toBe(success);
    expect(evaluateCondition(condition, scope("failure"))).toBe(failure);
    expect(evaluateCondition(condition, scope("cancelled"))).toBe(cancelled);
  });
});
