// Bodies and connections that mean harm, against the real server: what is signed by nobody, what never ends, what is no text,
// what wants to be a prototype. The server stays up and goes on to answer the honest.

import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppUnderTest, SECRET, signature, startApp } from "../app/app-under-test.ts";
import { type Dice, dice, sign } from "./signatures.ts";

const BODIES = Math.min(Number(process.env["FUZZ"] ?? 2_000), 20_000);
const SEED = Number(process.env["SEED"] ?? 20_261_122);
const MEGABYTE = 1024 * 1024;

const queued = {
  action: "labeled",
  repository: { id: 1, full_name: "acme/shop" },
  sender: { id: 5, login: "ada" },
  label: { name: "task:queued" },
  issue: { number: 7, labels: [{ name: "task:queued" }] },
};

let running: AppUnderTest;
beforeAll(async () => {
  running = await startApp();
});
afterAll(() => running.app.stop());

const honest = async () => (await running.deliver("issues", queued)).status;

async function send(body: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(`${running.app.url}/api/github/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": sign(SECRET, body),
      ...headers,
    },
    body: new Uint8Array(body),
  });
  await response.text();
  return response.status;
}

describe("size", () => {
  it("25 MB are taken, one byte more is not", async () => {
    const padded = (bytes: number) => {
      const text = JSON.stringify(queued);
      return Buffer.from(text + " ".repeat(bytes - text.length));
    };
    expect(await send(padded(25 * MEGABYTE))).toBe(202);
    // The server closes while the rest is still under way: the client sees the answer or a broken connection.
    expect(await send(padded(25 * MEGABYTE + 1)).catch(() => 413)).toBe(413);
    expect(await honest()).toBe(202);
  });

  it("a nesting that is deeper than any stack is refused or taken, and answered", async () => {
    expect([202, 400]).toContain(await send(Buffer.from(`${'{"a":['.repeat(200_000)}`)));
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect([202, 400]).toContain(await send(Buffer.from(deep)));
    expect(await honest()).toBe(202);
  });
});

describe("slow", () => {
  it("two hundred senders that never finish keep nobody out", async () => {
    const { hostname, port } = new URL(running.app.url);
    const sockets: Socket[] = [];
    const open = (text: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(text, () => resolve()));
        socket.on("error", () => undefined);
        sockets.push(socket);
      });
    const head = "POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    const ids = `x-github-delivery: ${randomUUID()}\r\nx-github-event: issues\r\n`;
    const signed = `x-hub-signature-256: ${signature(SECRET, "{}")}\r\ncontent-length: 20000000\r\n\r\n{`;
    await Promise.all(Array.from({ length: 100 }, () => open(head)));
    await Promise.all(Array.from({ length: 100 }, () => open(head + ids + signed)));
    expect(await honest()).toBe(202);
    expect((await fetch(`${running.app.url}/health`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect(await honest()).toBe(202);
  });
});

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "action",
  "repository",
  "issue",
  "sender",
];
const LEAVES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  "",
  "__proto__",
  "acme/shop",
  "../..",
  "\u0000",
  "🚦",
  [],
  {},
];

/** JSON of any shape, with the keys that the app reads and those that break objects. */
function shape(roll: Dice, depth = 0): string {
  const kind = depth > 4 ? 0 : roll(4);
  if (kind === 0) return JSON.stringify(LEAVES[roll(LEAVES.length)]);
  if (kind === 1) return `[${Array.from({ length: roll(4) }, () => shape(roll, depth + 1)).join(",")}]`;
  const known = Object.keys(queued);
  const key = () => (roll(2) === 0 ? KEYS[roll(KEYS.length)] : known[roll(known.length)]);
  return `{${Array.from({ length: roll(6) }, () => `${JSON.stringify(key())}:${shape(roll, depth + 1)}`).join(",")}}`;
}

const EVENTS = [
  "issues",
  "issue_comment",
  "push",
  "pull_request",
  "workflow_run",
  "installation",
  "check_run",
  "nothing",
];

describe("content", () => {
  it(`${BODIES} signed bodies of any shape are answered 202 or 400, and no prototype changes (SEED=${SEED})`, async () => {
    const roll = dice(SEED);
    for (let index = 0; index < BODIES; index += 1) {
      const body = Buffer.from(shape(roll));
      const event = EVENTS[roll(EVENTS.length)] ?? "issues";
      const status = await send(body, { "x-github-event": event });
      expect([202, 400], `body ${index} of SEED=${SEED}: ${event} ${body.toString("utf8")}`).toContain(status);
    }
    expect(Reflect.ownKeys(Object.prototype).length).toBe(12);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(await honest()).toBe(202);
  });

  it.each<[why: string, Buffer]>([
    ["a lone byte", Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xff]), Buffer.from('"}')])],
    ["half a character", Buffer.concat([Buffer.from('{"action":"x"}'), Buffer.from([0xe2, 0x82])])],
    ["an overlong slash", Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    ["a surrogate", Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])],
  ])("text that is no UTF-8 is not what was signed: %s", async (_why, body) => {
    expect(await send(body)).toBe(401);
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/json-patch+json",
    "text/json",
    "application/octet-stream",
    "; application/json",
  ])("the content type %s is refused before the body is read", async (type) => {
    expect(await send(Buffer.from(JSON.stringify(queued)), { "content-type": type })).toBe(415);
  });
});
