// The registry of commands against itself, the parser and the transition table.

import { describe, expect, it } from "vitest";
import { parseCommands } from "../../src/core/command-parser.ts";
import { COMMAND_WORDS, command, VERBS, verbOf, type Who } from "../../src/core/commands.ts";
import { nearest } from "../../src/core/did-you-mean.ts";
import { legalVerbs, usagesOf } from "../../src/core/legal-commands.ts";
import { type Asker, transition } from "../../src/core/transitions.ts";

describe("every row of the registry", () => {
  it.each(VERBS.flatMap((verb) => command(verb).examples.map((example) => [example, verb] as const)))(
    "the example %s is read as %s",
    (example, verb) => {
      expect(parseCommands(example, "signalbox")).toEqual([expect.objectContaining({ verb, index: 1, dryRun: false })]);
    },
  );

  it.each(VERBS)("%s: usage, summary and dry run", (verb) => {
    const { usage, summary, examples } = command(verb);
    expect(usage.split(" ").slice(0, 2)).toEqual(["/task", verb]);
    expect(summary).toMatch(/^[A-Z].*\.$/);
    const [dry] = parseCommands(`${examples[0]} --dry-run`, "signalbox");
    expect(dry).toMatchObject({ verb, dryRun: true });
  });

  it("gives no word to two commands", () => {
    expect(new Set(COMMAND_WORDS).size).toBe(COMMAND_WORDS.length);
    expect([verbOf("RETRY"), verbOf("why"), verbOf("constructor")]).toEqual(["queue", "status", null]);
  });

  it("asks for no less than the transition table does", () => {
    const asked: Readonly<Record<Who, Asker | null>> = {
      read: null,
      holder: "holder",
      write: "write",
      maintain: "maintain",
    };
    const rows = VERBS.map(command).flatMap(({ does, who }) => ("move" in does ? [{ move: does.move, who }] : []));
    expect(rows.filter(({ move, who }) => !transition(move).by.some((asker) => asker === asked[who]))).toEqual([]);
    expect(VERBS.filter((verb) => command(verb).who === "read")).toEqual(["status", "help"]);
  });
});

describe("commands that make sense", () => {
  it.each([
    ["queued", false, ["claim", "hold", "cancel", "set"]],
    ["claimed", false, ["release", "hold", "cancel", "set"]],
    ["review", false, ["accept", "reject", "hold", "cancel", "set"]],
    ["review", true, ["accept", "reject", "unhold", "cancel", "set"]],
    ["needs-human", false, ["queue", "accept", "answer", "hold", "cancel", "set", "breakdown"]],
    ["done", false, []],
    ["cancelled", false, ["queue", "breakdown"]],
    ["none", false, ["queue", "breakdown"]],
  ] as const)("where a task is %s (held: %s)", (state, isHeld, verbs) => {
    expect(legalVerbs(state, isHeld)).toEqual(verbs);
  });

  it("names only moves that people can ask for", () => {
    expect(usagesOf(["bind", "submit", "release", "cancel", "note", "force"])).toEqual([
      "/task release [why]",
      "/task cancel [why] [--close]",
    ]);
  });
});

describe("did you mean", () => {
  it.each([
    ["acept", "accept"],
    ["accpet", "accept"],
    ["acceptt", "accept"],
    ["st", "set"],
    ["get", "set"],
    ["got", null],
    ["deploy", null],
    ["", null],
    ["a".repeat(31), null],
  ])("%s: %s", (word, suggestion) => {
    expect(nearest(word, COMMAND_WORDS)).toBe(suggestion);
  });
});
