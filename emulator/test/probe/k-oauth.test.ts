// Probe, area k: people sign in, in a browser or on a device.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, ask, CALLBACK, complaintsOf, raiseStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await raiseStage();
});
afterAll(() => stage.close());

type Fields = Readonly<Record<string, string>>;

function post(path: string, fields: Fields): Promise<Answer> {
  return ask(stage.hub, "POST", `${stage.hub.url}${path}`, {
    body: new URLSearchParams(fields).toString(),
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
  });
}

const client = (): Fields => ({ client_id: stage.clientId, client_secret: stage.clientSecret });

/** The browser's part: alice agrees, and is sent back with a code. */
async function codeFor(state: string): Promise<string> {
  const query = new URLSearchParams({ client_id: stage.clientId, redirect_uri: CALLBACK, state, login: "alice" });
  const { status, headers } = await ask(stage.hub, "GET", `${stage.hub.url}/login/oauth/authorize?${query.toString()}`);
  const target = new URL(headers.get("location") ?? "about:blank");
  expect([status, target.origin + target.pathname, target.searchParams.get("state")]).toEqual([302, CALLBACK, state]);
  return target.searchParams.get("code") ?? "";
}

async function signIn(): Promise<Record<string, string>> {
  const { body } = await post("/login/oauth/access_token", { ...client(), code: await codeFor("s") });
  return Object(body);
}

const whoIs = (token: string | undefined): Promise<Answer> => ask(stage.hub, "GET", "/user", { token: token ?? "" });

describe("k · sign-in", () => {
  it("122 OAuth web flow -> user token", async () => {
    const code = await codeFor("a state of mine");
    const { status, body } = await post("/login/oauth/access_token", { ...client(), code });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: "bearer", access_token: expect.any(String) });
    expect((await whoIs(Object(body).access_token)).body).toMatchObject({ login: "alice" });
    expect((await post("/login/oauth/access_token", { ...client(), code })).body).toMatchObject({
      error: "bad_verification_code",
    });
    const wrong = { ...client(), client_secret: "guessed", code: await codeFor("s") };
    expect((await post("/login/oauth/access_token", wrong)).body).toMatchObject({
      error: "incorrect_client_credentials",
    });
  });

  it("122b nobody is sent anywhere but to a registered address", async () => {
    const query = new URLSearchParams({
      client_id: stage.clientId,
      redirect_uri: "http://evil.example/",
      login: "alice",
    });
    const { status, headers } = await ask(
      stage.hub,
      "GET",
      `${stage.hub.url}/login/oauth/authorize?${query.toString()}`,
    );
    expect([status, headers.get("location")]).toEqual([400, null]);
  });

  it("123 GitHub-App user token (ghu_, expiring, refresh_token)", async () => {
    const first = await signIn();
    expect(first).toMatchObject({
      access_token: expect.stringMatching(/^ghu_/),
      refresh_token: expect.stringMatching(/^ghr_/),
      expires_in: 28_800,
      refresh_token_expires_in: 15_897_600,
    });
    stage.hub.clock.advance(28_801_000);
    expect((await whoIs(first["access_token"])).status).toBe(401);
    const renewal = { ...client(), grant_type: "refresh_token", refresh_token: first["refresh_token"] ?? "" };
    const second: Record<string, string> = Object((await post("/login/oauth/access_token", renewal)).body);
    expect((await whoIs(second["access_token"])).body).toMatchObject({ login: "alice" });
    expect((await post("/login/oauth/access_token", renewal)).body).toMatchObject({ error: "bad_refresh_token" });
  });

  it("124 device flow POST /login/device/code", async () => {
    const { body } = await post("/login/device/code", { client_id: stage.clientId });
    expect(body).toMatchObject({
      device_code: expect.stringMatching(/^[0-9a-f]{40}$/),
      user_code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
      verification_uri: `${stage.hub.url}/login/device`,
      expires_in: 900,
      interval: 5,
    });
    const { device_code, user_code }: Record<string, string> = Object(body);
    const poll = (): Promise<Answer> => {
      stage.hub.clock.advance(6_000);
      return post("/login/oauth/access_token", {
        client_id: stage.clientId,
        device_code: device_code ?? "",
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      });
    };
    expect((await poll()).body).toMatchObject({ error: "authorization_pending" });
    expect((await post("/login/device", { user_code: user_code ?? "", login: "bob" })).status).toBe(200);
    const granted: Record<string, string> = Object((await poll()).body);
    expect((await whoIs(granted["access_token"])).body).toMatchObject({ login: "bob" });
  });

  it("125 POST /applications/{id}/token check", async () => {
    const { access_token = "" } = await signIn();
    const basic = Buffer.from(`${stage.clientId}:${stage.clientSecret}`).toString("base64");
    const check = (token: string, authorization = `Basic ${basic}`): Promise<Answer> =>
      ask(stage.hub, "POST", `/applications/${stage.clientId}/token`, {
        body: { access_token: token },
        headers: { authorization },
      });
    const known = await check(access_token);
    expect(known.status).toBe(200);
    expect(known.body).toMatchObject({
      token: access_token,
      user: { login: "alice" },
      app: { client_id: stage.clientId },
    });
    expect((await check("ghu_unknown")).status).toBe(404);
    expect((await check(access_token, `Basic ${Buffer.from("a:b").toString("base64")}`)).status).toBe(401);
  });

  it("a user's token through an app can do what both can do, and no more", async () => {
    const { access_token = "" } = await signIn();
    const act = (path: string, body: object): Promise<Answer> =>
      ask(stage.hub, "POST", path, { token: access_token, body });
    const opened = await act("/repos/acme/app/issues", { title: "Through the app" });
    expect(opened.body).toMatchObject({ user: { login: "alice" }, performed_via_github_app: { slug: "octoflow" } });
    expect((await act("/repos/acme/app/hooks", { config: { url: "http://127.0.0.1:9/" } })).status).toBe(403);
  });
});

it("every answer and webhook was as GitHub describes it", () => {
  expect(complaintsOf(stage)).toEqual([]);
});
