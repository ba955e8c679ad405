// Patterns of paths as people write them in the configuration: `**` any depth, `*` within a name, `?` one character.
// Letters are compared without case, because some machines that check the files out do so too.

const SPECIAL = /[.+^${}()|[\]\\]/g;

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*\/|\/\*\*$|\*\*|\*|\?)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "/**") return "(?:/.*)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      return part === "?" ? "[^/]" : part.replaceAll(SPECIAL, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`, "isu");
}

/** @param pattern relative to the repository's root; a leading or trailing slash changes nothing, but a trailing one means the whole directory */
export function pathMatches(path: string, pattern: string): boolean {
  const whole = pattern.endsWith("/") ? `${pattern}**` : pattern;
  return expressionOf(whole.replace(/^\/+/, "")).test(path);
}
