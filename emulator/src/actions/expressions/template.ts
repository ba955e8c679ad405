// Finds the `${{ … }}` parts of a text. Strings inside an expression may contain "}}", so this is a scan, not a regex.
// Parses nothing and evaluates nothing.

export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly source: string };

export class TemplateSyntaxError extends Error {}

/** @throws TemplateSyntaxError when an expression is opened and never closed */
export function splitTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  while (from < template.length) {
    const open = template.indexOf("${{", from);
    if (open < 0) break;
    if (open > from) parts.push({ kind: "text", text: template.slice(from, open) });
    const close = closingBraces(template, open + 3);
    if (close < 0) {
      throw new TemplateSyntaxError(
        `The expression is not closed. An unescaped \${{ sequence was found, but the closing }} sequence was not found.`,
      );
    }
    parts.push({ kind: "expression", source: template.slice(open + 3, close).trim() });
    from = close + 2;
  }
  if (from < template.length) parts.push({ kind: "text", text: template.slice(from) });
  return parts;
}

/** Whether the text is one expression and nothing else, so that its value keeps its type. */
export function soleExpression(parts: readonly TemplatePart[]): string | null {
  const [first, second] = parts;
  return first?.kind === "expression" && second === undefined ? first.source : null;
}

/** An `if:` is an expression with or without its braces. */
export function conditionSource(condition: string): string {
  const trimmed = condition.trim();
  if (!trimmed.startsWith("${{")) return trimmed;
  return soleExpression(splitTemplate(trimmed)) ?? trimmed;
}

function closingBraces(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text[at] === "}" && text[at + 1] === "}") return at;
  }
  return -1;
}
