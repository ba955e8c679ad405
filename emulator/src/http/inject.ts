// Doing the damage that a fault asks for. `next` runs the real handler: a fault that calls it has applied the request.
import { setTimeout as pause } from "node:timers/promises";
import type { Hub } from "../hub.ts";
import type { Ctx } from "./context.ts";
import { badCredentials, conflict, forbidden, GitHubError, notFound, unprocessable } from "./errors.ts";
import type { Fault } from "./faults.ts";

const RETRY_AFTER_S = "60";
const SECONDARY =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.";

function badGateway(): Response {
  return new Response("<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>", {
    status: 502,
    headers: { "content-type": "text/html" },
  });
}

/** @returns a response that replaces the real one, or null when the handler's own answer stands (or nobody hears it) */
export async function inject(c: Ctx, hub: Hub, fault: Fault, next: () => Promise<void>): Promise<Response | null> {
  switch (fault) {
    case "reset":
      return hangUp(c);
    case "timeout-before":
      await pause(hub.limits.faultHoldMs);
      return hangUp(c);
    case "applied-then-lost":
      await next();
      return hangUp(c);
    case "applied-then-502":
      await next();
      return badGateway();
    case "502":
      return badGateway();
    case "slow":
      await pause(hub.limits.faultHoldMs);
      await next();
      return null;
    case "truncated":
      await next();
      return truncated(c);
    case "503-retry-after":
      throw new GitHubError(503, "Service unavailable", {}, { "Retry-After": RETRY_AFTER_S });
    case "403-secondary":
      throw new GitHubError(403, SECONDARY, {}, { "Retry-After": RETRY_AFTER_S });
    case "429":
      throw new GitHubError(429, SECONDARY, {}, { "Retry-After": RETRY_AFTER_S });
    case "401":
      throw badCredentials();
    case "404":
      throw notFound();
    case "409":
      throw conflict("Conflict");
    case "422":
      throw unprocessable("Validation Failed");
    default:
      throw forbidden(`unknown fault ${String(fault satisfies never)}`);
  }
}

/** The client sees a broken connection; the response only tells our own pipeline that nothing is left to send. */
function hangUp(c: Ctx): Response {
  c.env.incoming.socket.destroy();
  return new Response(null, { status: 499, headers: { "x-hono-already-sent": "true" } });
}

async function truncated(c: Ctx): Promise<Response> {
  const whole = new Uint8Array(await c.res.clone().arrayBuffer());
  const { outgoing } = c.env;
  const headers: Record<string, string> = { connection: "close" };
  c.res.headers.forEach((value, name) => {
    headers[name] = value;
  });
  outgoing.writeHead(c.res.status, { ...headers, "content-length": String(Math.max(whole.length, 2)) });
  await new Promise<void>((resolve) => {
    outgoing.write(whole.slice(0, Math.floor(whole.length / 2)), () => resolve());
  });
  return hangUp(c);
}
