// Reads the commands of a comment into typed requests, or into the refusal that tells their author what is wrong.
// Pure text in, plain data out; who may give a command and what it does is decided elsewhere.

import type { z } from "zod";
import type { GivenCommand, ParsedCommand } from "./command.ts";
import { type CommandLine, commandLines } from "./command-lines.ts";
import { ECHO_CHARS_MAX, firstWord, wordsOf } from "./command-words.ts";
import { COMMAND_WORDS, command, type Verb, verbOf } from "./commands.ts";
import { nearest } from "./did-you-mean.ts";
import { visible } from "./hidden-text.ts";
import { BODY_CHARS_MAX, normalised } from "./markdown.ts";
import type { Refusal } from "./refusal.ts";

/** Commands that one comment may give: more than anybody needs, few enough to answer. */
export const COMMANDS_PER_COMMENT_MAX = 10;

const ANY_USAGE = "/task <command>";

/**
 * Finds and reads the commands of a comment, in order.
 *
 * @param body     a comment as GitHub stores it
 * @param mention  the app's name after the `@`, which opens a command as `/task` does
 * @returns one entry for each command line; a line that cannot be obeyed is there with its refusal. Never throws
 */
export function parseCommands(body: string, mention: string): readonly ParsedCommand[] {
  if (body.length > BODY_CHARS_MAX) return tooLong(body, mention);
  const text = normalised(body);
  if (!mayCommand(text, mention)) return [];
  const lines = commandLines(text, mention, COMMANDS_PER_COMMENT_MAX + 1);
  const rows = text.split("\n");
  return lines.map((line, at) => {
    const index = at + 1;
    if (index > COMMANDS_PER_COMMENT_MAX) {
      const problem = `a comment gives at most ${COMMANDS_PER_COMMENT_MAX} commands; this one and those after it were not run`;
      return { index, source: line.source, problem: badArguments(ANY_USAGE, problem) };
    }
    return read(line, index, rows.slice(line.line + 1, lines[at + 1]?.line));
  });
}

/** Most comments give no command: they are told apart without a parse. */
function mayCommand(text: string, mention: string): boolean {
  const lower = text.toLowerCase();
  return lower.includes("/task") || lower.includes(`@${mention.toLowerCase()}`);
}

function tooLong(body: string, mention: string): readonly ParsedCommand[] {
  if (!mayCommand(body.slice(0, BODY_CHARS_MAX), mention)) return [];
  const problem = `a comment is read up to ${BODY_CHARS_MAX} characters; nothing in this one was run`;
  return [{ index: 1, source: "", problem: badArguments(ANY_USAGE, problem) }];
}

function badArguments(usage: string, problem: string): Refusal {
  return { reason: "bad-arguments", usage, problem };
}

/** @param below the lines between this command and the next one, which a `block` text takes in */
function read(line: CommandLine, index: number, below: readonly string[]): ParsedCommand {
  const word = firstWord(line.rest) || "help";
  const verb = verbOf(word);
  if (verb === null) {
    const near = nearest(word.toLowerCase(), COMMAND_WORDS);
    const suggestion = near === null ? null : verbOf(near);
    const problem: Refusal = { reason: "unknown-command", verb: word.slice(0, ECHO_CHARS_MAX), suggestion };
    return { index, source: line.source, problem };
  }
  const row = command(verb);
  const isBlock = row.text === "block";
  const source = isBlock ? [line.source, ...below].join("\n").trimEnd() : line.source;
  const given = wordsOf(line.rest.slice(word.length), row);
  if ("problem" in given) return { index, source, problem: badArguments(row.usage, given.problem) };
  const text = visible(isBlock ? [given.text, ...below].join("\n") : given.text).trim();
  const args = row.args.safeParse(text === "" ? given.named : { ...given.named, text });
  if (!args.success) return { index, source, problem: badArguments(row.usage, firstMessage(args.error)) };
  return typed({ index, source, verb, args: args.data, dryRun: given.dryRun });
}

/** The verb's own schema has just read the arguments: together they are exactly one member of the union. */
function typed(read: { index: number; source: string; verb: Verb; args: unknown; dryRun: boolean }): GivenCommand {
  return read as GivenCommand;
}

function firstMessage({ issues }: z.ZodError): string {
  return issues
    .slice(0, 1)
    .map(({ message }) => message)
    .join("");
}

/** @returns whether a comment gives any command, readable or not */
export function hasCommand(body: string, mention: string): boolean {
  return parseCommands(body, mention).length > 0;
}
