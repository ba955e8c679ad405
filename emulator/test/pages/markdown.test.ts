// What people write must show as GitHub shows it and must never become markup of the page.
import { describe, expect, it } from "vitest";
import { renderMarkdown, toggleTask } from "../../src/pages/markdown.ts";
import { html } from "../../src/pages/markup.ts";

const render = (text: string): string =>
  renderMarkdown(text, { repositoryPath: "/acme/app", canTick: true }).markup.trim();

describe("Markdown", () => {
  it.each<[why: string, text: string, shown: string]>([
    ["a comment on its own lines is hidden", "a\n\n<!-- one\n\ntwo -->\n\nb", "<p>a</p>\n<p>b</p>"],
    ["a comment inside a sentence is hidden", "a <!-- x -->b", "<p>a b</p>"],
    ["a comment before text on its line is hidden", "<!-- x --> text", "<p> text</p>"],
    ["a comment in code is code", "`<!-- x -->`", "<p><code>&lt;!-- x --&gt;</code></p>"],
    ["a comment that never ends hides the rest, as on GitHub", "a\n\n<!-- x\n\ny", "<p>a</p>"],
    ["a number leads to its issue", "see #7.", '<p>see <a href="/acme/app/issues/7">#7</a>.</p>'],
    ["a number behind a word does not", "x#7", "<p>x#7</p>"],
    ["a script is text", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"],
    ["an allowed tag with an attribute is text", "<kbd onclick=x>k</kbd>", "<p>&lt;kbd onclick=x&gt;k</p>"],
    ["an allowed tag that stays open is closed at the end", "<sub>x", "<p><sub>x</p>\n</sub>"],
    ["a closing tag without opening is dropped", "x</details>", "<p>x</p>"],
    ["a link to a script is text", "[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"],
    [
      "a picture is not fetched",
      "![p](http://example.com/p.png)",
      '<p><a rel="nofollow noopener" href="http://example.com/p.png">p</a></p>',
    ],
    ["a task that is not at the start of an item is text", "- a [ ] b", "<ul>\n<li>a [ ] b</li>\n</ul>"],
  ])("%s", (_why, text, shown) => {
    expect(render(text)).toBe(shown);
  });

  it("tasks are buttons in their order, or dead when the viewer may not write", () => {
    const text = "- [ ] one\n- [x] two";
    expect(
      [...render(text).matchAll(/class="(tick[^"]*)" name="task" value="(\d)"/g)].map(([, look, index]) => [
        look,
        index,
      ]),
    ).toEqual([
      ["tick", "0"],
      ["tick ticked", "1"],
    ]);
    const seen = renderMarkdown(text, { repositoryPath: "/acme/app", canTick: false }).markup;
    expect(seen.match(/ disabled>/g)).toHaveLength(2);
  });
});

describe("ticking", () => {
  const text = "Choose:\n\n```\n- [ ] an example\n```\n\n- [ ] accept\n  1. [X] re-scope\n- [ ]no task\n";
  it.each<[index: number, line: string]>([
    [0, "- [x] accept"],
    [1, "  1. [ ] re-scope"],
  ])("task %i changes its own line only", (index, line) => {
    const before = text.split("\n");
    const after = toggleTask(text, index)?.split("\n") ?? [];
    expect(after.filter((entry, at) => entry !== before[at])).toEqual([line]);
  });

  it.each([2, -1, Number.NaN])("there is no task %d", (index) => {
    expect(toggleTask(text, index)).toBeNull();
  });
});

describe("the template tag", () => {
  it("escapes every value but its own markup", () => {
    const name = `<b>"&'`;
    expect(html`<i title="${name}">${[html`<u>${name}</u>`, 1, null, false]}</i>`.markup).toBe(
      '<i title="&lt;b&gt;&quot;&amp;&#39;"><u>&lt;b&gt;&quot;&amp;&#39;</u>1</i>',
    );
  });
});
