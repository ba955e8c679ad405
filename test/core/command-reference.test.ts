// Two readers of the same comments must agree: the parser on markdown-it, and a line scanner written for this test.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isGiven } from "../../src/core/command.ts";
import { parseCommands } from "../../src/core/command-parser.ts";
import { referenceLines } from "./command-reference.ts";

/** Comments that are compared; `npm run test:commands` asks for 100,000. */
const COMMENTS = Number(process.env["COMMENTS"] ?? 3_000);
const SEED = Number(process.env["SEED"] ?? 20_261_120);

/** What each command line of the test means, whatever stands around it. */
const MEANINGS: Readonly<Record<string, string>> = {
  "/task accept": 'accept {"sha":null}',
  "/Task ACCEPT --sha=0123abc": 'accept {"sha":"0123abc"}',
  "/task hold why not --dry-run": 'hold {"text":"why not"} dry',
  "/task retry": "queue {}",
  "/task set budget $5": 'set {"setting":"budget","value":5000000}',
  "@signalbox status": "status {}",
  "@Signalbox\twhy": "status {}",
  "/task acept": "unknown-command accept",
  "/task force done": "bad-arguments",
  "/task": 'help {"command":null}',
};

const NEVER = [
  "/tasks accept",
  "say /task accept",
  "\\/task accept",
  "&#47;task accept",
  "`/task accept`",
  "@signalboxes status",
  "//task accept",
  "**/task hold**",
  "(/task accept)",
  "@someone /task accept",
];
const MARKDOWN = [
  "",
  "",
  "",
  "words",
  "```",
  "```",
  "~~~",
  "````",
  "``` js",
  "> words",
  "> /task accept",
  "- words",
  "* /task accept",
  "1. words",
  "2. /task accept",
  "# words",
  "---",
  "===",
  "***",
  "| a | b |",
  "|---|---|",
  "<details>",
  "</details>",
  "<div>",
  "</div>",
  "<b>",
  "</b>",
  "<blockquote>",
  "</blockquote>",
  "<pre>",
  "</pre>",
  "<script>",
  "</script>",
  "<!-- words",
  "words -->",
  "<!-- /task accept -->",
  "words <!--",
  "-->",
  "open `code",
  "close` it",
  "open ``code",
  "close`` it",
  "open [link",
  "](http://x) words",
  "open **bold",
  "close** it",
  "List<string> words",
  "words <b> words",
  "words </b> words",
];
const INDENTS = ["", "", "", "", "", " ", "  ", "   ", "    ", "\t"];

const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...INDENTS), fc.constantFrom(...Object.keys(MEANINGS)))
      .map(([space, text]) => space + text),
  },
  { weight: 1, arbitrary: fc.constantFrom(...NEVER) },
  { weight: 8, arbitrary: fc.constantFrom(...MARKDOWN) },
);
const comment = fc.tuple(fc.array(line, { minLength: 1, maxLength: 14 }), fc.constantFrom("\n", "\n", "\r\n"));

function read(body: string): readonly string[] {
  return parseCommands(body, "signalbox").map((parsed) => {
    if (isGiven(parsed)) return `${parsed.verb} ${JSON.stringify(parsed.args)}${parsed.dryRun ? " dry" : ""}`;
    const { problem } = parsed;
    return problem.reason === "unknown-command" ? `unknown-command ${problem.suggestion}` : problem.reason;
  });
}

function expected(lines: readonly string[]): readonly string[] {
  const meant = (text: string) => MEANINGS[text.trim()];
  const meanings = referenceLines(lines.join("\n"), (text) => meant(text) !== undefined).map(
    (at) => meant(lines[at] ?? "") ?? "",
  );
  // The eleventh command is refused, and those after it are not looked at.
  return meanings.length > 10 ? [...meanings.slice(0, 10), "bad-arguments"] : meanings;
}

describe("two readers of the same comment", () => {
  it(`agree on ${COMMENTS} comments`, () => {
    fc.assert(
      fc.property(comment, ([lines, end]) => {
        expect(read(lines.join(end))).toEqual(expected(lines));
      }),
      { numRuns: COMMENTS, seed: SEED },
    );
  });

  it("see commands at all: the comparison is not one of empty lists", () => {
    const lines = [
      "/task accept",
      "> quoted",
      "",
      "/task hold why not --dry-run",
      "```",
      "/task accept",
      "```",
      "/task",
    ];
    expect(expected(lines)).toEqual(['accept {"sha":null}', 'hold {"text":"why not"} dry', 'help {"command":null}']);
    expect(read(lines.join("\n"))).toEqual(expected(lines));
  });
});
