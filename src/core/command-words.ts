// Sorts what follows a verb on its line into words, options and free text, by what the command's row says it takes.
// It knows no verb: whether the words make sense is for the row's schema.

import type { Command } from "./commands.ts";

export interface Words {
  readonly named: Readonly<Record<string, string | boolean>>;
  readonly dryRun: boolean;
  /** What is left of the line after words and options. */
  readonly text: string;
}

type Takes = Pick<Command, "words" | "text" | "flags" | "options">;

/** Longest word that an answer repeats, in UTF-16 code units. */
export const ECHO_CHARS_MAX = 30;

const DRY_RUN = "dry-run";

/** `--name` or `--name=value`. Telephones turn two dashes into a long one. */
const OPTION = /^(?:--|—|–)([a-z][a-z0-9-]*)(?:=(\S*))?$/i;

interface Option {
  readonly name: string;
  readonly value: string | null;
}

function optionOf(word: string): Option | null {
  const [, name, value] = OPTION.exec(word) ?? [];
  return name === undefined ? null : { name: name.toLowerCase(), value: value ?? null };
}

function isFlag(option: Option, takes: Takes): boolean {
  return option.value === null && (option.name === DRY_RUN || (takes.flags ?? []).includes(option.name));
}

/** @returns what stands before the first space, all of it when there is none */
export function firstWord(text: string): string {
  const end = text.search(/\s/);
  return end === -1 ? text : text.slice(0, end);
}

function lastWord(text: string): string {
  return text.slice(Math.max(text.lastIndexOf(" "), text.lastIndexOf("\t")) + 1);
}

/**
 * Flags that end a free text: `/task cancel done elsewhere --close`.
 *
 * @returns the text without them
 */
function withoutEndingFlags(text: string, takes: Takes, flags: Set<string>): string {
  let left = text;
  for (;;) {
    const word = lastWord(left);
    const option = optionOf(word);
    if (option === null || !isFlag(option, takes)) return left;
    flags.add(option.name);
    left = left.slice(0, -word.length).trimEnd();
  }
}

/** @param rest  the line after the verb */
export function wordsOf(rest: string, takes: Takes): Words | { readonly problem: string } {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const names = [...(takes.words ?? [])];
  let left = rest.trim();
  let word = firstWord(left);
  const advance = () => {
    left = left.slice(word.length).trimStart();
    word = firstWord(left);
  };
  while (word !== "") {
    const option = optionOf(word);
    if (option !== null && isFlag(option, takes)) {
      flags.add(option.name);
    } else if (option !== null && (takes.options ?? []).includes(option.name)) {
      if (option.value === null) advance();
      values.set(option.name, option.value ?? word);
    } else if (option !== null && takes.text === undefined) {
      return { problem: `there is no option ${word.slice(0, ECHO_CHARS_MAX)} here` };
    } else {
      const name = names.shift();
      if (name === undefined) break;
      values.set(name, word);
    }
    advance();
  }
  if (word !== "" && takes.text === undefined) {
    return { problem: `${word.slice(0, ECHO_CHARS_MAX)} is one word too many` };
  }
  const text = withoutEndingFlags(left, takes, flags);
  const dryRun = flags.delete(DRY_RUN);
  return { named: Object.fromEntries([...values, ...[...flags].map((flag) => [flag, true] as const)]), dryRun, text };
}
