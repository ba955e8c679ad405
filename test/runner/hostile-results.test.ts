// Ten thousand hostile results and changes: whatever gets through must be harmless by rules that are written down here a
// second time, independently. A failing seed is printed by fast-check.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXITS, runResultSchema } from "../../src/core/result.ts";
import { readArtifact } from "../../src/runner/artifact.ts";
import { type FileChange, violations } from "../../src/runner/publish-policy.ts";

const RUNS = 10_000;
const SECRET = "correct-horse-battery-staple-42";

// Pieces that are dangerous, pieces that only look so, and separators of every kind.
const piece = fc.oneof(
  fc.constantFrom("src", "index.js", "a"),
  fc.constantFrom(
    ".git",
    ".GIT",
    ".gIt ",
    ".git.",
    "git~1",
    "GIT~2",
    ".git::$DATA",
    "．git",
    ".github",
    ".GitHub",
    "workflows",
    "WorkFlows",
    "actions",
  ),
  fc.constantFrom(
    "..",
    ".",
    "",
    " ",
    "a",
    "src",
    "index.js",
    ".gitmodules",
    ".gitattributes",
    ".gitignore",
    "\u202e",
    "\u0000",
    "\n",
    "\\",
    "C:",
    "é",
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const anyPath = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("/"));
const strangeMode = fc.constantFrom("000000", "100644", "100755", "100664", "120000", "160000", "040000", "777777", "");
const oldMode = fc.oneof({ weight: 3, arbitrary: fc.constant("000000") }, { weight: 1, arbitrary: strangeMode });
const newMode = fc.oneof({ weight: 3, arbitrary: fc.constant("100644") }, { weight: 1, arbitrary: strangeMode });
const content = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    SECRET,
    `x${SECRET}y`,
    Buffer.from(SECRET).toString("base64"),
    SECRET.split("").join(" "),
    "AKIAIOSFODNN7EXAMPLE",
    "\u0000",
  ),
);
const change: fc.Arbitrary<FileChange> = fc.record({
  path: anyPath,
  oldMode,
  newMode,
  before: fc.constant(null),
  after: content.map((text) => Buffer.from(text)),
});

/** The rules once more, written from the point of view of the machine that checks the files out. */
function isHarmless({ path: name, oldMode, newMode, after }: FileChange): boolean {
  const lower = name.toLowerCase();
  const names = lower.split("/");
  const staysInside =
    !name.startsWith("/") && path.posix.normalize(name) === name && !names.includes("..") && !name.includes("\\");
  const isGit = names.some((one) =>
    /^(\.git|git~\d+)$/.test(
      one
        .normalize("NFKC")
        .split(":")[0]
        ?.replace(/[. ]*$/, "") ?? "",
    ),
  );
  const isWorkflow = lower.startsWith(".github/workflows/") || lower.startsWith(".github/actions/");
  const turnsSomethingOn = names.some((one) => one === ".gitmodules" || one === ".gitattributes");
  const isPlain = [...name].every((character) => character >= " " && character !== "\u007f" && character !== "\u202e");
  const isFile =
    newMode === "000000" ||
    ((newMode === "100644" || newMode === "100755") && (oldMode === "000000" || oldMode === newMode));
  const text = after?.toString("utf8") ?? "";
  const isClean = !text.includes("\u0000") && !text.includes(SECRET) && !text.includes("AKIAIOSFODNN7EXAMPLE");
  return (
    staysInside && !isGit && !isWorkflow && !turnsSomethingOn && isPlain && isFile && (newMode === "000000" || isClean)
  );
}

it(`of ${RUNS} hostile changes none gets through`, () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      if (violations(changes, { protectedPaths: [], secrets: [SECRET] }).length > 0) return true;
      accepted += 1;
      return changes.every(isHarmless);
    }),
    { numRuns: RUNS },
  );
  // The policy is of use only if something passes it.
  expect(accepted).toBeGreaterThan(100);
});

const sha = fc.constantFrom("a".repeat(40), "b".repeat(40));
const words = fc.oneof(
  { weight: 30, arbitrary: fc.string({ maxLength: 50 }) },
  { weight: 1, arbitrary: fc.constant("x".repeat(5_000)) },
);
/** Mostly what belongs to the run, sometimes something else. */
const mostly = <T>(right: T, wrong: T) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constant(wrong) });
const honest = fc.record({
  v: fc.constant(1),
  repository: mostly("acme/Sum", "acme/other"),
  issue: mostly(7, 8),
  token: mostly("a".repeat(40), "b".repeat(40)),
  run: fc.record({ id: mostly(99, 100), attempt: mostly(1, 2) }),
  exit: fc.constantFrom(...EXITS),
  reason: words,
  summary: words,
  question: fc.option(words),
  phases: fc.constant([]),
  base: fc.constantFrom("main", "--upload-pack=x", "a b"),
  baseSha: sha,
  head: fc.option(sha),
  evidence: fc.constant([]),
  usage: fc.constant({ inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, turns: 0, cost: 0 }),
  pullRequest: fc.constant(null),
});
const hostile = fc.oneof(
  honest,
  fc
    .tuple(
      honest,
      fc.constantFrom("v", "issue", "token", "run", "exit", "head", "usage", "extra", "__proto__"),
      fc.jsonValue(),
    )
    .map(
      ([result, key, value]) =>
        JSON.parse(
          JSON.stringify({ ...result, [key === "__proto__" ? "extra" : key]: value }).replace(
            '"extra"',
            key === "__proto__" ? '"__proto__"' : '"extra"',
          ),
        ) as unknown,
    ),
  fc.jsonValue(),
);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "signalbox-results-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

it("of 1,000 hostile results on disk none is taken for another run's, and none breaks the reader", async () => {
  const identity = { repository: "acme/sum", issue: 7, token: "a".repeat(40), run: { id: 99, attempt: 1 } };
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(hostile, async (value) => {
      writeFileSync(path.join(directory, "result.json"), JSON.stringify(value));
      const { result } = await readArtifact(directory, identity);
      if (result === null) return true;
      taken += 1;
      const { repository, issue, token, run } = result;
      return (
        repository.toLowerCase() === "acme/sum" &&
        issue === 7 &&
        token === identity.token &&
        run.id === 99 &&
        run.attempt === 1 &&
        runResultSchema.safeParse(result).success
      );
    }),
    { numRuns: 1_000 },
  );
  expect(taken).toBeGreaterThan(10);
});
