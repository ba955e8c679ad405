// People also ask by what they do on GitHub itself: close, reopen, unassign, review. Finds the next such request; what
// was obeyed is in the chain, what was refused is in the replies, so that neither is judged again.

import type { Account, Observation, ObservedReview } from "./observation.ts";
import { standingOf } from "./people.ts";
import type { MoveRequest } from "./request.ts";
import type { Situation } from "./situation.ts";
import type { Task } from "./task.ts";

/** @returns every request that stands on the issue and its pull request now, oldest kind of stop first */
export function eventRequests(observation: Observation, task: Task, situation: Situation): readonly MoveRequest[] {
  return [
    closed(observation, task, situation),
    reopened(observation, task),
    unassigned(observation, task),
    ...reviewed(observation, task, situation),
  ].filter((request) => request !== null);
}

function by(observation: Observation, account: Account): Pick<MoveRequest, "actor" | "standing" | "at"> {
  const actor = { id: account.id, login: account.login, kind: account.isBot ? ("app" as const) : ("user" as const) };
  return { actor, standing: standingOf(observation, account), at: observation.now };
}

/** Closing an issue withdraws its task; whoever may not do that is not obeyed, and the task goes on. */
function closed(observation: Observation, task: Task, { pullRequest }: Situation): MoveRequest | null {
  const { issue, writer, events } = observation;
  if (issue.isOpen || task.endedAt !== null || pullRequest?.isMerged === true) return null;
  const event = events.findLast((candidate) => candidate.kind === "closed");
  const actor = event?.actor ?? issue.closedBy;
  if (event === undefined || actor === null || actor.id === writer.id) return null;
  const data = { reason: "the issue was closed", close: true };
  return { ...by(observation, actor), move: "cancel", cause: `issue:${event.id}`, data };
}

/** Reopening an ended task makes it a draft: somebody has to say again that it should be worked on. */
function reopened(observation: Observation, task: Task): MoveRequest | null {
  const { issue, writer, events } = observation;
  const { endedAt } = task;
  if (!issue.isOpen || endedAt === null || task.state === "failed") return null;
  const event = events.findLast((candidate) => candidate.kind === "reopened" && candidate.at >= endedAt);
  if (event?.actor === undefined || event.actor === null || event.actor.id === writer.id) return null;
  return { ...by(observation, event.actor), move: "draft", cause: `issue:${event.id}`, data: {} };
}

/** Taking the holder off gives the claim back. Other assignees are nobody's business here. */
function unassigned(observation: Observation, task: Task): MoveRequest | null {
  const { lease } = task;
  if (lease === null) return null;
  const { writer, events } = observation;
  const shown = lease.holder.kind === "user" ? lease.holder.login : task.queuedBy?.login;
  const event = events.findLast(
    (candidate) => candidate.kind === "unassigned" && candidate.subject === shown && candidate.at >= lease.grantedAt,
  );
  if (event?.actor === undefined || event.actor === null || event.actor.id === writer.id) return null;
  const data = { reason: "the holder was unassigned", infrastructure: false };
  return { ...by(observation, event.actor), move: "release", cause: `issue:${event.id}`, data };
}

function reviewed(observation: Observation, task: Task, { pullRequest, config }: Situation): readonly MoveRequest[] {
  const { submission } = task;
  if (task.state !== "review" || submission === null || pullRequest === null) return [];
  const acceptsByReview = config.merge.accept_on === "approval";
  return pullRequest.reviews
    .filter((review) => review.at >= submission.at && review.author !== null)
    .flatMap((review) => requestOf(observation, review, acceptsByReview));
}

function requestOf(observation: Observation, review: ObservedReview, acceptsByReview: boolean): readonly MoveRequest[] {
  const { author, commit } = review;
  if (author === null || author.id === observation.writer.id) return [];
  const common = { ...by(observation, author), cause: `review:${review.id}` };
  if (review.state === "changes_requested") {
    const reason = review.body.trim() === "" ? "changes were requested in the review" : review.body.slice(0, 4_000);
    return [{ ...common, move: "reject", data: { reason, source: "review" } }];
  }
  if (review.state === "approved" && acceptsByReview && commit !== null) {
    return [{ ...common, move: "accept", data: { head: commit } }];
  }
  return [];
}
