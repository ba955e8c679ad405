// What a comment asks for, once read: the parser's answers as plain data, and how two readings of one comment differ.

import type { CommandArgs, Verb } from "./commands.ts";
import type { Refusal } from "./refusal.ts";

/** Where a command stands in its comment. */
interface Place {
  /** 1 for the first command of the comment, whether it could be read or not: part of the command's cause. */
  readonly index: number;
  /** The command as written, without what is around it: two equal sources ask for the same thing. */
  readonly source: string;
}

type CommandOf<V extends Verb> = Place & {
  readonly verb: V;
  readonly args: CommandArgs[V];
  /** Say what would happen, change nothing. */
  readonly dryRun: boolean;
};

/** A command that could be read. The union is discriminated by `verb`. */
export type GivenCommand = { readonly [V in Verb]: CommandOf<V> }[Verb];

/** A line that is meant as a command and is none. */
export type UnreadCommand = Place & { readonly problem: Refusal };

export type ParsedCommand = GivenCommand | UnreadCommand;

export function isGiven(parsed: ParsedCommand): parsed is GivenCommand {
  return !("problem" in parsed);
}

/**
 * Commands that an edit added: an edit never repeats what the comment asked for before.
 *
 * @returns those of `after` that `before` does not have; when one is written twice and was there once, the later one
 */
export function commandsAdded(
  before: readonly ParsedCommand[],
  after: readonly ParsedCommand[],
): readonly ParsedCommand[] {
  const left = new Map<string, number>();
  for (const { source } of before) left.set(source, (left.get(source) ?? 0) + 1);
  return after.filter(({ source }) => {
    const seen = left.get(source) ?? 0;
    left.set(source, seen - 1);
    return seen <= 0;
  });
}
