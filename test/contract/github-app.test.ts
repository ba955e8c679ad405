// The App on the emulator: who it is, where it is installed, what its tokens may do, and what was delivered to it.

import { createEmulator, type Emulator } from "signalbox-emulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGithubApp, type GithubApp } from "../../src/adapters/github/app.ts";

let emulator: Emulator;
let github: GithubApp;
let app: ReturnType<Emulator["createApp"]>;
let installation: number;
const REPOSITORY = { owner: "acme", name: "app" };
const PERMISSIONS = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
} as const;

beforeAll(async () => {
  emulator = await createEmulator({ clock: "virtual", now: Date.now(), actions: { enabled: false } });
  emulator.createOrganization({ login: "acme", members: ["alice"] });
  emulator.createOrganization({ login: "other" });
  await emulator.createRepository({ ...REPOSITORY, private: true, files: { "README.md": "# app\n" } });
  await emulator.createRepository({ owner: "acme", name: "lib", private: true, files: { "README.md": "# lib\n" } });
  await emulator.createRepository({ owner: "other", name: "secret", private: true, files: { "a.txt": "a\n" } });
  const webhookUrl = "http://127.0.0.1:9/nobody-listens";
  app = emulator.createApp({
    slug: "signalbox",
    owner: "acme",
    permissions: PERMISSIONS,
    events: ["issues"],
    webhookUrl,
  });
  installation = emulator.installApp({ app: "signalbox", account: "acme" }).id;
});
afterAll(() => emulator.close());

beforeEach(() => {
  github = createGithubApp({
    baseUrl: emulator.apiUrl,
    appId: app.id,
    privateKey: app.privateKeyPem,
    clock: { now: () => emulator.clock.now(), wait: async (ms) => emulator.clock.advance(ms) },
    random: { next: () => 0.5 },
    isPacing: false,
  });
  emulator.faults.clear();
  emulator.requests.clear();
});

/** Tokens that GitHub gave; a first try whose clock was off is answered with 401 and made again. */
const minted = () =>
  emulator.requests.entries.filter(({ operation, status }) => operation.endsWith("/access_tokens") && status === 201)
    .length;

/** REST with a token. @returns the status */
async function statusOf(token: string, method: string, path: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = method === "GET" ? {} : { body: JSON.stringify({ body: "hello" }) };
  return (await fetch(`${emulator.apiUrl}${path}`, { method, headers, ...body })).status;
}

describe("the App", () => {
  it("knows who it is", async () => {
    expect(await github.identity()).toEqual({ slug: "signalbox", botId: app.botUserId });
  });

  it("knows its repositories, and nobody else's", async () => {
    expect((await github.repositories()).map(({ name }) => name).toSorted()).toEqual(["app", "lib"]);
    expect(await github.hubFor({ owner: "other", name: "secret" })).toBeNull();
    expect(await github.factsOf({ owner: "other", name: "secret" })).toBeNull();
    const facts = await github.factsOf(REPOSITORY);
    expect(facts).toMatchObject({ ...REPOSITORY, defaultBranch: "main" });
  });

  it("knows where a branch stands, and where there is none", async () => {
    const head = await emulator.git("acme/app").resolve("refs/heads/main");
    expect(await github.headOf(REPOSITORY, "main")).toBe(head);
    expect(await github.headOf(REPOSITORY, "gone")).toBeNull();
    expect(await github.headBranchOf(REPOSITORY, 999)).toBeNull();
  });

  it("is not there while it is suspended, and back when somebody says so", async () => {
    emulator.suspendInstallation(installation);
    expect(await github.hubFor(REPOSITORY)).toBeNull();
    emulator.suspendInstallation(installation, false);
    github.forgetInstallation(installation);
    expect(await github.hubFor(REPOSITORY)).not.toBeNull();
  });
});

describe("a token", () => {
  it("is for one repository and for what it was asked for", async () => {
    const { token } = await github.narrowedToken(REPOSITORY, { contents: "read", issues: "read", metadata: "read" });
    expect(await statusOf(token, "GET", "/repos/acme/app/issues")).toBe(200);
    expect(await statusOf(token, "GET", "/repos/acme/lib/issues")).toBe(404);
    expect(await statusOf(token, "POST", "/repos/acme/app/issues")).toBe(403);
  });

  it("of the loop is kept for an hour's work, and one that was handed out is always a new one", async () => {
    await github.factsOf(REPOSITORY);
    await Promise.all([github.headOf(REPOSITORY, "main"), github.factsOf(REPOSITORY)]);
    expect(minted()).toBe(1);
    const one = await github.narrowedToken(REPOSITORY, { contents: "read" });
    const two = await github.narrowedToken(REPOSITORY, { contents: "read" });
    expect(one.token).not.toBe(two.token);
  });

  it("is made once for many who ask at the same moment", async () => {
    await Promise.all([
      github.headOf(REPOSITORY, "main"),
      github.headOf(REPOSITORY, "main"),
      github.factsOf(REPOSITORY),
    ]);
    expect(minted()).toBe(1);
  });

  it("is renewed once when GitHub does not take it any more", async () => {
    await github.headOf(REPOSITORY, "main");
    emulator.faults.add({ match: ({ path }) => path.includes("/git/ref/"), fault: "401", times: 1 });
    expect(await github.headOf(REPOSITORY, "main")).not.toBeNull();
    expect(minted()).toBe(2);
    emulator.faults.add({ match: ({ path }) => path.includes("/git/ref/"), fault: "401" });
    await expect(github.headOf(REPOSITORY, "main")).rejects.toThrow();
  });

  it("is renewed before it ends", async () => {
    await github.headOf(REPOSITORY, "main");
    emulator.clock.advance(56 * 60_000);
    await github.headOf(REPOSITORY, "main");
    expect(minted()).toBe(2);
  });
});

describe("deliveries", () => {
  it("that failed are found, newest first, and can be asked for again", async () => {
    const since = emulator.clock.now();
    const hub = await github.hubFor(REPOSITORY);
    expect(hub).not.toBeNull();
    for (const title of ["one", "two"]) {
      const { token } = await github.narrowedToken(REPOSITORY, { issues: "write" });
      await fetch(`${emulator.apiUrl}/repos/acme/app/issues`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ title, body: "b" }),
      });
    }
    await emulator.idle();
    const found = await github.deliveriesSince(since);
    expect(found.map(({ isSuccess }) => isSuccess)).toEqual([false, false]);
    expect(found[0]?.id).toBeGreaterThan(found[1]?.id ?? 0);
    await github.redeliver(found[0]?.id ?? 0);
    await emulator.idle();
    const after = await github.deliveriesSince(since);
    expect(after.filter(({ guid }) => guid === found[0]?.guid)).toHaveLength(2);
  });
});
