// Signing in with GitHub: web flow with and without PKCE, refresh, device flow, and what a user token through an app may do.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScene, Plain, REPO, type Scene } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.hub.close());

const CALLBACK = "http://127.0.0.1:9999/callback";

async function authorize(extra: Readonly<Record<string, string>> = {}): Promise<Response> {
  const query = new URLSearchParams({
    client_id: scene.appKeys.clientId,
    redirect_uri: CALLBACK,
    state: "xyz",
    ...extra,
  });
  return fetch(`${scene.hub.url}/login/oauth/authorize?${query}`, { redirect: "manual" });
}

async function codeFor(login: string, extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await authorize({ login, ...extra });
  const target = new URL(response.headers.get("location") ?? "");
  expect([response.status, target.origin, target.searchParams.get("state")]).toEqual([
    302,
    "http://127.0.0.1:9999",
    "xyz",
  ]);
  return target.searchParams.get("code") ?? "";
}

async function post(
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { clientId, clientSecret } = scene.appKeys;
  const body = JSON.stringify({ client_id: clientId, client_secret: clientSecret, ...fields });
  const headers = { accept: "application/json", "content-type": "application/json" };
  const answer = await fetch(`${scene.hub.url}${path}`, { method: "POST", headers, body });
  const parsed: Readonly<Record<string, unknown>> = JSON.parse(await answer.text());
  return parsed;
}

const exchange = (fields: Readonly<Record<string, string>>) => post("/login/oauth/access_token", fields);

describe("signing in", () => {
  it("web flow: the code becomes a user token once, and Octokit's own helper understands it", async () => {
    const code = await codeFor("bob");
    const { authentication } = await scene.app.oauth.createToken({ code });
    expect(authentication.token).toMatch(/^ghu_/);
    const bob = new Plain({ baseUrl: scene.hub.apiUrl, auth: authentication.token });
    expect((await bob.rest.users.getAuthenticated()).data.login).toBe("bob");
    expect(await exchange({ code })).toMatchObject({ error: "bad_verification_code" });
  });

  it("without `login` a page asks who one is", async () => {
    const response = await authorize();
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/name="login" value="alice"[\s\S]*name="login" value="bob"/);
  });

  it.each<[why: string, extra: Readonly<Record<string, string>>, status: number]>([
    ["a foreign redirect_uri", { redirect_uri: "https://evil.example/callback" }, 400],
    ["an unknown client", { client_id: "Iv23nobody" }, 404],
  ])("%s is refused", async (_why, extra, status) => {
    expect((await authorize({ login: "bob", ...extra })).status).toBe(status);
  });

  it("PKCE: only the verifier that fits opens", async () => {
    const verifier = "a verifier of at least forty-three characters, they say";
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
    expect(await exchange({ code: await codeFor("bob", pkce), code_verifier: "wrong" })).toMatchObject({
      error: "bad_verification_code",
    });
    expect(await exchange({ code: await codeFor("bob", pkce), code_verifier: verifier })).toMatchObject({
      token_type: "bearer",
      expires_in: 28_800,
    });
  });

  it("a refresh token gives a new pair and kills the old one", async () => {
    const first = await exchange({ code: await codeFor("bob") });
    const renewal = { grant_type: "refresh_token", refresh_token: String(first["refresh_token"]) };
    const second = await exchange(renewal);
    expect(second["access_token"]).toMatch(/^ghu_/);
    expect(await exchange(renewal)).toMatchObject({ error: "bad_refresh_token" });
    const old = new Plain({ baseUrl: scene.hub.apiUrl, auth: String(first["access_token"]) });
    await expect(old.rest.users.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  });

  it("wrong client secret: refused in the body, not by the status", async () => {
    expect(await exchange({ code: await codeFor("bob"), client_secret: "guess" })).toMatchObject({
      error: "incorrect_client_credentials",
    });
  });

  it("device flow: pending, too fast, approved", async () => {
    const start = await post("/login/device/code", {});
    const ask = {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: String(start["device_code"]),
    };
    expect(await exchange(ask)).toMatchObject({ error: "authorization_pending" });
    expect(await exchange(ask)).toMatchObject({ error: "slow_down" });
    await fetch(`${scene.hub.url}/login/device`, {
      method: "POST",
      body: new URLSearchParams({ user_code: String(start["user_code"]), login: "bob" }),
    });
    expect(await exchange(ask)).toMatchObject({ token_type: "bearer" });
  });

  it("a user token through an app may do what both may do", async () => {
    const { authentication } = await scene.app.oauth.createToken({ code: await codeFor("bob") });
    const bob = new Plain({ baseUrl: scene.hub.apiUrl, auth: authentication.token });
    const { data } = await bob.rest.issues.create({ ...REPO, title: "by bob through the app" });
    expect([data.user?.login, data.performed_via_github_app?.slug]).toEqual(["bob", "octoflow"]);
    await expect(
      bob.rest.repos.createCommitStatus({ ...REPO, sha: "0".repeat(40), state: "success" }),
    ).rejects.toMatchObject({ status: 403 });
  });

  it("the app checks and revokes what it was given", async () => {
    const { authentication } = await scene.app.oauth.createToken({ code: await codeFor("bob") });
    const checked = await scene.app.oauth.checkToken({ token: authentication.token });
    expect(checked.data.user?.login).toBe("bob");
    await scene.app.oauth.deleteToken({ token: authentication.token });
    await expect(scene.app.oauth.checkToken({ token: authentication.token })).rejects.toMatchObject({ status: 404 });
  });

  it("a manifest becomes an app that can sign in with its own key", async () => {
    const manifest = {
      name: "Made By Form",
      url: "https://example.com",
      redirect_url: "http://127.0.0.1:9999/made",
      default_permissions: { issues: "write" },
      default_events: ["issues"],
    };
    const form = await fetch(`${scene.hub.url}/organizations/acme/settings/apps/new?state=s1`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ manifest: JSON.stringify(manifest) }),
    });
    const back = new URL(form.headers.get("location") ?? "");
    expect([form.status, back.searchParams.get("state")]).toEqual([302, "s1"]);
    const code = back.searchParams.get("code") ?? "";
    const { data } = await scene.alice.request("POST /app-manifests/{code}/conversions", { code });
    expect([data.slug, data.pem.split("\n")[0]]).toEqual(["made-by-form", "-----BEGIN RSA PRIVATE KEY-----"]);
    await expect(scene.alice.request("POST /app-manifests/{code}/conversions", { code })).rejects.toMatchObject({
      status: 404,
    });
  });
});
