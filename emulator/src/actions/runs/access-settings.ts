// Who may use the actions and reusable workflows of a private repository: nobody else, unless its settings say so.
import type { Repository } from "../../world/repositories.ts";

/** "organization" and "user" both mean: other private repositories of the same owner. */
export type AccessLevel = "none" | "user" | "organization";

export interface AccessSettings {
  readonly levelOf: (repository: Repository) => AccessLevel;
  readonly setLevel: (repository: Repository, level: AccessLevel) => void;
  readonly mayUse: (from: Repository, target: Repository) => boolean;
  readonly isStandIn: (repository: Repository) => boolean;
  readonly addStandIn: (repository: Repository) => void;
}

export function createAccessSettings(): AccessSettings {
  const levels = new Map<number, AccessLevel>();
  const standIns = new Set<number>();
  const levelOf = (repository: Repository): AccessLevel => levels.get(repository.id) ?? "none";
  return {
    levelOf,
    setLevel: (repository, level) => void levels.set(repository.id, level),
    mayUse: (from, target) => {
      if (!target.private || from.id === target.id) return true;
      // A public repository's logs would show what a private one holds.
      return from.private && from.ownerId === target.ownerId && levelOf(target) !== "none";
    },
    isStandIn: (repository) => standIns.has(repository.id),
    addStandIn: (repository) => void standIns.add(repository.id),
  };
}
