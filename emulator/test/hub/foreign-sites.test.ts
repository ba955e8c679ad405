// A page of another site, open in the browser of whoever runs the emulator, must not command it.
import { request } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/index.ts";

let hub: Emulator;

beforeAll(async () => {
  hub = await createEmulator({ actions: { enabled: false } });
});
afterAll(() => hub.close());

function command(headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${hub.url}/_control/users`, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end(JSON.stringify({ login: `user-${Object.values(headers).join("").replace(/\W/g, "")}` }));
  });
}

it.each<[who: string, headers: Readonly<Record<string, string>>, status: number]>([
  ["a program", {}, 200],
  ["a program that says localhost", { host: "localhost:1234" }, 200],
  ["a page of another site", { origin: "http://evil.example" }, 403],
  ["a page in a sandbox", { origin: "null" }, 403],
  ["a name that was pointed here", { host: "rebound.example" }, 403],
])("%s", async (_who, headers, status) => {
  expect(await command(headers)).toBe(status);
});

it("its own pages, by another name of this machine", async () => {
  const { port } = new URL(hub.url);
  expect(await command({ origin: `http://localhost:${port}`, host: `localhost:${port}` })).toBe(200);
  expect(await command({ origin: `http://localhost:${port}`, host: `127.0.0.1:${port}` })).toBe(403);
});

it("its own pages may", async () => {
  expect(await command({ origin: hub.url })).toBe(200);
});
