// Renaming and deleting repositories: everything that belongs to one goes with it.
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import type { Repository } from "../world/repositories.ts";
import { fullNameOf, ownerOf } from "../world/world.ts";

export function renameRepository(hub: Hub, actor: Actor, repository: Repository, name: string): void {
  const { world } = hub;
  const from = repository.name;
  const former = fullNameOf(world, repository).toLowerCase();
  world.repositoriesByName.delete(former);
  world.formerNames.set(former, repository.id);
  repository.name = name;
  const now = fullNameOf(world, repository).toLowerCase();
  world.formerNames.delete(now);
  world.repositoriesByName.set(now, repository);
  const payload = { changes: { repository: { name: { from } } } };
  hub.events.emit({ name: "repository", action: "renamed", actor, repository, payload });
}

export function deleteRepository(hub: Hub, actor: Actor, repository: Repository): void {
  const { world } = hub;
  hub.events.emit({ name: "repository", action: "deleted", actor, repository, payload: {} });
  world.repositories.delete(repository.id);
  world.repositoriesByName.delete(`${ownerOf(world, repository).login}/${repository.name}`.toLowerCase());
  for (const installation of world.installations.values()) installation.repositoryIds?.delete(repository.id);
  const belonging = [
    world.labels,
    world.milestones,
    world.issues,
    world.comments,
    world.pulls,
    world.reviews,
    world.reviewComments,
    world.checkSuites,
    world.checkRuns,
    world.statuses,
    world.workflows,
    world.runs,
    world.jobs,
    world.artifacts,
    world.hooks,
  ];
  for (const table of belonging) {
    for (const [id, thing] of table) if (thing.repositoryId === repository.id) table.delete(id);
  }
  hub.git.remove(repository);
}
