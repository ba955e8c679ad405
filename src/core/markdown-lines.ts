// What each line of a Markdown text is: code, raw HTML, a definition that shows nothing, or prose. Blocks only.

import type Token from "markdown-it/lib/token.mjs";
import { markdownParser } from "./markdown.ts";

export type LineKind = "prose" | "code" | "html" | "definition" | "blank";

export interface MarkdownLines {
  readonly lines: readonly string[];
  readonly kinds: readonly LineKind[];
  /** Lines that open a fenced block, with the block's language in them. */
  readonly fences: ReadonlyMap<number, Token>;
  /** Where the definitions point to, by normalised label. */
  readonly definitions: ReadonlyMap<string, string>;
}

const KIND_OF: Readonly<Record<string, LineKind>> = {
  fence: "code",
  code_block: "code",
  html_block: "html",
  inline: "prose",
  heading_open: "prose",
  hr: "prose",
  table_open: "prose",
};

interface Environment {
  references?: Record<string, { readonly href: string }>;
}

/** @param text  with line ends already `\n` */
export function markdownLines(text: string): MarkdownLines {
  const parser = markdownParser("blocks", ({ core }) => core.ruler.enableOnly(["normalize", "block"]));
  const environment: Environment = {};
  const lines = text.split("\n");
  const kinds: LineKind[] = lines.map((line) => (line.trim() === "" ? "blank" : "definition"));
  const fences = new Map<number, Token>();
  for (const token of parser.parse(text, environment)) {
    const kind = KIND_OF[token.type];
    if (kind === undefined || token.map === null) continue;
    const [start, end] = token.map;
    kinds.fill(kind, start, end);
    if (token.type === "fence") fences.set(start, token);
  }
  const definitions = new Map(Object.entries(environment.references ?? {}).map(([label, { href }]) => [label, href]));
  // Lines that no block covers are definitions, or the bare markers of empty quotes and list items.
  return { lines, kinds: kinds.map((kind, at) => bare(kind, lines[at] ?? "")), fences, definitions };
}

function bare(kind: LineKind, line: string): LineKind {
  return kind === "definition" && /^[\s>*+\-\d.)]*$/.test(line) ? "prose" : kind;
}
