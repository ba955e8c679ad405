// Writes src/descriptions/{responses,webhooks}.json.br out of GitHub's published descriptions of its REST API and webhooks.
// Run by hand when the versions below are raised; the packages are too big to be dependencies.
//   node emulator/scripts/extract-descriptions.ts [directory that already has both packages in node_modules]

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { isObject, type Json, type JsonObject, reachableDefinitions, toJsonSchema } from "./json-schema.ts";

const REST_PACKAGE = "@octokit/openapi";
const REST_VERSION = "23.0.2";
const WEBHOOKS_PACKAGE = "@octokit/openapi-webhooks";
const WEBHOOKS_VERSION = "12.1.0";
const METHODS = ["get", "post", "put", "patch", "delete"];
const BROTLI_WINDOW_BITS = 24;

/**
 * Mistakes in the descriptions themselves.
 * - The list of an app's installations says that the account is a user *and* an enterprise (`allOf`), where the single
 *   installation says "or": GitHub's own example of the list is refused.
 */
const CORRECTIONS: Readonly<Record<string, JsonObject>> = {
  "GET /app/installations": { "200": { type: "array", items: { $ref: "installation" } } },
};

/** Found issues without text have `body: null` in search too; there the description forgot to say so. */
const NULLABLE_BODY = "issue-search-result-item";

function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
  let current = value;
  for (const key of path) current = isObject(current) ? current[key] : undefined;
  return isObject(current) ? current : {};
}

function definitionsOf(description: JsonObject): JsonObject {
  const schemas = objectAt(description, "components", "schemas");
  const definitions = Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema)] as const);
  return Object.fromEntries(
    definitions.map(([name, schema]) => [name, name === NULLABLE_BODY ? withNullableBody(schema) : schema]),
  );
}

function withNullableBody(schema: Json): Json {
  const properties = { ...objectAt(schema, "properties"), body: { type: ["string", "null"] } };
  return { ...objectAt(schema), properties };
}

/** `{ "200": schema, "204": null }`: null for an answer without a JSON body. */
function responseSchemas(operation: JsonObject, shared: JsonObject): JsonObject {
  const byStatus = Object.entries(objectAt(operation, "responses")).map(([status, response]) => {
    const reference = isObject(response) ? response["$ref"] : undefined;
    const resolved =
      typeof reference === "string" ? shared[reference.replace("#/components/responses/", "")] : response;
    const json = objectAt(resolved, "content", "application/json");
    return [status, json["schema"] === undefined ? null : toJsonSchema(json["schema"])] as const;
  });
  return Object.fromEntries(byStatus);
}

function restExtract(description: JsonObject): JsonObject {
  const shared = objectAt(description, "components", "responses");
  const operations: Record<string, Json> = {};
  for (const [path, methods] of Object.entries(objectAt(description, "paths"))) {
    for (const method of METHODS) {
      const operation = objectAt(methods, method);
      if (Object.keys(operation).length === 0) continue;
      const key = `${method.toUpperCase()} ${path}`;
      operations[key] = { ...responseSchemas(operation, shared), ...CORRECTIONS[key] };
    }
  }
  const definitions = reachableDefinitions(Object.values(operations), definitionsOf(description));
  return { source: `${REST_PACKAGE}@${REST_VERSION}`, operations, definitions };
}

/** The action that a body must name, or null for events without one. */
function actionOf(schema: Json | undefined, definitions: JsonObject): string | null {
  const name = objectAt(schema)["$ref"];
  const resolved = objectAt(typeof name === "string" ? definitions[name] : schema);
  const alternative = resolved["anyOf"];
  if (Array.isArray(alternative)) return actionOf(alternative[0], definitions);
  const actions = objectAt(resolved, "properties", "action")["enum"];
  const action: Json | undefined = Array.isArray(actions) ? actions[0] : undefined;
  return typeof action === "string" ? action : null;
}

/** Keys are `issues.labeled`, or `push` for an event that has no actions. */
function webhooksExtract(description: JsonObject): JsonObject {
  const all = definitionsOf(description);
  const events: Record<string, Json> = {};
  for (const hook of Object.values(objectAt(description, "webhooks"))) {
    const event = String(objectAt(hook, "post", "x-github")["subcategory"]).replaceAll("-", "_");
    const schema = toJsonSchema(objectAt(hook, "post", "requestBody", "content", "application/json")["schema"]);
    const action = actionOf(schema, all);
    events[action === null ? event : `${event}.${action}`] = schema;
  }
  const definitions = reachableDefinitions(Object.values(events), all);
  return { source: `${WEBHOOKS_PACKAGE}@${WEBHOOKS_VERSION}`, events, definitions };
}

function readDescription(directory: string, packageName: string): JsonObject {
  const file = join(directory, "node_modules", packageName, "generated", "api.github.com.json");
  const parsed: Json = JSON.parse(readFileSync(file, "utf8"));
  if (!isObject(parsed)) throw new Error(`${file} is not an object`);
  return parsed;
}

function writeExtract(name: string, extract: JsonObject): void {
  const text = Buffer.from(JSON.stringify(extract));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: BROTLI_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  const compressed = brotliCompressSync(text, { params });
  const target = join(import.meta.dirname, "..", "src", "descriptions", `${name}.json.br`);
  writeFileSync(target, compressed);
  process.stdout.write(`${target}: ${text.length} characters, ${compressed.length} bytes\n`);
}

function extractAll(directory: string): void {
  writeExtract("responses", restExtract(readDescription(directory, REST_PACKAGE)));
  writeExtract("webhooks", webhooksExtract(readDescription(directory, WEBHOOKS_PACKAGE)));
}

const given = process.argv[2];
if (given === undefined) {
  const directory = mkdtempSync(join(tmpdir(), "descriptions-"));
  const packages = [`${REST_PACKAGE}@${REST_VERSION}`, `${WEBHOOKS_PACKAGE}@${WEBHOOKS_VERSION}`];
  try {
    execFileSync("npm", ["install", "--prefix", directory, "--no-save", "--ignore-scripts", ...packages], {
      stdio: "inherit",
    });
    extractAll(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
} else {
  extractAll(given);
}
