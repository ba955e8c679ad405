import { describe, expect, it } from "vitest";
import { matchesPatterns } from "../../src/actions/runs/filter-pattern.ts";
import { callInputs, dispatchInputs } from "../../src/actions/runs/input-values.ts";
import { expandMatrix } from "../../src/actions/runs/matrix.ts";
import { apiPermissions, defaultPermissions, firstExcess } from "../../src/actions/runs/token-permissions.ts";
import type { InputDefinition } from "../../src/actions/workflow/model.ts";
import type { JsonObject } from "../../src/world/json.ts";

describe("filter patterns", () => {
  it.each<[patterns: readonly string[], text: string, matches: boolean]>([
    [["main"], "main", true],
    [["main"], "mainly", false],
    [["releases/*"], "releases/1", true],
    [["releases/*"], "releases/1/2", false],
    [["releases/**"], "releases/1/2", true],
    [["**"], "any/thing", true],
    [["*"], "any/thing", false],
    [["v[0-9].x"], "v2.x", true],
    [["v[0-9]+.[0-9]+"], "v12.34", true],
    [["v1.?"], "v1.", true],
    [["docs/**", "!docs/private/**"], "docs/a.md", true],
    [["docs/**", "!docs/private/**"], "docs/private/a.md", false],
    [["!docs/private/**", "docs/**"], "docs/private/a.md", true],
    [["**/*.md"], "README.md", true],
    [["**/*.md"], "a/b/c.md", true],
    [["**.js"], "src/a.js", true],
    [["a+b"], "aab", true],
    [["a.b"], "axb", false],
    [["(x)"], "(x)", true],
    [["+"], "+", false],
  ])("%j on %s: %s", (patterns, text, matches) => {
    expect(matchesPatterns(patterns, text)).toBe(matches);
  });
});

describe("matrices", () => {
  it.each<[why: string, matrix: JsonObject, combinations: readonly JsonObject[]]>([
    [
      "a product",
      { os: ["l", "w"], n: [1, 2] },
      [
        { os: "l", n: 1 },
        { os: "l", n: 2 },
        { os: "w", n: 1 },
        { os: "w", n: 2 },
      ],
    ],
    [
      "an exclusion",
      { os: ["l", "w"], n: [1, 2], exclude: [{ os: "w", n: 1 }] },
      [
        { os: "l", n: 1 },
        { os: "l", n: 2 },
        { os: "w", n: 2 },
      ],
    ],
    ["only includes", { include: [{ a: 1 }, { a: 2, b: 3 }] }, [{ a: 1 }, { a: 2, b: 3 }]],
    [
      "includes that extend and includes that add",
      {
        fruit: ["apple", "pear"],
        animal: ["cat", "dog"],
        include: [
          { color: "green" },
          { color: "pink", animal: "cat" },
          { fruit: "apple", shape: "circle" },
          { fruit: "banana" },
          { fruit: "banana", animal: "cat" },
        ],
      },
      [
        { fruit: "apple", animal: "cat", color: "pink", shape: "circle" },
        { fruit: "apple", animal: "dog", color: "green", shape: "circle" },
        { fruit: "pear", animal: "cat", color: "pink" },
        { fruit: "pear", animal: "dog", color: "green" },
        { fruit: "banana" },
        { fruit: "banana", animal: "cat" },
      ],
    ],
  ])("%s", (_why, matrix, combinations) => {
    expect(expandMatrix(matrix)).toEqual({ combinations });
  });

  it.each<[why: string, matrix: JsonObject, problem: string]>([
    ["an axis without values", { a: [] }, "does not contain any values"],
    ["an axis that is no list", { a: "x" }, "must be a sequence"],
    [
      "more jobs than GitHub allows",
      { a: Array.from({ length: 17 }, (_, n) => n), b: Array.from({ length: 17 }, (_, n) => n) },
      "more than 256 jobs",
    ],
    ["nothing left", { a: [1], exclude: [{ a: 1 }] }, "no combinations"],
  ])("refuses %s", (_why, matrix, problem) => {
    const expanded = expandMatrix(matrix);
    expect("problem" in expanded && expanded.problem).toContain(problem);
  });
});

const input = (more: Partial<InputDefinition>): InputDefinition => ({
  type: "string",
  required: false,
  default: undefined,
  options: [],
  ...more,
});

describe("inputs", () => {
  const definitions = new Map([
    ["issue", input({ required: true, type: "number" })],
    ["mode", input({ type: "choice", options: ["fast", "slow"], default: "fast" })],
    ["dry", input({ type: "boolean" })],
    ["note", input({})],
  ]);

  it("of a dispatch keep booleans, everything else is text", () => {
    expect(dispatchInputs(definitions, { issue: "7", dry: "true" })).toEqual({
      values: { issue: "7", mode: "fast", dry: true, note: "" },
    });
  });

  it.each<[given: JsonObject, problem: string]>([
    [{}, "Required input 'issue' not provided"],
    [{ issue: "7", colour: "red" }, 'Unexpected inputs provided: ["colour"]'],
    [{ issue: "x" }, "is not a number"],
    [{ issue: "7", mode: "warp" }, "not in the list of allowed values"],
    [{ issue: "7", dry: "maybe" }, "not in the list of allowed values"],
  ])("of a dispatch: %j is refused", (given, problem) => {
    const result = dispatchInputs(definitions, given);
    expect("problem" in result && result.problem).toContain(problem);
  });

  const called = new Map([
    ["n", input({ type: "number", required: true })],
    ["b", input({ type: "boolean" })],
    ["s", input({ default: "d" })],
  ]);

  it("of a call have exact types", () => {
    const defaults = (definition: InputDefinition) => definition.default ?? "";
    expect(callInputs(called, { n: 3, s: 5 }, defaults)).toEqual({ values: { n: 3, b: false, s: "5" } });
    expect(callInputs(called, { n: "3" }, defaults)).toMatchObject({
      problem: expect.stringContaining("Unexpected value '3'"),
    });
    expect(callInputs(called, { n: 3, b: "true" }, defaults)).toMatchObject({
      problem: expect.stringContaining("a boolean was expected"),
    });
    expect(callInputs(called, {}, defaults)).toMatchObject({
      problem: "Input n is required, but not provided while calling.",
    });
  });
});

describe("permissions of GITHUB_TOKEN", () => {
  it("default to what the repository says, without an identity", () => {
    expect(apiPermissions(defaultPermissions("read"))).toEqual({
      metadata: "read",
      contents: "read",
      packages: "read",
    });
    expect(apiPermissions(defaultPermissions("write"))).toMatchObject({
      contents: "write",
      pull_requests: "write",
      issues: "write",
    });
    expect(defaultPermissions("write")["id-token"]).toBeUndefined();
  });

  it("never go beyond those of the caller", () => {
    expect(firstExcess({ contents: "read" }, { contents: "write" })).toBeNull();
    expect(firstExcess({ issues: "none" }, {})).toBeNull();
    expect(firstExcess({ issues: "write" }, { issues: "read" })).toEqual({
      scope: "issues",
      wished: "write",
      allowed: "read",
    });
    expect(firstExcess({ "id-token": "write" }, { contents: "write" })).toMatchObject({
      scope: "id-token",
      allowed: "none",
    });
  });
});
