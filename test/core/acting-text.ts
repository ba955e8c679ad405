// Reads Markdown as GitHub shows it, to find what would act: mentions, issue links, closing keywords, HTML, images.

import MarkdownIt from "markdown-it";

const ACTS =
  /@[a-z0-9][a-z0-9-]*|(?:(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+)?(?:[\w.-]+\/[\w.-]+)?#\d+|\bGH-\d+|\/(?:issues|pull)\/\d+|LOADED/gi;

/** The text without code; links by their address; HTML and images as `LOADED`. */
export function shown(markdown: string): string {
  const tokens = new MarkdownIt({ html: true }).parse(markdown, {});
  const pieces = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  return pieces
    .map((piece) => {
      if (piece.type === "text") return piece.content;
      if (piece.type === "link_open") return ` ${piece.attrGet("href") ?? ""} `;
      return piece.type === "image" || piece.type.startsWith("html") ? " LOADED " : " ";
    })
    .join("");
}

/** Everything in a text that GitHub acts upon, in order. */
export function actsIn(markdown: string): readonly string[] {
  return [...shown(markdown).matchAll(ACTS)].map(([act]) => act);
}

/** HTML that is ours: the folded history and plan, and the keys of boxes. */
const OURS = /<\/?details>|<\/?summary>|<!-- signalbox:(?:accept|rescope|abandon) -->/g;

/** Takes our own HTML out of a comment, only where it stands as we write it: at a line's start, or in a box. */
export function withoutOurs(markdown: string): string {
  return markdown
    .split("\n")
    .map((line) =>
      /^(?:<details><summary>[A-Z][\w ()]*<\/summary>$|<\/details>$|- \[ \] <!--)/.test(line)
        ? line.replace(OURS, "")
        : line,
    )
    .join("\n");
}
