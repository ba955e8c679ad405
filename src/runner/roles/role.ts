// Roles as data: what a role is told, what kind of result it owes, and how far it may go. A role is a file beside this one.

import type { RESULT_KINDS, RepositoryConfig } from "../../core/config.ts";
import { IMPLEMENT } from "./implement.ts";

export interface Role {
  readonly name: string;
  readonly kind: (typeof RESULT_KINDS)[number];
  /** Who the model is in this run: the first part of what it reads. */
  readonly prompt: string;
  /** Turns of a whole run. */
  readonly turns: number;
}

/** Roles that this runner can carry out. */
const ROLES: readonly Role[] = [IMPLEMENT];

/** @returns the role as the repository configures it, or why a run must not start, in one sentence */
export function roleFor(name: string, config: RepositoryConfig): Role | { readonly refusal: string } {
  const role = ROLES.find((candidate) => candidate.name === name);
  if (role === undefined) {
    const known = ROLES.map((candidate) => `\`${candidate.name}\``).join(", ");
    return { refusal: `The role \`${name}\` cannot be carried out by this version of the runner; it knows ${known}.` };
  }
  return { ...role, turns: config.roles[name]?.turns ?? role.turns };
}
