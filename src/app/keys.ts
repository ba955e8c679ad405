// What the work queue holds: where to look, never what to do. Four shapes, each one line of text.

import { keyOf, type RepositoryRef } from "../core/ports.ts";

export type Place =
  /** `owner/repo#7`: one issue. */
  | { readonly kind: "task"; readonly owner: string; readonly name: string; readonly issue: number }
  /** `owner/repo!12`: the task that a pull request belongs to, which is not known yet. */
  | { readonly kind: "pull-request"; readonly owner: string; readonly name: string; readonly pullRequest: number }
  /** `owner/repo`: every open task of a repository. */
  | { readonly kind: "repository"; readonly owner: string; readonly name: string }
  /** `*`: every repository. */
  | { readonly kind: "everything" };

export const EVERYTHING = "*";

const KEY = /^([\w.-]{1,100})\/([\w.-]{1,100})(?:([#!])([1-9]\d{0,9}))?$/;

/** @returns the key of an issue */
export function taskKey(repository: RepositoryRef, issue: number): string {
  return keyOf({ ...repository, issue });
}

export function pullRequestKey(repository: RepositoryRef, pullRequest: number): string {
  return `${repository.owner}/${repository.name}!${pullRequest}`;
}

export function repositoryKey(repository: RepositoryRef): string {
  return `${repository.owner}/${repository.name}`;
}

/** @returns the place that a key names, or null when it is not a key */
export function placeOf(key: string): Place | null {
  if (key === EVERYTHING) return { kind: "everything" };
  const [, owner, name, sign, digits] = KEY.exec(key) ?? [];
  if (owner === undefined || name === undefined) return null;
  const number = Number(digits);
  if (sign === "#") return { kind: "task", owner, name, issue: number };
  if (sign === "!") return { kind: "pull-request", owner, name, pullRequest: number };
  return { kind: "repository", owner, name };
}

/** Keys of one repository share its installation's limits, whatever their shape. */
export function groupOf(key: string): string {
  return key.split(/[#!]/, 1)[0] ?? key;
}

/** @returns owner and name of `owner/repo`, or null when it is no such text */
export function repositoryOf(fullName: string): RepositoryRef | null {
  const place = placeOf(fullName);
  return place?.kind === "repository" ? { owner: place.owner, name: place.name } : null;
}
