// One attempt to deliver: signs, posts, and writes what came back into the delivery. Never retries: GitHub does not.
import { createHmac } from "node:crypto";
import type { Delivery } from "../world/hooks.ts";

export interface Letter {
  readonly url: string;
  readonly secret: string | null;
  readonly contentType: "json" | "form";
  readonly targetType: "integration" | "repository";
  readonly targetId: number;
}

const RESPONSE_CHARS_MAX = 64 * 1024;

/** The headers of a delivery; the signature is over the exact bytes that are sent. */
export function deliveryHeaders(delivery: Delivery, letter: Letter, body: string): Readonly<Record<string, string>> {
  const sign = (algorithm: string): string =>
    `${algorithm}=${createHmac(algorithm, letter.secret ?? "")
      .update(body)
      .digest("hex")}`;
  return {
    Accept: "*/*",
    "Content-Type": letter.contentType === "json" ? "application/json" : "application/x-www-form-urlencoded",
    "User-Agent": "GitHub-Hookshot/emulated",
    "X-GitHub-Delivery": delivery.guid,
    "X-GitHub-Event": delivery.event,
    "X-GitHub-Hook-ID": String(delivery.target.hookId),
    "X-GitHub-Hook-Installation-Target-ID": String(letter.targetId),
    "X-GitHub-Hook-Installation-Target-Type": letter.targetType,
    ...(letter.secret === null || letter.secret === ""
      ? {}
      : { "X-Hub-Signature": sign("sha1"), "X-Hub-Signature-256": sign("sha256") }),
  };
}

export function bodyOf(delivery: Delivery, letter: Letter): string {
  return letter.contentType === "json" ? delivery.text : new URLSearchParams({ payload: delivery.text }).toString();
}

export async function attempt(
  delivery: Delivery,
  letter: Letter,
  timeoutMs: number,
  wall: () => number,
): Promise<void> {
  const body = bodyOf(delivery, letter);
  const headers = deliveryHeaders(delivery, letter, body);
  const started = wall();
  delivery.requestHeaders = headers;
  try {
    const response = await fetch(letter.url, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "manual",
    });
    delivery.responseBody = (await response.text()).slice(0, RESPONSE_CHARS_MAX);
    delivery.responseHeaders = Object.fromEntries(response.headers);
    delivery.statusCode = response.status;
    delivery.status = response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`;
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    delivery.statusCode = timedOut ? 504 : 502;
    delivery.status = timedOut ? "timed out" : "failed to connect to host";
  }
  delivery.durationSeconds = Math.round(wall() - started) / 1000;
}
