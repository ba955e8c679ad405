// Takes out of a Markdown text what its readers on GitHub cannot see: comments, invisible characters, attributes and
// titles, definitions. What a person cannot see must not reach an agent as if a person had written it.

import { codeSpans, runLength } from "./code-spans.ts";
import { BODY_CHARS_MAX, normalised } from "./markdown.ts";
import { type LineKind, markdownLines } from "./markdown-lines.ts";

/** Marks over one letter that are kept: more only hide what is under them. */
const MARKS_KEPT = 4;
/** Longest address that is kept, in UTF-16 code units: a longer one is text in disguise. */
const ADDRESS_CHARS_MAX = 500;
/** Definitions that are kept, because a link uses them. */
const DEFINITIONS_MAX = 100;

const JOINED_EMOJI =
  /(?<=\p{Extended_Pictographic}[\u{FE0F}\u{1F3FB}-\u{1F3FF}]?)\u200D(?=\p{Extended_Pictographic})/gu;
const EMOJI_STYLE = /(?<=\p{Emoji})\uFE0F/gu;
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\uFFF9-\uFFFB]/gu;
const MARK_PILE = new RegExp(`(\\p{M}{${MARKS_KEPT}})\\p{M}+`, "gu");

/** @returns the text without characters that show nothing; emoji stay whole, line ends become `\n` */
export function seenCharacters(text: string): string {
  const lines = text.toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n");
  const stays = new Set<number>();
  for (const pattern of [JOINED_EMOJI, EMOJI_STYLE]) {
    for (const match of lines.matchAll(pattern)) stays.add(match.index);
  }
  const isSeen = (character: string, at: number) => character === "\n" || character === "\t" || stays.has(at);
  return lines
    .replace(UNSEEN, (character, at: number) => (isSeen(character, at) ? character : ""))
    .replace(MARK_PILE, "$1");
}

/** @returns what a reader of the rendered text sees, still as Markdown; code is kept as it stands */
export function visible(text: string): string {
  const seen = seenCharacters(normalised(text.slice(0, BODY_CHARS_MAX)));
  const { lines, kinds, fences, definitions } = markdownLines(seen);
  const kept: string[] = [];
  for (const [kind, start, end] of groups(kinds)) {
    const group = lines.slice(start, end);
    if (kind === "prose") kept.push(visibleProse(group.join("\n")));
    else if (kind === "html") kept.push(visibleHtml(group.join("\n")));
    else if (kind === "code") kept.push(...visibleCode(group, (at) => fences.has(start + at)));
    else if (kind === "blank") kept.push(...group);
  }
  const shown = kept.join("\n");
  const used = usedDefinitions(shown, definitions);
  return used.length === 0 ? shown : `${shown}\n\n${used.join("\n")}`;
}

/** Neighbouring lines of one kind, as `[kind, start, end)`. */
function groups(kinds: readonly LineKind[]): readonly (readonly [LineKind, number, number])[] {
  const found: [LineKind, number, number][] = [];
  kinds.forEach((kind, at) => {
    const last = found.at(-1);
    if (last?.[0] === kind) last[2] = at + 1;
    else found.push([kind, at, at + 1]);
  });
  return found;
}

const FENCE = /^(.*?(?:`{3,}|~{3,})[ \t]*([^\s`]*))/;

/** Only the first word after a fence is a language; the others, and a diagram's remarks, are shown to nobody. */
function visibleCode(lines: readonly string[], opensFence: (at: number) => boolean): readonly string[] {
  let language = "";
  return lines.flatMap((line, at) => {
    if (!opensFence(at)) return language === "mermaid" && /^[\s>]*%%/.test(line) ? [] : [line];
    const [, head, name] = FENCE.exec(line) ?? [];
    language = (name ?? "").toLowerCase();
    return [head ?? line];
  });
}

/** A definition's title shows only under a pointer, and the whole of it nowhere when no link uses it. */
function usedDefinitions(shown: string, definitions: ReadonlyMap<string, string>): readonly string[] {
  const labels = new Set(
    [...shown.matchAll(/\[([^[\]]{1,999})\]/g)].map((match) => (match[1] ?? "").trim().replace(/\s+/g, " ")),
  );
  const used: string[] = [];
  for (const label of labels) {
    const address = definitions.get(label.toLowerCase().toUpperCase());
    const fits = address !== undefined && address.length <= ADDRESS_CHARS_MAX && used.length < DEFINITIONS_MAX;
    if (fits) used.push(`[${label}]: ${address}`);
  }
  return used;
}

/** `<!-- -->`, `<? ?>`, `<![CDATA[ ]]>` and `<!X >`: how each opens and closes. */
const SPECIALS = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
  ["<!", ">"],
] as const;

const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:[\s/](?:[^<>"']|"[^"]*"|'[^']*')*)?)>/iy;
const ADDRESS = /\s(href|src)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>`]+)/i;

interface Piece {
  readonly end: number;
  readonly shown: string;
}

/** Reads raw HTML at a `<`. Remembers terminators that do not come again, so that a hostile text costs no more. */
function htmlPieces(text: string): (at: number) => Piece | "unclosed" | null {
  const missing = new Set<string>();
  return (at) => {
    const special = SPECIALS.find(([opens]) => text.startsWith(opens, at));
    if (special === undefined) return tagAt(text, at);
    const [opens, closes] = special;
    if (text.startsWith("<!-->", at)) return { end: at + 5, shown: "" };
    if (text.startsWith("<!--->", at)) return { end: at + 6, shown: "" };
    const end = missing.has(closes) ? -1 : text.indexOf(closes, at + opens.length);
    if (end !== -1) return { end: end + closes.length, shown: "" };
    missing.add(closes);
    return "unclosed";
  };
}

/** A tag without the attributes that nobody sees. */
function tagAt(text: string, at: number): Piece | null {
  TAG.lastIndex = at;
  const [whole, slash, name, attributes] = TAG.exec(text) ?? [];
  if (whole === undefined) return null;
  const [, key, value] = ADDRESS.exec(attributes ?? "") ?? [];
  const keeps = key !== undefined && value !== undefined && value.length <= ADDRESS_CHARS_MAX;
  return { end: at + whole.length, shown: `<${slash}${name}${keeps ? ` ${key}=${value}` : ""}>` };
}

const IMAGE_TEXT = /!\[[^\]]{0,1000}\](?=[([])/g;
const LINK_TITLE =
  /(\]\(\s{0,9}(?:<[^<>\n]{0,2000}>|[^\s()<]{0,2000}))\s{1,9}(?:"[^"]{0,2000}"|'[^']{0,2000}'|\([^()]{0,2000}\))\s{0,9}\)/g;
const PHANTOM = /\\[hv]?phantom\s{0,9}\{[^{}]{0,2000}\}/g;

function plain(text: string): string {
  return text.replace(IMAGE_TEXT, "![image]").replace(LINK_TITLE, "$1)").replace(PHANTOM, "");
}

function visibleProse(text: string): string {
  const spanEnd = codeSpans(text);
  const pieceAt = htmlPieces(text);
  const special = /[`<\\]/g;
  let shown = "";
  let from = 0;
  for (let match = special.exec(text); match !== null; match = special.exec(text)) {
    const at = match.index;
    if (match[0] === "\\") {
      special.lastIndex = at + 2;
      continue;
    }
    const piece = match[0] === "`" ? spanAt(text, at, spanEnd(at)) : pieceAt(at);
    if (piece === null || piece === "unclosed") continue;
    shown += plain(text.slice(from, at)) + piece.shown;
    from = piece.end;
    special.lastIndex = from;
  }
  return shown + plain(text.slice(from));
}

function spanAt(text: string, at: number, end: number | null): Piece {
  const to = end ?? at + runLength(text, at);
  return { end: to, shown: text.slice(at, to) };
}

/** In a block of raw HTML backticks mean nothing, and a comment that is never closed hides the rest. */
function visibleHtml(text: string): string {
  const pieceAt = htmlPieces(text);
  let shown = "";
  let from = 0;
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", Math.max(from, at + 1))) {
    const piece = pieceAt(at);
    if (piece === null) continue;
    shown += text.slice(from, at);
    if (piece === "unclosed") return shown;
    shown += piece.shown;
    from = piece.end;
  }
  return shown + text.slice(from);
}
