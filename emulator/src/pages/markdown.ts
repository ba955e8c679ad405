// People's Markdown as GitHub shows it: HTML comments are hidden, tasks can be ticked, and of raw HTML only a handful of tags
// without attributes survives. `html` stays off, so whatever is not allowed here is shown as text.

import MarkdownIt from "markdown-it";
import type StateBlock from "markdown-it/lib/rules_block/state_block.mjs";
import type StateInline from "markdown-it/lib/rules_inline/state_inline.mjs";
import type Token from "markdown-it/lib/token.mjs";
import { escapeHtml, type Markup, trusted } from "./markup.ts";

export interface MarkdownContext {
  /** `/acme/app`: where `#7` leads. */
  readonly repositoryPath: string;
  /** Tick boxes become buttons of the form around the text. */
  readonly canTick: boolean;
}

const COMMENT_OPEN = "<!--";
const COMMENT_CLOSE = "-->";
const ALLOWED_TAG = /^<(\/?)(details|summary|br|sub|sup|kbd|ins|del)(?: open)?\s*\/?>/i;
const ISSUE_REFERENCE = /^#(\d{1,9})\b/;
const TASK = /^\[([ xX])\]\s/;

const parser = createParser();

export function renderMarkdown(text: string, context: MarkdownContext): Markup {
  const env: RenderState = { context, tasks: 0, openTags: [] };
  const body = parser.render(text, env);
  return trusted(
    body +
      env.openTags
        .reverse()
        .map((tag) => `</${tag}>`)
        .join(""),
  );
}

interface RenderState {
  readonly context: MarkdownContext;
  tasks: number;
  readonly openTags: string[];
}

/**
 * Ticks or unticks one task of a text.
 *
 * @param index which task, counted as they are rendered, from 0
 * @returns the changed text, or null when there is no such task
 */
export function toggleTask(text: string, index: number): string | null {
  const lines = text.split("\n");
  const line = taskLines(text)[index];
  const content = line === undefined ? undefined : lines[line];
  if (line === undefined || content === undefined) return null;
  lines[line] = content.replace(/\[([ xX])\]/, (_all, mark: string) => (mark === " " ? "[x]" : "[ ]"));
  return lines.join("\n");
}

function taskLines(text: string): readonly number[] {
  const found: number[] = [];
  const tokens = parser.parse(text, {});
  for (const [index, token] of tokens.entries()) {
    if (isTask(tokens, index) && token.map !== null) found.push(token.map[0]);
  }
  return found;
}

/** The first paragraph of a list item that begins with `[ ]` or `[x]`. */
function isTask(tokens: readonly Token[], index: number): boolean {
  const inline = tokens[index];
  if (inline?.type !== "inline" || !TASK.test(inline.content)) return false;
  return tokens[index - 1]?.type === "paragraph_open" && tokens[index - 2]?.type === "list_item_open";
}

function createParser(): MarkdownIt {
  const md = new MarkdownIt({ html: false, linkify: true, breaks: true });
  md.block.ruler.before("paragraph", "hidden_comment", hiddenCommentBlock, {
    alt: ["paragraph", "list", "blockquote"],
  });
  md.inline.ruler.before("html_inline", "hidden_comment", hiddenComment);
  md.inline.ruler.before("html_inline", "allowed_tag", allowedTag);
  md.inline.ruler.before("html_inline", "issue_reference", issueReference);
  // Text stops at `#` too, so that references are seen in the middle of a sentence.
  md.inline.ruler.at("text", plainText);
  md.core.ruler.push("tasks", (state) => {
    for (const [index, token] of state.tokens.entries()) if (isTask(state.tokens, index)) markTask(token);
  });
  md.renderer.rules["allowed_tag"] = (tokens, index, _options, env: RenderState) => writeTag(tokens[index], env);
  md.renderer.rules["task"] = (tokens, index, _options, env: RenderState) => writeTask(tokens[index], env);
  md.renderer.rules["issue_reference"] = (tokens, index, _options, env: RenderState) => {
    const number = tokens[index]?.content ?? "";
    return `<a href="${escapeHtml(env.context.repositoryPath)}/issues/${number}">#${number}</a>`;
  };
  // A picture would be fetched from elsewhere: the page shows where it is instead.
  md.renderer.rules["image"] = (tokens, index) => {
    const token = tokens[index];
    return `<a rel="nofollow noopener" href="${escapeHtml(token?.attrGet("src") ?? "")}">${escapeHtml(token?.content || "picture")}</a>`;
  };
  md.renderer.rules["link_open"] = (tokens, index, options, _env, self) => {
    tokens[index]?.attrSet("rel", "nofollow noopener");
    return self.renderToken(tokens, index, options);
  };
  return md;
}

function hiddenCommentBlock(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const start = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
  if (!state.src.startsWith(COMMENT_OPEN, start)) return false;
  let line = startLine;
  while (
    line < endLine &&
    !state.src.slice(line === startLine ? start : state.bMarks[line], state.eMarks[line]).includes(COMMENT_CLOSE)
  )
    line += 1;
  const last = Math.min(line, endLine - 1);
  const rest = state.src
    .slice(state.bMarks[last], state.eMarks[last])
    .split(COMMENT_CLOSE)
    .slice(1)
    .join(COMMENT_CLOSE);
  // Text behind the comment on its last line belongs to a paragraph: then the inline rule hides the comment.
  if (rest.trim() !== "") return false;
  if (!silent) state.line = last + 1;
  return true;
}

function hiddenComment(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith(COMMENT_OPEN, state.pos)) return false;
  const end = state.src.indexOf(COMMENT_CLOSE, state.pos + COMMENT_OPEN.length);
  if (end < 0) return false;
  if (!silent) state.push("text", "", 0).content = "";
  state.pos = end + COMMENT_CLOSE.length;
  return true;
}

function allowedTag(state: StateInline, silent: boolean): boolean {
  const found = ALLOWED_TAG.exec(state.src.slice(state.pos, state.pos + 20));
  if (found === null) return false;
  // Nesting stays 0: the parser trusts that what it is told to close was opened, and people's tags need not match.
  if (!silent) state.push("allowed_tag", (found[2] ?? "").toLowerCase(), 0).meta = { closes: found[1] === "/" };
  state.pos += found[0].length;
  return true;
}

/** Closes only what is open, and in order, so that a text cannot swallow the page around it. */
function writeTag(token: Token | undefined, env: RenderState): string {
  const tag = token?.tag ?? "";
  if (tag === "br") return "<br>";
  if (token?.meta?.closes !== true) {
    env.openTags.push(tag);
    return `<${tag}>`;
  }
  if (!env.openTags.includes(tag)) return "";
  let closed = "";
  for (let open = env.openTags.pop(); open !== undefined; open = env.openTags.pop()) {
    closed += `</${open}>`;
    if (open === tag) break;
  }
  return closed;
}

function issueReference(state: StateInline, silent: boolean): boolean {
  const found = ISSUE_REFERENCE.exec(state.src.slice(state.pos, state.pos + 12));
  const before = state.pos === 0 ? " " : (state.src[state.pos - 1] ?? " ");
  if (found === null || /[\w/&]/.test(before)) return false;
  if (!silent) state.push("issue_reference", "", 0).content = found[1] ?? "";
  state.pos += found[0].length;
  return true;
}

const TERMINATORS = /[\n!#$%&*+\-:<=>@[\]\\^_`{}~]/;

function plainText(state: StateInline, silent: boolean): boolean {
  const offset = state.src.slice(state.pos, state.posMax).search(TERMINATORS);
  const end = offset < 0 ? state.posMax : state.pos + offset;
  if (end === state.pos) return false;
  if (!silent) state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
}

function markTask(inline: Token): void {
  const first = inline.children?.[0];
  const found = TASK.exec(inline.content);
  if (first === undefined || first.type !== "text" || found === null || inline.children === null) return;
  const task = Object.assign(Object.create(Object.getPrototypeOf(first)), first, {
    type: "task",
    content: found[1] ?? " ",
  });
  first.content = first.content.slice(found[0].length - 1);
  inline.children.unshift(task);
}

function writeTask(token: Token | undefined, env: RenderState): string {
  const ticked = token?.content.toLowerCase() === "x";
  const index = env.tasks;
  env.tasks += 1;
  const label = ticked ? "Untick" : "Tick";
  const disabled = env.context.canTick ? "" : " disabled";
  return `<button class="tick${ticked ? " ticked" : ""}" name="task" value="${index}" aria-label="${label}"${disabled}>${ticked ? "✓" : ""}</button>`;
}
