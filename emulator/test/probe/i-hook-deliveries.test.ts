// Probe, area i: the log of webhook deliveries, and sending one again.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, only, REPO, raiseStage, SECRET, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

describe("i · hook deliveries", () => {
  it("118 GET /app/hook/config", async () => {
    const { data } = await stage.octokitApp.octokit.rest.apps.getWebhookConfigForApp();
    expect(data).toMatchObject({ url: stage.hookUrl, content_type: "json", secret: "********", insecure_ssl: "0" });
    expect(JSON.stringify(data)).not.toContain(SECRET);
  });

  it("119 GET /app/hook/deliveries", async () => {
    await stage.alice.rest.issues.create({ ...REPO, title: "Delivered" });
    await stage.hub.idle();
    const { data } = await stage.octokitApp.octokit.rest.apps.listWebhookDeliveries({ per_page: 1 });
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      event: "issues",
      action: "opened",
      status_code: 200,
      status: "OK",
      redelivery: false,
      installation_id: stage.installationId,
    });
    const { data: whole } = await stage.octokitApp.octokit.rest.apps.getWebhookDelivery({
      delivery_id: data[0]?.id ?? 0,
    });
    expect(whole).toMatchObject({
      request: { payload: { action: "opened", issue: { title: "Delivered" } } },
      response: { payload: "ok" },
    });
  });

  it("120 failed delivery recorded, POST attempts redelivers same guid", async () => {
    stage.failHooks(true);
    await stage.alice.rest.issues.create({ ...REPO, title: "Lost at first" });
    await stage.hub.idle();
    stage.failHooks(false);
    const { data: failed } = await stage.octokitApp.octokit.rest.apps.listWebhookDeliveries({ per_page: 1 });
    expect(failed[0]).toMatchObject({ event: "issues", status_code: 500, redelivery: false });
    const before = await stage.mark();
    const again = await stage.octokitApp.octokit.rest.apps.redeliverWebhookDelivery({
      delivery_id: failed[0]?.id ?? 0,
    });
    expect(again.status).toBe(202);
    const hook = only(await stage.hooksSince(before), "issues", "opened");
    expect(hook.guid).toBe(failed[0]?.guid);
    expect(hook.payload).toMatchObject({ issue: { title: "Lost at first" } });
    const { data: latest } = await stage.octokitApp.octokit.rest.apps.listWebhookDeliveries({ per_page: 1 });
    expect(latest[0]).toMatchObject({ guid: hook.guid, redelivery: true, status_code: 200 });
  });

  it("121 repo webhook deliveries list", async () => {
    const { status, data: hook } = await stage.alice.rest.repos.createWebhook({
      ...REPO,
      config: { url: stage.hookUrl, content_type: "json", secret: SECRET },
      events: ["label"],
    });
    expect(status).toBe(201);
    await stage.hub.idle();
    await stage.alice.rest.issues.createLabel({ ...REPO, name: "heard", color: "ededed" });
    await stage.hub.idle();
    const { data } = await stage.alice.rest.repos.listWebhookDeliveries({ ...REPO, hook_id: hook.id });
    expect(data.map((delivery) => [delivery.event, delivery.action, delivery.status_code])).toEqual([
      ["label", "created", 200],
      ["ping", null, 200],
    ]);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
