// The receiving end of webhooks: a server that hands each to Probot for verification and keeps it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Probot } from "probot";

export interface Delivered {
  readonly event: string;
  readonly action: string | null;
  readonly guid: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Did Probot accept the signature? */
  readonly verified: boolean;
}

export interface Listener {
  readonly url: string;
  readonly delivered: readonly Delivered[];
  readonly verifyWith: (probot: Probot) => void;
  readonly fail: (on: boolean) => void;
  readonly close: () => Promise<void>;
}

export async function listen(): Promise<Listener> {
  const delivered: Delivered[] = [];
  let failing = false;
  let verifier: Probot | null = null;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void receive(verifier, request.headers, Buffer.concat(chunks).toString("utf8")).then((hook) => {
        if (!failing) delivered.push(hook);
        response.writeHead(failing ? 500 : 200).end("ok");
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/hooks`,
    delivered,
    verifyWith: (probot) => {
      verifier = probot;
    },
    fail: (on) => {
      failing = on;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  return address.port;
}

async function receive(
  verifier: Probot | null,
  rawHeaders: Readonly<Record<string, string | readonly string[] | undefined>>,
  text: string,
): Promise<Delivered> {
  const headers = Object.fromEntries(Object.entries(rawHeaders).map(([name, value]) => [name, String(value)]));
  const payload: Record<string, unknown> = JSON.parse(text);
  const guid = headers["x-github-delivery"] ?? "";
  const event = headers["x-github-event"] ?? "";
  const signature = headers["x-hub-signature-256"] ?? "";
  const verified = await verify(verifier, { id: guid, name: event, payload: text, signature });
  return {
    event,
    action: typeof payload["action"] === "string" ? payload["action"] : null,
    guid,
    headers,
    payload,
    verified,
  };
}

async function verify(
  verifier: Probot | null,
  webhook: { readonly id: string; readonly name: string; readonly payload: string; readonly signature: string },
): Promise<boolean> {
  if (verifier === null) return false;
  try {
    await verifier.webhooks.verifyAndReceive(webhook);
    return true;
  } catch {
    return false;
  }
}

/** `["issues.opened", "push"]`, in the order of arrival. */
export function namesOf(hooks: readonly Delivered[]): readonly string[] {
  return hooks.map(({ event, action }) => (action === null ? event : `${event}.${action}`));
}

export function only(hooks: readonly Delivered[], event: string, action: string | null = null): Delivered {
  const found = hooks.filter((hook) => hook.event === event && (action === null || hook.action === action));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`expected one ${event}.${action ?? ""}, got ${namesOf(hooks).join(", ") || "none"}`);
  }
  return first;
}
