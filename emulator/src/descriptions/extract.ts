// Reads the compressed extracts of GitHub's descriptions that lie beside this file, once, when first asked for.
// It knows their shape and nothing of validation.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { once } from "./once.ts";

/** A JSON Schema, opaque to everything but the compiler. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

export interface ResponsesExtract {
  readonly source: string;
  /** `"GET /repos/{owner}/{repo}"` → status → schema, or null where no JSON body is described. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, Schema | null>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

export interface WebhooksExtract {
  readonly source: string;
  /** `"issues.labeled"`, or `"push"` for an event without actions. */
  readonly events: Readonly<Record<string, Schema>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

function readExtract(name: string): string {
  return brotliDecompressSync(readFileSync(join(import.meta.dirname, `${name}.json.br`))).toString("utf8");
}

export const responsesExtract = once((): ResponsesExtract => JSON.parse(readExtract("responses")));
export const webhooksExtract = once((): WebhooksExtract => JSON.parse(readExtract("webhooks")));
