// Does what README tells a newcomer, in an empty clone and with nothing else, and keeps what was printed in
// docs/first-run.md. Run it with: npm run first-run

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const OUTPUT_LINES_MAX = 60;

/** README's commands are its indented lines that begin with npm. */
const commands = readFileSync(path.join(root, "README.md"), "utf8")
  .split("\n")
  .filter((line) => /^ {4}npm /.test(line))
  .map((line) => line.trim());
if (commands.length !== 2) throw new Error(`README should give two commands, and gives ${commands.length}`);

const clone = mkdtempSync(path.join(tmpdir(), "signalbox-first-run-"));
/** As a newcomer's shell has it: without this project's own binaries. */
const searchPath = (process.env["PATH"] ?? "").split(path.delimiter).filter((entry) => !entry.includes("node_modules"));
const env = { ...process.env, PATH: searchPath.join(path.delimiter) };

/** Colours, and what differs from machine to machine. */
function plain(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "").replaceAll(clone, "<clone>");
}

const parts = [
  "# The first run",
  "",
  "What README's two commands printed in an empty clone (`npm run first-run` renews this page; the last lines of each).",
];
let failed = 0;
try {
  spawnSync("git", ["clone", "--quiet", root, clone], { stdio: "inherit" });
  for (const command of commands) {
    const startedAt = Date.now();
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
      cwd: clone,
      env,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(0);
    const lines = plain(stdout + (status === 0 ? "" : stderr))
      .trimEnd()
      .split("\n")
      .slice(-OUTPUT_LINES_MAX);
    parts.push("", `## \`${command}\``, "", `Exit status ${status}, ${seconds} s.`, "", "```text", ...lines, "```");
    process.stdout.write(`${command}: exit status ${status}, ${seconds} s\n`);
    if (status !== 0) failed += 1;
  }
} finally {
  rmSync(clone, { recursive: true, force: true });
}
writeFileSync(path.join(root, "docs/first-run.md"), `${parts.join("\n")}\n`);
process.exitCode = failed === 0 ? 0 : 1;
