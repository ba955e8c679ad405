// Commit statuses: what people and bots say about a commit, the newest of each context counts.
import { statusEventJson } from "../formats/checks.ts";
import type { Sha } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import type { CommitStatus } from "../world/checks.ts";
import { nodeId } from "../world/ids.ts";
import type { Repository } from "../world/repositories.ts";
import { checksAt } from "../world/world.ts";

export interface StatusInput {
  readonly sha: Sha;
  readonly state: CommitStatus["state"];
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
}

export async function addStatus(
  hub: Hub,
  repository: Repository,
  actor: Actor,
  input: StatusInput,
): Promise<CommitStatus> {
  const id = hub.world.ids.next();
  const status: CommitStatus = {
    id,
    nodeId: nodeId("CommitStatus", id),
    repositoryId: repository.id,
    ...input,
    creatorId: actor.account.id,
    createdAt: hub.world.clock.now(),
  };
  hub.world.statuses.set(id, status);
  checksAt(hub.world, repository, status.sha).statuses.push(status);
  const payload = await statusEventJson(hub, repository, status);
  hub.events.emit({ name: "status", action: null, actor, repository, payload });
  return status;
}

/** Statuses of a commit, newest first. */
export function statusesOf(hub: Hub, repository: Repository, sha: Sha): readonly CommitStatus[] {
  return checksAt(hub.world, repository, sha).statuses.toReversed();
}

export function latestStatuses(statuses: readonly CommitStatus[]): readonly CommitStatus[] {
  const latest = new Map<string, CommitStatus>();
  for (const status of statuses) if (!latest.has(status.context)) latest.set(status.context, status);
  return [...latest.values()];
}
