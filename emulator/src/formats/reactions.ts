// A single reaction as REST shows it; the counts are in `issues.ts`.
import type { Hub } from "../hub.ts";
import { isoSeconds } from "../world/clock.ts";
import type { Reaction } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import { accountByIdJson } from "./accounts.ts";

export function reactionJson(hub: Hub, reaction: Reaction): JsonObject {
  return {
    id: reaction.id,
    node_id: reaction.nodeId,
    user: accountByIdJson(hub, reaction.userId),
    content: reaction.content,
    created_at: isoSeconds(reaction.createdAt),
  };
}
