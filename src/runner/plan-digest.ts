// What a person approves of a plan: the digest of exactly its words.

import { createHash } from "node:crypto";

/** @returns SHA-256, hex */
export function planDigest(plan: string): string {
  return createHash("sha256").update(plan, "utf8").digest("hex");
}
