// The door for webhooks: bytes in, verified event out. Nothing of a body is parsed or logged before its signature holds,
// and nothing of an error goes back to the caller.

import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Webhooks } from "@octokit/webhooks";
import type { Log } from "../log.ts";
import { readBody } from "./body.ts";
import type { SeenDeliveries } from "./seen-deliveries.ts";

export const WEBHOOK_PATH = "/api/github/webhooks";
/** GitHub sends nothing larger. Source: docs.github.com, webhook events and payloads. */
export const WEBHOOK_BYTES_MAX = 25 * 1024 * 1024;

export interface WebhookEvent {
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What became of a delivery, for the metrics. */
export type DeliveryOutcome =
  | "accepted"
  | "duplicate"
  | "wrong-method"
  | "wrong-type"
  | "too-large"
  | "aborted"
  | "bad-headers"
  | "bad-signature"
  | "bad-json"
  | "failed"
  | "draining";

export interface DoorOptions {
  readonly secrets: readonly [string, ...string[]];
  readonly seen: SeenDeliveries;
  /** Resolves when the event is safely taken note of; a rejection makes GitHub's redelivery count as new. */
  readonly accept: (event: WebhookEvent) => Promise<void>;
  readonly isDraining: () => boolean;
  readonly tell: (outcome: DeliveryOutcome, event: string) => void;
  readonly log: Log;
}

const ANSWERS: Record<DeliveryOutcome, readonly [status: number, text: string]> = {
  accepted: [202, "accepted"],
  duplicate: [202, "seen before"],
  "wrong-method": [405, "use POST"],
  "wrong-type": [415, "send application/json"],
  "too-large": [413, "too large"],
  aborted: [400, "incomplete"],
  "bad-headers": [400, "x-github-delivery, x-github-event and x-hub-signature-256 are needed"],
  "bad-signature": [401, "the signature does not match"],
  "bad-json": [400, "not a JSON object"],
  failed: [500, "not taken; deliver it again"],
  draining: [503, "shutting down; deliver it again"],
};

export type Door = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createDoor(options: DoorOptions): Door {
  const verifiers = options.secrets.map((secret) => new Webhooks({ secret }).verify);

  async function pass(request: IncomingMessage): Promise<readonly [DeliveryOutcome, event: string]> {
    if (options.isDraining()) return ["draining", "none"];
    if (request.method !== "POST") return ["wrong-method", "none"];
    if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) return ["wrong-type", "none"];
    const id = header(request, "x-github-delivery", /^[\w-]{8,100}$/);
    const name = header(request, "x-github-event", /^[a-z_]{1,50}$/);
    const signature = header(request, "x-hub-signature-256", /^sha256=[0-9a-f]{64}$/);
    if (id === null || name === null) return ["bad-headers", "none"];
    if (signature === null) return ["bad-signature", "none"];
    const body = await readBody(request, WEBHOOK_BYTES_MAX);
    if (typeof body === "string") return [body, "none"];
    // The signature is checked on the text: bytes that are no UTF-8 would read as what was signed and be something else.
    if (!isUtf8(body)) return ["bad-signature", "none"];
    const text = body.toString("utf8");
    if (text === "" || !(await isSigned(text, signature))) return ["bad-signature", "none"];
    if (!options.seen.take(id)) return ["duplicate", name];
    return [await take({ id, name }, text), name];
  }

  async function isSigned(text: string, signature: string): Promise<boolean> {
    for (const verify of verifiers) if (await verify(text, signature)) return true;
    return false;
  }

  async function take(head: Omit<WebhookEvent, "payload">, text: string): Promise<DeliveryOutcome> {
    const payload = parseObject(text);
    if (payload === null) return "bad-json";
    try {
      await options.accept({ ...head, payload });
      return "accepted";
    } catch (error) {
      options.seen.giveBack(head.id);
      options.log.error({ delivery: head.id, event: head.name, error }, "a delivery could not be taken");
      return "failed";
    }
  }

  return async (request, response) => {
    const [outcome, event] = await pass(request).catch((error: unknown): readonly [DeliveryOutcome, string] => {
      options.log.error({ error }, "the door failed");
      return ["failed", "none"];
    });
    const [status, text] = ANSWERS[outcome];
    options.tell(outcome, event);
    // The rest of a body that is not wanted is not read: closing is the only way to make the sender stop.
    const isUnread = !request.readableEnded;
    if (isUnread) response.setHeader("connection", "close");
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "content-length": text.length });
    response.end(text, () => {
      if (isUnread) request.destroy();
    });
  };
}

function header(request: IncomingMessage, name: string, shape: RegExp): string | null {
  const value = request.headers[name];
  return typeof value === "string" && shape.test(value) ? value : null;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
