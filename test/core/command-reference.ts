// A second reader of comments, written differently from the first: it walks lines with a small state of its own, masks
// what is code, HTML, a link or bold, and says which lines of paragraphs are left. It knows the fragments of the test, no more.

/** Lines of a comment that are commands, zero-based, as far as the test's fragments go. */
export function referenceLines(text: string, isCommandLine: (line: string) => boolean): readonly number[] {
  const walk = new Walk(text.split("\n"));
  walk.run();
  return walk.paragraphs
    .flatMap((paragraph) => visibleLines(paragraph))
    .filter(({ text: line }) => isCommandLine(line.trimStart()))
    .map(({ at }) => at);
}

interface Line {
  readonly at: number;
  readonly text: string;
  /** Elements that are open before the line, from blocks above. */
  readonly inElement: boolean;
}

type Block =
  | { kind: "none" | "table" }
  | { kind: "paragraph"; from: number }
  | { kind: "quote" }
  | { kind: "list"; offset: number; blank: boolean; open: boolean };

const BLOCK_TAG = /^ {0,3}<\/?(?:details|div|table|blockquote|ul)(?=[\s/>]|$)/i;
const RAW_TAG = /^ {0,3}<(?:pre|script)(?=[\s>]|$)/i;
const LONE_TAG = /^ {0,3}<\/?[a-z][a-z0-9-]*>\s*$/i;
const HEADING = /^ {0,3}#{1,6}(?: |$)/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const QUOTE = /^ {0,3}>/;
const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+\S/;
const ELEMENTS = ["details", "div", "table", "blockquote", "ul", "pre", "script", "b"];

class Walk {
  readonly lines: readonly string[];
  /** Groups of lines: each is the visible text of one block, and whether commands may stand in it. */
  readonly paragraphs: { lines: Line[]; isTop: boolean }[] = [];
  private at = 0;
  private block: Block = { kind: "none" };

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  run(): void {
    while (this.at < this.lines.length) this.step(this.lines[this.at] ?? "");
    nest(this.paragraphs);
  }

  private step(line: string): void {
    if (line.trim() === "") {
      if (this.block.kind === "list") this.block = { ...this.block, blank: true, open: false };
      else this.block = { kind: "none" };
      this.at += 1;
    } else if (this.inList(line)) {
      this.take(line, false, !this.continues());
      if (this.block.kind === "list") this.block = { ...this.block, blank: false, open: true };
    } else {
      this.top(line);
    }
  }

  /** Indented far enough to belong to the open item. */
  private inList(line: string): boolean {
    return this.block.kind === "list" && indent(line) >= this.block.offset;
  }

  private continues(): boolean {
    return this.block.kind === "list" && this.block.open;
  }

  private top(line: string): void {
    const lazy = this.block.kind === "quote" || (this.block.kind === "list" && this.block.open);
    const inText = lazy || this.block.kind === "paragraph";
    const fence = FENCE.exec(line)?.[1];
    if (indent(line) >= 4) {
      if (inText) this.take(line, this.block.kind === "paragraph", false);
      else this.skipTo(this.at + 1, "none");
    } else if (fence !== undefined) {
      this.skipTo(this.endOfFence(fence), "none");
    } else if (QUOTE.test(line)) {
      this.take(line.replace(QUOTE, ""), false, this.block.kind !== "quote");
      this.block = { kind: "quote" };
    } else if (this.setext(line)) {
      return;
    } else if (RULE.test(line)) {
      this.skipTo(this.at + 1, "none");
    } else if (this.startsItem(line)) {
      this.take(line, false, true);
      this.block = { kind: "list", offset: offsetOf(line), blank: false, open: true };
    } else if (this.html(line, inText)) {
      return;
    } else if (HEADING.test(line)) {
      this.take(line, false, true);
      this.block = { kind: "none" };
    } else {
      this.text(line, lazy);
    }
  }

  private text(line: string, lazy: boolean): void {
    if (this.block.kind === "table") {
      this.take(line, false, true);
      return;
    }
    const next = this.lines[this.at + 1] ?? "";
    if (/^\|(?: a \| b |---\|---)\|$/.test(line) && next === "|---|---|") {
      this.take(line, false, true);
      this.at += 1;
      this.block = { kind: "table" };
      return;
    }
    if (lazy) {
      this.take(line, false, false);
      return;
    }
    const starts = this.block.kind !== "paragraph";
    this.take(line, true, starts);
    if (starts) this.block = { kind: "paragraph", from: this.paragraphs.length - 1 };
  }

  /** An underline turns the whole paragraph above it into a heading. */
  private setext(line: string): boolean {
    if (this.block.kind !== "paragraph" || !/^ {0,3}(?:=+|-+)[ \t]*$/.test(line)) return false;
    const heading = this.paragraphs[this.block.from];
    if (heading !== undefined) heading.isTop = false;
    this.skipTo(this.at + 1, "none");
    return true;
  }

  /** A number other than one does not interrupt a paragraph. */
  private startsItem(line: string): boolean {
    if (!ITEM.test(line)) return false;
    return this.block.kind !== "paragraph" || /^ {0,3}(?:[-*+]|1[.)])/.test(line);
  }

  private html(line: string, inText: boolean): boolean {
    let end: number;
    if (/^ {0,3}<!--/.test(line)) end = this.lineWith("-->");
    else if (RAW_TAG.test(line)) end = this.lineWith("</pre>", "</script>");
    else if (BLOCK_TAG.test(line) || (!inText && LONE_TAG.test(line))) end = this.blankLine();
    else return false;
    const raw = this.lines.slice(this.at, end).join("\n");
    this.paragraphs.push({ lines: [{ at: -1, text: raw, inElement: false }], isTop: false });
    this.skipTo(end, "none");
    return true;
  }

  private lineWith(...needles: readonly string[]): number {
    const found = this.lines.findIndex(
      (line, at) => at >= this.at && needles.some((needle) => line.toLowerCase().includes(needle)),
    );
    return found === -1 ? this.lines.length : found + 1;
  }

  private blankLine(): number {
    const found = this.lines.findIndex((line, at) => at > this.at && line.trim() === "");
    return found === -1 ? this.lines.length : found;
  }

  private endOfFence(fence: string): number {
    const close = new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}[ \\t]*$`);
    const found = this.lines.findIndex((line, at) => at > this.at && close.test(line));
    return found === -1 ? this.lines.length : found + 1;
  }

  private skipTo(line: number, kind: "none"): void {
    this.at = line;
    this.block = { kind };
  }

  private take(text: string, isTop: boolean, starts: boolean): void {
    const line = { at: this.at, text, inElement: false };
    const last = this.paragraphs.at(-1);
    if (starts || last === undefined) this.paragraphs.push({ lines: [line], isTop });
    else last.lines.push(line);
    this.at += 1;
  }
}

function indent(line: string): number {
  let width = 0;
  for (const character of line) {
    if (character === " ") width += 1;
    else if (character === "\t") width += 4 - (width % 4);
    else break;
  }
  return width;
}

function offsetOf(line: string): number {
  return /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+/.exec(line)?.[0].length ?? 0;
}

/** Masks code spans and finds tags, in order, over every block; afterwards each line knows what is open around it. */
function nest(paragraphs: { lines: Line[]; isTop: boolean }[]): void {
  const open: string[] = [];
  for (const paragraph of paragraphs) {
    const isRaw = paragraph.lines[0]?.at === -1;
    const text = paragraph.lines.map((line) => line.text.trim()).join("\n");
    const masked = isRaw ? maskComments(text) : maskComments(maskCode(text));
    let line = 0;
    const inside: boolean[] = [open.length > 0];
    for (const found of masked.matchAll(/<(\/?)([a-z]+)>|\n/gi)) {
      const name = (found[2] ?? "").toLowerCase();
      if (found[0] === "\n") inside[++line] = open.length > 0;
      else if (!ELEMENTS.includes(name)) continue;
      else if (found[1] === "") open.push(name);
      else if (open.includes(name)) open.length = open.lastIndexOf(name);
    }
    paragraph.lines = paragraph.lines.map((taken, at) => ({ ...taken, inElement: inside[at] ?? false }));
    // A comment that raw HTML opens and never closes swallows the rest of the page.
    if (isRaw && masked.includes("<!--")) open.unshift("comment");
  }
}

/** Lines of a top paragraph that nothing covers. */
function visibleLines({ lines, isTop }: { lines: Line[]; isTop: boolean }): readonly Line[] {
  if (!isTop) return [];
  const joined = lines.map((line) => line.text.trim()).join("\n");
  const masked = maskBold(maskLinks(maskComments(maskCode(joined))));
  return masked.split("\n").flatMap((text, at) => {
    const line = lines[at];
    return line === undefined || line.inElement || text.startsWith("\u0001")
      ? []
      : [{ ...line, text: line.text.trim() }];
  });
}

/** Covered characters become U+0001; line ends stay. */
function covered(text: string): string {
  return text.replace(/[^\n]/g, "\u0001");
}

function maskCode(text: string): string {
  return text.replace(/(?<!`)(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, covered);
}

function maskComments(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, covered);
}

function maskLinks(text: string): string {
  return text.replace(/\[[^[\]]*\]\(http:\/\/x\)/g, covered);
}

/** `**` before a word opens, `**` after one closes; a pair covers what is between. */
function maskBold(text: string): string {
  const openers: number[] = [];
  let result = text;
  for (const found of text.matchAll(/\*\*/g)) {
    const before = text[found.index - 1] ?? " ";
    const after = text[found.index + 2] ?? " ";
    if (/\S/.test(after) && /\s/.test(before)) openers.push(found.index);
    else if (/\S/.test(before)) {
      const opener = openers.pop();
      if (opener === undefined) continue;
      result = result.slice(0, opener) + covered(result.slice(opener, found.index + 2)) + result.slice(found.index + 2);
    }
  }
  return result;
}
