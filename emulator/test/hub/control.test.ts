// The control plane over HTTP: a whole world from one JSON object, driven without importing anything.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/index.ts";

const SEED = {
  organizations: [{ login: "acme", members: { alice: "admin" } }],
  repositories: [{ owner: "acme", name: "app", files: { "README.md": "hi\n" }, collaborators: { bob: "triage" } }],
  apps: [{ slug: "octoflow", owner: "acme", permissions: { issues: "write" }, events: ["issues"] }],
  installations: [{ app: "octoflow", account: "acme", repositories: ["app"] }],
  tokens: [{ login: "alice" }],
};

let hub: Emulator;
beforeAll(async () => {
  hub = await createEmulator({ actions: { enabled: false }, clock: "virtual", limits: { faultHoldMs: 1 } });
});
afterAll(() => hub.close());

async function control(name: string, body: object = {}): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${hub.url}/_control/${name}`, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

const statusOf = async (path: string): Promise<number> => (await fetch(`${hub.apiUrl}${path}`)).status;

describe("the control plane", () => {
  it("makes a world out of a seed", async () => {
    const { status, body } = await control("seed", SEED);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      repositories: [{ fullName: "acme/app", head: expect.stringMatching(/^[0-9a-f]{40}$/) }],
      apps: [{ slug: "octoflow", privateKeyPem: expect.stringContaining("PRIVATE KEY") }],
      tokens: [{ login: "alice", token: expect.stringMatching(/^ghp_/) }],
    });
    expect(hub.permissionOf("bob", "acme/app")).toBe("triage");
  });

  it.each<[why: string, name: string, body: object, message: string]>([
    ["an unknown part of a seed", "seed", { dragons: [] }, "a seed has no dragons"],
    ["a login that is taken", "users", { login: "alice" }, "the login alice is taken"],
    ["an unknown fault", "faults", { fault: "earthquake" }, "is not one of"],
    ["a clock that goes back", "clock/advance", { ms: -5 }, "only moves forward"],
  ])("refuses %s and says why", async (_why, name, body, message) => {
    const refused = await control(name, body);
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain(message);
  });

  it("moves the clock, orders faults, and shows the request log", async () => {
    const before = hub.clock.now();
    expect((await control("clock/advance", { ms: 60_000 })).body).toEqual({ now: before + 60_000 });
    await control("requests/clear");
    await control("faults", { fault: "404", operation: "/^.repos/", nth: 2, times: 1 });
    expect([await statusOf("/repos/acme/app"), await statusOf("/repos/acme/app")]).toEqual([200, 404]);
    await control("faults/clear");
    expect(await statusOf("/repos/acme/app")).toBe(200);
    const log = await (await fetch(`${hub.url}/_control/requests`)).json();
    expect(log).toMatchObject({ entries: [{ fault: null }, { fault: "404" }, { fault: null }] });
  });

  it("commits, changes roles, uninstalls", async () => {
    const input = { repository: "acme/app", branch: "topic", message: "add", author: "alice", files: { "a.txt": "1" } };
    expect((await control("commits", input)).body).toEqual({ sha: await hub.git("acme/app").resolve("topic") });
    expect(await hub.git("acme/app").show("topic", "a.txt")).toBe("1");
    await control("collaborators", { repository: "acme/app", login: "bob", role: "none" });
    expect(hub.permissionOf("bob", "acme/app")).toBe("read");
    expect((await control("idle")).status).toBe(200);
  });
});

describe("the command line", () => {
  it("starts from a seed file, prints where it listens, and stops on SIGTERM", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-seed-"));
    const file = join(folder, "seed.json");
    writeFileSync(file, JSON.stringify(SEED));
    const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
    const child = spawn(process.execPath, [main, "--port", "0", "--seed", file, "--no-actions"]);
    try {
      let printed = "";
      child.stdout.setEncoding("utf8");
      for await (const chunk of child.stdout) {
        printed += String(chunk);
        if (printed.trimEnd().endsWith("}") && isJson(printed)) break;
      }
      const { apiUrl, tokens } = JSON.parse(printed);
      const answer = await fetch(`${apiUrl}/user`, { headers: { authorization: `token ${tokens[0].token}` } });
      expect(await answer.json()).toMatchObject({ login: "alice" });
    } finally {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
      rmSync(folder, { recursive: true });
    }
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
