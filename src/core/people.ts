// Who of the people on an issue must be asked about, and what GitHub answered. A permission that was not asked for is unknown.

import { hasTick } from "./checkbox.ts";
import { hasFinalReaction } from "./heard.ts";
import type { Account, Observation, ObservedComment } from "./observation.ts";
import type { Standing } from "./request.ts";

/** @returns what the account may do here; our own writer is never a person */
export function standingOf(observation: Observation, account: Account): Standing {
  if (account.id === observation.writer.id) return "app";
  return observation.permissions.get(account.id) ?? "unknown";
}

/** A command that is not answered yet, one that an edit may have added, or a box that somebody ticked. */
function mayAsk(comment: ObservedComment, writerId: number, isCommand: (body: string) => boolean): boolean {
  if (comment.author?.id === writerId) {
    return comment.editor !== null && comment.editor.id !== writerId && hasTick(comment.body);
  }
  return (!hasFinalReaction(comment) || comment.revisions.length > 0) && isCommand(comment.body);
}

/** Permission look-ups of one reconcile at the most; whoever comes after is looked at next time. */
const LOOKUPS_MAX = 20;

/**
 * Accounts whose permission the plan will need: last editors, and everybody who labelled, closed, commented a command
 * or reviewed. Newest first, so that a flood of old names cannot push out the one who acts now.
 *
 * @param isCommand tells whether a comment's body asks for something
 */
export function accountsToAsk(observation: Observation, isCommand: (body: string) => boolean): readonly Account[] {
  const { issue, events, comments, pullRequests, writer } = observation;
  const named: (Account | null)[] = [
    issue.editor,
    ...comments
      .filter((comment) => mayAsk(comment, writer.id, isCommand))
      .map((comment) => (comment.author?.id === writer.id ? comment.editor : comment.author))
      .toReversed(),
    ...pullRequests.flatMap((pullRequest) => pullRequest.reviews.map((review) => review.author)).toReversed(),
    ...events.map((event) => event.actor).toReversed(),
  ];
  const asked = new Map<number, Account>();
  for (const account of named) {
    if (account !== null && account.id !== writer.id && !asked.has(account.id)) asked.set(account.id, account);
  }
  return [...asked.values()].slice(0, LOOKUPS_MAX);
}
