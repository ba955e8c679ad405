// The door for webhooks, over real HTTP: what gets in, what does not, and what a caller or a log may learn.

import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppUnderTest, PREVIOUS_SECRET, SECRET, signature, startApp } from "../app-under-test.ts";

const repository = { id: 1, full_name: "acme/shop" };
const queued = {
  action: "labeled",
  repository,
  sender: { id: 5, login: "ada" },
  label: { name: "task:queued" },
  issue: { number: 7, labels: [{ name: "task:queued" }] },
};

let running: AppUnderTest;
beforeAll(async () => {
  running = await startApp();
});
afterAll(() => running.app.stop());

describe("what gets in", () => {
  it("a signed delivery becomes a look at its issue", async () => {
    expect(await running.looksAfter("issues", queued)).toEqual(["acme/shop#7"]);
  });

  it("both secrets are good while they are rotated", async () => {
    expect((await running.deliver("issues", queued, { secret: PREVIOUS_SECRET })).status).toBe(202);
  });

  it("a body of any spelling is verified byte for byte", async () => {
    const body = `${JSON.stringify({ ...queued, note: "ünïcødé 🚦" }, null, 3)}\n`;
    expect((await running.deliver("issues", null, { body })).status).toBe(202);
  });

  it("an event that we do not know is taken and ignored", async () => {
    expect(await running.looksAfter("sponsorship", { action: "created" })).toEqual([]);
  });

  it("the same delivery twice is looked at once", async () => {
    await running.app.queue.idle();
    const before = running.looks.length;
    const id = randomUUID();
    const first = await running.deliver("issues", queued, { id });
    await running.app.queue.idle();
    const second = await running.deliver("issues", queued, { id });
    await running.app.queue.idle();
    expect([first.status, second.status, await second.text()]).toEqual([202, 202, "seen before"]);
    expect(running.looks.length - before).toBe(1);
  });
});

describe("what stays out", () => {
  it.each<[why: string, options: Parameters<AppUnderTest["deliver"]>[2], status: number]>([
    ["another secret", { secret: "development" }, 401],
    ["no signature", { headers: { "x-hub-signature-256": null } }, 401],
    ["an empty signature", { headers: { "x-hub-signature-256": "" } }, 401],
    ["a signature of another kind", { headers: { "x-hub-signature-256": "sha1=00" } }, 401],
    ["a signature of another body", { headers: { "x-hub-signature-256": signature(SECRET, "{}") } }, 401],
    ["no delivery id", { headers: { "x-github-delivery": null } }, 400],
    ["no event", { headers: { "x-github-event": null } }, 400],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }, 415],
    ["broken JSON", { body: '{"action":' }, 400],
    ["JSON that is no object", { body: "null" }, 400],
    ["a list", { body: "[1]" }, 400],
  ])("%s", async (_why, options, status) => {
    await running.app.queue.idle();
    const before = running.looks.length;
    expect((await running.deliver("issues", queued, options)).status).toBe(status);
    await running.app.queue.idle();
    expect(running.looks.length).toBe(before);
  });

  it("anything but POST", async () => {
    expect((await fetch(`${running.app.url}/api/github/webhooks`)).status).toBe(405);
  });

  it("a declared length of more than 25 MB, before a byte of it is read", async () => {
    const answer = await rawRequest(
      running.app.url,
      ["content-length: 26214401", `x-hub-signature-256: ${signature("another", "body")}`],
      0,
    );
    expect(answer).toContain("HTTP/1.1 413");
  });

  it("more than 25 MB that come without a length, as soon as the limit is passed", async () => {
    const answer = await rawRequest(
      running.app.url,
      ["transfer-encoding: chunked", `x-hub-signature-256: ${signature("another", "body")}`],
      27,
    );
    expect(answer).toContain("HTTP/1.1 413");
  });

  it("every signature that differs in one digit, and whatever else is made up", async () => {
    const body = JSON.stringify(queued);
    const right = signature(SECRET, body);
    const forged = fc.oneof(
      fc
        .tuple(fc.integer({ min: 7, max: 70 }), fc.constantFrom(..."0123456789abcdef"))
        .map(([at, digit]) => right.slice(0, at) + digit + right.slice(at + 1)),
      fc.stringMatching(/^[\x21-\x7e]{0,100}$/),
      fc.stringMatching(/^[0-9a-f]{64}$/).map((digest) => `sha256=${digest}`),
    );
    await fc.assert(
      fc.asyncProperty(
        forged.filter((text) => text !== right),
        async (text) => {
          const response = await running.deliver("issues", queued, { body, headers: { "x-hub-signature-256": text } });
          expect(response.status).toBe(401);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("what nobody learns", () => {
  it("a refused body is not logged", async () => {
    await running.deliver("issues", { ...queued, note: "canary-4711" }, { secret: "development" });
    await running.deliver("issues", queued, { body: '{"note":"canary-4711"' });
    expect(running.logged.filter((line) => line.includes("canary-4711"))).toEqual([]);
  });

  it("an accepted payload is not logged either, at any level", async () => {
    await running.looksAfter("issues", { ...queued, note: "canary-4712" });
    expect(running.logged.filter((line) => line.includes("canary-4712"))).toEqual([]);
    expect(running.logged.some((line) => line.includes("a delivery was taken"))).toBe(true);
  });
});

/** Speaks HTTP by hand, because a client library would correct what is wrong. @returns what came back before the end */
function rawRequest(url: string, headers: readonly string[], megabytes: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  const socket = connect(Number(port), hostname, () => {
    const head = ["POST /api/github/webhooks HTTP/1.1", `host: ${hostname}`, "content-type: application/json"];
    const ids = [`x-github-delivery: ${randomUUID()}`, "x-github-event: issues"];
    socket.write(`${[...head, ...ids, ...headers].join("\r\n")}\r\n\r\n`);
    const megabyte = `100000\r\n${" ".repeat(0x100000)}\r\n`;
    for (let sent = 0; sent < megabytes; sent += 1) socket.write(megabyte);
  });
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    answer += chunk;
  });
  socket.on("error", () => resolve(answer));
  socket.on("close", () => resolve(answer));
  return promise;
}
