// `installation` and `installation_repositories`: events about the installation itself, for its own app only.
import { installationJson } from "../formats/apps.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import type { Installation } from "../world/apps.ts";
import type { JsonObject } from "../world/json.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, fullNameOf } from "../world/world.ts";

export type InstallationChange = "created" | "deleted" | "suspend" | "unsuspend";

export function coveredRepositories(hub: Hub, installation: Installation): readonly Repository[] {
  return [...hub.world.repositories.values()].filter(
    (repository) =>
      repository.ownerId === installation.accountId &&
      (installation.repositoryIds === null || installation.repositoryIds.has(repository.id)),
  );
}

function brief(hub: Hub, repository: Repository): JsonObject {
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: fullNameOf(hub.world, repository),
    private: repository.private,
  };
}

export function announceInstallation(
  hub: Hub,
  installation: Installation,
  change: InstallationChange,
  person: Account,
): void {
  emit(hub, installation, person, "installation", change, {
    installation: installationJson(hub, installation),
    repositories: coveredRepositories(hub, installation).map((repository) => brief(hub, repository)),
    ...(change === "created" ? { requester: null } : {}),
  });
}

export interface SelectionChange {
  readonly added: readonly Repository[];
  readonly removed: readonly Repository[];
}

export function announceSelection(
  hub: Hub,
  installation: Installation,
  change: SelectionChange,
  person: Account,
): void {
  const action = change.added.length > 0 ? "added" : "removed";
  emit(hub, installation, person, "installation_repositories", action, {
    installation: installationJson(hub, installation),
    repository_selection: installation.repositoryIds === null ? "all" : "selected",
    repositories_added: change.added.map((repository) => brief(hub, repository)),
    repositories_removed: change.removed.map((repository) => brief(hub, repository)),
    requester: null,
  });
}

function emit(
  hub: Hub,
  installation: Installation,
  person: Account,
  name: string,
  action: string,
  payload: JsonObject,
): void {
  hub.events.emit({
    name,
    action,
    actor: { account: person, app: null, through: "user" },
    repository: null,
    organization: entity(hub.world.accounts, installation.accountId, "account"),
    installation,
    onlyAppId: installation.appId,
    payload,
  });
}
