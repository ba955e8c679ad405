// Whether two declarations of paths can mean the same file.

import { expect, it } from "vitest";
import { isAskedForWorks, overlapOf, patternsMeet } from "../../src/core/path-overlap.ts";
import { config } from "./scene.ts";

it.each<[a: string, b: string, meet: boolean]>([
  ["src/cart.ts", "src/cart.ts", true],
  ["src", "src/cart.ts", true],
  ["src/cart", "src/till", false],
  ["src/cart", "src/cart-old", false],
  ["src/**", "src/a/b/c.ts", true],
  ["src/*.ts", "src/a.ts", true],
  ["src/*.ts", "src/a.md", false],
  ["src/*.ts", "lib/a.ts", false],
  ["**/*.md", "docs/a/b.md", true],
  ["**/*.md", "src", true],
  ["a*c", "abbc", true],
  ["a*a", "a", false],
  ["a*", "*b", true],
  ["a*", "b*", false],
  ["*.ts", "*.md", false],
  ["**", "anything", true],
  [".", "anything", true],
  ["src/**/test", "src/test", true],
  ["a/b/c/d/e/f/g/h/i/j/k/l/m/n", "a/b/c/d/e/f/g/h/i/j/k/l/m/o", true],
])("%s and %s: %s", (a, b, meet) => {
  expect([patternsMeet(a, b), patternsMeet(b, a)]).toEqual([meet, meet]);
});

it("names what of ours meets theirs", () => {
  expect(overlapOf(["src", "docs"], ["src/a.ts", "lib"])).toEqual(["src"]);
});

it.each<[why: string, Parameters<typeof isAskedForWorks>, boolean]>([
  ["a waiting task with paths", [{ body: "Paths: a", hasPullRequest: false }, "queued", config()], true],
  ["one whose pull request is open", [{ body: "", hasPullRequest: true }, "queued", config()], true],
  ["one that says nothing", [{ body: "", hasPullRequest: false }, "queued", config()], false],
  ["one that is claimed", [{ body: "Paths: a", hasPullRequest: false }, "claimed", config()], false],
  [
    "where nobody wants to know",
    [{ body: "Paths: a", hasPullRequest: true }, "queued", config({ paths: { overlap: "ignore" } })],
    false,
  ],
])("%s is asked for what is under way: %s", (_why, given, asked) => {
  expect(isAskedForWorks(...given)).toBe(asked);
});
