// Which acceptance cases executed tests vouch for: `npm run acceptance [report.json …]`. Without a report it runs the
// tests itself. Prints one line for each case, and fails when a case has no passing test or a failing one.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CASES } from "../test/acceptance/cases.ts";
import { judge } from "./acceptance-verdict.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const reportSchema = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

function ranTests(): string {
  const folder = mkdtempSync(join(tmpdir(), "acceptance-"));
  const file = join(folder, "report.json");
  try {
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    spawnSync(process.execPath, [vitest, "run", "--reporter=json", `--outputFile.json=${file}`], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (!existsSync(file)) throw new Error("the tests left no report");
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const given = process.argv.slice(2);
const reports = given.length === 0 ? [ranTests()] : given.map((path) => readFileSync(path, "utf8"));
const tests = reports
  .flatMap((text) => reportSchema.parse(JSON.parse(text)).testResults)
  .flatMap(({ assertionResults }) => assertionResults)
  .map(({ fullName, status }) => ({ name: fullName, passed: status === "passed" }));
const verdict = judge(CASES, tests, readdirSync(join(ROOT, "docs/adr")));
for (const line of verdict.lines) console.log(line);
console.log(verdict.summary);
process.exitCode = verdict.isComplete ? 0 : 1;
