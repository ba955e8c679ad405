// Every view is held against GitHub's schema: it has no field that the schema lacks, and every leaf field that it has can be
// asked for without an error. What GitHub requires of a type is either there or honestly "not emulated".
import { GraphQLObjectType, getNamedType, isLeafType, isNonNullType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubSchema } from "../../src/graphql/schema.ts";
import { branchWith, openPull } from "../probe/branches.ts";
import { ask, complaintsOf, REPO, raiseStage, type Stage } from "../probe/stage.ts";

let stage: Stage;
/** Type name → a query path that reaches an object of it, with `%` where the fields go. */
const paths = new Map<string, string>();

beforeAll(async () => {
  stage = await raiseStage();
  const head = await branchWith(stage, "topic", { "src/topic.js": "one\ntwo\n" });
  const { data: issue } = await stage.alice.rest.issues.create({
    ...REPO,
    title: "One",
    labels: ["bug"],
    assignees: ["bob"],
  });
  const { data: milestone } = await stage.alice.rest.issues.createMilestone({ ...REPO, title: "v1" });
  await stage.alice.rest.issues.update({
    ...REPO,
    issue_number: issue.number,
    milestone: milestone.number,
    body: "edited",
  });
  const { data: comment } = await stage.bot.rest.issues.createComment({
    ...REPO,
    issue_number: issue.number,
    body: "a",
  });
  await stage.bob.rest.reactions.createForIssueComment({ ...REPO, comment_id: comment.id, content: "eyes" });
  const at = await openPull(stage, "topic", { body: `Fixes #${issue.number}` });
  await stage.bob.rest.pulls.createReview({
    ...at,
    event: "REQUEST_CHANGES",
    body: "why",
    comments: [{ path: "src/topic.js", line: 2, side: "RIGHT", body: "two?" }],
  });
  await stage.alice.rest.pulls.requestReviewers({ ...at, reviewers: ["bob"] });
  await stage.bot.rest.checks.create({ ...REPO, name: "gate", head_sha: head, conclusion: "success" });
  await stage.bot.rest.repos.createCommitStatus({ ...REPO, sha: head, state: "success", context: "ci" });
  const inRepository = (rest: string) => `{ repository(owner: "acme", name: "app") { ${rest} } }`;
  const inIssue = (rest: string) => inRepository(`issue(number: ${issue.number}) { ${rest} }`);
  const inPull = (rest: string) => inRepository(`pullRequest(number: ${at.pull_number}) { ${rest} }`);
  const table: Readonly<Record<string, string>> = {
    Repository: inRepository("%"),
    Issue: inIssue("%"),
    Label: inIssue("labels(first: 1) { nodes { % } }"),
    Milestone: inIssue("milestone { % }"),
    IssueComment: inIssue("comments(last: 1) { nodes { % } }"),
    UserContentEdit: inIssue("userContentEdits(first: 1) { nodes { % } }"),
    ReactionGroup: inIssue("comments(last: 1) { nodes { reactionGroups { % } } }"),
    Reaction: inIssue("comments(last: 1) { nodes { reactions(first: 1) { nodes { % } } } }"),
    LabeledEvent: inIssue(
      "timelineItems(first: 1, itemTypes: [LABELED_EVENT]) { nodes { ... on LabeledEvent { % } } }",
    ),
    AssignedEvent: inIssue(
      "timelineItems(first: 1, itemTypes: [ASSIGNED_EVENT]) { nodes { ... on AssignedEvent { % } } }",
    ),
    CrossReferencedEvent: inIssue(
      "timelineItems(first: 1, itemTypes: [CROSS_REFERENCED_EVENT]) { nodes { ... on CrossReferencedEvent { % } } }",
    ),
    IssueDependenciesSummary: inIssue("issueDependenciesSummary { % }"),
    SubIssuesSummary: inIssue("subIssuesSummary { % }"),
    PullRequest: inPull("%"),
    PullRequestReview: inPull("reviews(first: 1) { nodes { % } }"),
    PullRequestReviewThread: inPull("reviewThreads(first: 1) { nodes { % } }"),
    PullRequestReviewComment: inPull("reviewThreads(first: 1) { nodes { comments(first: 1) { nodes { % } } } }"),
    PullRequestCommit: inPull("commits(first: 1) { nodes { % } }"),
    PullRequestChangedFile: inPull("files(first: 1) { nodes { % } }"),
    ReviewRequest: inPull("reviewRequests(first: 1) { nodes { % } }"),
    StatusCheckRollup: inPull("statusCheckRollup { % }"),
    CheckRun: inPull("statusCheckRollup { contexts(first: 2) { nodes { ... on CheckRun { % } } } }"),
    StatusContext: inPull("statusCheckRollup { contexts(first: 2) { nodes { ... on StatusContext { % } } } }"),
    CheckSuite: inPull("commits(first: 1) { nodes { commit { checkSuites(first: 1) { nodes { % } } } } }"),
    App: inPull("commits(first: 1) { nodes { commit { checkSuites(first: 1) { nodes { app { % } } } } } }"),
    Ref: inRepository("defaultBranchRef { % }"),
    Commit: inRepository("defaultBranchRef { target { ... on Commit { % } } }"),
    GitActor: inRepository("defaultBranchRef { target { ... on Commit { author { % } } } }"),
    GpgSignature: inRepository(
      'ref(qualifiedName: "topic") { target { ... on Commit { signature { ... on GpgSignature { % } } } } }',
    ),
    Tree: inRepository('object(expression: "main:src") { ... on Tree { % } }'),
    TreeEntry: inRepository('object(expression: "main:src") { ... on Tree { entries { % } } }'),
    Blob: inRepository('object(expression: "main:README.md") { ... on Blob { % } }'),
    Comparison: inRepository('defaultBranchRef { compare(headRef: "topic") { % } }'),
    User: "{ viewer { % } }",
    Organization: '{ organization(login: "acme") { % } }',
    Bot: inIssue("comments(last: 1) { nodes { author { ... on Bot { % } } } }"),
    RateLimit: "{ rateLimit { % } }",
  };
  for (const [type, path] of Object.entries(table)) paths.set(type, path);
});
afterAll(() => stage.close());

function objectType(name: string): GraphQLObjectType {
  const type = githubSchema().getType(name);
  if (!(type instanceof GraphQLObjectType)) throw new Error(`${name} is not an object type`);
  return type;
}

/** Fields that can be asked for alone: a leaf, and no argument that must be given. */
function leafFields(name: string): readonly string[] {
  return Object.values(objectType(name).getFields())
    .filter(
      (field) => isLeafType(getNamedType(field.type)) && field.args.every((argument) => !isNonNullType(argument.type)),
    )
    .map((field) => field.name);
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly type?: string; readonly message: string; readonly path?: readonly unknown[] }[];
}

async function query(text: string): Promise<Answer> {
  const { body } = await ask(stage.hub, "POST", stage.hub.graphqlUrl, {
    token: await stage.hub.tokenOf("alice"),
    body: { query: text },
  });
  // The endpoint answers this shape or the assertions below fail.
  return body as Answer;
}

/** Leaf fields that an orchestrator reads: these must be there, whatever else is not. */
const MUST: Readonly<Record<string, readonly string[]>> = {
  Issue: [
    "id",
    "databaseId",
    "number",
    "title",
    "body",
    "bodyText",
    "state",
    "stateReason",
    "lastEditedAt",
    "includesCreatedEdit",
    "viewerDidAuthor",
    "updatedAt",
    "url",
    "locked",
  ],
  IssueComment: [
    "id",
    "databaseId",
    "body",
    "bodyText",
    "createdAt",
    "updatedAt",
    "lastEditedAt",
    "isMinimized",
    "minimizedReason",
    "includesCreatedEdit",
    "url",
  ],
  PullRequest: [
    "id",
    "number",
    "state",
    "merged",
    "mergedAt",
    "headRefOid",
    "headRefName",
    "baseRefName",
    "isDraft",
    "mergeable",
    "mergeStateStatus",
    "reviewDecision",
  ],
  Commit: ["oid", "message", "messageHeadline", "committedDate", "authoredDate"],
  Repository: ["id", "databaseId", "nameWithOwner", "isPrivate", "isArchived", "viewerPermission"],
  CheckRun: ["name", "status", "conclusion", "detailsUrl", "databaseId"],
};

describe("views", () => {
  it("answer every leaf field, or say that it is not emulated", async () => {
    const broken: string[] = [];
    const missing: string[] = [];
    for (const [type, path] of paths) {
      const asked = leafFields(type);
      const { data, errors = [] } = await query(
        path.replace("%", asked.map((field) => `${field}: ${field}`).join(" ")),
      );
      if (data === undefined) broken.push(`${type}: ${errors.map((error) => error.message).join("; ")}`);
      const refused = new Set<string>();
      for (const { type: kind, message } of errors) {
        const match = /^not emulated: \w+\.(\w+)$/.exec(message);
        if (kind !== "NOT_EMULATED" || match === null) broken.push(`${type}: ${message}`);
        else refused.add(match[1] ?? "");
      }
      for (const field of MUST[type] ?? []) if (refused.has(field)) missing.push(`${type}.${field}`);
    }
    expect(broken).toEqual([]);
    expect(missing).toEqual([]);
  });

  it("reach an object of every type in the table", async () => {
    const empty: string[] = [];
    for (const [type, path] of paths) {
      const { data } = await query(path.replace("%", "kind: __typename"));
      if (!JSON.stringify(data).includes(`"kind":"${type}"`)) empty.push(type);
    }
    expect(empty).toEqual([]);
  });
});

it("nothing broke inside", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
