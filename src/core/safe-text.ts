// Makes text that a model or a stranger wrote safe to publish in our own name: it mentions nobody, links and closes no
// issue, loads nothing, carries no HTML and none of our markers, and stays inside the place it is put into.

import type Token from "markdown-it/lib/token.mjs";
import { codeSpans, runLength } from "./code-spans.ts";
import { seenCharacters } from "./hidden-text.ts";
import { BODY_CHARS_MAX, markdownParser, normalised } from "./markdown.ts";
import { markdownLines } from "./markdown-lines.ts";

/** Zero width space: as an entity where Markdown reads it, as itself where it does not. */
const GAP = "&#x200B;";
const BARE_GAP = "\u200B";

/**
 * Cuts a text to a number of code points, so that no character is torn.
 *
 * @param max  code points that are kept, the ellipsis included
 */
export function capped(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = [...text.slice(0, 2 * max + 2)];
  return characters.length <= max
    ? text
    : `${characters
        .slice(0, max - 1)
        .join("")
        .trimEnd()}…`;
}

/** A mention, an issue reference by number, and an address of an issue: what GitHub acts upon. */
const MENTION = /@(?=[a-z0-9])/gi;
const NUMBER = /#(?=\d)/g;
const SHORT_NUMBER = /\bGH-(?=\d)/gi;
const ADDRESS = /(\/(?:issues|pull|pulls|discussions|commit)\/)(?=[\w])/gi;
const IMAGE = /!(?=\[)/g;
const MARKER = /(<!--\s*signalbox)(?=:)/gi;

function broken(text: string, gap: string): string {
  return text
    .replace(MENTION, `@${gap}`)
    .replace(NUMBER, `#${gap}`)
    .replace(SHORT_NUMBER, (found) => `${found}${gap}`)
    .replace(ADDRESS, `$1${gap}`);
}

/** Whether GitHub would act on a piece of rendered text. */
const LIVE = /@[a-z0-9]|#\d|\bGH-\d|\/(?:issues|pull|pulls|discussions|commit)\/\w/i;

/** Rounds in which escaped HTML may uncover more HTML; after them everything is escaped. */
const ESCAPE_ROUNDS_MAX = 4;

/** Stands for a `<` of HTML while the text is worked on; taken out of what comes in. */
const HTML_OPEN = "\uE000";

function escapedHtml(text: string): string {
  return text
    .replace(/&(?=#?\w)/g, "&amp;")
    .replace(/<(?=[a-z/!?])/gi, "&lt;")
    .replaceAll(HTML_OPEN, "&lt;");
}

/** Marks HTML everywhere but in code. What was a block of HTML becomes paragraphs, which may hold more: hence rounds. */
function withoutHtml(text: string): string {
  let current = text;
  for (let round = 0; round < ESCAPE_ROUNDS_MAX; round += 1) {
    const { lines, kinds } = markdownLines(current);
    if (!kinds.includes("html")) return current;
    current = lines.map((line, at) => (kinds[at] === "html" ? line.replaceAll("<", HTML_OPEN) : line)).join("\n");
  }
  return current.replaceAll("<", HTML_OPEN);
}

/** Prose with its code spans left alone. */
function brokenProse(text: string): string {
  const spanEnd = codeSpans(text);
  let out = "";
  let at = 0;
  while (at < text.length) {
    const tick = nextTick(text, at);
    out += broken(escapedHtml(text.slice(at, tick)), GAP).replace(IMAGE, "\\!");
    if (tick === text.length) break;
    at = spanEnd(tick) ?? tick + runLength(text, tick);
    out += text.slice(tick, at);
  }
  return out;
}

function nextTick(text: string, from: number): number {
  const special = /\\[\s\S]|`/g;
  special.lastIndex = from;
  for (let match = special.exec(text); match !== null; match = special.exec(text)) {
    if (match[0] === "`") return match.index;
  }
  return text.length;
}

/** Reads the result as GitHub will, and says whether anything in it still acts. */
function acts(text: string): boolean {
  const tokens: Token[] = markdownParser().parse(text, {});
  const pieces = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  return pieces.some(
    (piece) =>
      piece.type.startsWith("html") ||
      piece.type === "image" ||
      (piece.type === "text" && LIVE.test(piece.content)) ||
      (piece.type === "link_open" && LIVE.test(piece.attrGet("href") ?? "")),
  );
}

/** The way out when a text is too crooked to be read for sure: it is shown as it was typed. */
function literal(text: string): string {
  const escaped = text.replace(/\\/g, "\\\\").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(IMAGE, "\\!");
  return broken(escaped, BARE_GAP);
}

/** The fence that would close a block of code left open, or nothing. */
function closingFence(text: string): string {
  const probe = `${text}\n\nx`;
  const last = markdownParser()
    .parse(probe, {})
    .findLast((token) => token.level === 0 && token.map !== null);
  return last?.type === "fence" ? `\n${last.markup}` : "";
}

/**
 * A text of several lines, still Markdown.
 *
 * @param max  code points that are kept
 */
export function safeBlock(text: string, max: number): string {
  const shown = seenCharacters(normalised(text.slice(0, BODY_CHARS_MAX))).replaceAll(HTML_OPEN, "");
  const seen = capped(shown.trim(), max);
  const open = withoutHtml(seen);
  const { lines, kinds } = markdownLines(open);
  const parts: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const isCode = kinds[at] === "code";
    let end = at;
    while (end < lines.length && (kinds[end] === "code") === isCode) end += 1;
    const part = lines.slice(at, end).join("\n");
    parts.push(isCode ? part.replaceAll(HTML_OPEN, "<") : brokenProse(part));
    at = end;
  }
  const careful = parts.join("\n");
  const result = (acts(careful) ? literal(seen) : careful).replace(MARKER, `$1${BARE_GAP}`);
  return `${result}${closingFence(result)}`;
}

const PUNCTUATION = /[\\`*_{}[\]()<>#+\-!|~&]/g;

/**
 * A text inside a sentence, a table's cell or a list's item of ours: one line, no Markdown of its own.
 *
 * @param max  code points that are kept
 */
export function safeInline(text: string, max: number): string {
  return capped(plainLine(text), max)
    .replace(PUNCTUATION, "\\$&")
    .replace(MENTION, `@${GAP}`)
    .replace(NUMBER, `#${GAP}`)
    .replace(/\bGH\\-(?=\d)/gi, (found) => `${found}${GAP}`)
    .replace(ADDRESS, `$1${GAP}`);
}

/** Walked from the end, because a pattern would start anew at every space. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[.\s]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Like `safeInline`, without the full stop that ends it: the sentence around it has one of its own. */
export function safeClause(text: string, max: number): string {
  return safeInline(withoutEnd(text), max);
}

/** One line, only of characters that show. */
function plainLine(text: string): string {
  return seenCharacters(text.slice(0, BODY_CHARS_MAX)).replace(/\s+/g, " ").trim();
}

/**
 * A line where nothing is Markdown and everything may reach a commit message: a title, a ledger's sentence.
 *
 * @param max  code points that are kept
 */
export function safeLine(text: string, max: number): string {
  const line = plainLine(text)
    .replace(MENTION, "")
    .replace(/#(?=\d)/g, "no. ")
    .replace(/\bGH-(?=\d)/gi, "no. ")
    .replace(/https?:\/\/\S+/gi, "(link)");
  return capped(line, max);
}

/** Code that stays code, whatever it holds: `npm test`. */
export function safeCode(text: string, max: number): string {
  const line = capped(plainLine(text), max).replaceAll("|", "\\|") || " ";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
