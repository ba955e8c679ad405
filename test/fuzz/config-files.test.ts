// Config files that people break: whatever the bytes, there is a config in force, and every mistake is named.

import { expect, it } from "vitest";
import { createConfigReader } from "../../src/adapters/github/config-file.ts";
import type { Wire } from "../../src/adapters/github/wire.ts";
import { DEFAULT_CONFIG, parseConfig } from "../../src/core/config.ts";
import { type Dice, dice } from "./signatures.ts";

const FILES = Math.min(Number(process.env["FUZZ"] ?? 1_000), 10_000);
const SEED = Number(process.env["SEED"] ?? 20_261_121);

const WHOLE = `_extends: .github
runner: { repository: acme/signalbox-runner, timeout-minutes: 60 }
setup: [npm ci]
checks: [{ name: test, run: npm test }]
phases: plan-build-test-review
limits: { claimed: 3, review: 10, queued: 20, attempts: 3, rejections: 3, suspensions: 3 }
budget: { task: 5, day: 50 }
merge: { method: squash }
paths: { protected: [".github/**"] }
`;
const SHARED = "limits: { claimed: 1 }\nlocked: [budget, limits.review]\nbudget: { task: 2 }\n";

/** What breaks parsers: prototypes, cycles, bombs, tags, numbers at the edge, other alphabets. */
const WORDS = [
  "__proto__: { polluted: true }",
  "constructor: { prototype: { polluted: true } }",
  "? [a, b]",
  "<<: *x",
  "&x [*x]",
  "!!js/function 'x'",
  "!!binary aGk=",
  "!!set { a, b }",
  "!!timestamp 2026-01-01",
  "---",
  "...",
  "\t",
  "\u0000",
  "\uFEFF",
  "\u2028",
  "\uD800",
  ".nan",
  ".inf",
  "-.inf",
  "1e999",
  "0x7fffffffffffffff",
  "9007199254740993",
  "-1",
  "null",
  "~",
  "[]",
  "{}",
  "{ a: 1, a: 2 }",
  "'",
  '"',
  "|",
  ">-",
  "%YAML 1.1",
  "🚦",
  "locked: [claimed]",
  "_extends: ../../etc",
  "_extends: [a]",
  "limits: 7",
  "checks: none",
  "checks: [{ name: a, run: b }, { name: a, run: b }]",
];
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefghi"
  .split("")
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]\n`)
  .join("")}`;

function broken(roll: Dice): string {
  let text = WHOLE;
  for (let changes = 1 + roll(3); changes > 0; changes -= 1) {
    const at = roll(text.length + 1);
    const to = Math.min(text.length, at + roll(30));
    const word = WORDS[roll(WORDS.length)] ?? "";
    const lines = text.split("\n");
    const line = roll(lines.length);
    const ways = [
      // The first ones harm little: what people write by hand is mostly right.
      () => lines.filter((_line, index) => index !== line).join("\n"),
      () => text.replace(/\b\d+\b/, `${1 + roll(9)}`),
      () => text.replace(/\n/, ` # ${word.replaceAll("\n", " ")}\n`),
      () => lines.slice(line).join("\n"),
      () => text.replaceAll("\n", "\r\n"),
      () => text.slice(0, at) + text.slice(to),
      () => text.slice(0, at) + word + text.slice(at),
      () => `${text}${word}\n`,
      () => text.slice(0, at) + text.slice(at, to).repeat(1 + roll(20)) + text.slice(to),
      () => text.slice(0, at) + String.fromCodePoint(roll(0x10ffff)) + text.slice(at),
      () => text.replace(/\b\d+\b/, word),
      () => text.slice(0, at),
      () => "[{".repeat(roll(300)) + text,
      () => BOMB + text,
      () => text.split("\n").reverse().join("\n"),
    ];
    text = (ways[roll(ways.length)] ?? (() => text))();
  }
  return text;
}

function reader() {
  const wire: Wire = {
    rest: () => Promise.reject(new Error("no REST is needed")),
    graphql: async ({ document }) => {
      const isHistory = document.startsWith("query ConfigHistory");
      const file = { text: SHARED, isTruncated: false };
      const repository = isHistory ? { defaultBranchRef: null } : { config: file };
      return { data: { repository }, problems: [], now: 0 };
    },
  };
  return createConfigReader(async () => wire);
}

it("a file's odd keys are no warning of the process", async () => {
  const warned: unknown[] = [];
  const hear = (warning: Error) => void warned.push(warning.message);
  process.on("warning", hear);
  await reader().inForce({ owner: "acme", name: "shop" }, { text: "? [a, b]\n: 1\n", isTruncated: false }, 0);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", hear);
  expect(warned).toEqual([]);
});

it(`of ${FILES} files that are broken each leaves a config or its problems (SEED=${SEED})`, async () => {
  const roll = dice(SEED);
  let held = 0;
  for (let index = 0; index < FILES; index += 1) {
    const text = broken(roll);
    const { config, problems } = await reader()
      .inForce({ owner: "acme", name: "shop" }, { text, isTruncated: false }, 0)
      .catch((error: unknown) => {
        throw new Error(`file ${index} of SEED=${SEED}: ${JSON.stringify(text.slice(0, 2_000))}`, { cause: error });
      });
    if (problems.length === 0) held += 1;
    // Either the file holds and what holds is a whole config, or what held before it (here: nothing) goes on to hold.
    if (problems.length > 0) expect(config).toEqual(DEFAULT_CONFIG);
    else expect(Object.keys(config)).toEqual(expect.arrayContaining(Object.keys(DEFAULT_CONFIG)));
    for (const problem of problems) expect(problem.trim()).not.toBe("");
  }
  expect(Reflect.get({}, "polluted")).toBeUndefined();
  // Both kinds were met: a generator that makes nothing but rubbish, or nothing wrong, would prove nothing.
  expect(held).toBeGreaterThan(FILES / 20);
  expect(held).toBeLessThan((FILES * 19) / 20);
});

it("values of any shape that no YAML would make are refused in words too", () => {
  const shapes: readonly unknown[] = [
    null,
    undefined,
    0,
    "",
    true,
    [],
    [[]],
    new Date(0),
    new Map([["limits", 1]]),
    () => 1,
  ];
  for (const shape of shapes) {
    const parsed = parseConfig(shape);
    expect("config" in parsed || parsed.problems.length > 0).toBe(true);
  }
});
