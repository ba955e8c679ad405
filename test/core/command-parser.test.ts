// Where a command is one, what it says, and what its author is told when it cannot be read.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandsAdded, isGiven, type ParsedCommand } from "../../src/core/command.ts";
import { COMMANDS_PER_COMMENT_MAX, hasCommand, parseCommands } from "../../src/core/command-parser.ts";

const read = (body: string) => parseCommands(body, "signalbox");

function verbs(body: string): readonly string[] {
  return read(body).map((parsed) => (isGiven(parsed) ? parsed.verb : parsed.problem.reason));
}

describe("a line is a command", () => {
  it.each([
    ["at the start of a comment", "/task accept"],
    ["with small and capital letters", "/Task ACCEPT"],
    ["after words in the same paragraph", "Looks good.\n/task accept"],
    ["after spaces, inside a paragraph", "Looks good.\n     /task accept"],
    ["with up to three spaces before it", "   /task accept"],
    ["after a hard break", "Looks good.\\\n/task accept"],
    ["by mention", "@signalbox accept"],
    ["by mention, with capitals", "@SignalBox accept"],
    ["with a tab after the slash command", "/task\taccept"],
    ["between Windows line ends", "Good.\r\n\r\n/task accept\r\n"],
    ["after a closed element", "<details>\n\nlog\n\n</details>\n\n/task accept"],
    ["after a type that looks like HTML", "Returns List<string> now.\n\n/task accept"],
    ["after an image, a break and a rule", "<img src='x'><br>\n\n<hr>\n\n/task accept"],
    ["after a comment that has ended", "<!-- template -->\n\n/task accept"],
    ["after a closing tag of nothing", "</div>\n\n/task accept"],
    ["after a self-contained inline tag", "press <kbd>x</kbd>\n/task accept"],
    ["after as many elements as are followed", `<p>${"<b>".repeat(1_000)}${"</b>".repeat(1_000)}</p>\n\n/task accept`],
    ["after a lone smaller-than sign", "<div>a < b</div>\n\n/task accept"],
  ])("%s", (_where, body) => {
    expect(verbs(body)).toEqual(["accept"]);
  });

  it.each([
    ["inside a line", "please /task accept"],
    ["after a longer word", "/tasks accept"],
    ["after a longer name", "@signalbox-dev accept"],
    ["mentioned with a comma", "@signalbox, accept"],
    ["in inline code", "`/task accept`"],
    ["in inline code over two lines", "`npm test\n/task accept`"],
    ["in fenced code", "```\n/task accept\n```"],
    ["in a fence that is never closed", "~~~\n/task accept"],
    ["in indented code", "    /task accept"],
    ["in a quote", "> /task accept"],
    ["in a quote that goes on lazily", "> as said\n/task accept"],
    ["in a list", "- /task accept"],
    ["in a paragraph of a list's item", "1. first\n\n   /task accept"],
    ["in a task list", "- [ ] /task accept"],
    ["in a table", "| a |\n|---|\n/task accept"],
    ["in a heading", "# /task accept"],
    ["in an underlined heading", "/task accept\n---"],
    ["in an HTML comment", "<!--\n/task accept\n-->"],
    ["in an HTML comment inside a paragraph", "Hm <!--\n/task accept\n--> hm"],
    ["in a comment after broken HTML", "Hm <![CDATA[ <!--\n/task accept\n-->"],
    ["in an HTML block", "<div>\n/task accept\n</div>"],
    ["folded away", "<details>\n\n/task accept\n\n</details>"],
    ["in a quote of HTML", "<blockquote>\n\n/task accept"],
    ["in a quote whose end is only an attribute", '<blockquote title="</blockquote>">\n\n/task accept'],
    ["after raw HTML that swallows the page", "<div></div>\n<!-- open\n\n/task accept"],
    ["after a tag that never ends", "<div>\n</div>\n<a title='\n\n/task accept"],
    [
      "after more open elements than are followed",
      `<p>${"<b>".repeat(1_001)}${"</b>".repeat(1_001)}</p>\n\n/task accept`,
    ],
    ["struck out", "~~that is,\n/task accept\nno~~"],
    ["in a link", "[see\n/task accept](http://example.com)"],
    ["escaped", "\\/task accept"],
    ["written as an entity", "&#47;task accept"],
    ["after a character that does not show", "\u200B/task accept"],
    ["in a definition", "[x]: /task\n'accept'"],
    ["in an empty comment", ""],
  ])("not %s", (_where, body) => {
    expect(read(body)).toEqual([]);
    expect(hasCommand(body, "signalbox")).toBe(false);
  });
});

describe("what a command says", () => {
  it.each<[body: string, verb: string, args: object]>([
    ["/task accept --sha ABCDEF1", "accept", { sha: "abcdef1" }],
    ["/task accept —sha=abcdef1", "accept", { sha: "abcdef1" }],
    [
      "/task reject the empty list\nis not covered\n\n- and this",
      "reject",
      { text: "the empty list\nis not covered\n\n- and this" },
    ],
    ["/task reject see <!-- hidden --> above", "reject", { text: "see  above" }],
    ["/task answer\n\nKeep it.", "answer", { text: "Keep it." }],
    ["/task hold", "hold", { text: "no reason given" }],
    ["/task hold --force is missing", "hold", { text: "--force is missing" }],
    ["/task cancel done elsewhere --close", "cancel", { text: "done elsewhere", close: true }],
    ["/task cancel --close", "cancel", { text: "no reason given", close: true }],
    ["/task cancel why", "cancel", { text: "why", close: false }],
    [
      "/task set PRIORITY p0",
      "bad-arguments",
      { problem: "a setting is role, phases, priority, budget, base, model or project" },
    ],
    ["/task set priority urgent", "set", { setting: "priority", value: "p0" }],
    ["/task set budget 7.5", "set", { setting: "budget", value: 7_500_000 }],
    ["/task force Done merged by hand", "force", { state: "done", text: "merged by hand" }],
    ["/task pause", "pause", { role: null }],
    ["/task resume research", "resume", { role: "research" }],
    ["/task help Reject", "help", { command: "reject" }],
    ["/task", "help", { command: null }],
  ])("%s", (body, verb, args) => {
    const [parsed] = read(body);
    expect(parsed).toMatchObject(verb === "bad-arguments" ? { problem: { reason: verb, ...args } } : { verb, args });
  });

  it.each([
    ["/task hold until Monday --dry-run", "until Monday", true],
    ["/task hold --dry-run until Monday", "until Monday", true],
    ["/task hold the --dry-run flag is broken", "the --dry-run flag is broken", false],
  ])("%s", (body, text, dryRun) => {
    expect(read(body)).toMatchObject([{ args: { text }, dryRun }]);
  });

  it("runs to the next command, which has its own place", () => {
    const commands = read("/task reject too slow\nsee the log\n\n/task set model heavy\n");
    expect(commands).toEqual([
      {
        index: 1,
        source: "/task reject too slow\nsee the log",
        verb: "reject",
        args: { text: "too slow\nsee the log" },
        dryRun: false,
      },
      {
        index: 2,
        source: "/task set model heavy",
        verb: "set",
        args: { setting: "model", value: "heavy" },
        dryRun: false,
      },
    ]);
  });
});

describe("what its author is told", () => {
  it.each([
    ["/task acept", { reason: "unknown-command", verb: "acept", suggestion: "accept" }],
    ["/task rety", { reason: "unknown-command", verb: "rety", suggestion: "queue" }],
    ["/task deploy", { reason: "unknown-command", verb: "deploy", suggestion: null }],
    [`/task ${"x".repeat(99)}`, { reason: "unknown-command", verb: "x".repeat(30), suggestion: null }],
    [
      "/task reject",
      {
        reason: "bad-arguments",
        usage: "/task reject <why>",
        problem: "say why, so that the next attempt can do better",
      },
    ],
    ["/task reject <!-- no reason -->", { problem: "say why, so that the next attempt can do better" }],
    [`/task answer ${"x".repeat(4_001)}`, { problem: "keep it under 4000 characters" }],
    ["/task accept now", { problem: "now is one word too many" }],
    ["/task accept --head abc", { problem: "there is no option --head here" }],
    ["/task accept --sha", { problem: "a commit is 7 to 40 hexadecimal digits" }],
    ["/task accept --dry-run=yes", { problem: "there is no option --dry-run=yes here" }],
    ["/task set", { problem: "a setting is role, phases, priority, budget, base, model or project" }],
    ["/task set model huge", { problem: "a model is base or heavy" }],
    ["/task set budget lots", { problem: "a budget is an amount in dollars, such as 5 or 7.50" }],
    ["/task force", { problem: "name the state" }],
    [
      "/task force running because",
      { problem: "a state is draft, queued, claimed, review, needs-human, done, failed, cancelled" },
    ],
    ["/task force done", { problem: "say why: a forced move is kept with its reason" }],
  ])("%s", (body, problem) => {
    expect(read(body)).toMatchObject([{ problem }]);
  });

  it(`is that a comment gives at most ${COMMANDS_PER_COMMENT_MAX} commands`, () => {
    const commands = read("/task status\n".repeat(13));
    expect(commands.map((parsed) => isGiven(parsed))).toEqual([...Array(10).fill(true), false]);
    expect(commands[10]).toMatchObject({ index: 11, problem: { reason: "bad-arguments" } });
  });

  it("is that a comment beyond GitHub's own limit is not read", () => {
    const padding = "x".repeat(65_536);
    expect(read(`/task accept\n${padding}`)).toMatchObject([{ problem: { reason: "bad-arguments" } }]);
    expect(read(`${padding}\n/task accept`)).toEqual([]);
  });
});

describe("an edit", () => {
  const sources = (commands: readonly ParsedCommand[]) => commands.map(({ source, index }) => [index, source]);

  it("runs only what is new in it", () => {
    const before = read("/task hold\n/task set model heavy");
    const after = read("/task set model heavy\n/task accept\n/task hold\n/task hold");
    expect(sources(commandsAdded(before, after))).toEqual([
      [2, "/task accept"],
      [4, "/task hold"],
    ]);
  });

  it("runs nothing again when only other words changed", () => {
    expect(commandsAdded(read("Good!\n\n/task accept"), read("Very good!\n\n/task accept"))).toEqual([]);
  });
});

describe("whatever the comment", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      "/task ",
      "@signalbox ",
      "\n",
      "> ",
      "`",
      "<!--",
      "-->",
      "<b>",
      "--",
      "reject ",
      "set ",
      "[x]: /y\n",
      "| a |\n|-|\n",
    ),
  );

  it("it is read without an error, in order, and alike both times", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const body = pieces.join("");
        const commands = read(body);
        expect(commands.map(({ index }) => index)).toEqual(commands.map((_, at) => at + 1));
        expect(read(body)).toEqual(commands);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it("nothing inside a fence is ever a command", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const inside = pieces
          .join("")
          .replaceAll("`", "")
          .replaceAll(/[\r\n]+/g, "\n");
        expect(read(`\`\`\`\n${inside}\n/task accept\n\`\`\``)).toEqual([]);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
