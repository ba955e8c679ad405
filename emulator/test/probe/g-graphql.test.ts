// Probe, area g: GraphQL queries on GitHub's schema.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, REPO, raiseStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

describe("g · GraphQL", () => {
  it("103 GraphQL query viewer", async () => {
    expect(await stage.alice.graphql("{ viewer { login __typename } }")).toEqual({
      viewer: { login: "alice", __typename: "User" },
    });
    const answer = await ask(stage.hub, "POST", stage.hub.graphqlUrl, { body: { query: "{ viewer { login } }" } });
    expect(answer.status).toBe(401);
  });

  it("104 GraphQL search issues + nested labels", async () => {
    await stage.alice.rest.issues.createLabel({ ...REPO, name: "task:queued", color: "ededed" });
    const { data: issue } = await stage.alice.rest.issues.create({
      ...REPO,
      title: "Findable",
      labels: ["task:queued"],
    });
    await stage.alice.rest.issues.create({ ...REPO, title: "Not this one" });
    const found = await stage.alice.graphql(
      `query($q: String!) { search(type: ISSUE, query: $q, first: 10) { issueCount nodes { ... on Issue { number title labels(first: 5) { nodes { name } } } } } }`,
      { q: 'repo:acme/app is:issue is:open label:"task:queued"' },
    );
    expect(found).toEqual({
      search: {
        issueCount: 1,
        nodes: [{ number: issue.number, title: "Findable", labels: { nodes: [{ name: "task:queued" }] } }],
      },
    });
  });

  it("a field that does not exist fails as on GitHub: status 200 with errors", async () => {
    const token = await stage.hub.tokenOf("alice");
    const answer = await ask(stage.hub, "POST", stage.hub.graphqlUrl, {
      token,
      body: { query: "{ viewer { shoeSize } }" },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ errors: [{ message: expect.stringContaining("shoeSize") }] });
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
