// Nothing that GitHub did not sign gets through the door, byte by byte.

import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { createDoor, type WebhookEvent } from "../../src/app/webhooks/door.ts";
import { createSeenDeliveries } from "../../src/app/webhooks/seen-deliveries.ts";
import { dice, type Forged, forge, sign } from "./signatures.ts";

const TRIES = Number(process.env["FUZZ"] ?? 100_000);
const SEED = Number(process.env["SEED"] ?? 20_261_120);
const SECRET = "a-secret-of-forty-characters-for-webhook";
const GENUINE = Buffer.from(
  JSON.stringify({
    action: "labeled",
    repository: { id: 1, full_name: "acme/shop" },
    issue: { number: 7, title: "ünïcødé 🚦 and what was broken before: \uFFFD" },
    label: { name: "task:queued" },
  }),
);

function openDoor() {
  const accepted: WebhookEvent[] = [];
  const silent = () => undefined;
  const door = createDoor({
    secrets: [SECRET, "the-secret-before-it-was-rotated-by-hand"],
    seen: createSeenDeliveries(),
    accept: async (event) => void accepted.push(event),
    isDraining: () => false,
    tell: silent,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  let ids = 0;
  /** @returns the status of the answer */
  async function knock({ body, signature }: Pick<Forged, "body" | "signature">): Promise<number> {
    ids += 1;
    const request = Object.assign(new PassThrough(), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": `delivery-${ids}`,
        "x-hub-signature-256": signature,
      },
    });
    request.end(body);
    let status = 0;
    const response = {
      setHeader: () => undefined,
      writeHead: (code: number) => {
        status = code;
      },
      end: () => undefined,
    };
    // The door uses these few members of what Node's server hands it.
    await door(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    return status;
  }
  return { knock, accepted };
}

it("the genuine one gets in", async () => {
  const { knock, accepted } = openDoor();
  expect(await knock({ body: GENUINE, signature: sign(SECRET, GENUINE) })).toBe(202);
  expect(accepted).toHaveLength(1);
});

it("bytes that only read like what was signed stay out", async () => {
  const { knock, accepted } = openDoor();
  const at = GENUINE.indexOf("\uFFFD");
  const body = Buffer.concat([GENUINE.subarray(0, at), Buffer.from([0xff]), GENUINE.subarray(at + 3)]);
  expect(body.toString("utf8")).toBe(GENUINE.toString("utf8"));
  expect(await knock({ body, signature: sign(SECRET, GENUINE) })).toBe(401);
  expect(accepted).toEqual([]);
});

it(`of ${TRIES} that are forged or changed none gets in (SEED=${SEED})`, async () => {
  const { knock, accepted } = openDoor();
  const roll = dice(SEED);
  const letIn: string[] = [];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const forged = forge(GENUINE, SECRET, roll);
    const status = await knock(forged);
    if (status < 400) letIn.push(`${tries}: ${forged.how} ${forged.body.toString("hex")} ${forged.signature}`);
  }
  expect(letIn).toEqual([]);
  expect(accepted).toEqual([]);
});
