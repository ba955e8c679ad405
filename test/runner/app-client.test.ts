// The runner's side of the app's API over real HTTP: what is granted, what is refused at once, what is tried again.

import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createAppClient } from "../../src/runner/app-client.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

const SHA = "a".repeat(40);
const BODY = { repository: "acme/sum", issue: 7, token: SHA };
const GRANT = { writeToken: "w", expiresAt: 1, writer: { id: 1, login: "b", isBot: true }, config: null };

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly location?: string;
}

let server: Server | null = null;
afterEach(() => new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve))));

/** An app that gives these answers one after the other, the last for ever. */
async function appWith(...answers: readonly Answer[]) {
  const heard: { path: string; authorization: string; body: unknown }[] = [];
  const started = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      heard.push({
        path: request.url ?? "",
        authorization: request.headers.authorization ?? "",
        body: JSON.parse(text),
      });
      const answer = answers[Math.min(heard.length, answers.length) - 1] ?? { status: 500, body: {} };
      if (answer.status === 0) request.socket.destroy();
      else {
        response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location });
        response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
      }
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  const clock = createVirtualClock(0);
  let proofs = 0;
  const client = createAppClient({
    appUrl: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    clock,
    identityToken: async () => {
      proofs += 1;
      return `proof-${proofs}`;
    },
  });
  return { client, heard, clock };
}

it("a token is bought with a fresh proof of who asks", async () => {
  const { client, heard } = await appWith({ status: 200, body: GRANT });
  expect(await client.publishToken(BODY)).toEqual(GRANT);
  await client.tellPublished({ repository: "acme/sum", issue: 7 });
  expect(heard).toEqual([
    { path: "/api/runs/publish-token", authorization: "Bearer proof-1", body: BODY },
    { path: "/api/runs/published", authorization: "Bearer proof-2", body: { repository: "acme/sum", issue: 7 } },
  ]);
});

describe("refused", () => {
  it.each<[what: string, Answer, sentence: string]>([
    [
      "by the protocol",
      { status: 409, body: { error: "Another run is bound.", reason: "already-bound" } },
      "Another run is bound.",
    ],
    ["for who it is", { status: 403, body: { error: "Not you.", reason: "not-runner" } }, "Not you."],
    ["without a sentence", { status: 404, body: "<html>" }, "The app did not answer as expected (HTTP 404)."],
  ])("%s: at once", async (_what, answer, sentence) => {
    const { client, heard } = await appWith(answer);
    expect(await client.bind(BODY)).toEqual({ refused: sentence });
    expect(heard).toHaveLength(1);
  });

  it("in the end, when the app never answers: within the 15 minutes that a bind may take", async () => {
    const { client, clock } = await appWith({ status: 503, body: { error: "Draining.", reason: "draining" } });
    expect(await client.bind(BODY)).toEqual({ refused: "Draining." });
    expect(clock.now()).toBeLessThanOrEqual(15 * 60_000);
    expect(clock.now()).toBeGreaterThan(14 * 60_000);
  });
});

it("what may pass is tried again, each time with a proof of its own", async () => {
  const { client, heard, clock } = await appWith(
    { status: 0, body: null },
    { status: 503, body: { error: "Busy.", reason: "too-many" } },
    { status: 429, body: "slow down" },
    { status: 200, body: GRANT },
  );
  expect(await client.publishToken(BODY)).toEqual(GRANT);
  expect(clock.waits).toEqual([1_000, 2_000, 4_000]);
  expect(new Set(heard.map((one) => one.authorization)).size).toBe(4);
});

it("an answer of another shape is a bug, not a grant", async () => {
  const { client } = await appWith({ status: 200, body: { ...GRANT, writeToken: 5 } });
  await expect(client.publishToken(BODY)).rejects.toThrow(/writeToken/);
});

it("the proof is not carried to another address", async () => {
  const { client, heard } = await appWith({ status: 307, body: "", location: "/elsewhere" });
  expect(await client.publishToken(BODY)).toEqual({ refused: "The app did not answer." });
  expect(new Set(heard.map((one) => one.path))).toEqual(new Set(["/api/runs/publish-token"]));
});

it("a hint that is lost changes nothing", async () => {
  const { client } = await appWith({ status: 500, body: {} });
  await expect(client.reportPhase({ ...BODY, phase: "plan", status: "started", cost: 0 })).resolves.toBeUndefined();
});
