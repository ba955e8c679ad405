// What happens to everything that hangs on a repository, an issue or an installation when it is renamed, removed or narrowed.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openScene, openSink, Plain, REPO, type Scene, type Sink } from "./scene.ts";

let sink: Sink;
let scene: Scene;
beforeEach(async () => {
  sink = await openSink();
  scene = await openScene({ clock: "virtual", now: Date.UTC(2030, 0, 1), limits: { writesPerMinute: 5 } }, sink.url);
});
afterEach(async () => {
  await scene.hub.close();
  await sink.close();
});

const events = (): readonly string[] => scene.hub.deliveries.map((each) => `${each.event}.${each.action}`);

describe("repositories", () => {
  it("an old name leads to the new one, and is free again for another repository", async () => {
    await scene.alice.rest.repos.update({ ...REPO, name: "renamed" });
    const moved = await fetch(`${scene.hub.apiUrl}/repos/acme/app/issues`, { redirect: "manual" });
    expect([moved.status, moved.headers.get("location")]).toEqual([
      301,
      `${scene.hub.apiUrl}/repos/acme/renamed/issues`,
    ]);
    expect((await scene.alice.rest.repos.get(REPO)).data.full_name).toBe("acme/renamed");
    await scene.hub.createRepository({ owner: "acme", name: "app" });
    expect((await scene.alice.rest.repos.get(REPO)).data.full_name).toBe("acme/app");
  });

  it("a deleted repository takes its issues along, and search still works", async () => {
    await scene.alice.rest.issues.create({ ...REPO, title: "findable" });
    await scene.alice.rest.repos.delete(REPO);
    await expect(scene.alice.rest.repos.get(REPO)).rejects.toMatchObject({ status: 404 });
    const { data } = await scene.alice.rest.search.issuesAndPullRequests({ q: "findable" });
    expect(data.total_count).toBe(0);
  });
});

describe("issues", () => {
  it("a deleted issue answers 410, tells the app, and its number is never given again", async () => {
    await scene.alice.rest.issues.create({ ...REPO, title: "regretted" });
    scene.hub.deleteIssue("acme/app", 1);
    await expect(scene.alice.rest.issues.get({ ...REPO, issue_number: 1 })).rejects.toMatchObject({ status: 410 });
    expect((await scene.alice.rest.issues.create({ ...REPO, title: "next" })).data.number).toBe(2);
    await scene.hub.idle();
    expect(events()).toEqual(["installation.created", "issues.opened", "issues.deleted", "issues.opened"]);
  });
});

describe("installations", () => {
  it("narrowing and widening tells the app which repositories came and went", async () => {
    await scene.hub.createRepository({ owner: "acme", name: "second" });
    scene.hub.selectRepositories(scene.installationId, ["second"]);
    await expect(scene.bot.rest.issues.create({ ...REPO, title: "out of reach" })).rejects.toMatchObject({
      status: 403,
    });
    scene.hub.selectRepositories(scene.installationId, null);
    expect((await scene.bot.rest.issues.create({ ...REPO, title: "in reach" })).status).toBe(201);
    await scene.hub.idle();
    expect(events().slice(1)).toEqual([
      "installation_repositories.removed",
      "installation_repositories.added",
      "issues.opened",
    ]);
  });

  it("uninstalling kills its tokens at once", async () => {
    const { data } = await scene.app.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: scene.installationId,
    });
    const bot = new Plain({ baseUrl: scene.hub.apiUrl, auth: data.token });
    expect((await bot.rest.issues.listForRepo(REPO)).status).toBe(200);
    scene.hub.uninstall(scene.installationId);
    await expect(bot.rest.issues.listForRepo(REPO)).rejects.toMatchObject({ status: 401 });
    await scene.hub.idle();
    expect(events()).toEqual(["installation.created", "installation.deleted"]);
  });
});

describe("the secondary limit", () => {
  it("refuses the sixth write of a minute, says when to come back, and lets reads through", async () => {
    const write = (): Promise<{ readonly status: number }> =>
      scene.alice.rest.issues.create({ ...REPO, title: "again" });
    for (let n = 0; n < 5; n += 1) expect((await write()).status).toBe(201);
    scene.hub.clock.advance(20_000);
    await expect(write()).rejects.toMatchObject({ status: 403, response: { headers: { "retry-after": "40" } } });
    expect((await scene.alice.rest.issues.listForRepo(REPO)).data.length).toBe(5);
    scene.hub.clock.advance(40_000);
    expect((await write()).status).toBe(201);
  });
});
