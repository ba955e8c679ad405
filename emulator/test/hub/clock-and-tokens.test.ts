// The virtual clock, and everything that hangs on it: timestamps, Date, token expiry, rate-limit windows, JWTs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScene, Plain, REPO, type Scene } from "./scene.ts";

const START = Date.UTC(2030, 0, 31, 23, 59, 58, 900);

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ clock: "virtual", now: START, limits: { requestsPerHour: 40 } });
});
afterAll(() => scene.hub.close());

describe("the virtual clock", () => {
  it("stands still until it is advanced, and timestamps have whole seconds", async () => {
    const first = await scene.alice.rest.issues.create({ ...REPO, title: "one" });
    expect(first.data.created_at).toBe("2030-01-31T23:59:58Z");
    expect(first.headers.date).toBe("Thu, 31 Jan 2030 23:59:58 GMT");
    scene.hub.clock.advance(1_200);
    const second = await scene.alice.rest.issues.create({ ...REPO, title: "two" });
    expect(second.data.created_at).toBe("2030-02-01T00:00:00Z");
    expect(() => scene.hub.clock.advance(-1)).toThrow("only moves forward");
  });

  it("Octokit's JWTs are accepted though its clock is years behind: it corrects itself by the Date header", async () => {
    expect((await scene.app.octokit.request("GET /app")).data?.slug).toBe("octoflow");
  });

  it("installation tokens die after an hour of it", async () => {
    const { data } = await scene.app.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
      installation_id: scene.installationId,
    });
    const bot = new Plain({ baseUrl: scene.hub.apiUrl, auth: data.token });
    scene.hub.clock.advance(3_599_000);
    expect((await bot.rest.issues.listForRepo(REPO)).status).toBe(200);
    scene.hub.clock.advance(1_000);
    await expect(bot.rest.issues.listForRepo(REPO)).rejects.toMatchObject({ status: 401 });
  });

  it("the primary limit refuses with 403 until its window ends; a 304 costs nothing", async () => {
    scene.hub.clock.advance(3_600_000);
    const url = `${scene.hub.apiUrl}/repos/acme/app`;
    const auth = { authorization: `token ${scene.hub.tokenOf("bob")}` };
    const etag = (await fetch(url, { headers: auth })).headers.get("etag") ?? "";
    const spent: string[] = [];
    for (const _ of [1, 2]) {
      const unchanged = await fetch(url, { headers: { ...auth, "if-none-match": etag } });
      spent.push(`${unchanged.status} ${unchanged.headers.get("x-ratelimit-used")}`);
    }
    expect(spent).toEqual(["304 1", "304 1"]);
    for (let n = 0; n < 39; n += 1) expect((await fetch(url, { headers: auth })).status).toBe(200);
    const refused = await fetch(url, { headers: auth });
    expect([refused.status, refused.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
    expect(await refused.text()).toContain("API rate limit exceeded for user ID");
    const resetAt = Number(refused.headers.get("x-ratelimit-reset")) * 1000;
    scene.hub.clock.advance(resetAt - scene.hub.clock.now() + 1_000);
    expect((await fetch(url, { headers: auth })).status).toBe(200);
  });

  it("an ETag belongs to the token it was given to", async () => {
    const url = `${scene.hub.apiUrl}/repos/acme/app/issues/1`;
    const etagFor = async (login: string): Promise<string | null> =>
      (await fetch(url, { headers: { authorization: `token ${scene.hub.tokenOf(login)}` } })).headers.get("etag");
    expect(await etagFor("alice")).toBe(await etagFor("alice"));
    expect(await etagFor("alice")).not.toBe(await etagFor("bob"));
  });

  it("a narrowed token cannot be widened, and names only what the installation has", async () => {
    const mint = (body: object) =>
      scene.app.octokit.request("POST /app/installations/{installation_id}/access_tokens", {
        installation_id: scene.installationId,
        ...body,
      });
    const { data } = await mint({ repositories: ["app"], permissions: { issues: "read" } });
    expect([data.permissions, data.repository_selection]).toEqual([{ issues: "read", metadata: "read" }, "selected"]);
    const reader = new Plain({ baseUrl: scene.hub.apiUrl, auth: data.token });
    await expect(reader.rest.issues.create({ ...REPO, title: "no" })).rejects.toMatchObject({ status: 403 });
    await expect(mint({ permissions: { administration: "write" } })).rejects.toMatchObject({ status: 422 });
    await expect(mint({ repositories: ["elsewhere"] })).rejects.toMatchObject({ status: 422 });
  });
});
