// Timeline entries as REST shows them: in the timeline, and in the older list of issue events.
import type { Hub } from "../hub.ts";
import { isoSeconds } from "../world/clock.ts";
import type { Issue, TimelineEntry, TimelineKind } from "../world/issues.ts";
import type { JsonObject } from "../world/json.ts";
import { repositoryOf } from "../world/world.ts";
import { accountByIdJson, authorAssociation } from "./accounts.ts";
import { appOrNullJson } from "./apps.ts";
import { commentJson, issueJson } from "./issues.ts";
import { repositoryApiUrl, repositoryJson, repositoryWebUrl } from "./repositories.ts";

/** What only the timeline shows. */
const TIMELINE_ONLY: ReadonlySet<TimelineKind> = new Set(["commented", "cross-referenced", "reviewed", "committed"]);

export function isIssueEvent(entry: TimelineEntry): boolean {
  return !TIMELINE_ONLY.has(entry.kind);
}

/** One entry of the timeline; null when what it was about is gone. */
export function timelineEntryJson(hub: Hub, issue: Issue, entry: TimelineEntry): JsonObject | null {
  switch (entry.kind) {
    case "commented": {
      const comment = hub.world.comments.get(entry.subject.commentId ?? 0);
      if (comment === undefined) return null;
      return { event: "commented", ...commentJson(hub, comment), actor: accountByIdJson(hub, comment.authorId) };
    }
    case "cross-referenced": {
      const source = hub.world.issues.get(entry.subject.issueId ?? 0);
      if (source === undefined) return null;
      return {
        event: "cross-referenced",
        actor: accountByIdJson(hub, entry.actorId),
        created_at: isoSeconds(entry.createdAt),
        updated_at: isoSeconds(entry.createdAt),
        source: { type: "issue", issue: issueJson(hub, source) },
      };
    }
    case "reviewed":
      return reviewedJson(hub, issue, entry);
    case "committed":
      return null;
    default:
      return issueEventJson(hub, issue, entry);
  }
}

/** One entry of the list of issue events. */
export function issueEventJson(hub: Hub, issue: Issue, entry: TimelineEntry): JsonObject {
  const api = repositoryApiUrl(hub, repositoryOf(hub.world, issue));
  return {
    id: entry.id,
    node_id: entry.nodeId,
    url: `${api}/issues/events/${entry.id}`,
    actor: accountByIdJson(hub, entry.actorId),
    event: entry.kind,
    commit_id: entry.commitId,
    commit_url: entry.commitId === null ? null : `${api}/commits/${entry.commitId}`,
    created_at: isoSeconds(entry.createdAt),
    performed_via_github_app: appOrNullJson(hub, entry.viaAppId),
    ...subjectJson(hub, entry),
  };
}

function subjectJson(hub: Hub, entry: TimelineEntry): JsonObject {
  const { label, assigneeId, milestoneTitle, rename, stateReason, lockReason, reviewerId, issueId, reviewId } =
    entry.subject;
  const review = reviewId === undefined ? undefined : hub.world.reviews.get(reviewId);
  return {
    ...(label === undefined ? {} : { label: { name: label.name, color: label.color } }),
    ...(assigneeId === undefined
      ? {}
      : { assignee: accountByIdJson(hub, assigneeId), assigner: accountByIdJson(hub, entry.actorId) }),
    ...(milestoneTitle === undefined ? {} : { milestone: { title: milestoneTitle } }),
    ...(rename === undefined ? {} : { rename: { from: rename.from, to: rename.to } }),
    ...(stateReason === undefined ? {} : { state_reason: stateReason }),
    ...(lockReason === undefined ? {} : { lock_reason: lockReason }),
    ...(reviewerId === undefined
      ? {}
      : {
          review_requester: accountByIdJson(hub, entry.actorId),
          requested_reviewer: accountByIdJson(hub, reviewerId),
        }),
    ...(entry.kind === "review_dismissed" && review !== undefined
      ? { dismissed_review: { state: "dismissed", review_id: review.id, dismissal_message: null } }
      : {}),
    ...(issueId === undefined ? {} : relatedJson(hub, entry.kind, issueId)),
  };
}

function relatedJson(hub: Hub, kind: TimelineKind, issueId: number): JsonObject {
  const related = hub.world.issues.get(issueId);
  if (related === undefined) return {};
  const repository = repositoryOf(hub.world, related);
  const reference = {
    id: related.id,
    number: related.number,
    title: related.title,
    state: related.state,
    state_reason: related.stateReason,
    repository: repositoryJson(hub, repository),
    issue_type: null,
  };
  if (kind.startsWith("sub_issue")) return { sub_issue: reference };
  if (kind.startsWith("parent_issue")) return { parent_issue: reference };
  if (kind.startsWith("blocked_by")) return { blocked_by: reference };
  return kind.startsWith("blocking") ? { blocking: reference } : {};
}

function reviewedJson(hub: Hub, issue: Issue, entry: TimelineEntry): JsonObject | null {
  const review = hub.world.reviews.get(entry.subject.reviewId ?? 0);
  if (review === undefined || review.submittedAt === null) return null;
  const repository = repositoryOf(hub.world, issue);
  const page = `${repositoryWebUrl(hub, repository)}/pull/${issue.number}#pullrequestreview-${review.id}`;
  const pull = `${repositoryApiUrl(hub, repository)}/pulls/${issue.number}`;
  return {
    event: "reviewed",
    id: review.id,
    node_id: review.nodeId,
    user: accountByIdJson(hub, review.authorId),
    body: review.body === "" ? null : review.body,
    state: review.state.toLowerCase(),
    html_url: page,
    pull_request_url: pull,
    _links: { html: { href: page }, pull_request: { href: pull } },
    submitted_at: isoSeconds(review.submittedAt),
    updated_at: isoSeconds(review.updatedAt),
    commit_id: review.commitId,
    author_association: authorAssociation(hub, repository, review.authorId),
  };
}
