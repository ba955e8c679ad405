// Roles as data: what a role is told, what kind of result it owes, and how far it may go. A repository changes those that
// exist and adds its own; nobody's prompt leaves the standing rules out.

import {
  type BUILT_IN_ROLES,
  knownRoles,
  type RESULT_KINDS,
  type RepositoryConfig,
  SANDBOX_TOOLS,
} from "../../core/config.ts";
import { BUILT_IN, type BuiltIn } from "./built-in.ts";
import { standingRules } from "./rules.ts";

export type ResultKind = (typeof RESULT_KINDS)[number];
export type SandboxTool = (typeof SANDBOX_TOOLS)[number];

/** Turns of a role that the repository made up and gave no limit. */
const TURNS_DEFAULT = 40;
/** Largest prompt file that is read, in bytes. */
export const PROMPT_BYTES_MAX = 16_000;

export interface Role {
  readonly name: string;
  readonly kind: ResultKind;
  /** Who the model is in this run; null: the file says it. */
  readonly prompt: string | null;
  /** A file of the base branch that takes the prompt's place. */
  readonly promptFile: string | null;
  readonly tools: readonly SandboxTool[];
  /** The configuration's word for all that this role does, or null: what the task says. */
  readonly model: "base" | "heavy" | null;
  /** Turns of a whole run. */
  readonly turns: number;
}

const EFFECTS: Readonly<Record<ResultKind, string>> = {
  change: "the change and your words about it",
  verdict: "your verdict",
  tasks: "the list of sub-tasks",
  report: "your report",
};

/** @returns the role as the repository configures it, or why a run must not start, in one sentence */
export function roleFor(name: string, config: RepositoryConfig): Role | { readonly refusal: string } {
  const builtIn: BuiltIn | null = isBuiltIn(name) ? BUILT_IN[name] : null;
  const own = config.roles[name];
  if (builtIn === null && own === undefined) {
    const known = knownRoles(config)
      .map((role) => `\`${role}\``)
      .join(", ");
    return { refusal: `There is no role \`${name}\`; there are ${known}.` };
  }
  const kind = own?.kind ?? builtIn?.kind;
  if (kind === undefined) return { refusal: `The role \`${name}\` has no \`kind\`: change, verdict, tasks or report.` };
  if (builtIn !== null && builtIn.kind !== kind)
    return { refusal: `The role \`${name}\` is built in and its kind is ${builtIn.kind}.` };
  const promptFile = own?.prompt ?? null;
  if (builtIn === null && promptFile === null) return { refusal: `The role \`${name}\` has no \`prompt\`.` };
  return {
    name,
    kind,
    prompt: promptFile === null ? (builtIn?.prompt ?? null) : null,
    promptFile,
    tools: own?.tools ?? SANDBOX_TOOLS,
    model: own?.model ?? null,
    turns: own?.turns ?? builtIn?.turns ?? TURNS_DEFAULT,
  };
}

function isBuiltIn(name: string): name is keyof typeof BUILT_IN_ROLES {
  return Object.hasOwn(BUILT_IN, name);
}

/**
 * What the model reads first.
 *
 * @param file content of the role's prompt file on the base branch, when it has one
 * @returns the words, or why the run must not start
 */
export function rolePrompt(role: Role, file: string | null): string | { readonly refusal: string } {
  const own = role.promptFile === null ? role.prompt : file;
  if (own === null || own.trim() === "") {
    const where = `\`${role.promptFile ?? ""}\``;
    return {
      refusal: `The prompt of the role \`${role.name}\` is missing: ${where} on the base branch is no text file.`,
    };
  }
  return `${own.trim()}\n\n${standingRules(EFFECTS[role.kind])}`;
}
