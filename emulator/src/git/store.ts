// The bare repositories of one emulator, by repository id. It knows where they are; what is in them is theirs.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createGitRepository, type GitRepository, openGitRepository } from "./repository.ts";

export interface Stored {
  readonly id: number;
  readonly defaultBranch: string;
}

export interface GitStore {
  /** Makes the empty repository of a new entry of the world. */
  create(repository: Stored): GitRepository;
  /** Copies all objects and refs of another one (forks, templates). */
  copy(from: Stored, to: Stored): GitRepository;
  /** Opens what `create` made, also in an earlier life of the same directory. */
  of(repository: Stored): GitRepository;
  remove(repository: Stored): void;
}

export function createGitStore(dataDir: string): GitStore {
  const opened = new Map<number, GitRepository>();
  const pathOf = (id: number) => join(dataDir, "git", `${id}.git`);
  const open = (repository: Stored): GitRepository => {
    const found = openGitRepository(pathOf(repository.id), repository.defaultBranch);
    opened.set(repository.id, found);
    return found;
  };
  return {
    create: (repository) => {
      const made = createGitRepository(pathOf(repository.id), repository.defaultBranch);
      opened.set(repository.id, made);
      return made;
    },
    copy: (from, to) => {
      cpSync(pathOf(from.id), pathOf(to.id), { recursive: true });
      return open(to);
    },
    of: (repository) => opened.get(repository.id) ?? open(repository),
    remove: (repository) => {
      opened.delete(repository.id);
      rmSync(pathOf(repository.id), { recursive: true, force: true });
    },
  };
}
