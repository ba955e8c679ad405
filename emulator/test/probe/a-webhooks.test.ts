// Probe, area a (second part): what a webhook carries, and that none is lost or doubled.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, namesOf, only, REPO, raiseStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe("a · webhooks", () => {
  it("17 app webhook issues.opened delivered, probot verified", async () => {
    const before = await stage.mark();
    const { data } = await stage.alice.rest.issues.create({ ...REPO, title: "Hello" });
    const hook = only(await stage.hooksSince(before), "issues", "opened");
    expect(hook.verified).toBe(true);
    expect(hook.payload).toMatchObject({
      action: "opened",
      issue: { number: data.number, title: "Hello", user: { login: "alice" } },
      sender: { login: "alice", type: "User" },
      repository: { full_name: "acme/app", private: false },
    });
  });

  it("18 payload.installation.id", async () => {
    const before = await stage.mark();
    await stage.alice.rest.issues.create({ ...REPO, title: "Whose installation?" });
    const hook = only(await stage.hooksSince(before), "issues", "opened");
    expect(hook.payload["installation"]).toEqual({ id: stage.installationId, node_id: expect.any(String) });
  });

  it("19 payload.organization present for org repo", async () => {
    const before = await stage.mark();
    await stage.alice.rest.issues.create({ ...REPO, title: "Whose organisation?" });
    const hook = only(await stage.hooksSince(before), "issues", "opened");
    expect(hook.payload["organization"]).toMatchObject({ login: "acme", id: expect.any(Number) });
  });

  it("20 X-GitHub-Delivery is a GUID", async () => {
    const before = await stage.mark();
    await stage.alice.rest.issues.create({ ...REPO, title: "Guid" });
    expect(only(await stage.hooksSince(before), "issues", "opened").guid).toMatch(GUID);
  });

  it("21 X-GitHub-Hook-ID / Installation-Target-* / User-Agent GitHub-Hookshot", async () => {
    const before = await stage.mark();
    await stage.alice.rest.issues.create({ ...REPO, title: "Headers" });
    const { headers } = only(await stage.hooksSince(before), "issues", "opened");
    expect(headers["x-github-hook-id"]).toMatch(/^\d+$/);
    expect(headers["x-github-hook-installation-target-type"]).toBe("integration");
    expect(headers["x-github-hook-installation-target-id"]).toBe(String(stage.appId));
    expect(headers["user-agent"]).toMatch(/^GitHub-Hookshot\//);
    expect(headers["content-type"]).toBe("application/json");
    expect(headers["x-hub-signature-256"]).toMatch(/^sha256=[0-9a-f]{64}$/);
  });

  it("22 issues.opened also followed by issues.labeled + issues.assigned for initial labels/assignees", async () => {
    await stage.alice.rest.issues.createLabel({ ...REPO, name: "initial", color: "00ff00" });
    const before = await stage.mark();
    await stage.alice.rest.issues.create({ ...REPO, title: "Dressed", labels: ["initial"], assignees: ["bob"] });
    const hooks = await stage.hooksSince(before);
    expect([...namesOf(hooks)].sort()).toEqual(["issues.assigned", "issues.labeled", "issues.opened"]);
    expect(only(hooks, "issues", "labeled").payload).toMatchObject({ label: { name: "initial" } });
    expect(only(hooks, "issues", "assigned").payload).toMatchObject({ assignee: { login: "bob" } });
  });

  it("56 probot round trip: /ping comment -> handler -> createComment", async () => {
    stage.probot.on("issue_comment.created", async (context) => {
      if (context.payload.comment.body !== "/ping") return;
      await context.octokit.rest.issues.createComment(context.issue({ body: "pong" }));
    });
    const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Round trip" });
    await stage.alice.rest.issues.createComment({ ...REPO, issue_number: issue.number, body: "/ping" });
    await stage.hub.idle();
    const { data } = await stage.alice.rest.issues.listComments({ ...REPO, issue_number: issue.number });
    expect(data.map((comment) => [comment.user?.login, comment.body])).toEqual([
      ["alice", "/ping"],
      ["octoflow[bot]", "pong"],
    ]);
  });

  it("57 30 concurrent writes: all hooks delivered, delivery ids unique", async () => {
    const { data: issue } = await stage.alice.rest.issues.create({ ...REPO, title: "Crowd" });
    await stage.hub.idle();
    const before = await stage.mark();
    const bodies = Array.from({ length: 30 }, (_, index) => `comment ${index}`);
    await Promise.all(
      bodies.map((body) => stage.bob.rest.issues.createComment({ ...REPO, issue_number: issue.number, body })),
    );
    const hooks = (await stage.hooksSince(before)).filter((hook) => hook.event === "issue_comment");
    expect(hooks).toHaveLength(30);
    expect(new Set(hooks.map((hook) => hook.guid)).size).toBe(30);
    expect(hooks.every((hook) => hook.verified)).toBe(true);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
