// Small parts that several pages share: people, labels, times, marks of success.

import { html, type Markup } from "./markup.ts";
import type { LabelShape, Person, ReactionCounts } from "./shapes.ts";

export function personName(person: Person | null | undefined): Markup {
  if (person === null || person === undefined) return html`<b>ghost</b>`;
  const isApp = person.type === "Bot";
  return html`<b>${person.login.replace(/\[bot\]$/, "")}</b>${isApp && html`<span class="kind">app</span>`}`;
}

const LIGHT_ENOUGH = 0.55;

export function labelChip(label: LabelShape): Markup {
  const color = /^[0-9a-f]{6}$/i.test(label.color) ? label.color : "ededed";
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
  const ink = brightness > LIGHT_ENOUGH ? "#1c2128" : "#ffffff";
  return html`<span class="label" style="background:#${color};color:${ink}" title="${label.description ?? ""}">${label.name}</span>`;
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400 * 30, "month"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

/** "3 hours ago" by the emulator's clock, the exact time on hover. */
export function ago(iso: string | null | undefined, now: number): Markup {
  if (iso === null || iso === undefined) return html`some time`;
  return html`<time datetime="${iso}" title="${iso}">${distance((now - Date.parse(iso)) / 1000)}</time>`;
}

function distance(seconds: number): string {
  for (const [size, name] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}

/** A tick, a cross or a dot for what checks, jobs, steps and runs say of themselves. */
export function outcomeMark(status: string, conclusion: string | null): Markup {
  if (status !== "completed") return html`<span class="mark busy" title="${status}">●</span>`;
  if (conclusion === "success") return html`<span class="mark success" title="success">✓</span>`;
  const isQuiet = conclusion === "skipped" || conclusion === "neutral" || conclusion === "cancelled";
  return html`<span class="mark ${isQuiet ? "none" : "failure"}" title="${conclusion ?? "unknown"}">${isQuiet ? "–" : "✕"}</span>`;
}

const REACTIONS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"] as const;

/** In words, because not every machine that shows a demonstration has a font with pictures. */
export function reactionRow(counts: ReactionCounts | undefined): Markup | null {
  const given = REACTIONS.filter((content) => Number(counts?.[content] ?? 0) > 0);
  if (given.length === 0) return null;
  return html`<footer>${given.map((content) => html`<span class="reaction">${content} × ${Number(counts?.[content])}</span>`)}</footer>`;
}

export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

export function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
