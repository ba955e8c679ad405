// Reads an action from a directory on disk.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAction } from "../workflow/parse-action.ts";
import { describeProblems } from "../workflow/parse-workflow.ts";
import type { ActionLookup } from "./job.ts";

export function readActionDirectory(
  directory: string,
  from: { readonly repository: string; readonly ref: string },
): ActionLookup {
  for (const name of ["action.yml", "action.yaml"]) {
    const text = readIfThere(join(directory, name));
    if (text === null) continue;
    const parsed = parseAction(text);
    if ("problems" in parsed) return { problem: describeProblems(name, parsed.problems) };
    return { action: { directory, file: parsed.action, ...from } };
  }
  return { problem: `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${directory}'.` };
}

/** `./x` names an action of the workspace; anything else one of a repository. */
export function isLocal(uses: string): boolean {
  return uses.startsWith("./") || uses.startsWith("../") || uses === ".";
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return null;
    throw error;
  }
}
