// What is generated is current: `npm run generate` would change nothing.

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../../scripts/generated.ts";
import { command, VERBS } from "../../src/core/commands.ts";
import { permissionMatrix } from "../../src/core/render-help.ts";
import { MOVES } from "../../src/core/transitions.ts";

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("generated files", () => {
  it.each(generatedFiles(text("README.md")).map(({ path, text: wanted }) => [path, wanted] as const))(
    "%s is current",
    (path, wanted) => {
      expect(text(path)).toBe(wanted);
    },
  );

  it("the README needs its markers", () => {
    expect(() => generatedFiles("# Signalbox")).toThrow("README.md needs one pair of the markers");
  });

  it("the README tells every command, the page of states every move", () => {
    for (const verb of VERBS) expect(text("README.md")).toContain(command(verb).usage.replaceAll("|", "\\|"));
    for (const move of MOVES) expect(text("docs/states.md")).toContain(`| \`${move}\` |`);
  });

  it("the permission matrix grows to the right", () => {
    expect(permissionMatrix()).toEqual(
      expect.arrayContaining([
        "| Command | read | triage | write | maintain | admin |",
        "| `status` | yes | yes | yes | yes | yes |",
        "| `release` | own | own | yes | yes | yes |",
        "| `accept` |  |  | yes | yes | yes |",
        "| `force` |  |  |  | yes | yes |",
      ]),
    );
  });
});

describe("the schema of the config file", () => {
  const accepts = new Ajv2020({ strict: false }).compile(JSON.parse(text("docs/config.schema.json")));

  it.each([
    [{}, true],
    [{ checks: "none", budget: { task: 2.5 }, roles: { painter: { model: "heavy" } } }, true],
    [{ checks: [{ name: "test", run: "npm test" }], limits: { claimed: 5 } }, true],
    [{ checks: "some" }, false],
    [{ limits: { claimed: 0 } }, false],
    [{ colour: "red" }, false],
  ])("%j: %s", (file, isValid) => {
    expect(accepts(file)).toBe(isValid);
  });
});
