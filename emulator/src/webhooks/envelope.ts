// The part of a webhook payload that every event has: action, repository, organization, sender, installation.
import { accountJson, organizationJson } from "../formats/accounts.ts";
import { repositoryJson } from "../formats/repositories.ts";
import type { Hub } from "../hub.ts";
import type { Installation } from "../world/apps.ts";
import type { DomainEvent } from "../world/events.ts";
import type { JsonObject } from "../world/json.ts";
import { ownerOf } from "../world/world.ts";

/**
 * The whole payload of an event. Render it when the event happens: it shows the repository as it is now.
 *
 * @param installation of the app that it is for; null for repository webhooks and for `github.event` in workflows
 */
export function eventPayload(hub: Hub, event: DomainEvent, installation: Installation | null): JsonObject {
  const owner = event.repository === null ? (event.organization ?? null) : ownerOf(hub.world, event.repository);
  return {
    ...(event.action === null ? {} : { action: event.action }),
    ...event.payload,
    ...(event.repository === null
      ? {}
      : { repository: event.payload["repository"] ?? repositoryJson(hub, event.repository) }),
    ...(owner?.type === "Organization" ? { organization: organizationJson(hub, owner) } : {}),
    sender: accountJson(hub, event.actor.account),
    ...(installation === null || event.payload["installation"] !== undefined
      ? {}
      : { installation: { id: installation.id, node_id: installation.nodeId } }),
  };
}
