// Probe, area j: what an installation reaches, and what suspending it does.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, only, REPO, raiseStage, refused, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
  await stage.hub.createRepository({ owner: "acme", name: "second", private: true, files: { "README.md": "2\n" } });
});
afterAll(() => stage.close());

describe("j · installations", () => {
  it("12 GET /installation/repositories", async () => {
    const { data } = await stage.bot.rest.apps.listReposAccessibleToInstallation();
    expect(data.total_count).toBe(2);
    expect(data.repositories.map((repository) => repository.full_name).sort()).toEqual(["acme/app", "acme/second"]);
  });

  it("13 App.eachRepository()", async () => {
    const seen: string[] = [];
    await stage.octokitApp.eachRepository(({ repository }) => {
      seen.push(repository.full_name);
    });
    expect(seen.sort()).toEqual(["acme/app", "acme/second"]);
  });

  it("14 GET /user/installations (user token)", async () => {
    const token = await stage.hub.tokenOf("alice");
    const { status, body } = await ask(stage.hub, "GET", "/user/installations", { token });
    expect(status).toBe(200);
    expect(body).toMatchObject({ total_count: 1, installations: [{ id: stage.installationId, app_slug: "octoflow" }] });
    const carol = await ask(stage.hub, "GET", "/user/installations", { token: await stage.hub.tokenOf("carol") });
    expect(carol.body).toMatchObject({ total_count: 0 });
  });

  it("15 PUT/DELETE /app/installations/{id}/suspended", async () => {
    const at = { installation_id: stage.installationId };
    const before = await stage.mark();
    expect((await stage.octokitApp.octokit.rest.apps.suspendInstallation(at)).status).toBe(204);
    only(await stage.hooksSince(before), "installation", "suspend");
    expect((await stage.octokitApp.octokit.rest.apps.getInstallation(at)).data.suspended_at).toMatch(/Z$/);
    expect((await refused(stage.bot.rest.issues.create({ ...REPO, title: "no" }))).status).toBe(403);
    expect((await stage.octokitApp.octokit.rest.apps.unsuspendInstallation(at)).status).toBe(204);
    only(await stage.hooksSince(before), "installation", "unsuspend");
    expect((await stage.bot.rest.issues.create({ ...REPO, title: "yes" })).status).toBe(201);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
