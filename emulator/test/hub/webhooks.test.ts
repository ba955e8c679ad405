// Deliveries under bad luck: dropped, lost, doubled, reordered; and how an app gets them back.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openScene, openSink, REPO, type Scene, type Sink } from "./scene.ts";

let sink: Sink;
let scene: Scene;
beforeAll(async () => {
  sink = await openSink();
  scene = await openScene({}, sink.url);
});
afterAll(async () => {
  await scene.hub.close();
  await sink.close();
});
beforeEach(async () => {
  scene.hub.hooks.chaos();
  await scene.hub.idle();
  sink.heard.length = 0;
});

async function openIssues(count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await scene.alice.rest.issues.create({ ...REPO, title: `number ${n}` });
  await scene.hub.idle();
}

describe("webhooks", () => {
  it("a dropped delivery is in the app's log as failed, and a redelivery has the same GUID", async () => {
    scene.hub.hooks.chaos({ drop: 1, seed: 1 });
    await openIssues(1);
    expect(sink.heard).toEqual([]);
    const { data: failed } = await scene.app.octokit.request("GET /app/hook/deliveries", { per_page: 1 });
    expect(failed[0]).toMatchObject({ event: "issues", action: "opened", redelivery: false, status_code: 502 });
    scene.hub.hooks.chaos();
    await scene.app.octokit.request("POST /app/hook/deliveries/{delivery_id}/attempts", {
      delivery_id: Number(failed[0]?.id),
    });
    await scene.hub.idle();
    expect(sink.heard).toEqual([{ guid: failed[0]?.guid, name: "issues.opened", title: "number 1" }]);
    const { data: again } = await scene.app.octokit.request("GET /app/hook/deliveries", { per_page: 1 });
    expect(again[0]).toMatchObject({ guid: failed[0]?.guid, redelivery: true, status: "OK", status_code: 200 });
  });

  it("a lost webhook was never fired: not even the app's log knows of it", async () => {
    scene.hub.hooks.chaos({ lose: 1, seed: 1 });
    await openIssues(1);
    expect(sink.heard).toEqual([]);
    const { data } = await scene.app.octokit.request("GET /app/hook/deliveries", { per_page: 100 });
    const lost = scene.hub.deliveries.at(-1);
    expect(lost?.status).toBe("lost");
    expect(data.map((each) => each.guid)).not.toContain(lost?.guid);
  });

  it("a doubled delivery arrives twice with one GUID", async () => {
    scene.hub.hooks.chaos({ duplicate: 1, seed: 1 });
    await openIssues(1);
    expect(sink.heard.map((each) => each.name)).toEqual(["issues.opened", "issues.opened"]);
    expect(new Set(sink.heard.map((each) => each.guid)).size).toBe(1);
  });

  it("reordered deliveries all arrive, in another order than they were sent", async () => {
    scene.hub.hooks.chaos({ reorder: 0.5, seed: 3 });
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => scene.alice.rest.issues.create({ ...REPO, title: `number ${n}` })),
    );
    await scene.hub.idle();
    const sent = scene.hub.deliveries.slice(-12).map((each) => each.guid);
    const arrived = sink.heard.map((each) => each.guid);
    expect(arrived.toSorted()).toEqual(sent.toSorted());
    expect(arrived).not.toEqual(sent);
  });

  it("the same seed has the same luck", async () => {
    const fates = async (): Promise<readonly string[]> => {
      scene.hub.hooks.chaos({ drop: 0.5, seed: 7 });
      await openIssues(10);
      return scene.hub.deliveries.slice(-10).map((each) => each.status);
    };
    const first = await fates();
    expect(new Set(first)).toEqual(new Set(["OK", "failed to connect to host"]));
    expect(await fates()).toEqual(first);
  });

  it("deliveries older than three days are gone from the API", async () => {
    const own = await openScene({}, sink.url);
    try {
      await own.alice.rest.issues.create({ ...REPO, title: "old" });
      await own.hub.idle();
      const count = async (): Promise<number> =>
        (await own.app.octokit.request("GET /app/hook/deliveries")).data.length;
      expect(await count()).toBe(2);
      own.hub.clock.advance(3 * 24 * 3_600_000 + 60_000);
      expect(await count()).toBe(0);
    } finally {
      await own.hub.close();
    }
  });

  it("a suspended installation hears nothing more, and its tokens open nothing", async () => {
    const own = await openScene({}, sink.url);
    try {
      own.hub.suspendInstallation(own.installationId);
      await own.alice.rest.issues.create({ ...REPO, title: "unheard" });
      await own.hub.idle();
      expect(own.hub.deliveries.map((each) => `${each.event}.${each.action}`)).toEqual([
        "installation.created",
        "installation.suspend",
      ]);
      await expect(own.bot.rest.issues.listForRepo(REPO)).rejects.toMatchObject({ status: 403 });
      own.hub.suspendInstallation(own.installationId, false);
      expect((await own.bot.rest.issues.listForRepo(REPO)).status).toBe(200);
    } finally {
      await own.hub.close();
    }
  });
});
