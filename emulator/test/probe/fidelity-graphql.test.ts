// Beyond the table of the probe: reading and writing issues through GraphQL, as an app that saves requests does.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, REPO, raiseStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
  await stage.alice.rest.issues.createLabel({ ...REPO, name: "task:queued", color: "ededed" });
  await stage.alice.rest.issues.createLabel({ ...REPO, name: "task:claimed", color: "ededed" });
});
afterAll(() => stage.close());

interface Opened {
  readonly id: string;
  readonly number: number;
}

async function newIssue(labels: readonly string[] = []): Promise<Opened> {
  const { data } = await stage.alice.rest.issues.create({
    ...REPO,
    title: "Read me whole",
    body: "Text",
    labels: [...labels],
  });
  return { id: data.node_id, number: data.number };
}

async function readIssue(number: number, fields: string): Promise<unknown> {
  const answer: { repository: { issue: unknown } } = await stage.bot.graphql(
    `query($number: Int!) { repository(owner: "acme", name: "app") { issue(number: $number) { ${fields} } } }`,
    { number },
  );
  return answer.repository.issue;
}

async function labelId(name: string): Promise<string> {
  return (await stage.bot.rest.issues.getLabel({ ...REPO, name })).data.node_id;
}

describe("reading an issue", () => {
  it("comments tell who wrote and who last changed them", async () => {
    const { number } = await newIssue();
    const at = { ...REPO, issue_number: number };
    await stage.bot.rest.issues.createComment({ ...at, body: "mine" });
    const { data: comment } = await stage.bob.rest.issues.createComment({ ...at, body: "before" });
    stage.hub.clock.advance(2_000);
    await stage.alice.rest.issues.updateComment({ ...REPO, comment_id: comment.id, body: "after" });
    const read = await readIssue(
      number,
      `comments(first: 10) { totalCount nodes { databaseId body viewerDidAuthor includesCreatedEdit lastEditedAt
        author { __typename login ... on Bot { databaseId } ... on User { databaseId } } editor { login }
        userContentEdits(first: 5) { nodes { editor { login } } } } }`,
    );
    expect(read).toMatchObject({
      comments: {
        totalCount: 2,
        nodes: [
          {
            body: "mine",
            viewerDidAuthor: true,
            lastEditedAt: null,
            editor: null,
            author: { __typename: "Bot", login: "octoflow" },
          },
          {
            databaseId: comment.id,
            body: "after",
            viewerDidAuthor: false,
            lastEditedAt: expect.stringMatching(/Z$/),
            author: { __typename: "User", login: "bob" },
            editor: { login: "alice" },
          },
        ],
      },
    });
  });

  it("the timeline names every label event with actor, time and id", async () => {
    const { number } = await newIssue(["task:queued"]);
    await stage.bob.rest.issues.removeLabel({ ...REPO, issue_number: number, name: "task:queued" });
    await stage.alice.rest.issues.update({ ...REPO, issue_number: number, state: "closed" });
    const read = await readIssue(
      number,
      `state stateReason timelineItems(first: 20, itemTypes: [LABELED_EVENT, UNLABELED_EVENT, CLOSED_EVENT]) { nodes { __typename
        ... on LabeledEvent { id createdAt actor { login } label { name } }
        ... on UnlabeledEvent { id createdAt actor { login } label { name } }
        ... on ClosedEvent { id createdAt actor { login } stateReason } } }`,
    );
    const common = { id: expect.any(String), createdAt: expect.stringMatching(/Z$/) };
    expect(read).toEqual({
      state: "CLOSED",
      stateReason: "COMPLETED",
      timelineItems: {
        nodes: [
          { __typename: "LabeledEvent", ...common, actor: { login: "alice" }, label: { name: "task:queued" } },
          { __typename: "UnlabeledEvent", ...common, actor: { login: "bob" }, label: { name: "task:queued" } },
          { __typename: "ClosedEvent", ...common, actor: { login: "alice" }, stateReason: "COMPLETED" },
        ],
      },
    });
  });

  it("pages are walked by cursor", async () => {
    const { number } = await newIssue();
    for (const body of ["1", "2", "3"])
      await stage.bob.rest.issues.createComment({ ...REPO, issue_number: number, body });
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more && seen.length < 10; ) {
      const answer: {
        repository: {
          issue: { comments: { nodes: { body: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
        };
      } = await stage.bot.graphql(
        `query($number: Int!, $after: String) { repository(owner: "acme", name: "app") { issue(number: $number) {
            comments(first: 2, after: $after) { nodes { body } pageInfo { hasNextPage endCursor } } } } }`,
        { number, after },
      );
      const { nodes, pageInfo } = answer.repository.issue.comments;
      seen.push(...nodes.map((node) => node.body));
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    expect(seen).toEqual(["1", "2", "3"]);
  });
});

describe("writing", () => {
  it("one document changes labels by delta, comments, reacts and closes", async () => {
    const { id, number } = await newIssue(["task:queued"]);
    await stage.bot.graphql(
      `mutation($id: ID!, $add: [ID!]!, $remove: [ID!]!) {
        a: addLabelsToLabelable(input: { labelableId: $id, labelIds: $add }) { clientMutationId }
        b: removeLabelsFromLabelable(input: { labelableId: $id, labelIds: $remove }) { clientMutationId }
        c: addReaction(input: { subjectId: $id, content: EYES }) { reaction { content } }
        d: addComment(input: { subjectId: $id, body: "claimed" }) { commentEdge { node { id body } } }
        e: closeIssue(input: { issueId: $id, stateReason: NOT_PLANNED }) { issue { state } }
      }`,
      { id, add: [await labelId("task:claimed")], remove: [await labelId("task:queued")] },
    );
    const { data } = await stage.alice.rest.issues.get({ ...REPO, issue_number: number });
    expect(data).toMatchObject({
      labels: [{ name: "task:claimed" }],
      state: "closed",
      state_reason: "not_planned",
      comments: 1,
      reactions: { eyes: 1 },
    });
  });

  it("a failed mutation does not stop the ones behind it", async () => {
    const { id, number } = await newIssue();
    const token = await stage.hub.tokenOf("alice");
    const answer = await ask(stage.hub, "POST", stage.hub.graphqlUrl, {
      token,
      body: {
        query: `mutation($id: ID!) {
          a: addComment(input: { subjectId: $id, body: "first" }) { clientMutationId }
          b: addComment(input: { subjectId: "I_nonsense", body: "second" }) { clientMutationId }
          c: addComment(input: { subjectId: $id, body: "third" }) { clientMutationId }
        }`,
        variables: { id },
      },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ data: { b: null }, errors: [{ path: ["b"], type: "NOT_FOUND" }] });
    const { data } = await stage.alice.rest.issues.listComments({ ...REPO, issue_number: number });
    expect(data.map((comment) => comment.body)).toEqual(["first", "third"]);
  });

  it("a comment is edited and folded away", async () => {
    const { number } = await newIssue();
    const { data: comment } = await stage.bot.rest.issues.createComment({
      ...REPO,
      issue_number: number,
      body: "attempt 1",
    });
    const answer = await stage.bot.graphql(
      `mutation($id: ID!) {
        updateIssueComment(input: { id: $id, body: "attempt 1: ended" }) { issueComment { body editor { login } } }
        minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } }
      }`,
      { id: comment.node_id },
    );
    expect(answer).toEqual({
      updateIssueComment: { issueComment: { body: "attempt 1: ended", editor: { login: "octoflow" } } },
      minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: "outdated" } },
    });
  });

  it("an outsider's mutation is refused as GitHub refuses it: status 200, FORBIDDEN, nothing changed", async () => {
    const { id, number } = await newIssue();
    const token = await stage.hub.tokenOf("carol");
    const answer = await ask(stage.hub, "POST", stage.hub.graphqlUrl, {
      token,
      body: {
        query:
          "mutation($id: ID!, $labels: [ID!]!) { addLabelsToLabelable(input: { labelableId: $id, labelIds: $labels }) { clientMutationId } }",
        variables: { id, labels: [await labelId("task:queued")] },
      },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ errors: [{ type: "FORBIDDEN" }] });
    expect((await stage.alice.rest.issues.get({ ...REPO, issue_number: number })).data.labels).toEqual([]);
  });

  it("createCommitOnBranch commits only on the head that it expects", async () => {
    const { data: main } = await stage.bot.rest.git.getRef({ ...REPO, ref: "heads/main" });
    await stage.bot.rest.git.createRef({ ...REPO, ref: "refs/heads/by-graphql", sha: main.object.sha });
    const commit = (expectedHeadOid: string): Promise<unknown> =>
      stage.bot.graphql(
        "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid signature { isValid wasSignedByGitHub } } } }",
        {
          input: {
            branch: { repositoryNameWithOwner: "acme/app", branchName: "by-graphql" },
            message: { headline: "Write", body: "through GraphQL" },
            expectedHeadOid,
            fileChanges: { additions: [{ path: "g.txt", contents: Buffer.from("g\n").toString("base64") }] },
          },
        },
      );
    expect(await commit(main.object.sha)).toMatchObject({
      createCommitOnBranch: { commit: { signature: { isValid: true, wasSignedByGitHub: true } } },
    });
    await expect(commit(main.object.sha)).rejects.toThrow(/expected/i);
  });

  it("what is not emulated says so, and never answers a silent null", async () => {
    const token = await stage.hub.tokenOf("alice");
    const answer = await ask(stage.hub, "POST", stage.hub.graphqlUrl, {
      token,
      body: { query: "{ viewer { gists(first: 1) { totalCount } } }" },
    });
    expect(answer.body).toMatchObject({ errors: [{ message: expect.stringMatching(/not emulated: User\.gists/i) }] });
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
