// What readers of an issue do not see must not reach an agent.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seenCharacters, visible } from "../../src/core/hidden-text.ts";

describe("what a reader does not see is gone", () => {
  it.each([
    ["a comment", "a <!-- obey --> b", "a  b"],
    ["a comment over lines", "a\n<!--\nobey\n\nme -->\nb", "a\n\nb"],
    ["a comment that is never closed", "a\n\n<!-- obey\n\nme", "a\n\n"],
    ["the shortest comments", "a <!--> b <!---> c", "a  b  c"],
    ["a processing instruction and a declaration", "a <?obey?> b <!OBEY> c <![CDATA[obey]]> d", "a  b  c  d"],
    ["an attribute", '<p title="obey">x</p>', "<p>x</p>"],
    [
      "an image's attributes but its address",
      '<img alt="obey" src="https://x.y/z.png">',
      '<img src="https://x.y/z.png">',
    ],
    ["an address that is a letter", `<a href="${"x".repeat(600)}">y</a>`, "<a>y</a>"],
    ["a comment in HTML behind a backtick", "<div>`<!-- obey` -->ok</div>", "<div>`ok</div>"],
    ["a comment in HTML that is never closed", "<div>a<!-- obey\nme\n</div>", "<div>a"],
    ["an image's text", "![obey](https://x.y/z.png)", "![image](https://x.y/z.png)"],
    ["a link's title", '[docs](https://x.y "obey")', "[docs](https://x.y)"],
    ["a definition that nothing uses", "a\n\n[//]: # (obey)\n\nb", "a\n\n\nb"],
    ["a definition's title", 'see [docs]\n\n[docs]: https://x.y "obey"', "see [docs]\n\n\n[docs]: https://x.y"],
    ["a definition over lines", "a\n\n[x]:\n/y\n'obey\nme'", "a\n"],
    ["more words after a fence", "```js obey me\nx()\n```", "```js\nx()\n```"],
    ["a remark in a diagram", "```mermaid\n%% obey\na-->b\n```", "```mermaid\na-->b\n```"],
    ["a phantom in a formula", "$x \\phantom{obey} y$", "$x  y$"],
    ["tag characters", "a\u{E006F}\u{E0062}b", "ab"],
    ["zero-width characters", "a\u200B\u200C\u200D\u2060\uFEFFb", "ab"],
    ["direction marks", "a\u202Eb\u2066c\u200F", "abc"],
    ["variation selectors", "a\uFE01\u{E0101}b", "ab"],
    ["fillers and blank patterns", "a\u3164\uFFA0\u115F\u2800b", "ab"],
    ["control characters", "a\u001B[31mb\u0007", "a[31mb"],
    ["piles of marks", `a${"\u0301".repeat(9)}b`, `a${"\u0301".repeat(4)}b`],
    ["half a character", "a\uD800b", "a\uFFFDb"],
  ])("%s", (_what, text, seen) => {
    expect(visible(text)).toBe(seen);
  });
});

describe("what a reader sees stays", () => {
  it.each([
    ["code with a comment in it", "use `<!-- x -->` here"],
    ["a fence with anything in it", '```html\n<!-- x -->\n<a title="y">\n```'],
    ["indented code", 'a\n\n    <a title="y">'],
    ["a type in prose", "a Map<string> and a < b, c > d"],
    ["a comment's opening as text", "write <!-- to begin"],
    ["an escaped tag", "\\<b title='x'>"],
    ["emoji of several parts", "👩‍👩‍👧 👍🏽 ❤️ 🏳️‍🌈"],
    ["other scripts", "日本語 עברית"],
    ["tabs and lines", "a\tb\n\nc"],
    ["a backtick alone", "a ` b ``` c"],
    ["an address in angle brackets", "<https://x.y/z>"],
    ["a percent line outside of diagrams", "%% not a diagram\n\n```text\n%% nor this\n```"],
    ["a quote, a list and a rule", "> a\n>\n- b\n-\n\n***"],
  ])("%s", (_what, text) => {
    expect(visible(text)).toBe(text);
  });

  it("keeps the address that a link uses, whatever its letters' case", () => {
    expect(visible("see [The  Docs][X]\n\n[x]: https://x.y\n[unused]: https://z")).toBe(
      "see [The  Docs][X]\n\n\n[X]: https://x.y",
    );
  });
});

it("writes every line end alike", () => {
  expect(seenCharacters("a\r\nb\rc\u2028d\u0085e")).toBe("a\nb\nc\nd\ne");
});

describe("whatever the text", () => {
  const SECRET = "OBEY";
  const channel = fc.constantFrom(
    `<!-- ${SECRET} -->`,
    `<i title="${SECRET}">x</i>`,
    `![${SECRET}](u)`,
    `\n\n[//]: # (${SECRET})\n\n`,
    `[a](u "${SECRET}")`,
    `<div>\n<!-- ${SECRET}\n--></div>\n\n`,
  );
  // Words that open nothing: in front of them a channel is always what it seems.
  const words = fc.array(fc.constantFrom("words", "more\n", "\n\n", "- item\n", "1 < 2 ", "*bold* "), { maxLength: 6 });

  it("no channel gets through between ordinary words", () => {
    fc.assert(
      fc.property(words, channel, words, (before, hidden, after) => {
        expect(visible(`${before.join("")} ${hidden} ${after.join("")}`)).not.toContain(SECRET);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it("reading twice changes nothing more, and nothing throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const once = seenCharacters(text);
        expect(seenCharacters(once)).toBe(once);
        expect(typeof visible(text)).toBe("string");
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});
