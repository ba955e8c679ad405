// What an orchestrator reads of a task: everything in one query, at the price of one point.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator } from "../../src/index.ts";
import { branchWith, openPull } from "../probe/branches.ts";
import { ask, complaintsOf, REPO, raiseStage, type Stage } from "../probe/stage.ts";

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const ZEROS = "0".repeat(40);

const WHOLE = `query($owner: String!, $name: String!, $number: Int!, $ledger: String!, $task: String!) {
  rateLimit { cost limit remaining used resetAt nodeCount }
  repository(owner: $owner, name: $name) {
    id databaseId defaultBranchRef { name target { oid } }
    config: object(expression: "HEAD:README.md") { ... on Blob { text oid } }
    ledger: ref(qualifiedName: $ledger) { target { ... on Commit { oid history(first: 50) { nodes {
      oid message committedDate parents(first: 2) { nodes { oid } }
      signature { isValid wasSignedByGitHub } author { email user { databaseId login } } } } } } }
    refs(refPrefix: "refs/heads/signalbox/", first: 10) { nodes { name prefix target { oid } } }
    pullRequests(headRefName: $task, first: 5, states: [OPEN, CLOSED, MERGED]) { nodes {
      number state merged mergeCommit { oid } headRefOid baseRefName isDraft mergeable author { login __typename }
      reviews(last: 5) { nodes { databaseId state body author { login } commit { oid } submittedAt } }
      statusCheckRollup { state contexts(first: 10) { nodes { __typename
        ... on CheckRun { name status conclusion checkSuite { app { slug } } } ... on StatusContext { context state } } } } } }
    issue(number: $number) {
      id databaseId title body bodyText state stateReason createdAt lastEditedAt editor { login } author { login __typename ... on User { databaseId } }
      labels(first: 20) { nodes { name } } assignees(first: 10) { nodes { login databaseId } }
      comments(last: 20) { totalCount nodes { databaseId body createdAt updatedAt lastEditedAt isMinimized editor { login }
        author { login __typename ... on Bot { databaseId } } reactions(first: 5) { nodes { content user { login } } } } }
      timelineItems(last: 20, itemTypes: [LABELED_EVENT, UNLABELED_EVENT, CLOSED_EVENT, REOPENED_EVENT]) { nodes { __typename
        ... on LabeledEvent { id createdAt actor { login } label { name } } } }
      userContentEdits(first: 3) { nodes { editedAt editor { login } diff } }
      parent { number } subIssues(first: 10) { nodes { number state } } blockedBy(first: 10) { nodes { number state } }
      closedByPullRequestsReferences(first: 3, includeClosedPrs: true) { nodes { number } }
    }
  }
}`;

let stage: Stage;
let child: number;
let blocker: number;
let issueNumber: number;

beforeAll(async () => {
  stage = await raiseStage();
  const create = async (title: string, body = "x"): Promise<{ number: number; id: number }> =>
    (await stage.alice.rest.issues.create({ ...REPO, title, body, labels: ["bug"], assignees: ["bob"] })).data;
  const issue = await create("Do it", "Visible <!-- hidden --> **text**");
  issueNumber = issue.number;
  const sub = await create("Part");
  const first = await create("First");
  [child, blocker] = [sub.number, first.number];
  await stage.alice.rest.issues.addSubIssue({ ...REPO, issue_number: issue.number, sub_issue_id: sub.id });
  await stage.alice.request("POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by", {
    ...REPO,
    issue_number: issue.number,
    issue_id: first.id,
  });
  await stage.bob.rest.issues.update({
    ...REPO,
    issue_number: issue.number,
    body: "Visible <!-- hidden --> **changed**",
  });
  const { data: comment } = await stage.bot.rest.issues.createComment({
    ...REPO,
    issue_number: issue.number,
    body: "status",
  });
  await stage.alice.rest.reactions.createForIssueComment({ ...REPO, comment_id: comment.id, content: "rocket" });
  const head = await branchWith(stage, "signalbox/task/1", { "t.txt": "t\n" });
  const at = await openPull(stage, "signalbox/task/1", { body: `Closes #${issue.number}` });
  await stage.bob.rest.pulls.createReview({ ...at, event: "APPROVE" });
  await stage.bot.rest.checks.create({ ...REPO, name: "gate", head_sha: head, status: "in_progress" });
  await stage.bot.rest.repos.createCommitStatus({ ...REPO, sha: head, state: "success", context: "ci" });
  for (const message of ["queue\n\n{}", "claim\n\n{}"]) {
    const { data: refs } = await stage.bot.rest.git.listMatchingRefs({ ...REPO, ref: "heads/signalbox/ledger/1" });
    const parents = refs.map((ref) => ref.object.sha);
    const { data } = await stage.bot.rest.git.createCommit({ ...REPO, message, tree: EMPTY_TREE, parents });
    await stage.bot.graphql("mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }", {
      input: {
        repositoryId: (await stage.bot.rest.repos.get(REPO)).data.node_id,
        refUpdates: [{ name: "refs/heads/signalbox/ledger/1", beforeOid: parents[0] ?? ZEROS, afterOid: data.sha }],
      },
    });
  }
});
afterAll(() => stage.close());

async function read(): Promise<unknown> {
  return stage.bot.graphql(WHOLE, {
    ...{ owner: "acme", name: "app", number: issueNumber },
    ...{ ledger: "refs/heads/signalbox/ledger/1", task: "signalbox/task/1" },
  });
}

describe("one query", () => {
  it("answers issue, ledger, config and pull request together", async () => {
    const { data: bot } = await stage.alice.rest.users.getByUsername({ username: "octoflow[bot]" });
    const answer = await read();
    expect(answer).toMatchObject({
      rateLimit: { cost: 1, limit: 5000 },
      repository: {
        config: { text: "# app\n" },
        ledger: {
          target: {
            history: {
              nodes: [
                {
                  message: "claim\n\n{}",
                  signature: { isValid: true, wasSignedByGitHub: true },
                  author: { user: { databaseId: bot.id, login: "octoflow[bot]" } },
                },
                { message: "queue\n\n{}", parents: { nodes: [] } },
              ],
            },
          },
        },
        refs: { nodes: [{ name: "signalbox/ledger/1", prefix: "refs/heads/" }, { name: "signalbox/task/1" }] },
        pullRequests: {
          nodes: [
            {
              state: "OPEN",
              merged: false,
              mergeCommit: null,
              mergeable: "MERGEABLE",
              reviews: { nodes: [{ state: "APPROVED", author: { login: "bob" } }] },
              statusCheckRollup: {
                state: "PENDING",
                contexts: {
                  nodes: [
                    {
                      __typename: "CheckRun",
                      name: "gate",
                      status: "IN_PROGRESS",
                      conclusion: null,
                      checkSuite: { app: { slug: "octoflow" } },
                    },
                    { __typename: "StatusContext", context: "ci", state: "SUCCESS" },
                  ],
                },
              },
            },
          ],
        },
      },
    });
  });

  it("answers people, edits and relations of the issue", async () => {
    expect(await read()).toMatchObject({
      repository: {
        issue: {
          body: "Visible <!-- hidden --> **changed**",
          bodyText: "Visible  changed",
          editor: { login: "bob" },
          author: { login: "alice", __typename: "User" },
          labels: { nodes: [{ name: "bug" }] },
          assignees: { nodes: [{ login: "bob" }] },
          comments: {
            totalCount: 1,
            nodes: [
              {
                body: "status",
                author: { login: "octoflow", __typename: "Bot" },
                reactions: { nodes: [{ content: "ROCKET", user: { login: "alice" } }] },
              },
            ],
          },
          timelineItems: { nodes: [{ __typename: "LabeledEvent", actor: { login: "alice" }, label: { name: "bug" } }] },
          userContentEdits: {
            nodes: [
              { editor: { login: "bob" }, diff: "Visible <!-- hidden --> **changed**" },
              { editor: { login: "alice" }, diff: "Visible <!-- hidden --> **text**" },
            ],
          },
          parent: null,
          subIssues: { nodes: [{ number: child, state: "OPEN" }] },
          blockedBy: { nodes: [{ number: blocker, state: "OPEN" }] },
          closedByPullRequestsReferences: { nodes: [{ number: expect.any(Number) }] },
        },
      },
    });
  });

  it("counts its points in the request log and in the budget", async () => {
    stage.hub.requests.clear();
    const budget = async (): Promise<number> => {
      const answer: { rateLimit: { used: number } } = await stage.bot.graphql("{ rateLimit { used } }");
      return answer.rateLimit.used;
    };
    const before = await budget();
    await read();
    expect((await budget()) - before).toBe(2);
    expect(stage.hub.requests.graphqlPoints()).toBe(3);
  });
});

describe("refusals", () => {
  const asAlice = async (query: string, variables = {}): Promise<unknown> =>
    (
      await ask(stage.hub, "POST", stage.hub.graphqlUrl, {
        token: await stage.hub.tokenOf("alice"),
        body: { query, variables },
      })
    ).body;

  it.each<[why: string, query: string, error: object]>([
    [
      "an issue that is not there",
      '{ repository(owner: "acme", name: "app") { issue(number: 999) { id } } }',
      {
        type: "NOT_FOUND",
        path: ["repository", "issue"],
        message: "Could not resolve to an Issue with the number of 999.",
      },
    ],
    [
      "a repository that is not there",
      '{ repository(owner: "acme", name: "no") { id } }',
      {
        type: "NOT_FOUND",
        path: ["repository"],
        message: "Could not resolve to a Repository with the name 'acme/no'.",
      },
    ],
    [
      "a page without bounds",
      '{ repository(owner: "acme", name: "app") { labels { totalCount } } }',
      { type: "MISSING_PAGINATION_BOUNDARIES", path: ["repository", "labels"] },
    ],
    [
      "a page that is too large",
      '{ repository(owner: "acme", name: "app") { labels(first: 101) { totalCount } } }',
      { type: "EXCESSIVE_PAGINATION", path: ["repository", "labels"] },
    ],
    [
      "an unknown field",
      "{ viewer { shoeSize } }",
      {
        message: "Field 'shoeSize' doesn't exist on type 'User'",
        extensions: { code: "undefinedField", typeName: "User", fieldName: "shoeSize" },
      },
    ],
  ])("%s", async (_why, query, error) => {
    expect(await asAlice(query)).toMatchObject({ errors: [error] });
  });

  it("half an answer stands beside its error", async () => {
    const answer = await asAlice(
      '{ viewer { login } repository(owner: "acme", name: "app") { id issue(number: 999) { id } } }',
    );
    expect(answer).toMatchObject({
      data: { viewer: { login: "alice" }, repository: { issue: null } },
      errors: [{ type: "NOT_FOUND" }],
    });
  });

  it("an empty budget is an error in an answer of status 200", async () => {
    const small = await createEmulator({ actions: { enabled: false }, limits: { graphqlPointsPerHour: 2 } });
    try {
      small.createUser({ login: "alice" });
      const viewer = () =>
        ask(small, "POST", small.graphqlUrl, {
          token: small.tokenOf("alice"),
          body: { query: "{ viewer { login } }" },
        });
      const answers = [await viewer(), await viewer(), await viewer()];
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
      expect(answers[2]?.body).toMatchObject({ errors: [{ type: "RATE_LIMITED" }] });
      small.clock.advance(3_600_000);
      expect((await viewer()).body).toEqual({ data: { viewer: { login: "alice" } } });
    } finally {
      await small.close();
    }
  });

  it("a query that could answer half a million things is refused", async () => {
    const query =
      '{ repository(owner: "acme", name: "app") { issues(first: 100) { nodes { comments(first: 100) { nodes { reactions(first: 100) { totalCount } } } } } } }';
    expect(await asAlice(query)).toMatchObject({ errors: [{ type: "MAX_NODE_LIMIT_EXCEEDED" }] });
  });
});

it("nothing broke inside", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
