// GitHub's filter patterns of branches, tags and paths: `*` within a segment, `**` across them, `?` and `+` after a
// character, `[…]`, and `!` that takes earlier matches away. Pure.

/** GitHub refuses longer patterns long before this. */
const PATTERN_CHARS_MAX = 1_000;

/** Whether the last pattern that matches is not a negative one. */
export function matchesPatterns(patterns: readonly string[], text: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negative = pattern.startsWith("!");
    if (patternExpression(negative ? pattern.slice(1) : pattern).test(text)) matched = !negative;
  }
  return matched;
}

function patternExpression(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < Math.min(pattern.length, PATTERN_CHARS_MAX); at += 1) {
    const char = pattern[at] ?? "";
    if (char === "*" && pattern[at + 1] === "*") {
      const folders = pattern[at + 2] === "/";
      // `**/x` also matches `x` at the top.
      source += folders ? "(?:.*/)?" : ".*";
      at += folders ? 2 : 1;
    } else if (char === "*") source += "[^/]*";
    else if (char === "?" || char === "+") source += char;
    else if (char === "[") {
      const close = pattern.indexOf("]", at);
      const set = close < 0 ? "" : pattern.slice(at + 1, close);
      source += /^[A-Za-z0-9_-]+$/.test(set) ? `[${set}]` : "\\[";
      if (/^[A-Za-z0-9_-]+$/.test(set)) at = close;
    } else if (char === "\\" && at + 1 < pattern.length) {
      at += 1;
      source += escapeChar(pattern[at] ?? "");
    } else source += escapeChar(char);
  }
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A pattern that is no pattern (`+` with nothing before it) matches nothing.
    return /(?!)/;
  }
}

function escapeChar(char: string): string {
  return /[.^$(){}|[\]\\*+?/]/.test(char) ? `\\${char}` : char;
}
