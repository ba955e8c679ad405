// Timelines of issues and pull requests, as GraphQL's union of event types.
import { pullOf } from "../../changes/pulls.ts";
import type { Issue, TimelineEntry, TimelineKind } from "../../world/issues.ts";
import { entity, repositoryOf } from "../../world/world.ts";
import { optionalNumber, optionalText, texts } from "../args.ts";
import { connection } from "../connection.ts";
import type { Gql } from "../gql.ts";
import { type Args, enumName, time, type View } from "../view.ts";
import { pageFields } from "./comments.ts";

/** Kinds without a type in GraphQL are left out of its timelines. */
const TYPE_OF: Partial<Record<TimelineKind, string>> = {
  labeled: "LabeledEvent",
  unlabeled: "UnlabeledEvent",
  assigned: "AssignedEvent",
  unassigned: "UnassignedEvent",
  milestoned: "MilestonedEvent",
  demilestoned: "DemilestonedEvent",
  renamed: "RenamedTitleEvent",
  closed: "ClosedEvent",
  reopened: "ReopenedEvent",
  locked: "LockedEvent",
  unlocked: "UnlockedEvent",
  referenced: "ReferencedEvent",
  "cross-referenced": "CrossReferencedEvent",
  mentioned: "MentionedEvent",
  subscribed: "SubscribedEvent",
  merged: "MergedEvent",
  head_ref_deleted: "HeadRefDeletedEvent",
  head_ref_force_pushed: "HeadRefForcePushedEvent",
  base_ref_changed: "BaseRefChangedEvent",
  review_requested: "ReviewRequestedEvent",
  review_request_removed: "ReviewRequestRemovedEvent",
  review_dismissed: "ReviewDismissedEvent",
  ready_for_review: "ReadyForReviewEvent",
  convert_to_draft: "ConvertToDraftEvent",
  commented: "IssueComment",
  reviewed: "PullRequestReview",
  comment_deleted: "CommentDeletedEvent",
  sub_issue_added: "SubIssueAddedEvent",
  sub_issue_removed: "SubIssueRemovedEvent",
  parent_issue_added: "ParentIssueAddedEvent",
  parent_issue_removed: "ParentIssueRemovedEvent",
};

/** `LabeledEvent` → `LABELED_EVENT`. */
function itemType(type: string): string {
  return type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

function account(g: Gql, id: number | undefined): View | null {
  const found = id === undefined ? undefined : g.hub.world.accounts.get(id);
  return found === undefined ? null : g.views.actor(found);
}

function otherIssue(g: Gql, entry: TimelineEntry): View | null {
  const other = g.hub.world.issues.get(entry.subject.issueId ?? 0);
  return other === undefined || !g.canRead(repositoryOf(g.hub.world, other)) ? null : g.views.issueOrPull(other);
}

async function commitOf(g: Gql, issue: Issue, sha: string | null | undefined): Promise<View | null> {
  const repository = repositoryOf(g.hub.world, issue);
  const commit = sha === null || sha === undefined ? null : await g.hub.git.of(repository).objects.readCommit(sha);
  return commit === null ? null : g.views.commit(repository, commit);
}

/** A closed issue names the pull request or commit that closed it. */
async function closerOf(g: Gql, issue: Issue, entry: TimelineEntry): Promise<View | null> {
  if (entry.commitId === null || issue.isPull) return null;
  for (const pull of repositoryOf(g.hub.world, issue).pulls.values()) {
    if (pull.merged && pull.mergeCommitSha === entry.commitId) return g.views.pull(pull);
  }
  return commitOf(g, issue, entry.commitId);
}

/** The fields that each kind has beyond id, actor and createdAt. */
function ownFields(g: Gql, issue: Issue, entry: TimelineEntry): View {
  const { subject } = entry;
  const self = () => g.views.issueOrPull(issue);
  const pull = pullOf(g.hub, issue);
  const pullRequest = () => (pull === null ? null : g.views.pull(pull));
  switch (entry.kind) {
    case "labeled":
    case "unlabeled": {
      const label = subject.label === undefined ? undefined : g.hub.world.labels.get(subject.label.id);
      // A label that was deleted since is shown as it was.
      const gone = {
        __typename: "Label",
        name: subject.label?.name ?? "",
        color: subject.label?.color ?? "",
        id: entry.nodeId,
      };
      return { label: () => (label === undefined ? gone : g.views.label(label)), labelable: self };
    }
    case "assigned":
    case "unassigned":
      return {
        assignee: () => account(g, subject.assigneeId),
        user: () => account(g, subject.assigneeId),
        assignable: self,
      };
    case "milestoned":
    case "demilestoned":
      return { milestoneTitle: subject.milestoneTitle ?? "", subject: self };
    case "renamed":
      return { previousTitle: subject.rename?.from ?? "", currentTitle: subject.rename?.to ?? "", subject: self };
    case "closed":
      return {
        ...stateReason(entry),
        closable: self,
        closer: () => closerOf(g, issue, entry),
        ...page(g, issue, entry),
      };
    case "reopened":
      return { ...stateReason(entry), closable: self };
    case "locked":
      return { lockReason: subject.lockReason ? enumName(subject.lockReason) : null, lockable: self };
    case "unlocked":
      return { lockable: self };
    case "cross-referenced":
      return { ...crossReference(g, issue, entry), ...page(g, issue, entry) };
    case "referenced":
      return {
        commit: () => commitOf(g, issue, entry.commitId),
        subject: self,
        isCrossRepository: false,
        isDirectReference: true,
      };
    case "subscribed":
      return { subscribable: self };
    case "mentioned":
      return { databaseId: entry.id };
    case "comment_deleted":
      return { databaseId: entry.id, deletedCommentAuthor: () => account(g, subject.assigneeId) };
    case "sub_issue_added":
    case "sub_issue_removed":
      return { subIssue: () => otherIssue(g, entry) };
    case "parent_issue_added":
    case "parent_issue_removed":
      return { parent: () => otherIssue(g, entry) };
    default:
      return { pullRequest, ...pullFields(g, issue, entry), ...page(g, issue, entry) };
  }
}

function pullFields(g: Gql, issue: Issue, entry: TimelineEntry): View {
  const { subject } = entry;
  switch (entry.kind) {
    case "merged":
      return { commit: () => commitOf(g, issue, entry.commitId), mergeRefName: pullOf(g.hub, issue)?.base.ref ?? "" };
    case "head_ref_deleted":
      return { headRefName: subject.ref ?? "", headRef: null };
    case "head_ref_force_pushed":
      return {
        beforeCommit: () => commitOf(g, issue, subject.beforeSha),
        afterCommit: () => commitOf(g, issue, subject.afterSha),
      };
    case "base_ref_changed":
      return { databaseId: entry.id, currentRefName: subject.ref ?? "" };
    case "review_requested":
    case "review_request_removed":
      return { requestedReviewer: () => account(g, subject.reviewerId) };
    case "review_dismissed": {
      const review = g.hub.world.reviews.get(subject.reviewId ?? 0);
      const message = subject.extra?.["message"];
      return {
        databaseId: entry.id,
        dismissalMessage: typeof message === "string" ? message : null,
        review: () => (review === undefined ? null : g.views.review(review)),
      };
    }
    default:
      return {};
  }
}

function stateReason(entry: TimelineEntry): View {
  const reason = entry.subject.stateReason ?? null;
  return { stateReason: reason === null ? null : enumName(reason) };
}

function page(g: Gql, issue: Issue, entry: TimelineEntry): View {
  return pageFields(g, issue, `/${issue.isPull ? "pull" : "issues"}/${issue.number}#event-${entry.id}`);
}

function crossReference(g: Gql, issue: Issue, entry: TimelineEntry): View {
  const source = g.hub.world.issues.get(entry.subject.issueId ?? 0);
  return {
    source: () => (source === undefined ? null : g.views.issueOrPull(source)),
    target: () => g.views.issueOrPull(issue),
    isCrossRepository: source !== undefined && source.repositoryId !== issue.repositoryId,
    referencedAt: time(entry.createdAt),
    willCloseTarget:
      source?.isPull === true && new RegExp(`\\b(clos|fix|resolv)\\w*:?\\s+#${issue.number}\\b`, "i").test(source.body),
  };
}

function entryView(g: Gql, issue: Issue, entry: TimelineEntry): View {
  if (entry.kind === "commented")
    return g.views.comment(entity(g.hub.world.comments, entry.subject.commentId ?? 0, "comment"));
  if (entry.kind === "reviewed")
    return g.views.review(entity(g.hub.world.reviews, entry.subject.reviewId ?? 0, "review"));
  return {
    __typename: TYPE_OF[entry.kind] ?? "",
    id: entry.nodeId,
    createdAt: time(entry.createdAt),
    actor: () => account(g, entry.actorId),
    ...ownFields(g, issue, entry),
  };
}

/** References from repositories that the viewer cannot see do not show. */
function isVisible(g: Gql, entry: TimelineEntry): boolean {
  if (entry.kind !== "cross-referenced") return true;
  const source = g.hub.world.issues.get(entry.subject.issueId ?? 0);
  return source !== undefined && g.canRead(repositoryOf(g.hub.world, source));
}

export function timelineConnection(g: Gql, issue: Issue, args: Args): View {
  const types = texts(args, "itemTypes");
  const since = Date.parse(optionalText(args, "since") ?? "");
  const known = issue.timeline.filter((entry) => TYPE_OF[entry.kind] !== undefined && isVisible(g, entry));
  const filtered = known
    .filter((entry) => types === null || types.includes(itemType(TYPE_OF[entry.kind] ?? "")))
    .filter((entry) => !(entry.createdAt < since));
  const items = filtered.slice(optionalNumber(args, "skip") ?? 0);
  const listed = {
    items,
    key: (entry: TimelineEntry) => entry.id,
    view: (entry: TimelineEntry) => entryView(g, issue, entry),
  };
  return connection("timelineItems", args, listed, {
    totalCount: filtered.length,
    filteredCount: items.length,
    updatedAt: time(known.at(-1)?.createdAt ?? issue.updatedAt),
  });
}
