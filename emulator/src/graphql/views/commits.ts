// Commits, their authors, signatures and histories.

import { accountOfAddress } from "../../code/people.ts";
import { latestStatuses, statusesOf } from "../../code/statuses.ts";
import { repositoryWebUrl } from "../../formats/repositories.ts";
import { countCommits, log } from "../../git/history.ts";
import { type Commit, commitPayload, EMPTY_TREE_SHA, type Person } from "../../git/objects.ts";
import { combinedState } from "../../rest/statuses.ts";
import { zonedTime } from "../../webhooks/push-payload.ts";
import { WEB_FLOW_ID } from "../../world/create.ts";
import { nodeId } from "../../world/ids.ts";
import type { Pull } from "../../world/pulls.ts";
import type { Repository } from "../../world/repositories.ts";
import { checksAt, entity } from "../../world/world.ts";
import { object, optionalNumber, optionalObject, optionalText, text, texts } from "../args.ts";
import { boundsOf, connection, connectionOf } from "../connection.ts";
import { type Gql, READ_CHECKS, READ_CONTENTS, READ_PULLS } from "../gql.ts";
import { GraphqlRefusal } from "../refusal.ts";
import { type Args, time, timeOrNull, type View } from "../view.ts";
import { fileEntry } from "./git-objects.ts";
import { objectFields } from "./object-fields.ts";

function personView(g: Gql, person: Person): View {
  const account = accountOfAddress(g.hub.world, person.email);
  return {
    name: person.name,
    email: person.email,
    // GitTimestamp keeps the zone that the commit names.
    date: zonedTime(person),
    avatarUrl: `${g.hub.urls.web}/_avatars/e/${encodeURIComponent(person.email)}`,
    user: () => (account === null ? null : g.views.user(account)),
  };
}

/** Only what GitHub made itself is signed here; a signature that came by push cannot be checked. */
function signatureView(g: Gql, commit: Commit): View | null {
  if (commit.signature === null) return null;
  const isSigned = g.hub.world.signedCommits.has(commit.sha);
  return {
    __typename: "GpgSignature",
    isValid: isSigned,
    state: isSigned ? "VALID" : "UNKNOWN_KEY",
    wasSignedByGitHub: isSigned,
    email: isSigned ? "noreply@github.com" : commit.committer.email,
    keyId: isSigned ? "B5690EEEBB952194" : null,
    payload: commitPayload(commit),
    signature: commit.signature,
    signer: () => (isSigned ? g.views.user(entity(g.hub.world.accounts, WEB_FLOW_ID, "account")) : null),
    verifiedAt: timeOrNull(isSigned ? commit.committer.date : null),
  };
}

const HISTORY_CURSOR = /^([0-9a-f]{40}) (\d+)$/;

/** GitHub's cursor of a history: the SHA it began at and how far it came. */
function historyOffset(cursor: string | null, tip: string): number {
  if (cursor === null) return 0;
  const match = HISTORY_CURSOR.exec(cursor);
  if (match?.[1] !== tip)
    throw new GraphqlRefusal("BAD_USER_INPUT", `\`${cursor}\` does not appear to be a valid cursor.`);
  return Number(match[2]) + 1;
}

function authorTest(g: Gql, author: Args | null): (commit: Commit) => boolean {
  if (author === null) return () => true;
  const emails = texts(author, "emails");
  const id = optionalText(author, "id") ?? null;
  return (commit) => {
    if (emails !== null) return emails.includes(commit.author.email);
    return id === null || accountOfAddress(g.hub.world, commit.author.email)?.nodeId === id;
  };
}

async function historyView(g: Gql, repository: Repository, tip: Commit, args: Args): Promise<View> {
  const { objects } = g.hub.git.of(repository);
  const { first, last, after } = boundsOf(args, "history");
  if (last !== null) throw new GraphqlRefusal("NOT_EMULATED", "not emulated: Commit.history(last:)");
  const since = Date.parse(optionalText(args, "since") ?? "");
  const until = Date.parse(optionalText(args, "until") ?? "");
  const isBy = authorTest(g, optionalObject(args, "author"));
  const path = optionalText(args, "path") ?? null;
  const isPlain = Number.isNaN(since) && Number.isNaN(until) && args["author"] === undefined && path === null;
  const keep = (commit: Commit) => !(commit.committer.date < since) && !(commit.committer.date > until) && isBy(commit);
  const skip = historyOffset(after, tip.sha);
  const count = (first ?? 0) + 1;
  // One more than asked for tells whether there is a next page, without a walk over everything.
  const found = await log(objects, tip.sha, { skip, count, keep, ...(path === null ? {} : { path }) });
  const commits = found.slice(0, first ?? 0);
  const cursor = (index: number) => `${tip.sha} ${skip + index}`;
  const views = commits.map((commit) => g.views.commit(repository, commit));
  return {
    nodes: views,
    edges: views.map((node, index) => ({ node, cursor: cursor(index) })),
    pageInfo: {
      startCursor: commits.length === 0 ? null : cursor(0),
      endCursor: commits.length === 0 ? null : cursor(commits.length - 1),
      hasNextPage: found.length > commits.length,
      hasPreviousPage: skip > 0,
    },
    totalCount: async () => {
      if (isPlain) return countCommits(objects, tip.sha);
      return (await log(objects, tip.sha, { count: Number.MAX_SAFE_INTEGER, keep, ...(path === null ? {} : { path }) }))
        .length;
    },
  };
}

async function parentsView(g: Gql, repository: Repository, commit: Commit, args: Args): Promise<View> {
  const { objects } = g.hub.git.of(repository);
  const parents: Commit[] = [];
  for (const sha of commit.parents) {
    const parent = await objects.readCommit(sha);
    if (parent !== null) parents.push(parent);
  }
  return connection("parents", args, {
    items: parents,
    key: (parent) => parent.sha,
    view: (parent) => g.views.commit(repository, parent),
  });
}

async function pullsOf(g: Gql, repository: Repository, commit: Commit, args: Args): Promise<View> {
  g.need(repository, READ_PULLS);
  const brings = (pull: Pull) => pull.mergeCommitSha === commit.sha || pull.head.sha === commit.sha;
  const pulls = [...repository.pulls.values()].filter(brings);
  return connectionOf("associatedPullRequests", args, pulls, g.views.pull);
}

function statusView(g: Gql, repository: Repository, commit: Commit): View | null {
  g.need(repository, READ_CHECKS);
  const latest = latestStatuses(statusesOf(g.hub, repository, commit.sha));
  if (latest.length === 0) return null;
  return {
    __typename: "Status",
    id: nodeId("CommitStatus", repository.id, commit.sha),
    state: combinedState(latest).toUpperCase(),
    contexts: () => latest.map(g.views.status),
    context: (args: Args) => {
      const found = latest.find((status) => status.context === text(args, "name"));
      return found === undefined ? null : g.views.status(found);
    },
    commit: () => g.views.commit(repository, commit),
  };
}

function suitesView(g: Gql, repository: Repository, commit: Commit, args: Args): View {
  g.need(repository, READ_CHECKS);
  const filter = args["filterBy"] === undefined || args["filterBy"] === null ? {} : object(args, "filterBy");
  const appId = optionalNumber(filter, "appId");
  const name = optionalText(filter, "checkName") ?? null;
  const { suites } = checksAt(g.hub.world, repository, commit.sha);
  const runs = g.hub.world.checkRuns;
  const found = suites.filter(
    (suite) =>
      (appId === null || suite.appId === appId) &&
      (name === null || suite.runIds.some((id) => runs.get(id)?.name === name)),
  );
  return connectionOf("checkSuites", args, found, g.views.checkSuite);
}

function countFields(g: Gql, repository: Repository, commit: Commit): View {
  const files = () => g.hub.git.of(repository).diffs.files(commit.parents[0] ?? EMPTY_TREE_SHA, commit.sha);
  const count = async () => (await files()).length;
  return {
    additions: async () => (await files()).reduce((sum, file) => sum + file.additions, 0),
    deletions: async () => (await files()).reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: count,
    changedFilesIfAvailable: count,
  };
}

export function commitView(g: Gql, repository: Repository, commit: Commit): View {
  const message = commit.message.trimEnd();
  const [headline = "", ...rest] = message.split("\n");
  const web = `${repositoryWebUrl(g.hub, repository)}/commit/${commit.sha}`;
  return {
    ...objectFields(g, repository, commit.sha),
    ...countFields(g, repository, commit),
    __typename: "Commit",
    id: nodeId("Commit", repository.id, commit.sha),
    url: web,
    resourcePath: web.slice(g.hub.urls.web.length),
    message,
    messageHeadline: headline,
    messageBody: rest.join("\n").trim(),
    author: () => personView(g, commit.author),
    committer: () => personView(g, commit.committer),
    authors: (args: Args) =>
      connection("authors", args, {
        items: [commit.author],
        key: () => commit.sha,
        view: (person) => personView(g, person),
      }),
    authoredDate: time(commit.author.date),
    committedDate: time(commit.committer.date),
    pushedDate: null,
    authoredByCommitter: commit.author.email === commit.committer.email,
    committedViaWeb: commit.committer.email === "noreply@github.com",
    signature: () => signatureView(g, commit),
    parents: (args: Args) => parentsView(g, repository, commit, args),
    history: (args: Args) => historyView(g, repository, commit, args),
    tree: () => g.views.object(repository, commit.tree),
    treeUrl: `${repositoryWebUrl(g.hub, repository)}/tree/${commit.sha}`,
    associatedPullRequests: (args: Args) => pullsOf(g, repository, commit, args),
    checkSuites: (args: Args) => suitesView(g, repository, commit, args),
    status: () => statusView(g, repository, commit),
    statusCheckRollup: () => {
      g.need(repository, READ_CHECKS);
      return g.views.rollup(repository, commit.sha);
    },
    file: (args: Args) => {
      g.need(repository, READ_CONTENTS);
      return fileEntry(g, repository, commit.tree, text(args, "path"));
    },
  };
}
