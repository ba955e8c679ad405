// Pull requests: their branches, their state, their reviews and checks.
import { issueOf } from "../../changes/pulls.ts";
import { closingReferences } from "../../code/closing-keywords.ts";
import { baseTip, refreshMergeability } from "../../code/mergeability.ts";
import { reviewDecision } from "../../code/requirements.ts";
import { mergeableState } from "../../formats/pulls.ts";
import { commitsBetween } from "../../git/history.ts";
import type { Commit } from "../../git/objects.ts";
import { diffBase } from "../../rest/pulls.ts";
import { roleAtLeast } from "../../world/accounts.ts";
import { roleOf } from "../../world/caller.ts";
import { nodeId } from "../../world/ids.ts";
import type { Pull, Review, ReviewComment } from "../../world/pulls.ts";
import { entity, repositoryOf } from "../../world/world.ts";
import { optionalText, texts } from "../args.ts";
import { connection, connectionOf } from "../connection.ts";
import { type Gql, READ_CHECKS } from "../gql.ts";
import { type Args, enumName, timeOrNull, type View } from "../view.ts";
import { pageFields } from "./comments.ts";
import { conversationFields } from "./issues.ts";
import { pullState } from "./lists.ts";

function visibleReviews(g: Gql, pull: Pull): readonly Review[] {
  return [...g.hub.world.reviews.values()].filter(
    (review) => review.pullId === pull.id && (review.state !== "PENDING" || review.authorId === g.viewer.id),
  );
}

function reviewsView(g: Gql, pull: Pull, args: Args): View {
  const states = texts(args, "states");
  const author = optionalText(args, "author")?.toLowerCase() ?? null;
  const found = visibleReviews(g, pull).filter((review) => {
    const login = entity(g.hub.world.accounts, review.authorId, "account").login.toLowerCase();
    return (
      (states === null || states.includes(review.state)) &&
      (author === null || login.replace(/\[bot\]$/, "") === author)
    );
  });
  return connectionOf("reviews", args, found, g.views.review);
}

/** The last review of each person; "opinionated" ones say yes or no. */
function latestReviews(g: Gql, pull: Pull, opinionated: boolean): readonly Review[] {
  const latest = new Map<number, Review>();
  for (const review of visibleReviews(g, pull)) {
    if (review.state === "PENDING" || (opinionated && review.state === "COMMENTED")) continue;
    latest.set(review.authorId, review);
  }
  return [...latest.values()];
}

function reviewFields(g: Gql, pull: Pull): View {
  return {
    reviews: (args: Args) => reviewsView(g, pull, args),
    latestReviews: (args: Args) => connectionOf("latestReviews", args, latestReviews(g, pull, false), g.views.review),
    latestOpinionatedReviews: (args: Args) =>
      connectionOf("latestOpinionatedReviews", args, latestReviews(g, pull, true), g.views.review),
    reviewDecision: () => reviewDecision(g.hub, pull),
    reviewRequests: (args: Args) => {
      const accounts = pull.requestedReviewerIds.map((id) => entity(g.hub.world.accounts, id, "account"));
      return connectionOf("reviewRequests", args, accounts, (account) => ({
        __typename: "ReviewRequest",
        id: nodeId("User", account.id, pull.id),
        databaseId: account.id,
        asCodeOwner: false,
        pullRequest: () => g.views.pull(pull),
        requestedReviewer: () => g.views.actor(account),
      }));
    },
    reviewThreads: (args: Args) =>
      connectionOf("reviewThreads", args, threadRoots(g, pull), (root) => threadView(g, pull, root)),
  };
}

function threadRoots(g: Gql, pull: Pull): readonly ReviewComment[] {
  return [...g.hub.world.reviewComments.values()].filter(
    (comment) => comment.pullId === pull.id && comment.inReplyToId === null,
  );
}

function threadView(g: Gql, pull: Pull, root: ReviewComment): View {
  const comments = () => [
    root,
    ...[...g.hub.world.reviewComments.values()].filter((comment) => comment.inReplyToId === root.id),
  ];
  return {
    __typename: "PullRequestReviewThread",
    id: nodeId("PullRequestReviewThread", root.id),
    path: root.path,
    line: root.line,
    startLine: root.startLine,
    originalLine: root.originalLine,
    originalStartLine: root.originalStartLine,
    diffSide: root.side,
    startDiffSide: root.startSide,
    subjectType: enumName(root.subjectType),
    isResolved: root.resolvedById !== null,
    isOutdated: root.position === null,
    isCollapsed: root.resolvedById !== null,
    resolvedBy: () =>
      root.resolvedById === null ? null : g.views.user(entity(g.hub.world.accounts, root.resolvedById, "account")),
    comments: (args: Args) => connectionOf("comments", args, comments(), g.views.reviewComment),
    pullRequest: () => g.views.pull(pull),
    repository: () => g.views.repository(repositoryOf(g.hub.world, pull)),
  };
}

function branchFields(g: Gql, pull: Pull): View {
  const repository = repositoryOf(g.hub.world, pull);
  const git = g.hub.git.of(repository);
  const ref = (branch: string) => {
    const name = `refs/heads/${branch}`;
    const sha = git.refs.resolve(name);
    return sha === null ? null : g.views.ref(repository, { name, sha });
  };
  return {
    headRefName: pull.head.ref,
    headRefOid: pull.head.sha,
    headRef: () => ref(pull.head.ref),
    headRepository: () => g.views.repository(repository),
    headRepositoryOwner: () => g.views.actor(entity(g.hub.world.accounts, pull.head.ownerId, "account")),
    baseRefName: pull.base.ref,
    baseRefOid: () => (pull.merged ? pull.base.sha : (baseTip(git, pull) ?? pull.base.sha)),
    baseRef: () => ref(pull.base.ref),
    baseRepository: () => g.views.repository(repository),
    isCrossRepository: false,
    maintainerCanModify: pull.maintainerCanModify,
  };
}

async function commitsView(g: Gql, pull: Pull, args: Args): Promise<View> {
  const repository = repositoryOf(g.hub.world, pull);
  const commits = [...(await commitsBetween(g.hub.git.of(repository).objects, pull.base.sha, pull.head.sha))].reverse();
  return connection("commits", args, {
    items: commits,
    key: (commit) => commit.sha,
    view: (commit: Commit) => ({
      ...pageFields(g, pull, `/pull/${pull.number}/commits/${commit.sha}`),
      __typename: "PullRequestCommit",
      id: nodeId("Commit", pull.id, commit.sha),
      commit: () => g.views.commit(repository, commit),
      pullRequest: () => g.views.pull(pull),
    }),
  });
}

async function filesView(g: Gql, pull: Pull, args: Args): Promise<View> {
  const { diffs } = g.hub.git.of(repositoryOf(g.hub.world, pull));
  const files = await diffs.files(await diffBase(g.hub, pull), pull.head.sha);
  const types: Readonly<Record<string, string>> = { removed: "DELETED" };
  return connection("files", args, {
    items: files,
    key: (file) => file.path,
    view: (file) => ({
      path: file.path,
      additions: file.additions,
      deletions: file.deletions,
      changeType: types[file.status] ?? enumName(file.status),
      viewerViewedState: "UNVIEWED",
    }),
  });
}

function autoMergeView(g: Gql, pull: Pull): View | null {
  const { autoMerge } = pull;
  if (autoMerge === null) return null;
  return {
    mergeMethod: enumName(autoMerge.method),
    commitHeadline: autoMerge.title,
    commitBody: autoMerge.message,
    authorEmail: null,
    enabledBy: () => g.views.actor(entity(g.hub.world.accounts, autoMerge.enabledById, "account")),
    pullRequest: () => g.views.pull(pull),
  };
}

function mergeFields(g: Gql, pull: Pull): View {
  const repository = repositoryOf(g.hub.world, pull);
  const fresh = async <T>(read: () => T): Promise<T> => {
    await refreshMergeability(g.hub, pull);
    return read();
  };
  const names = { true: "MERGEABLE", false: "CONFLICTING" } as const;
  const commit = (sha: string | null) => (sha === null ? null : g.views.object(repository, sha));
  return {
    merged: pull.merged,
    mergedAt: timeOrNull(pull.mergedAt),
    mergedBy: () =>
      pull.mergedById === null ? null : g.views.actor(entity(g.hub.world.accounts, pull.mergedById, "account")),
    mergeCommit: () => (pull.merged ? commit(pull.mergeCommitSha) : null),
    potentialMergeCommit: () => fresh(() => (pull.merged ? null : commit(pull.mergeCommitSha))),
    mergeable: () => fresh(() => (pull.mergeable === null || pull.merged ? "UNKNOWN" : names[`${pull.mergeable}`])),
    mergeStateStatus: () => fresh(() => enumName(mergeableState(g.hub, pull))),
    canBeRebased: () => fresh(() => pull.mergeable === true),
    autoMergeRequest: () => autoMergeView(g, pull),
    isInMergeQueue: false,
    isMergeQueueEnabled: false,
    mergeQueueEntry: null,
  };
}

export function pullView(g: Gql, pull: Pull): View {
  const issue = issueOf(g.hub, pull);
  const repository = repositoryOf(g.hub.world, pull);
  const page = pageFields(g, pull, `/pull/${pull.number}`);
  const canWrite = roleAtLeast(roleOf(g.hub.world, g.viewer, repository), "write");
  const closes = () =>
    closingReferences(issue.body).flatMap(({ repository: name, number }) => {
      const home = name === null ? repository : g.hub.world.repositoriesByName.get(name.toLowerCase());
      const target = home?.issues.get(number);
      return target === undefined || target.isPull || home === undefined || !g.canRead(home) ? [] : [target];
    });
  return {
    ...conversationFields(g, issue, () => pullView(g, pull)),
    ...branchFields(g, pull),
    ...mergeFields(g, pull),
    ...reviewFields(g, pull),
    __typename: "PullRequest",
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    state: pullState(issue, pull),
    isDraft: pull.draft,
    permalink: page["url"],
    checksUrl: `${page["url"]}/checks`,
    checksResourcePath: `${page["resourcePath"]}/checks`,
    additions: pull.stats.additions,
    deletions: pull.stats.deletions,
    changedFiles: pull.stats.changedFiles,
    totalCommentsCount:
      issue.commentIds.length +
      [...g.hub.world.reviewComments.values()].filter((comment) => comment.pullId === pull.id).length,
    commits: (args: Args) => commitsView(g, pull, args),
    files: (args: Args) => filesView(g, pull, args),
    closingIssuesReferences: (args: Args) => connectionOf("closingIssuesReferences", args, closes(), g.views.issue),
    statusCheckRollup: () => {
      g.need(repository, READ_CHECKS);
      return g.views.rollup(repository, pull.head.sha);
    },
    viewerCanEnableAutoMerge: canWrite && repository.allowAutoMerge && pull.autoMerge === null,
    viewerCanDisableAutoMerge: canWrite && pull.autoMerge !== null,
    viewerCanUpdateBranch: canWrite,
    viewerCanMergeAsAdmin: false,
    viewerCanDeleteHeadRef: canWrite,
  };
}
