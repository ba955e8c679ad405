// The files through which a step hands values on: GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE (names with values) and
// GITHUB_PATH (lines). Parses text; reading the files is the caller's.

export type EnvFile = { readonly values: ReadonlyMap<string, string> } | { readonly problem: string };

/** `NAME=value`, or `NAME<<DELIMITER`, lines, `DELIMITER`. */
export function readEnvFile(text: string): EnvFile {
  const values = new Map<string, string>();
  const lines = splitLines(text);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const name = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      if (name === "" || delimiter === "")
        return { problem: `Invalid format '${line}'. Name must not be empty and delimiter must not be empty` };
      const end = lines.indexOf(delimiter, at + 1);
      if (end < 0) return { problem: `Invalid value. Matching delimiter not found '${delimiter}'` };
      values.set(name, lines.slice(at + 1, end).join("\n"));
      at = end;
    } else if (equals > 0) {
      values.set(line.slice(0, equals), line.slice(equals + 1));
    } else {
      return { problem: `Invalid format '${line}'` };
    }
  }
  return { values };
}

export function readPathFile(text: string): readonly string[] {
  return splitLines(text).filter((line) => line !== "");
}

function splitLines(text: string): readonly string[] {
  return text.replace(/^\uFEFF/, "").split(/\r?\n/);
}
