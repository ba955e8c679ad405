// The one registry of commands. Parser, help, README table, permission matrix and tests are derived from it;
// a command that is not a row here does not exist. Data only: what a command does to a task is `decide.ts`.

import { z } from "zod";
import { PHASE_OPTIONS } from "./phases.ts";
import { RECORD_TEXT_CHARS_MAX } from "./record.ts";
import { STATES } from "./task.ts";
import { settingSchema } from "./task-settings.ts";
import type { MoveName } from "./transitions.ts";

/** Who may give a command. `holder`: whoever holds the claim, and everybody with write. */
export type Who = "read" | "holder" | "write" | "maintain";

/** What a command asks for: a move of the task, a change of what its tasks share, or an answer in text. */
export type Does =
  | { readonly move: MoveName }
  | { readonly repository: "pause" | "resume" }
  | { readonly query: "status" | "help" };

export interface Command<Args extends z.ZodType = z.ZodType> {
  readonly usage: string;
  /** One sentence; help and README show it. */
  readonly summary: string;
  readonly who: Who;
  readonly examples: readonly string[];
  readonly aliases?: readonly string[];
  /** Names of the words that follow the verb, in order. */
  readonly words?: readonly string[];
  /** Free text after the words: the rest of the line, or everything up to the next command. */
  readonly text?: "line" | "block";
  /** `--name`. */
  readonly flags?: readonly string[];
  /** `--name value` and `--name=value`. */
  readonly options?: readonly string[];
  /** Reads `{ word, …, text, flag, option }`; what was not written is not there. */
  readonly args: Args;
  readonly does: Does;
}

function define<Args extends z.ZodType>(command: Command<Args>): Command<Args> {
  return command;
}

const NO_ARGS = z.strictObject({});

function why(problem: string) {
  return z
    .string(problem)
    .min(1, problem)
    .max(RECORD_TEXT_CHARS_MAX, `keep it under ${RECORD_TEXT_CHARS_MAX} characters`);
}

/** Written where a person may say why and did not. */
const NO_REASON = "no reason given";
const optionalWhy = why(NO_REASON).default(NO_REASON);
const role = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, "a role is lowercase letters, digits and dashes");

export const COMMANDS = {
  queue: define({
    usage: "/task queue [--skip-tests] [--skip-e2e] [--no-resolve]",
    summary: "Put the issue in the queue, or back into it after it failed, stopped or was cancelled.",
    who: "write",
    examples: ["/task queue", "/task queue --skip-e2e", "/task retry"],
    aliases: ["retry", "requeue"],
    flags: PHASE_OPTIONS,
    args: z.strictObject({
      "skip-tests": z.boolean().optional(),
      "skip-e2e": z.boolean().optional(),
      "no-resolve": z.boolean().optional(),
    }),
    does: { move: "queue" },
  }),
  claim: define({
    usage: "/task claim",
    summary: "Take the task yourself; it is submitted by your pull request.",
    who: "write",
    examples: ["/task claim"],
    args: NO_ARGS,
    does: { move: "claim" },
  }),
  release: define({
    usage: "/task release [why]",
    summary: "Give the claim back; the task returns to the queue and no attempt is charged.",
    who: "holder",
    examples: ["/task release", "/task release I will not get to it this week"],
    aliases: ["unclaim"],
    text: "line",
    args: z.strictObject({ text: optionalWhy }),
    does: { move: "release" },
  }),
  accept: define({
    usage: "/task accept [--sha <commit>]",
    summary: "Accept the pull request's head as you see it; it is merged when the gate is green.",
    who: "write",
    examples: ["/task accept", "/task accept --sha 3f2a9c1"],
    aliases: ["approve"],
    options: ["sha"],
    args: z.strictObject({
      sha: z
        .string()
        .toLowerCase()
        .regex(/^[0-9a-f]{7,40}$/, "a commit is 7 to 40 hexadecimal digits")
        .nullable()
        .default(null),
    }),
    does: { move: "accept" },
  }),
  reject: define({
    usage: "/task reject <why>",
    summary: "Send the work back; the reason, up to the next command, becomes the next attempt's feedback.",
    who: "write",
    examples: ["/task reject the empty list is not covered"],
    text: "block",
    args: z.strictObject({ text: why("say why, so that the next attempt can do better") }),
    does: { move: "reject" },
  }),
  answer: define({
    usage: "/task answer <text>",
    summary: "Answer the question the task stopped with; the text, up to the next command, reaches the next attempt.",
    who: "write",
    examples: ["/task answer keep the old endpoint until version 3"],
    text: "block",
    args: z.strictObject({ text: why("write the answer after the word answer") }),
    does: { move: "answer" },
  }),
  hold: define({
    usage: "/task hold [why]",
    summary: "Keep the task from being claimed or merged; a running attempt is let finish.",
    who: "write",
    examples: ["/task hold", "/task hold until the design is agreed"],
    aliases: ["block"],
    text: "line",
    args: z.strictObject({ text: optionalWhy }),
    does: { move: "hold" },
  }),
  unhold: define({
    usage: "/task unhold",
    summary: "End a hold.",
    who: "write",
    examples: ["/task unhold"],
    aliases: ["unblock"],
    args: NO_ARGS,
    does: { move: "unhold" },
  }),
  cancel: define({
    usage: "/task cancel [why] [--close]",
    summary: "Stop the task and its run; the issue stays open unless `--close` is given.",
    who: "write",
    examples: ["/task cancel", "/task cancel done elsewhere --close"],
    aliases: ["abandon"],
    text: "line",
    flags: ["close"],
    args: z.strictObject({ text: optionalWhy, close: z.boolean().default(false) }),
    does: { move: "cancel" },
  }),
  set: define({
    usage: "/task set priority|role|phases|budget|base|model <value>",
    summary: "Change one setting of the task; a running attempt keeps those it started with.",
    who: "write",
    examples: [
      "/task set priority p0",
      "/task set role fix",
      "/task set phases plan-build",
      "/task set budget 7.50",
      "/task set base release/2",
      "/task set model heavy",
    ],
    words: ["setting", "value"],
    args: settingSchema,
    does: { move: "note" },
  }),
  breakdown: define({
    usage: "/task breakdown",
    summary: "Queue the issue to be split into sub-tasks instead of being worked on.",
    who: "write",
    examples: ["/task breakdown"],
    aliases: ["split"],
    args: NO_ARGS,
    does: { move: "queue" },
  }),
  pause: define({
    usage: "/task pause [role]",
    summary: "Let no task of the repository, or of one role, be claimed; running attempts finish.",
    who: "write",
    examples: ["/task pause", "/task pause research"],
    words: ["role"],
    args: z.strictObject({ role: role.nullable().default(null) }),
    does: { repository: "pause" },
  }),
  resume: define({
    usage: "/task resume [role]",
    summary: "End a pause.",
    who: "write",
    examples: ["/task resume", "/task resume research"],
    words: ["role"],
    args: z.strictObject({ role: role.nullable().default(null) }),
    does: { repository: "resume" },
  }),
  force: define({
    usage: "/task force <state> <why>",
    summary: "Put the task into a state past every guard; the reason is kept.",
    who: "maintain",
    examples: ["/task force done merged by hand in the release branch"],
    words: ["state"],
    text: "line",
    args: z.strictObject({
      state: z
        .string("name the state")
        .toLowerCase()
        .pipe(z.enum(STATES, `a state is ${STATES.join(", ")}`)),
      text: why("say why: a forced move is kept with its reason"),
    }),
    does: { move: "force" },
  }),
  status: define({
    usage: "/task status",
    summary: "Say where the task stands, and why it waits.",
    who: "read",
    examples: ["/task status", "/task why"],
    aliases: ["why"],
    args: NO_ARGS,
    does: { query: "status" },
  }),
  help: define({
    usage: "/task help [command]",
    summary: "List the commands, or explain one.",
    who: "read",
    examples: ["/task help", "/task help reject"],
    words: ["command"],
    args: z.strictObject({
      command: z.string().toLowerCase().max(30, "no command is that long").nullable().default(null),
    }),
    does: { query: "help" },
  }),
} as const satisfies Record<string, Command>;

export type Verb = keyof typeof COMMANDS;
export const VERBS = Object.keys(COMMANDS) as readonly Verb[];
export type CommandArgs = { readonly [V in Verb]: Readonly<z.output<(typeof COMMANDS)[V]["args"]>> };

/** The row of a verb, with the literal types widened so that every row can be read alike. */
export function command(verb: Verb): Command {
  return COMMANDS[verb];
}

const BY_WORD: ReadonlyMap<string, Verb> = new Map(
  VERBS.flatMap((verb) => [verb, ...(command(verb).aliases ?? [])].map((word) => [word, verb] as const)),
);

/** @returns the verb that a word names, itself or as an alias; null when none does */
export function verbOf(word: string): Verb | null {
  return BY_WORD.get(word.toLowerCase()) ?? null;
}

/** Every word that names a command: what a suggestion may be taken from. */
export const COMMAND_WORDS: readonly string[] = [...BY_WORD.keys()];
