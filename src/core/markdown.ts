// Markdown as GitHub reads it, as far as the core must know it: which lines are code, HTML or hidden, and where an
// HTML element is still open. Nothing is rendered here.

import MarkdownIt from "markdown-it";

/** GitHub's own limit for a body, in UTF-16 code units: a longer text came from somewhere else. */
export const BODY_CHARS_MAX = 65_536;

/** A parser takes milliseconds to make and keeps nothing of a text, so each kind is made once. */
const parsers = new Map<string, MarkdownIt>();
/** Kinds that are kept: one per process is a mention of the app, the others have fixed names. */
const PARSERS_MAX = 10;

/**
 * A parser with GitHub's tables and strikethrough, and with HTML recognised so that it can be told from text.
 *
 * @param kind    names what `adjust` does to it
 * @param adjust  changes the rules of a parser of this kind when it is made
 */
export function markdownParser(kind = "plain", adjust: (parser: MarkdownIt) => void = () => undefined): MarkdownIt {
  const made = parsers.get(kind);
  if (made !== undefined) return made;
  const parser = new MarkdownIt({ html: true, linkify: false, typographer: false });
  adjust(parser);
  if (parsers.size >= PARSERS_MAX) parsers.clear();
  parsers.set(kind, parser);
  return parser;
}

/** Line ends are `\n` and NUL is U+FFFD, so that positions in the text are the parser's positions. */
export function normalised(text: string): string {
  return text.replace(/\r\n?/g, "\n").replaceAll("\0", "\uFFFD");
}

/**
 * Elements that GitHub keeps, or removes together with their content. What stands between their tags is a quote,
 * code, a table or folded away, however Markdown reads it. Unknown names (`List<String>`) are no elements.
 */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    "a b blockquote code dd del details div dl dt em h1 h2 h3 h4 h5 h6 i iframe ins kbd li math noembed noframes ol " +
    "picture pre q ruby s samp script select span strike strong style sub summary sup svg table tbody td template " +
    "textarea tfoot th thead title tr tt ul var xmp"
  ).split(" "),
);

/** Open elements that are followed: deeper nesting is taken for a swallowed page. */
const OPEN_ELEMENTS_MAX = 1_000;

const TAG_NAME = /<(\/?)([a-z][a-z0-9-]*)/iy;
const TAG_REST = /(?:[^>"']|"[^"]*"|'[^']*')*>/y;

/** Knows which HTML elements are open after the pieces of raw HTML that it was fed, in order. */
export class HtmlNesting {
  readonly #open: string[] = [];
  /** A comment or a tag that never ends swallows what follows it, on the page as well. */
  #isSwallowed = false;

  get isOpen(): boolean {
    return this.#isSwallowed || this.#open.length > 0;
  }

  /** Takes one piece of raw HTML, as the Markdown parser cut it out. */
  feed(html: string): void {
    let at = 0;
    while (at < html.length) {
      const next = this.#isSwallowed ? -1 : html.indexOf("<", at);
      if (next === -1) return;
      const end = html.startsWith("<!--", next) ? endOf(html.indexOf("-->", next + 4), 3) : this.#tag(html, next);
      if (end === null) {
        this.#isSwallowed = true;
        return;
      }
      at = end;
    }
  }

  /** @returns where the tag at `at` ends, or null when it never does */
  #tag(html: string, at: number): number | null {
    TAG_NAME.lastIndex = at;
    const [, slash, name] = TAG_NAME.exec(html) ?? [];
    if (name === undefined) return at + 1;
    TAG_REST.lastIndex = TAG_NAME.lastIndex;
    if (!TAG_REST.test(html)) return null;
    this.#count(name.toLowerCase(), slash === "/");
    return TAG_REST.lastIndex;
  }

  #count(name: string, isClosing: boolean): void {
    if (!ELEMENTS.has(name)) return;
    if (!isClosing) {
      this.#open.push(name);
      if (this.#open.length > OPEN_ELEMENTS_MAX) this.#isSwallowed = true;
      return;
    }
    const from = this.#open.lastIndexOf(name);
    if (from !== -1) this.#open.length = from;
  }
}

function endOf(index: number, length: number): number | null {
  return index === -1 ? null : index + length;
}
