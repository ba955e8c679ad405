// The rules of the house as a test: who may import whom, what may be taken from the air, how large a room may be.

import { readFileSync } from "node:fs";
import { dirname, normalize } from "node:path/posix";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { VARIABLES } from "../src/app/settings.ts";
import { ROOT, type SourceFile, sourceFiles } from "./support/source-tree.ts";

const SOURCES = sourceFiles(["src/**/*.ts", "action/**/*.ts", "emulator/src/**/*.ts"]);
const TESTS = sourceFiles(["test/**/*.ts", "emulator/test/**/*.ts"]);

/** `core`, `adapters/github`, `app`, …: the room that a file stands in. */
function roomOf(path: string): string {
  const parts = path.split("/");
  if (parts[0] !== "src") return parts[0] ?? "";
  return parts[1] === "adapters" && parts.length > 3 ? `adapters/${parts[2]}` : (parts[1] ?? "");
}

const ENTRY = ["core", "reconcile", "adapters"];

/** Rooms that a room may import besides itself. `adapters` stands for every one of them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  reconcile: ["core"],
  adapters: ["core"],
  app: [...ENTRY, "web"],
  runner: ENTRY,
  cli: [...ENTRY, "runner"],
  web: ENTRY,
  action: [...ENTRY, "runner"],
  emulator: [],
};

/** Packages that a room may import; a room that is not here may import any. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  core: /^(?:zod|markdown-it)(?:\/|$)/,
  reconcile: /^zod$/,
  "adapters/github": /^(?:node:.*|octokit|@octokit\/.*|zod|yaml)$/,
  "adapters/memory": /^(?:node:.*|zod)$/,
  "adapters/model": /^(?:node:.*|@anthropic-ai\/sdk(?:\/.*)?|zod)$/,
  "adapters/git": /^(?:node:.*|zod)$/,
  "adapters/sandbox": /^(?:node:.*|zod)$/,
  "adapters/disk": /^(?:node:.*|zod)$/,
  "adapters/queue": /^(?:node:.*|graphile-worker|pg|zod)$/,
};

/** Files at the edge of the process: environment, clocks, randomness and console enter here and nowhere else. */
const EDGES = /^(?:src\/app\/main\.ts|src\/cli\/|action\/|emulator\/|src\/adapters\/)/;

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const TEST_LINES_MAX = 420;

/** Long for a reason that is said here. */
const LONG_FILES: Readonly<Record<string, string>> = {
  "src/core/fold.ts": "one case for each move, read side by side with the transition table",
};

/** Names that the outside world gave. */
const GIVEN_NAMES: ReadonlySet<string> = new Set(["emulator/src/actions/artifacts/service.ts"]);

const DRAWERS = /(?:^|\/)(?:helpers?|utils?|common|functions|misc|shared|lib)(?:\/|\.ts$)/;
const DECODERS = /(?:^|[/-])(?:managers?|services?|handlers?|legacy|v2)(?:[-.]|$)/;

function problems(files: readonly SourceFile[], judge: (file: SourceFile) => readonly string[]): readonly string[] {
  return files.flatMap((file) => judge(file).map((problem) => `${file.path}: ${problem}`));
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const allowed = MAY_IMPORT[from.split("/")[0] ?? ""] ?? [];
  return allowed.includes(to) || allowed.includes(to.split("/")[0] ?? "");
}

describe("layers", () => {
  it("every file stands in a room that has rules", () => {
    const rooms = new Set(SOURCES.map(({ path }) => roomOf(path).split("/")[0] ?? ""));
    expect([...rooms].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
    expect(rooms).toContain("core");
  });

  it("a room imports only what is below it", () => {
    const found = problems(SOURCES, ({ path, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => roomOf(normalize(`${dirname(path)}/${specifier}`)))
        .filter((room) => !mayImport(roomOf(path), room))
        .map((room) => `imports ${room}`),
    );
    expect(found).toEqual([]);
  });

  it("a room imports only the packages that are its business", () => {
    const found = problems(SOURCES, ({ path, imports }) => {
      const allowed = PACKAGES[roomOf(path)];
      return imports.filter((specifier) => !specifier.startsWith(".") && allowed?.test(specifier) === false);
    });
    expect(found).toEqual([]);
  });

  it("nothing in the product knows the emulator, and the emulator nothing of the product", () => {
    const found = problems(SOURCES, ({ path, imports }) =>
      imports.filter((specifier) =>
        path.startsWith("emulator/")
          ? /^(?:signalbox$|signalbox\/|.*\/src\/(?:core|app|runner)\/)/.test(specifier)
          : /emulator/.test(specifier),
      ),
    );
    expect(found).toEqual([]);
  });

  it("relative imports name the file", () => {
    const found = problems([...SOURCES, ...TESTS], ({ imports }) =>
      imports.filter((specifier) => specifier.startsWith(".") && !/\.(?:ts|json)$/.test(specifier)),
    );
    expect(found).toEqual([]);
  });
});

describe("what is taken from the air", () => {
  it("environment, clock, randomness and console enter at the edges", () => {
    const inner = SOURCES.filter(({ path }) => !EDGES.test(path));
    expect(problems(inner, ({ ambient }) => ambient)).toEqual([]);
  });

  it("the scan finds what it looks for", () => {
    expect(SOURCES.some(({ ambient }) => ambient.length > 0)).toBe(true);
  });
});

describe("size and names", () => {
  it(`a file has at most ${FILE_LINES_MAX} lines`, () => {
    const found = problems(SOURCES, ({ path, lines }) =>
      lines > FILE_LINES_MAX && LONG_FILES[path] === undefined ? [`${lines} lines`] : [],
    );
    expect(found).toEqual([]);
  });

  it(`a function has at most ${FUNCTION_LINES_MAX} lines`, () => {
    const found = problems(SOURCES, ({ functions }) =>
      functions
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(({ name, lines }) => `${name} has ${lines} lines`),
    );
    expect(found).toEqual([]);
  });

  it(`a test file has at most ${TEST_LINES_MAX} lines`, () => {
    expect(problems(TESTS, ({ lines }) => (lines > TEST_LINES_MAX ? [`${lines} lines`] : []))).toEqual([]);
  });

  it("an exception is for a file that still needs it", () => {
    const long = new Set(SOURCES.filter(({ lines }) => lines > FILE_LINES_MAX).map(({ path }) => path));
    expect(Object.keys(LONG_FILES).filter((path) => !long.has(path))).toEqual([]);
  });

  it("names say what a file holds", () => {
    const found = [...SOURCES, ...TESTS].filter(({ path }) => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (GIVEN_NAMES.has(path)) return false;
      return DRAWERS.test(path) || DECODERS.test(path) || !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.ts$/.test(name);
    });
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it("a file opens with what it is", () => {
    const found = problems(SOURCES, ({ text }) =>
      /^(?:#!.*\n)?\s*(?:\/\/ \S|\/\*\* \S|\/\*\*\n)/.test(text) ? [] : ["has no opening comment"],
    );
    expect(found).toEqual([]);
  });
});

describe("what is written in two places", () => {
  const text = (path: string) => readFileSync(`${ROOT}${path}`, "utf8");

  it("`.env.example` names every variable that the app reads, and says what the app says", () => {
    const example = text(".env.example");
    const named = [...example.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(Object.keys(VARIABLES).toSorted());
    expect(Object.values(VARIABLES).filter(({ what }) => !example.includes(`# ${what}\n`))).toEqual([]);
  });

  it("`action.yml` has the inputs that the action reads, and no others", () => {
    const declared = Object.keys(parse(text("action/action.yml")).inputs);
    const used = [...(text("action/inputs.ts") + text("action/main.ts")).matchAll(/\bINPUT_([A-Z-]+)/g)].map(
      ([, name]) => name?.toLowerCase(),
    );
    expect([...new Set(used)].toSorted()).toEqual(declared.toSorted());
  });
});

describe("tests", () => {
  it("none is skipped or runs alone", () => {
    const found = problems(TESTS, ({ text }) =>
      [...text.matchAll(/\b(?:it|test|describe)(?:\.each)?\.(?:skip|only|todo|fails|skipIf|runIf)\b/g)].map(
        ([match]) => match,
      ),
    );
    expect(found).toEqual([]);
  });
});
