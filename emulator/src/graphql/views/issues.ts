// Issues, and what pull requests share with them.
import { pullOf } from "../../changes/pulls.ts";
import { closingReferences } from "../../code/closing-keywords.ts";
import { findIssueType } from "../../formats/issue-types.ts";
import { milestoneOf } from "../../formats/issues.ts";
import { roleAtLeast } from "../../world/accounts.ts";
import { roleOf } from "../../world/caller.ts";
import { nodeId } from "../../world/ids.ts";
import type { Issue } from "../../world/issues.ts";
import type { Repository } from "../../world/repositories.ts";
import { entity, fullNameOf, repositoryOf } from "../../world/world.ts";
import { optionalFlag } from "../args.ts";
import { connectionOf, orderOf } from "../connection.ts";
import type { Gql } from "../gql.ts";
import { type Args, enumName, timeOrNull, type View } from "../view.ts";
import { authoredFields } from "./authored.ts";
import { pageFields } from "./comments.ts";
import { labelsOf } from "./labels.ts";
import { plainIssueConnection } from "./lists.ts";
import { timelineConnection } from "./timeline.ts";

function participants(g: Gql, issue: Issue): readonly number[] {
  const authors = issue.commentIds.map((id) => entity(g.hub.world.comments, id, "comment").authorId);
  return [...new Set([issue.authorId, ...issue.assigneeIds, ...authors])];
}

function commentsOf(g: Gql, issue: Issue, args: Args): View {
  const comments = issue.commentIds.map((id) => entity(g.hub.world.comments, id, "comment"));
  const order = orderOf(args);
  const sorted =
    order === null ? comments : comments.toSorted((a, b) => order.sign * (a.updatedAt - b.updatedAt || a.id - b.id));
  return connectionOf("comments", args, sorted, g.views.comment);
}

/** Fields that issues and pull requests have in common. */
export function conversationFields(g: Gql, issue: Issue, self: () => View): View {
  const { world } = g.hub;
  const repository = repositoryOf(world, issue);
  const milestone = milestoneOf(repository, issue);
  const role = roleOf(world, g.viewer, repository);
  const canTriage = roleAtLeast(role, "triage");
  const people = (ids: readonly number[]) => ids.map((id) => entity(world.accounts, id, "account"));
  return {
    ...authoredFields(g, issue, self),
    ...pageFields(g, issue, `/${issue.isPull ? "pull" : "issues"}/${issue.number}`),
    number: issue.number,
    title: issue.title,
    titleHTML: issue.title,
    closed: issue.state === "closed",
    closedAt: timeOrNull(issue.closedAt),
    locked: issue.locked,
    activeLockReason: issue.lockReason === null ? null : enumName(issue.lockReason),
    milestone: () => (milestone === null ? null : g.views.milestone(milestone)),
    labels: (args: Args) => labelsOf(g, issue, args),
    assignees: (args: Args) => connectionOf("assignees", args, people(issue.assigneeIds), g.views.user),
    participants: (args: Args) => connectionOf("participants", args, people(participants(g, issue)), g.views.user),
    comments: (args: Args) => commentsOf(g, issue, args),
    timelineItems: (args: Args) => timelineConnection(g, issue, args),
    isReadByViewer: true,
    viewerCanClose: canTriage || issue.authorId === g.viewer.id,
    viewerCanReopen: canTriage || issue.authorId === g.viewer.id,
    viewerCanLabel: canTriage,
    viewerCanSubscribe: true,
    viewerSubscription: "UNSUBSCRIBED",
  };
}

/** Pull requests whose text says that they close this issue. */
export function closingPulls(g: Gql, issue: Issue): readonly Issue[] {
  const home = repositoryOf(g.hub.world, issue);
  const name = fullNameOf(g.hub.world, home).toLowerCase();
  const closes = (source: Issue, from: Repository) =>
    closingReferences(source.body).some((reference) => {
      if (reference.number !== issue.number) return false;
      return reference.repository === null ? from === home : reference.repository.toLowerCase() === name;
    });
  return [...g.hub.world.repositories.values()].flatMap((repository) =>
    [...repository.pulls.keys()].flatMap((number) => {
      const source = repository.issues.get(number);
      return source !== undefined && closes(source, repository) && g.canRead(repository) ? [source] : [];
    }),
  );
}

function closingPullsConnection(g: Gql, issue: Issue, args: Args): View {
  const all = optionalFlag(args, "includeClosedPrs") === true;
  const found = closingPulls(g, issue).filter(
    (source) => all || source.state === "open" || pullOf(g.hub, source)?.merged === true,
  );
  return connectionOf("closedByPullRequestsReferences", args, found, g.views.issueOrPull);
}

function typeView(issue: Issue): View | null {
  const type = issue.typeName === null ? null : findIssueType(issue.typeName);
  if (type === null) return null;
  return {
    __typename: "IssueType",
    id: nodeId("IssueType", type.id),
    name: type.name,
    description: type.description,
    isEnabled: true,
  };
}

function relationFields(g: Gql, issue: Issue): View {
  const { world } = g.hub;
  const open = (ids: readonly number[]) => ids.filter((id) => world.issues.get(id)?.state === "open").length;
  const closed = issue.subIssueIds.length - open(issue.subIssueIds);
  const parent = issue.parentId === null ? null : entity(world.issues, issue.parentId, "issue");
  return {
    parent: () => (parent === null || !g.canRead(repositoryOf(world, parent)) ? null : g.views.issue(parent)),
    subIssues: (args: Args) => plainIssueConnection(g, "subIssues", args, issue.subIssueIds),
    subIssuesSummary: {
      total: issue.subIssueIds.length,
      completed: closed,
      percentCompleted: issue.subIssueIds.length === 0 ? 0 : Math.floor((closed * 100) / issue.subIssueIds.length),
    },
    blockedBy: (args: Args) => plainIssueConnection(g, "blockedBy", args, issue.blockedByIds),
    blocking: (args: Args) => plainIssueConnection(g, "blocking", args, issue.blockingIds),
    issueDependenciesSummary: {
      blockedBy: open(issue.blockedByIds),
      totalBlockedBy: issue.blockedByIds.length,
      blocking: open(issue.blockingIds),
      totalBlocking: issue.blockingIds.length,
    },
  };
}

export function issueView(g: Gql, issue: Issue): View {
  return {
    ...conversationFields(g, issue, () => issueView(g, issue)),
    ...relationFields(g, issue),
    __typename: "Issue",
    databaseId: issue.id,
    fullDatabaseId: String(issue.id),
    state: enumName(issue.state),
    stateReason: issue.stateReason === null ? null : enumName(issue.stateReason),
    issueType: typeView(issue),
    isPinned: false,
    bodyUrl: `${pageFields(g, issue, `/issues/${issue.number}`)["url"]}#issue-${issue.id}`,
    bodyResourcePath: `${pageFields(g, issue, `/issues/${issue.number}`)["resourcePath"]}#issue-${issue.id}`,
    closedByPullRequestsReferences: (args: Args) => closingPullsConnection(g, issue, args),
  };
}
