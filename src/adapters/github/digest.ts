// Digests of what people wrote, as the protocol defines them.

import { createHash } from "node:crypto";

/** SHA-256 of title and body, hex. */
export function textDigest(title: string, body: string): string {
  return createHash("sha256").update(`${title}\n\n${body}`).digest("hex");
}

/** First 16 hex digits of the SHA-256 of a comment's body. */
export function bodyDigest(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
