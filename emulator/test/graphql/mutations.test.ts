// Mutations of code, pull requests, checks and relations, and what is left alone when one is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { branchWith } from "../probe/branches.ts";
import { ask, complaintsOf, only, REPO, raiseStage, type Stage } from "../probe/stage.ts";

let stage: Stage;
let repositoryId: string;
let main: string;

beforeAll(async () => {
  stage = await raiseStage();
  repositoryId = (await stage.alice.rest.repos.get(REPO)).data.node_id;
  main = (await stage.alice.rest.git.getRef({ ...REPO, ref: "heads/main" })).data.object.sha;
});
afterAll(() => stage.close());

interface Result {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly type: string; readonly message: string; readonly path: readonly string[] }[];
}

/** Runs one mutation field with an input object; answers status 200 or the test fails. */
async function run(
  token: string,
  field: string,
  type: string,
  input: object,
  fields = "clientMutationId",
): Promise<Result> {
  const query = `mutation($input: ${type}!) { ${field}(input: $input) { ${fields} } }`;
  const answer = await ask(stage.hub, "POST", stage.hub.graphqlUrl, { token, body: { query, variables: { input } } });
  expect(answer.status).toBe(200);
  // The endpoint's answer; every use of it below is an assertion.
  return answer.body as Result;
}

/** The global id at a path of an answer; fails when there is none. */
function idAt(result: Result, ...path: readonly string[]): string {
  let value: unknown = result.data;
  for (const step of path) value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  const id = typeof value === "object" && value !== null ? Reflect.get(value, "id") : undefined;
  if (typeof id !== "string") throw new Error(`no id at ${path.join(".")}: ${JSON.stringify(result)}`);
  return id;
}

const bob = () => stage.hub.tokenOf("bob");
const carol = () => stage.hub.tokenOf("carol");

async function botToken(): Promise<string> {
  return (
    await stage.octokitApp.octokit.rest.apps.createInstallationAccessToken({ installation_id: stage.installationId })
  ).data.token;
}

describe("refs", () => {
  it("are created, moved and deleted one at a time", async () => {
    const created = await run(
      bob(),
      "createRef",
      "CreateRefInput",
      { repositoryId, name: "refs/heads/r1", oid: main },
      "ref { id name target { oid } }",
    );
    expect(created.data).toMatchObject({ createRef: { ref: { name: "r1", target: { oid: main } } } });
    const again = await run(bob(), "createRef", "CreateRefInput", { repositoryId, name: "refs/heads/r1", oid: main });
    expect(again).toMatchObject({
      data: { createRef: null },
      errors: [{ type: "UNPROCESSABLE", path: ["createRef"] }],
    });
    const refId = idAt(created, "createRef", "ref");
    const next = await stage.hub
      .git("acme/app")
      .commitFiles({ branch: "other", message: "o", files: { o: "o" }, author: "bob" });
    expect((await run(bob(), "updateRef", "UpdateRefInput", { refId, oid: next })).errors).toBeUndefined();
    expect(await stage.hub.git("acme/app").resolve("refs/heads/r1")).toBe(next);
    await run(bob(), "deleteRef", "DeleteRefInput", { refId });
    expect(await stage.hub.git("acme/app").resolve("refs/heads/r1")).toBeNull();
  });

  it.each<[why: string, token: () => string, type: string]>([
    ["an outsider", carol, "FORBIDDEN"],
    ["a stale old value", bob, "STALE_DATA"],
  ])("updateRefs by %s changes nothing", async (_why, token, type) => {
    const refUpdates = [{ name: "refs/heads/main", beforeOid: "1".repeat(40), afterOid: main }];
    const { errors } = await run(token(), "updateRefs", "UpdateRefsInput", { repositoryId, refUpdates });
    expect(errors?.map((error) => error.type)).toEqual([type]);
    expect(await stage.hub.git("acme/app").resolve("main")).toBe(main);
  });
});

describe("a pull request's life", () => {
  it("opened as a draft, reviewed, merged on the head that was seen", async () => {
    const head = await branchWith(stage, "life", { "life.txt": "1\n" });
    const input = { repositoryId, headRefName: "life", baseRefName: "main", title: "Life", draft: true };
    const opened = await run(
      bob(),
      "createPullRequest",
      "CreatePullRequestInput",
      input,
      "pullRequest { id number isDraft state }",
    );
    expect(opened.data).toMatchObject({ createPullRequest: { pullRequest: { isDraft: true, state: "OPEN" } } });
    const pullRequestId = idAt(opened, "createPullRequest", "pullRequest");
    const own = await run(bob(), "addPullRequestReview", "AddPullRequestReviewInput", {
      pullRequestId,
      event: "APPROVE",
    });
    expect(own.errors?.[0]).toMatchObject({ type: "UNPROCESSABLE" });
    const approved = await run(
      stage.hub.tokenOf("alice"),
      "addPullRequestReview",
      "AddPullRequestReviewInput",
      { pullRequestId, event: "APPROVE" },
      "pullRequestReview { state author { login } }",
    );
    expect(approved.data).toMatchObject({
      addPullRequestReview: { pullRequestReview: { state: "APPROVED", author: { login: "alice" } } },
    });
    expect(
      (await run(bob(), "mergePullRequest", "MergePullRequestInput", { pullRequestId })).errors?.[0]?.message,
    ).toBe("Pull Request is still a draft");
    await run(bob(), "markPullRequestReadyForReview", "MarkPullRequestReadyForReviewInput", { pullRequestId });
    const stale = await run(bob(), "mergePullRequest", "MergePullRequestInput", {
      pullRequestId,
      expectedHeadOid: main,
    });
    expect(stale.errors?.[0]?.message).toContain("Head branch was modified");
    const mark = await stage.mark();
    const merged = await run(
      bob(),
      "mergePullRequest",
      "MergePullRequestInput",
      { pullRequestId, expectedHeadOid: head, mergeMethod: "SQUASH", commitHeadline: "feat: life" },
      "pullRequest { state merged mergedBy { login } mergeCommit { messageHeadline } }",
    );
    expect(merged.data).toMatchObject({
      mergePullRequest: {
        pullRequest: {
          state: "MERGED",
          merged: true,
          mergedBy: { login: "bob" },
          mergeCommit: { messageHeadline: "feat: life" },
        },
      },
    });
    only(await stage.hooksSince(mark), "pull_request", "closed");
    main = (await stage.hub.git("acme/app").resolve("main")) ?? "";
  });

  it("edited, closed and reopened", async () => {
    await branchWith(stage, "again", { "again.txt": "1\n" });
    const input = { repositoryId, headRefName: "again", baseRefName: "main", title: "Again" };
    const opened = await run(bob(), "createPullRequest", "CreatePullRequestInput", input, "pullRequest { id number }");
    const pullRequestId = idAt(opened, "createPullRequest", "pullRequest");
    await run(bob(), "updatePullRequest", "UpdatePullRequestInput", { pullRequestId, title: "Once more" });
    await run(bob(), "closePullRequest", "ClosePullRequestInput", { pullRequestId });
    const closed = await stage.alice.rest.pulls.list({ ...REPO, head: "acme:again", state: "closed" });
    expect(closed.data).toMatchObject([{ state: "closed", title: "Once more" }]);
    const back = await run(
      bob(),
      "reopenPullRequest",
      "ReopenPullRequestInput",
      { pullRequestId },
      "pullRequest { state }",
    );
    expect(back.data).toEqual({ reopenPullRequest: { pullRequest: { state: "OPEN" } } });
  });
});

describe("checks", () => {
  it("are written by apps alone", async () => {
    const input = { repositoryId, headSha: main, name: "evidence", status: "IN_PROGRESS" };
    expect((await run(bob(), "createCheckRun", "CreateCheckRunInput", input)).errors?.[0]?.type).toBe("FORBIDDEN");
    const token = await botToken();
    const made = await run(token, "createCheckRun", "CreateCheckRunInput", input, "checkRun { id status }");
    const checkRunId = idAt(made, "createCheckRun", "checkRun");
    const done = await run(
      token,
      "updateCheckRun",
      "UpdateCheckRunInput",
      { repositoryId, checkRunId, conclusion: "SUCCESS", output: { title: "t", summary: "s" } },
      "checkRun { status conclusion title }",
    );
    expect(done.data).toEqual({
      updateCheckRun: { checkRun: { status: "COMPLETED", conclusion: "SUCCESS", title: "t" } },
    });
  });
});

describe("relations", () => {
  it("parent, sub-issue and blocker, each with its refusals", async () => {
    const create = async (title: string, more = {}): Promise<string> => {
      const made = await run(
        stage.hub.tokenOf("alice"),
        "createIssue",
        "CreateIssueInput",
        { repositoryId, title, ...more },
        "issue { id }",
      );
      return idAt(made, "createIssue", "issue");
    };
    const parent = await create("Parent");
    const child = await create("Child", { parentIssueId: parent });
    const token = await botToken();
    expect(
      (await run(token, "addSubIssue", "AddSubIssueInput", { issueId: child, subIssueId: parent })).errors?.[0]?.type,
    ).toBe("UNPROCESSABLE");
    const blocked = await run(
      token,
      "addBlockedBy",
      "AddBlockedByInput",
      { issueId: parent, blockingIssueId: child },
      "issue { subIssues(first: 5) { totalCount } blockedBy(first: 5) { nodes { title } } } blockingIssue { blocking(first: 5) { totalCount } }",
    );
    expect(blocked.data).toEqual({
      addBlockedBy: {
        issue: { subIssues: { totalCount: 1 }, blockedBy: { nodes: [{ title: "Child" }] } },
        blockingIssue: { blocking: { totalCount: 1 } },
      },
    });
    expect(
      (await run(token, "addBlockedBy", "AddBlockedByInput", { issueId: child, blockingIssueId: parent })).errors?.[0]
        ?.type,
    ).toBe("UNPROCESSABLE");
    expect(
      (await run(token, "removeBlockedBy", "RemoveBlockedByInput", { issueId: parent, blockingIssueId: child })).errors,
    ).toBeUndefined();
  });
});

it("collaborators come with their permission", async () => {
  const answer = await stage.bot.graphql(
    '{ repository(owner: "acme", name: "app") { collaborators(first: 5, query: "bob") { edges { permission node { login databaseId } } } } }',
  );
  expect(answer).toMatchObject({
    repository: { collaborators: { edges: [{ permission: "WRITE", node: { login: "bob" } }] } },
  });
});

it("a mutation that is not emulated says so and does nothing", async () => {
  const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Pin me" });
  const { errors } = await run(stage.hub.tokenOf("alice"), "pinIssue", "PinIssueInput", { issueId: issue.node_id });
  expect(errors).toMatchObject([{ type: "NOT_EMULATED", message: "not emulated: Mutation.pinIssue" }]);
});

it("nothing broke inside", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
