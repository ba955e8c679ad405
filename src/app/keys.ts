// What the work queue holds: where to look, never what to do. A few shapes, each one line of text.

import { keyOf, type RepositoryRef } from "../core/ports.ts";
import type { Sha } from "../core/task.ts";

export type Place =
  /** `owner/repo#7`: one issue. */
  | { readonly kind: "task"; readonly owner: string; readonly name: string; readonly issue: number }
  /** `owner/repo!12`: the task that a pull request belongs to, which is not known yet. */
  | { readonly kind: "pull-request"; readonly owner: string; readonly name: string; readonly pullRequest: number }
  /** `owner/repo`: every open task of a repository. */
  | { readonly kind: "repository"; readonly owner: string; readonly name: string }
  /** `board:owner/repo`: a repository as a whole, with its labels and its dashboard. */
  | { readonly kind: "board"; readonly owner: string; readonly name: string }
  /** `owner/repo@<sha>`: the config file as of a commit that changed it; with `?`, of one that may have. */
  | {
      readonly kind: "config";
      readonly owner: string;
      readonly name: string;
      readonly sha: Sha;
      readonly when: "always" | "changed";
    }
  /** `install:31`: an installation and its repositories. */
  | { readonly kind: "install"; readonly installation: number };

const INSTALL_KEY = /^install:([1-9]\d{0,15})$/;
const CONFIG_KEY = /^([\w.-]{1,100})\/([\w.-]{1,100})@([0-9a-f]{40})(\??)$/;
const BOARD = "board:";
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

export function boardKey(repository: RepositoryRef): string {
  return `${BOARD}${repositoryKey(repository)}`;
}

export function configKey(repository: RepositoryRef, sha: Sha, when: "always" | "changed"): string {
  return `${repositoryKey(repository)}@${sha}${when === "changed" ? "?" : ""}`;
}

export function installKey(installation: number): string {
  return `install:${installation}`;
}

/** @returns the place that a key names, or null when it is not a key */
export function placeOf(key: string): Place | null {
  const [, installation] = INSTALL_KEY.exec(key) ?? [];
  if (installation !== undefined) return { kind: "install", installation: Number(installation) };
  if (key.startsWith(BOARD)) {
    const repository = repositoryOf(key.slice(BOARD.length));
    return repository === null ? null : { kind: "board", ...repository };
  }
  return ofCommit(key) ?? inRepository(key);
}

function ofCommit(key: string): Place | null {
  const [, owner, name, sha, mark] = CONFIG_KEY.exec(key) ?? [];
  if (owner === undefined || name === undefined || sha === undefined) return null;
  return { kind: "config", owner, name, sha, when: mark === "?" ? "changed" : "always" };
}

function inRepository(key: string): Exclude<Place, { kind: "board" | "config" | "install" }> | null {
  const [, owner, name, sign, digits] = KEY.exec(key) ?? [];
  if (owner === undefined || name === undefined) return null;
  const number = Number(digits);
  if (sign === "#") return { kind: "task", owner, name, issue: number };
  if (sign === "!") return { kind: "pull-request", owner, name, pullRequest: number };
  return { kind: "repository", owner, name };
}

/** Keys of one repository share its installation's limits, whatever their shape. */
export function groupOf(key: string): string {
  const place = key.startsWith(BOARD) ? key.slice(BOARD.length) : key;
  return place.split(/[#!@]/, 1)[0] ?? place;
}

/** @returns owner and name of `owner/repo`, or null when it is no such text */
export function repositoryOf(fullName: string): RepositoryRef | null {
  const place = inRepository(fullName);
  return place?.kind === "repository" ? { owner: place.owner, name: place.name } : null;
}
