// "Fixes #12": which issues a text closes when it reaches the default branch. Pure.

export interface ClosingReference {
  /** null = the repository that the text belongs to. */
  readonly repository: string | null;
  readonly number: number;
}

/** More references in one text are ignored. */
const REFERENCES_MAX = 50;
const KEYWORD = String.raw`\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+`;
const TARGET = String.raw`(?:(?:https?://[^\s/]+/)?([\w.-]+/[\w.-]+)(?:#|/issues/|/pull/)|#|gh-)(\d{1,9})\b`;

export function closingReferences(text: string): readonly ClosingReference[] {
  const found = new Map<string, ClosingReference>();
  // Quoted code closes nothing.
  const prose = text.replaceAll(/```[\s\S]*?(```|$)/g, "").replaceAll(/`[^`\n]*`/g, "");
  for (const match of prose.matchAll(new RegExp(`${KEYWORD}${TARGET}`, "gi"))) {
    const reference = { repository: match[1] ?? null, number: Number(match[2]) };
    found.set(`${reference.repository ?? ""}#${reference.number}`, reference);
    if (found.size >= REFERENCES_MAX) break;
  }
  return [...found.values()];
}
