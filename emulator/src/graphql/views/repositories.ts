// Repositories: the roots of most queries.
import { repositoryWebUrl } from "../../formats/repositories.ts";
import { roleAtLeast } from "../../world/accounts.ts";
import { assignableAccounts } from "../../world/assignable.ts";
import { roleOf } from "../../world/caller.ts";
import type { Issue } from "../../world/issues.ts";
import type { Repository } from "../../world/repositories.ts";
import { fullNameOf, ownerOf } from "../../world/world.ts";
import { number, optionalText, text, texts } from "../args.ts";
import { connection, connectionOf, orderOf } from "../connection.ts";
import { type Gql, READ_CONTENTS, READ_ISSUES, READ_PULLS } from "../gql.ts";
import { notFound } from "../refusal.ts";
import { type Args, enumName, time, timeOrNull, type View } from "../view.ts";
import { objectNamed } from "./git-objects.ts";
import { labelConnection } from "./labels.ts";
import { issueConnection, pullConnection } from "./lists.ts";

const READ_ONLY_ISSUES = { permission: "issues", level: "read", role: "read" } as const;

function issueNumbered(
  repository: Repository,
  args: Args,
  kind: "Issue" | "PullRequest" | "issue or pull request",
): Issue {
  const wanted = number(args, "number");
  const issue = repository.issues.get(wanted);
  const isRight =
    issue !== undefined && (kind === "issue or pull request" || issue.isPull === (kind === "PullRequest"));
  if (issue !== undefined && isRight) return issue;
  throw notFound(`Could not resolve to ${kind === "PullRequest" ? "a" : "an"} ${kind} with the number of ${wanted}.`);
}

function conversations(g: Gql, repository: Repository): View {
  return {
    issue: (args: Args) => {
      g.need(repository, READ_ONLY_ISSUES);
      return g.views.issue(issueNumbered(repository, args, "Issue"));
    },
    pullRequest: (args: Args) => {
      g.need(repository, READ_PULLS);
      return g.views.issueOrPull(issueNumbered(repository, args, "PullRequest"));
    },
    issueOrPullRequest: (args: Args) => {
      g.need(repository, READ_ISSUES);
      return g.views.issueOrPull(issueNumbered(repository, args, "issue or pull request"));
    },
    issues: (args: Args) => {
      g.need(repository, READ_ONLY_ISSUES);
      return issueConnection(g, args, [...repository.issues.values()]);
    },
    pullRequests: (args: Args) => {
      g.need(repository, READ_PULLS);
      return pullConnection(g, args, [...repository.issues.values()]);
    },
    label: (args: Args) => {
      const label = repository.labels.get(text(args, "name").toLowerCase());
      return label === undefined ? null : g.views.label(label);
    },
    labels: (args: Args) => {
      const query = optionalText(args, "query")?.toLowerCase() ?? "";
      const found = [...repository.labels.values()].filter((label) =>
        `${label.name} ${label.description ?? ""}`.toLowerCase().includes(query),
      );
      return labelConnection(g, args, found);
    },
    milestone: (args: Args) => {
      const milestone = repository.milestones.get(number(args, "number"));
      return milestone === undefined ? null : g.views.milestone(milestone);
    },
    milestones: (args: Args) => {
      const states = texts(args, "states");
      const found = [...repository.milestones.values()].filter(
        (each) => states === null || states.includes(enumName(each.state)),
      );
      return connectionOf("milestones", args, found, g.views.milestone);
    },
    assignableUsers: (args: Args) =>
      connectionOf("assignableUsers", args, assignableAccounts(g.hub.world, repository), g.views.user),
  };
}

function refsView(g: Gql, repository: Repository, args: Args): View {
  const prefix = text(args, "refPrefix").replace(/\/?$/, "/");
  const query = optionalText(args, "query")?.toLowerCase() ?? "";
  const order = orderOf(args);
  const refs = g.hub.git
    .of(repository)
    .refs.list(prefix)
    .filter((ref) => ref.name.toLowerCase().includes(query));
  const descending = order?.sign === -1 || optionalText(args, "direction") === "DESC";
  return connection("refs", args, {
    items: descending ? refs.toReversed() : refs,
    key: (ref) => ref.name,
    view: (ref) => g.views.ref(repository, ref),
  });
}

function code(g: Gql, repository: Repository): View {
  const git = () => g.hub.git.of(repository);
  const refNamed = (name: string): View | null => {
    const sha = git().refs.resolve(name);
    return sha === null ? null : g.views.ref(repository, { name, sha });
  };
  return {
    defaultBranchRef: () => {
      g.need(repository, READ_CONTENTS);
      return refNamed(`refs/heads/${repository.defaultBranch}`);
    },
    ref: (args: Args) => {
      g.need(repository, READ_CONTENTS);
      const name = text(args, "qualifiedName");
      if (name.startsWith("refs/")) return refNamed(name);
      return refNamed(`refs/heads/${name}`) ?? refNamed(`refs/tags/${name}`);
    },
    refs: (args: Args) => {
      g.need(repository, READ_CONTENTS);
      return refsView(g, repository, args);
    },
    object: (args: Args) => {
      g.need(repository, READ_CONTENTS);
      const oid = optionalText(args, "oid") ?? null;
      return objectNamed(g, repository, oid ?? optionalText(args, "expression") ?? "HEAD");
    },
    isEmpty: () => git().refs.list("refs/heads/").length === 0,
  };
}

function settings(g: Gql, repository: Repository): View {
  const role = roleOf(g.hub.world, g.viewer, repository);
  return {
    description: repository.description,
    homepageUrl: repository.homepage,
    visibility: repository.private ? "PRIVATE" : "PUBLIC",
    isPrivate: repository.private,
    isArchived: repository.archived,
    isDisabled: repository.disabled,
    isFork: false,
    isLocked: false,
    isMirror: false,
    isTemplate: repository.isTemplate,
    hasIssuesEnabled: repository.hasIssues,
    mergeCommitAllowed: repository.allowMergeCommit,
    squashMergeAllowed: repository.allowSquashMerge,
    rebaseMergeAllowed: repository.allowRebaseMerge,
    autoMergeAllowed: repository.allowAutoMerge,
    allowUpdateBranch: repository.allowUpdateBranch,
    deleteBranchOnMerge: repository.deleteBranchOnMerge,
    forkCount: 0,
    stargazerCount: 0,
    viewerPermission: role === "none" ? null : enumName(role),
    viewerCanAdminister: role === "admin",
    viewerHasStarred: false,
  };
}

/** Everybody with a role of their own here, with that role; only for those who can write. */
function collaboratorsView(g: Gql, repository: Repository, args: Args): View | null {
  const { world } = g.hub;
  if (!roleAtLeast(roleOf(world, g.viewer, repository), "write") && g.caller.kind === "user") return null;
  const query = (optionalText(args, "query") ?? optionalText(args, "login") ?? "").toLowerCase();
  const people = assignableAccounts(world, repository).filter((account) => account.login.toLowerCase().includes(query));
  return connection("collaborators", args, {
    items: people,
    key: (account) => account.id,
    view: g.views.user,
    edge: (account) => ({ permission: enumName(roleOf(world, account, repository)) }),
  });
}

export function repositoryView(g: Gql, repository: Repository): View {
  const owner = ownerOf(g.hub.world, repository);
  const fullName = fullNameOf(g.hub.world, repository);
  return {
    ...conversations(g, repository),
    ...code(g, repository),
    ...settings(g, repository),
    __typename: "Repository",
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName,
    owner: () => g.views.actor(owner),
    isInOrganization: owner.type === "Organization",
    url: repositoryWebUrl(g.hub, repository),
    resourcePath: `/${fullName}`,
    createdAt: time(repository.createdAt),
    updatedAt: time(repository.updatedAt),
    pushedAt: time(repository.pushedAt),
    archivedAt: timeOrNull(repository.archived ? repository.updatedAt : null),
    collaborators: (args: Args) => collaboratorsView(g, repository, args),
  };
}
