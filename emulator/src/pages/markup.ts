// A template tag whose every value is escaped unless it is markup already. The only way into a page.

export interface Markup {
  readonly markup: string;
}

export type Part = Markup | string | number | null | undefined | false | readonly Part[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const written = strings.map((text, index) => (index === 0 ? text : write(parts[index - 1]) + text));
  return { markup: written.join("") };
}

/** Markup that this program wrote itself (the style sheet, rendered Markdown); never text that came from outside. */
export function trusted(markup: string): Markup {
  return { markup };
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function write(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return isList(part) ? part.map(write).join("") : part.markup;
}

function isList(part: Markup | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}
