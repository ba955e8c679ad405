// Probe, area l: an app is born from a manifest.
import { App as OctokitApp } from "octokit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, PlainOctokit, raiseStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

const MANIFEST = {
  name: "Born App",
  url: "https://born.example",
  hook_attributes: { url: "http://127.0.0.1:9/hooks" },
  redirect_url: "http://127.0.0.1:9/born",
  default_permissions: { issues: "write", metadata: "read" },
  default_events: ["issues"],
};

describe("l · manifest", () => {
  it("126 POST /app-manifests/{code}/conversions", async () => {
    const form = await ask(stage.hub, "POST", `${stage.hub.url}/organizations/acme/settings/apps/new?state=mine`, {
      body: new URLSearchParams({ manifest: JSON.stringify(MANIFEST) }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const back = new URL(form.headers.get("location") ?? "about:blank");
    expect([form.status, back.origin + back.pathname, back.searchParams.get("state")]).toEqual([
      302,
      MANIFEST.redirect_url,
      "mine",
    ]);
    const code = back.searchParams.get("code") ?? "";
    const { status, data } = await new PlainOctokit({ baseUrl: stage.hub.apiUrl }).rest.apps.createFromManifest({
      code,
    });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      slug: "born-app",
      name: "Born App",
      owner: { login: "acme" },
      permissions: MANIFEST.default_permissions,
      events: ["issues"],
      client_id: expect.any(String),
      client_secret: expect.any(String),
      webhook_secret: expect.any(String),
      pem: expect.stringContaining("PRIVATE KEY"),
    });
    const born = new OctokitApp({
      appId: data.id,
      privateKey: data.pem,
      Octokit: PlainOctokit.defaults({ baseUrl: stage.hub.apiUrl }),
    });
    expect((await born.octokit.request("GET /app")).data).toMatchObject({ slug: "born-app" });
    expect((await ask(stage.hub, "POST", `/app-manifests/${code}/conversions`)).status).toBe(404);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
