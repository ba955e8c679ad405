// hashFiles(): one hash over the contents of the files that match, below the workspace. Reads files, writes none.
import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** @param patterns globs relative to the workspace; a leading `!` takes matches away again */
export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const lines = patterns.flatMap((pattern) => pattern.split(/\r?\n/)).map((line) => line.trim());
  const matched = new Set<string>();
  for (const pattern of lines) {
    if (pattern === "" || pattern.startsWith("--")) continue;
    const taken = globSync(pattern.replace(/^!/, ""), { cwd: workspace });
    for (const path of taken) {
      if (pattern.startsWith("!")) matched.delete(path);
      else matched.add(path);
    }
  }
  const hash = createHash("sha256");
  let files = 0;
  for (const path of [...matched].sort()) {
    const full = join(workspace, path);
    if (!statSync(full).isFile()) continue;
    files += 1;
    hash.update(createHash("sha256").update(readFileSync(full)).digest());
  }
  return files === 0 ? "" : hash.digest("hex");
}
