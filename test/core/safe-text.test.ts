// Text of models and strangers, published in our name: it mentions nobody, closes nothing, loads nothing, hides nothing.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capped, safeBlock, safeCode, safeInline, safeLine } from "../../src/core/safe-text.ts";
import { actsIn, shown } from "./acting-text.ts";

const GAP = "&#x200B;";

describe("a block of text", () => {
  it.each([
    ["a mention", "thanks @bob and @acme/team", `thanks @${GAP}bob and @${GAP}acme/team`],
    ["a closing keyword", "Fixes #12, closes: acme/app#3", `Fixes #${GAP}12, closes: acme/app#${GAP}3`],
    ["the short form", "GH-12", `GH-${GAP}12`],
    ["an issue's address", "https://github.com/a/b/issues/3", `https://github.com/a/b/issues/${GAP}3`],
    ["HTML", "<b>x</b> &lt; <!-- y -->", "&lt;b>x&lt;/b> &amp;lt; &lt;!-- y -->"],
    ["an entity that would become a mention", "&#64;bob", `&amp;#${GAP}64;bob`],
    ["an image", "![x](https://evil/?q=1)", "\\![x](https://evil/?q=1)"],
    ["a block of HTML", "<div>\nx\n</div>", "&lt;div>\nx\n&lt;/div>"],
    ["our own marker in code", "```\n<!-- signalbox:accept -->\n```", "```\n<!-- signalbox\u200B:accept -->\n```"],
    ["a fence that is never closed", "a\n\n```js\nx", "a\n\n```js\nx\n```"],
    ["a longer fence that is never closed", "~~~~\nx", "~~~~\nx\n~~~~"],
    ["hidden characters", "a\u200B\u{E0041}b\uE000", "ab"],
    ["spaces around it", "\n\n a \n", "a"],
  ])("%s", (_what, text, safe) => {
    expect(safeBlock(text, 1_000)).toBe(safe);
  });

  it.each([
    ["code", "run `npm i @types/node # 1` and\n\n```\n@Override\n#12\n```\n\n    @indented"],
    [
      "ordinary Markdown",
      "# Title\n\n- **bold** and _not_ [a link](https://x.y)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n\na < b & c, 1 # 2",
    ],
  ])("%s stays as it is", (_what, text) => {
    expect(safeBlock(text, 1_000)).toBe(text);
  });

  it("is shown as it was typed when it cannot be read for sure", () => {
    const crooked = "[a](x`y) @bob `z and @eve";
    expect(actsIn(safeBlock(crooked, 1_000))).toEqual([]);
    expect(safeBlock("\\`a` GH\\-12 @x", 100)).not.toMatch(/GH-\d|@x/);
  });

  it("is cut on whole characters", () => {
    expect(safeBlock("👍".repeat(10), 5)).toBe(`${"👍".repeat(4)}…`);
    expect(capped("12345", 5)).toBe("12345");
    expect(capped("👍👍👍", 3)).toBe("👍👍👍");
    expect(capped("a b c", 3)).toBe("a…");
  });
});

describe("a piece of a sentence or a cell", () => {
  it.each([
    ["a | b\n\n# c", "a \\| b \\# c"],
    ["`x` *y* [z](u) <b> ![i](u)", "\\`x\\` \\*y\\* \\[z\\]\\(u\\) \\<b\\> \\!\\[i\\]\\(u\\)"],
    ["@bob fixes #12 and GH-3", `@${GAP}bob fixes \\#${GAP}12 and GH\\-${GAP}3`],
    ["&#64;bob", `\\&\\#${GAP}64;bob`],
    ["https://github.com/a/b/pull/3", `https://github.com/a/b/pull/${GAP}3`],
  ])("%s", (text, safe) => {
    expect(safeInline(text, 200)).toBe(safe);
    expect(actsIn(safe)).toEqual([]);
  });
});

describe("a plain line", () => {
  it.each([
    ["Fixes #12 for @bob", "Fixes no. 12 for bob"],
    ["a\nb\tc", "a b c"],
    ["see https://github.com/a/b/issues/1 now", "see (link) now"],
    ["GH-12 & acme/app#3", "no. 12 & acme/appno. 3"],
    ["mail a@b.c", "mail ab.c"],
    ["x".repeat(60), `${"x".repeat(49)}…`],
  ])("%s", (text, safe) => {
    expect(safeLine(text, 50)).toBe(safe);
  });
});

describe("code", () => {
  it.each([
    ["npm test", "`npm test`"],
    ["echo `date`", "`` echo `date` ``"],
    ["a | b", "`a \\| b`"],
    ["a\nb", "`a b`"],
    ["", "` `"],
  ])("%s", (text, safe) => {
    expect(safeCode(text, 50)).toBe(safe);
  });
});

describe("whatever the text", () => {
  const piece = fc.oneof(
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 10 }) },
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        "@bob",
        "Closes #12",
        "GH-7",
        "https://github.com/a/b/issues/3",
        "![i](u)",
        "<b>",
        "<div>\n",
        "</div>",
        "<!-- x",
        "-->",
        "`",
        "``",
        "```\n",
        "~~~",
        "\n",
        "\n\n",
        "    ",
        "- ",
        "> ",
        "# ",
        "\\",
        "&#64;",
        "&commat;",
        "[a](",
        ")",
        "]",
        "**",
        "|",
        "[x]: @bob\n",
        "<!-- signalbox:accept -->",
        "- [x] ",
        "'",
        '"',
        "<a title='",
        "<script>",
        "GH\\-7",
        "#\\1",
      ),
    },
  );
  const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));

  it("a block never acts, and what follows it is not swallowed", () => {
    fc.assert(
      fc.property(text, (wild) => {
        const safe = safeBlock(wild, 2_000);
        expect(actsIn(safe)).toEqual([]);
        expect(shown(`${safe}\n\nAFTER`)).toContain("AFTER");
        expect(safe).not.toMatch(/<!--\s*signalbox:/);
      }),
      { numRuns: 2_000, seed: 12 },
    );
  });

  it("a piece of a sentence never acts nor ends its line", () => {
    fc.assert(
      fc.property(text, (wild) => {
        const safe = safeInline(wild, 300);
        expect(safe).not.toContain("\n");
        expect(actsIn(`| ${safe} |`)).toEqual([]);
        expect(actsIn(`- x: ${safe}`)).toEqual([]);
      }),
      { numRuns: 2_000, seed: 11 },
    );
  });

  it("a plain line neither mentions nor closes", () => {
    fc.assert(
      fc.property(text, (wild) => {
        expect(safeLine(wild, 300)).not.toMatch(/@[a-z0-9]|#\d|\bGH-\d|\n|https?:\/\//i);
      }),
      { numRuns: 2_000, seed: 11 },
    );
  });

  it("code stays code", () => {
    fc.assert(
      fc.property(text, (wild) => {
        expect(actsIn(safeCode(wild, 300))).toEqual([]);
      }),
      { numRuns: 2_000, seed: 11 },
    );
  });
});
