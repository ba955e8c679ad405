// Where the commands of a comment stand, before anybody reads what they say. Markdown decides what a paragraph is:
// quotes, lists, tables, headings, code, HTML and what is struck out or linked never give a command.

import type StateInline from "markdown-it/lib/rules_inline/state_inline.mjs";
import type Token from "markdown-it/lib/token.mjs";
import { HtmlNesting, markdownParser } from "./markdown.ts";

/** `/task` or a mention, and what follows it on its line. */
export interface CommandLine {
  /** Zero-based line of the normalised text. */
  readonly line: number;
  /** The line from the slash or the at sign on. */
  readonly source: string;
  /** The line after `/task` or the mention. */
  readonly rest: string;
}

const SLASH = "/task";
const MARK = "command_head";

/** @returns the length of `/task` or the mention at `at`, when a space or the line's end follows; else 0 */
function headLength(text: string, at: number, mention: string): number {
  for (const head of [SLASH, `@${mention}`]) {
    const end = at + head.length;
    const follows = text[end];
    const ends = follows === undefined || follows === " " || follows === "\t" || follows === "\n";
    if (ends && text.slice(at, end).toLowerCase() === head.toLowerCase()) return head.length;
  }
  return 0;
}

/** Whether nothing but spaces stands before `at` on its line. */
function startsLine(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === " " || text[before] === "\t") before -= 1;
  return before < 0 || text[before] === "\n";
}

function parserOf(mention: string) {
  return markdownParser(`commands @${mention}`, ({ inline }) => {
    inline.ruler.before("text", MARK, (state: StateInline, silent: boolean) => {
      const first = state.src[state.pos];
      if (silent || (first !== "/" && first !== "@") || !startsLine(state.src, state.pos)) return false;
      const length = headLength(state.src, state.pos, mention);
      if (length === 0) return false;
      state.push(MARK, "", 0).meta = { at: state.pos, length };
      state.pos += length;
      return true;
    });
  });
}

/** Start and end of every `<!-- … -->` of a paragraph, whatever stands around it: what may be hidden is not obeyed. */
function hiddenRanges(text: string): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let at = text.indexOf("<!--");
  while (at !== -1) {
    const end = text.indexOf("-->", at + 4);
    if (end === -1) return ranges;
    ranges.push([at, end]);
    at = text.indexOf("<!--", end);
  }
  return ranges;
}

interface Mark {
  readonly at: number;
  readonly length: number;
}

/** Marks of one paragraph that no element, link or emphasis is open around. Feeds the paragraph's tags to `nesting`. */
function marksOf(paragraph: Token, nesting: HtmlNesting): readonly Mark[] {
  const marks: Mark[] = [];
  const hidden = hiddenRanges(paragraph.content);
  /* v8 ignore next -- @preserve markdown-it gives every inline token its children; its type allows for none */
  const children = paragraph.children ?? [];
  for (const child of children) {
    if (child.type === "html_inline") nesting.feed(child.content);
    if (child.type !== MARK || child.level !== 0 || nesting.isOpen) continue;
    const mark: Mark = child.meta;
    if (!hidden.some(([start, end]) => start < mark.at && mark.at < end)) marks.push(mark);
  }
  return marks;
}

/**
 * Finds command lines in order, the first `max` of them.
 *
 * @param text     with line ends already `\n`
 * @param mention  name after the `@` that also means us, without case
 */
export function commandLines(text: string, mention: string, max: number): readonly CommandLine[] {
  const tokens = parserOf(mention).parse(text, {});
  const nesting = new HtmlNesting();
  const found: CommandLine[] = [];
  tokens.forEach((token, index) => {
    if (token.type === "html_block") nesting.feed(token.content);
    if (token.type !== "inline") return;
    const isParagraph = token.level === 1 && tokens[index - 1]?.type === "paragraph_open";
    const marks = marksOf(token, nesting);
    if (isParagraph) found.push(...marks.slice(0, max - found.length).map((mark) => lineOf(token, mark)));
  });
  return found;
}

function lineOf(paragraph: Token, { at, length }: Mark): CommandLine {
  const { content } = paragraph;
  const newline = content.indexOf("\n", at);
  const source = content.slice(at, newline === -1 ? content.length : newline);
  const before = content.slice(0, at).split("\n").length - 1;
  /* v8 ignore next -- @preserve a paragraph always has its lines; the type is for tokens that have none */
  const first = paragraph.map?.[0] ?? 0;
  return { line: first + before, source: source.trimEnd(), rest: source.slice(length).trim() };
}
