// A local runner keeps its claim by renewing it. The renewal is an edit of the claim comment, whose time is the proof;
// it is written only when enough of the lease is over, because GitHub counts every write.

import { commentKeyLine, ownComments } from "./comment-keys.ts";
import { RENEW_AFTER_MS } from "./lease-times.ts";
import type { Observation } from "./observation.ts";
import type { Effect } from "./ports.ts";
import type { Refusal } from "./refusal.ts";
import { renderClaim } from "./render.ts";
import type { Sha, Task } from "./task.ts";

export type Renewal =
  | { readonly renewal: "write"; readonly effect: Effect }
  /** Plenty is left. */
  | { readonly renewal: "not-due" }
  | { readonly renewal: "refused"; readonly refusal: Refusal };

/** @param renewedAt when the lease was last renewed, or null */
export function renewalOf(
  observation: Observation,
  task: Task | null,
  asked: { readonly token: Sha; readonly holderId: number },
  renewedAt: number | null,
): Renewal {
  const lease = task?.lease ?? null;
  if (task === null || lease === null || lease.token !== asked.token || lease.holder.id !== asked.holderId) {
    return { renewal: "refused", refusal: { reason: "stale-token", current: lease?.token ?? null } };
  }
  const { now, comments, writer, issue } = observation;
  if (now - (renewedAt ?? lease.grantedAt) < RENEW_AFTER_MS) return { renewal: "not-due" };
  const claim = ownComments(comments, writer.id, issue.number).find(
    ({ key }) => key.is === "claim" && key.token === lease.token,
  );
  // It is made by the next look; the lease is as long as it was meanwhile.
  if (claim === undefined) return { renewal: "not-due" };
  const text = renderClaim({ task, token: lease.token, observation, renewedAt: now });
  const body = `${commentKeyLine(claim.key)}\n${text}`;
  return { renewal: "write", effect: { kind: "edit-comment", nodeId: claim.comment.nodeId, body } };
}
