// Probe, area a (first part): who an app is, and what its tokens may do.

import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { importPKCS8, SignJWT } from "jose";
import { App as OctokitApp } from "octokit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, complaintsOf, PlainOctokit, REPO, raiseStage, refused, type Stage } from "./stage.ts";

const MINUTE_S = 60;
let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

async function jwt(
  claims: { readonly iss: string; readonly issuedAt: number; readonly lifetimeS: number },
  pem: string,
): Promise<string> {
  const pkcs8 = createPrivateKey(pem).export({ type: "pkcs8", format: "pem" }).toString();
  const key = await importPKCS8(pkcs8, "RS256");
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(claims.iss)
    .setIssuedAt(claims.issuedAt)
    .setExpirationTime(claims.issuedAt + claims.lifetimeS)
    .sign(key);
}

function nowS(): number {
  return Math.floor(stage.hub.clock.now() / 1000);
}

describe("a · app authentication", () => {
  it("1 GET /app with JWT", async () => {
    const { status, data } = await stage.octokitApp.octokit.request("GET /app");
    expect(status).toBe(200);
    expect(data).toMatchObject({ id: stage.appId, slug: "octoflow", owner: { login: "acme", type: "Organization" } });
    expect(data).toMatchObject({ permissions: { issues: "write", metadata: "read" } });
  });

  it("2 bad-signature JWT rejected 401", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const foreign = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const token = await jwt({ iss: String(stage.appId), issuedAt: nowS(), lifetimeS: 5 * MINUTE_S }, foreign);
    const answer = await ask(stage.hub, "GET", "/app", { token });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ message: expect.stringContaining("JSON web token could not be decoded") });
  });

  it("3 expired JWT rejected 401", async () => {
    const token = await jwt(
      { iss: String(stage.appId), issuedAt: nowS() - 20 * MINUTE_S, lifetimeS: 10 * MINUTE_S },
      stage.privateKey,
    );
    expect((await ask(stage.hub, "GET", "/app", { token })).status).toBe(401);
  });

  it("4 JWT iss = client id accepted (GitHub recommends)", async () => {
    const token = await jwt({ iss: stage.clientId, issuedAt: nowS() - 30, lifetimeS: 5 * MINUTE_S }, stage.privateKey);
    const answer = await ask(stage.hub, "GET", "/app", { token });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ slug: "octoflow" });
  });

  it("5 GET /app/installations", async () => {
    const { data } = await stage.octokitApp.octokit.request("GET /app/installations");
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      id: stage.installationId,
      app_slug: "octoflow",
      account: { login: "acme" },
      target_type: "Organization",
      repository_selection: "all",
      suspended_at: null,
    });
  });

  it("6 POST access_tokens (octokit App) -> ghs_", async () => {
    const { status, data } = await stage.octokitApp.octokit.request(
      "POST /app/installations/{installation_id}/access_tokens",
      {
        installation_id: stage.installationId,
      },
    );
    expect(status).toBe(201);
    expect(data.token).toMatch(/^ghs_/);
    expect(data).toMatchObject({ repository_selection: "all", permissions: { issues: "write" } });
    const lifetimeMs = Date.parse(data.expires_at) - stage.hub.clock.now();
    expect(lifetimeMs).toBeGreaterThan(59 * 60_000);
    expect(lifetimeMs).toBeLessThanOrEqual(60 * 60_000);
  });

  it("7 token downscoped to repository+permissions", async () => {
    const { data } = await stage.octokitApp.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: stage.installationId,
      repositories: ["app"],
      permissions: { issues: "read" },
    });
    expect(data.repository_selection).toBe("selected");
    expect(data.repositories?.map((repository) => repository.full_name)).toEqual(["acme/app"]);
    expect(data.permissions).toEqual({ issues: "read", metadata: "read" });
    const narrow = new PlainOctokit({ baseUrl: stage.hub.apiUrl, auth: data.token });
    expect((await narrow.rest.issues.listForRepo(REPO)).status).toBe(200);
    expect(await refused(narrow.rest.issues.create({ ...REPO, title: "no" }))).toMatchObject({
      status: 403,
      message: "Resource not accessible by integration",
    });
    const more = stage.octokitApp.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: stage.installationId,
      permissions: { administration: "write" },
    });
    expect((await refused(more)).status).toBe(422);
  });

  it("8 unknown token -> 401 Bad credentials", async () => {
    const answer = await ask(stage.hub, "GET", "/user", { token: "ghp_0000000000000000000000000000000000000000" });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ message: "Bad credentials", status: "401" });
  });

  it("9 DELETE /installation/token revokes", async () => {
    const { data } = await stage.octokitApp.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: stage.installationId,
    });
    const doomed = new PlainOctokit({ baseUrl: stage.hub.apiUrl, auth: data.token });
    expect((await doomed.request("DELETE /installation/token")).status).toBe(204);
    expect((await refused(doomed.rest.repos.get(REPO))).status).toBe(401);
  });

  it("10 GET /repos/{o}/{r}/installation", async () => {
    const { data } = await stage.octokitApp.octokit.rest.apps.getRepoInstallation(REPO);
    expect(data).toMatchObject({ id: stage.installationId, app_id: stage.appId });
  });

  it("11 GET /orgs/{org}/installation", async () => {
    const { data } = await stage.octokitApp.octokit.rest.apps.getOrgInstallation({ org: "acme" });
    expect(data.id).toBe(stage.installationId);
    const elsewhere = stage.octokitApp.octokit.rest.apps.getOrgInstallation({ org: "nobody" });
    expect((await refused(elsewhere)).status).toBe(404);
  });

  it("an installation token dies an hour later, on the emulator's clock", async () => {
    const own = await raiseStage();
    try {
      const { data } = await own.octokitApp.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
        installation_id: own.installationId,
      });
      expect((await ask(own.hub, "GET", "/repos/acme/app", { token: data.token })).status).toBe(200);
      await own.hub.clock.advance(3_601_000);
      expect((await ask(own.hub, "GET", "/repos/acme/app", { token: data.token })).status).toBe(401);
    } finally {
      await own.close();
    }
  });

  it("a JWT that outlives ten minutes is refused", async () => {
    const token = await jwt({ iss: String(stage.appId), issuedAt: nowS(), lifetimeS: 20 * MINUTE_S }, stage.privateKey);
    expect((await ask(stage.hub, "GET", "/app", { token })).status).toBe(401);
  });

  it("a number that is no app's is told so", async () => {
    const wrong = new OctokitApp({
      appId: stage.appId + 1_000_000,
      privateKey: stage.privateKey,
      Octokit: PlainOctokit.defaults({ baseUrl: stage.hub.apiUrl }),
    });
    expect(await refused(wrong.octokit.request("GET /app"))).toMatchObject({
      status: 404,
      message: "Integration not found",
    });
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
