// Help and tables of the commands, from the registry. The same rows become the answer to `/task help` and the README.

import { COMMAND_WORDS, type Command, command, VERBS, verbOf, type Who } from "./commands.ts";
import { nearest } from "./did-you-mean.ts";
import { refusalSentence } from "./render-refusal.ts";

const WHO: Readonly<Record<Who, string>> = {
  read: "everybody who can read",
  holder: "the holder of the claim, or write",
  write: "write",
  maintain: "maintain",
};

const GRAMMAR =
  "A command starts a line of a comment, outside quotes, lists and code. `--dry-run` on any of them says what would happen.";

/** Pipes would end a cell even inside code. */
function cell(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

/** One row for each command: usage, what it does, who may. */
export function commandTable(): readonly string[] {
  return [
    "| Command | Does | Who |",
    "|---|---|---|",
    ...VERBS.map(command).map((row) => `| ${cell(row.usage)} | ${row.summary} | ${WHO[row.who]} |`),
  ];
}

/** Roles of GitHub that may give commands, from the least on. */
const PERMISSIONS = ["read", "triage", "write", "maintain", "admin"] as const;

const FROM: Readonly<Record<Who, (typeof PERMISSIONS)[number]>> = {
  read: "read",
  holder: "write",
  write: "write",
  maintain: "maintain",
};

function allowed(row: Command, permission: (typeof PERMISSIONS)[number]): string {
  if (PERMISSIONS.indexOf(permission) >= PERMISSIONS.indexOf(FROM[row.who])) return "yes";
  return row.who === "holder" ? "own" : "";
}

/** Which role may give which command; `own`: on a claim that is their own. */
export function permissionMatrix(): readonly string[] {
  return [
    `| Command | ${PERMISSIONS.join(" | ")} |`,
    `|---|${PERMISSIONS.map(() => "---|").join("")}`,
    ...VERBS.map(
      (verb) => `| \`${verb}\` | ${PERMISSIONS.map((permission) => allowed(command(verb), permission)).join(" | ")} |`,
    ),
  ];
}

function explained(row: Command): string {
  const aliases = row.aliases ?? [];
  return [
    `\`${row.usage}\``,
    "",
    `${row.summary} Who may: ${WHO[row.who]}.`,
    ...(aliases.length === 0 ? [] : ["", `Also: ${aliases.map((alias) => `\`${alias}\``).join(", ")}.`]),
    "",
    ...row.examples.map((example) => `- \`${example}\``),
  ].join("\n");
}

/**
 * The answer to `/task help`.
 *
 * @param word  a command to explain, or null for the list of all
 */
export function renderHelp(word: string | null): string {
  if (word === null) return [...commandTable(), "", GRAMMAR].join("\n");
  const verb = verbOf(word);
  if (verb !== null) return explained(command(verb));
  const near = nearest(word, COMMAND_WORDS);
  return refusalSentence({ reason: "unknown-command", verb: word, suggestion: near === null ? null : verbOf(near) });
}
