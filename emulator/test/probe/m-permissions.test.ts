// Probe, area m: permissions of people, team membership, search.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

describe("m · permissions, membership, search", () => {
  it("127 collaborators/{u}/permission admin/write/none", async () => {
    const permission = async (username: string): Promise<readonly [string, string]> => {
      const { data } = await stage.bot.rest.repos.getCollaboratorPermissionLevel({ ...REPO, username });
      return [data.permission, data.role_name];
    };
    expect(await permission("alice")).toEqual(["admin", "admin"]);
    expect(await permission("bob")).toEqual(["write", "write"]);
    // A public repository can be read by everybody.
    expect(await permission("carol")).toEqual(["read", "read"]);
    await stage.hub.setCollaborator("acme/app", "carol", "maintain");
    expect(await permission("carol")).toEqual(["write", "maintain"]);
    await stage.hub.setCollaborator("acme/app", "carol", "triage");
    expect(await permission("carol")).toEqual(["read", "triage"]);
    await stage.hub.createRepository({ owner: "acme", name: "closed", private: true, files: { a: "a" } });
    const { data } = await stage.bot.rest.repos.getCollaboratorPermissionLevel({
      owner: "acme",
      repo: "closed",
      username: "carol",
    });
    expect([data.permission, data.role_name]).toEqual(["none", "none"]);
    expect((await refused(permission("nobody-at-all"))).status).toBe(404);
  });

  it("128 orgs/{org}/teams/{slug}/memberships/{u}", async () => {
    const { data: team } = await stage.alice.rest.teams.create({ org: "acme", name: "Core Team" });
    expect(team.slug).toBe("core-team");
    const at = { org: "acme", team_slug: "core-team", username: "alice" };
    await stage.alice.rest.teams.addOrUpdateMembershipForUserInOrg(at);
    const { data } = await stage.alice.rest.teams.getMembershipForUserInOrg(at);
    expect(data).toMatchObject({ state: "active" });
    expect((await refused(stage.alice.rest.teams.getMembershipForUserInOrg({ ...at, username: "carol" }))).status).toBe(
      404,
    );
  });

  it("129 search/issues q=repo:… label:… is:open", async () => {
    await stage.alice.rest.issues.create({ ...REPO, title: "Wanted", labels: ["searched"] });
    const { data: closed } = await stage.alice.rest.issues.create({ ...REPO, title: "Closed", labels: ["searched"] });
    await stage.alice.rest.issues.update({ ...REPO, issue_number: closed.number, state: "closed" });
    const { data } = await stage.alice.rest.search.issuesAndPullRequests({
      q: "repo:acme/app label:searched is:open is:issue",
    });
    expect(data.total_count).toBe(1);
    expect(data.items.map((issue) => issue.title)).toEqual(["Wanted"]);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
