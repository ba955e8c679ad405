// Reactions: one per person and content. GitHub sends no webhook for them.
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import { nodeId } from "../world/ids.ts";
import type { Authored, Reaction, ReactionContent } from "../world/issues.ts";

/** @returns the reaction, and whether it is new: GitHub answers 201 or 200 by that */
export function addReaction(
  hub: Hub,
  actor: Actor,
  thing: Authored,
  content: ReactionContent,
): { readonly reaction: Reaction; readonly isNew: boolean } {
  for (const reaction of thing.reactions.values()) {
    if (reaction.userId === actor.account.id && reaction.content === content) return { reaction, isNew: false };
  }
  const id = hub.world.ids.next();
  const reaction: Reaction = {
    id,
    nodeId: nodeId("Reaction", id),
    content,
    userId: actor.account.id,
    createdAt: hub.world.clock.now(),
  };
  thing.reactions.set(id, reaction);
  return { reaction, isNew: true };
}
