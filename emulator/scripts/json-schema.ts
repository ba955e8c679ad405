// Turns a schema as GitHub's OpenAPI descriptions write it into a small JSON Schema that ajv can compile.
// Pure: reads nothing, writes nothing. What it changes beyond spelling is listed with its reason below.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Keywords that say something about a value; all the rest (description, example, title, default, …) is prose. */
const KEPT_AS_IS = new Set([
  "required",
  "enum",
  "const",
  "pattern",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "minProperties",
  "maxProperties",
  "uniqueItems",
]);

/** Formats that are checked; GitHub's own (`repo.nwo`, `timestamp`) and number widths say nothing that can be checked. */
const CHECKED_FORMATS = new Set(["date-time", "date", "uri", "uri-template", "email"]);

const REFERENCE_PREFIX = "#/components/schemas/";

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * @param openapi a schema object of an OpenAPI 3.0 or 3.1 description
 * @returns the same rules as JSON Schema; references become bare definition names (`simple-user`)
 */
export function toJsonSchema(openapi: Json | undefined): Json {
  if (!isObject(openapi)) return openapi === false ? false : {};
  const reference = openapi["$ref"];
  if (typeof reference === "string") return { $ref: definitionName(reference) };
  return withNull(openapi["nullable"] === true, schemaWithoutNull(openapi));
}

function schemaWithoutNull(openapi: JsonObject): JsonObject {
  const schema: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(openapi)) {
    if (KEPT_AS_IS.has(keyword)) schema[keyword] = value;
    else if (keyword === "type") schema["type"] = value;
    else if (keyword === "format" && typeof value === "string" && CHECKED_FORMATS.has(value)) schema["format"] = value;
    else if (keyword === "items" || keyword === "not") schema[keyword] = toJsonSchema(value);
    else if (keyword === "additionalProperties" && value !== true) schema[keyword] = toJsonSchema(value);
    else if (keyword === "properties" && isObject(value)) schema["properties"] = eachProperty(value);
    else if (keyword === "allOf" && isList(value)) schema["allOf"] = value.map(toJsonSchema);
  }
  const alternatives = alternativesOf(openapi);
  return alternatives === null ? schema : { ...schema, anyOf: alternatives };
}

function eachProperty(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, propertySchema(name, schema)]));
}

/**
 * The lists of events to which an app may subscribe are older than the events themselves: `sub_issues` and
 * `workflow_job` are missing. So any word may stand in a property `events`.
 */
function propertySchema(name: string, openapi: Json): Json {
  const items = isObject(openapi) ? openapi["items"] : undefined;
  const isEventList = name === "events" && isObject(items) && items["enum"] !== undefined;
  return toJsonSchema(isEventList ? { ...Object(openapi), items: { type: "string" } } : openapi);
}

/**
 * `oneOf` is read as `anyOf`: GitHub's alternatives overlap (a private user is also a public user, a simple
 * repository is part of a full one), so "exactly one" would refuse GitHub's own answers.
 */
function alternativesOf(openapi: JsonObject): readonly Json[] | null {
  const alternatives = openapi["anyOf"] ?? openapi["oneOf"];
  return isList(alternatives) ? alternatives.map(toJsonSchema) : null;
}

/** OpenAPI 3.0 says `nullable: true` beside a type, an enum or alternatives; JSON Schema wants null among them. */
function withNull(nullable: boolean, schema: JsonObject): Json {
  if (!nullable) return schema;
  const { type, enum: values } = schema;
  if (typeof type !== "string") {
    return Object.keys(schema).length === 0 ? {} : { anyOf: [schema, { type: "null" }] };
  }
  if (schema["anyOf"] !== undefined || schema["allOf"] !== undefined) return { anyOf: [schema, { type: "null" }] };
  const withType = { ...schema, type: [type, "null"] };
  return isList(values) && !values.includes(null) ? { ...withType, enum: [...values, null] } : withType;
}

function definitionName(reference: string): string {
  if (!reference.startsWith(REFERENCE_PREFIX)) throw new Error(`Unexpected reference ${reference}`);
  return reference.slice(REFERENCE_PREFIX.length);
}

/** Every definition that a schema names, directly or through others. */
export function reachableDefinitions(roots: readonly Json[], definitions: JsonObject): JsonObject {
  const found: Record<string, Json> = {};
  const open: Json[] = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (isList(next)) open.push(...next);
    if (!isObject(next)) continue;
    const name = next["$ref"];
    if (typeof name === "string" && found[name] === undefined) {
      const definition = definitions[name];
      if (definition === undefined) throw new Error(`No definition ${name}`);
      found[name] = definition;
      open.push(definition);
    }
    open.push(...Object.values(next).filter((value) => typeof value === "object"));
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
