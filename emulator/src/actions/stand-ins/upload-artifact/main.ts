// Stand-in of actions/upload-artifact: packs the files that match and hands them to the emulator's artifact service.
import { globSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fieldsOf, flag, input, run, say, setOutput, variable, warn } from "../kit.ts";
import { writeZip } from "../zip.ts";

interface Found {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** What the paths in the archive are relative to. */
  readonly root: string;
}

await run(async () => {
  const found = findFiles(process.cwd(), input("path").split(/\r?\n/), flag("include-hidden-files"));
  if (found.files.length === 0) {
    const message = `No files were found with the provided path: ${input("path")}. No artifacts will be uploaded.`;
    if (input("if-no-files-found") === "error") throw new Error(message);
    if (input("if-no-files-found") === "ignore") say(message);
    else warn(message);
    return;
  }
  const entries = found.files.map((file) => ({
    path: relative(found.root, file).split(sep).join("/"),
    content: readFileSync(file),
    mode: statSync(file).mode & 0o777,
  }));
  const zip = writeZip(entries, Number(input("compression-level") || "6"));
  const url = new URL(variable("ACTIONS_RESULTS_URL"));
  url.searchParams.set("name", input("name"));
  if (input("retention-days") !== "") url.searchParams.set("retention_days", input("retention-days"));
  if (flag("overwrite")) url.searchParams.set("overwrite", "true");
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${variable("ACTIONS_RUNTIME_TOKEN")}`, "content-type": "application/zip" },
    body: new Uint8Array(zip),
  });
  const { id, digest, message } = fieldsOf(await answer.json());
  if (!answer.ok) throw new Error(`Failed to CreateArtifact: (${answer.status}) ${message}`);
  const page = `${variable("GITHUB_SERVER_URL")}/${variable("GITHUB_REPOSITORY")}/actions/runs/${variable("GITHUB_RUN_ID")}`;
  setOutput("artifact-id", String(id));
  setOutput("artifact-digest", String(digest).replace(/^sha256:/, ""));
  setOutput("artifact-url", `${page}/artifacts/${id}`);
  say(`Artifact ${input("name")} has been successfully uploaded: ${entries.length} file(s), ${zip.length} bytes`);
});

function findFiles(base: string, patterns: readonly string[], withHidden: boolean): Found {
  const files = new Set<string>();
  const roots: string[] = [];
  for (const line of patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== "")) {
    const isExclusion = line.startsWith("!");
    const pattern = isExclusion ? line.slice(1) : line;
    const { matches, root } = expand(base, pattern);
    if (!isExclusion) roots.push(root);
    for (const file of matches) {
      if (isExclusion) files.delete(file);
      else if (withHidden || !isHidden(relative(root, file))) files.add(file);
    }
  }
  return { files: [...files].sort(), root: commonRoot(roots) };
}

function expand(base: string, pattern: string): { readonly matches: readonly string[]; readonly root: string } {
  const path = resolve(base, pattern);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return { matches: below(path), root: path };
  if (stat !== undefined) return { matches: [path], root: dirname(path) };
  const fixed = path.split(sep);
  const wild = fixed.findIndex((part) => /[*?[\]{}]/.test(part));
  const root = wild < 0 ? dirname(path) : fixed.slice(0, wild).join(sep);
  const matches = globSync(path).flatMap((match) => (lstatSync(match).isDirectory() ? below(match) : [match]));
  return { matches, root };
}

function below(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).map((name) => join(directory, name));
  return names.filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true);
}

function isHidden(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith(".") && part !== ".." && part !== ".");
}

function commonRoot(roots: readonly string[]): string {
  const [first = sep, ...rest] = roots;
  const parts = rest.reduce((shared, root) => {
    const other = root.split(sep);
    const end = shared.findIndex((part, at) => part !== other[at]);
    return end < 0 ? shared : shared.slice(0, end);
  }, first.split(sep));
  return parts.join(sep) || sep;
}
