// Reading a JSON body field by field, with GitHub's refusal when a field has the wrong type.
import type { Context } from "hono";
import type { Json, JsonObject } from "../world/json.ts";
import { isJsonObject } from "../world/json.ts";
import { badRequest, unprocessable } from "./errors.ts";

/** The body as an object; an empty body is `{}`; 400 when it is not JSON. */
export async function readJson(c: Context): Promise<JsonObject> {
  const text = await c.req.text();
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest("Problems parsing JSON");
  }
  if (Array.isArray(value)) return { items: value };
  if (!isJsonObject(value)) throw badRequest("Body should be a JSON object");
  return value;
}

function wrongType(name: string, value: Json, wanted: string): Error {
  return unprocessable(`Invalid request.\n\nFor 'properties/${name}', ${JSON.stringify(value)} is not ${wanted}.`);
}

/** undefined = not given; null is refused (use `nullableString`). */
export function optionalString(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || typeof value === "string") return value;
  throw wrongType(name, value, "a string");
}

export function nullableString(body: JsonObject, name: string): string | null | undefined {
  const value = body[name];
  if (value === undefined || value === null || typeof value === "string") return value;
  throw wrongType(name, value, "a string or null");
}

export function requiredString(body: JsonObject, name: string): string {
  const value = optionalString(body, name);
  if (value === undefined) throw unprocessable(`Invalid request.\n\n"${name}" wasn't supplied.`);
  return value;
}

export function optionalNumber(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || typeof value === "number") return value;
  throw wrongType(name, value, "a number");
}

export function requiredNumber(body: JsonObject, name: string): number {
  const value = optionalNumber(body, name);
  if (value === undefined) throw unprocessable(`Invalid request.\n\n"${name}" wasn't supplied.`);
  return value;
}

export function optionalBoolean(body: JsonObject, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw wrongType(name, value, "a boolean");
}

export function optionalStrings(body: JsonObject, name: string): readonly string[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw wrongType(name, value, "an array");
  return value.map((entry: Json) => {
    if (typeof entry !== "string") throw wrongType(name, entry, "a string");
    return entry;
  });
}

export function optionalNumbers(body: JsonObject, name: string): readonly number[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw wrongType(name, value, "an array");
  return value.map((entry: Json) => {
    if (typeof entry !== "number") throw wrongType(name, entry, "a number");
    return entry;
  });
}

export function optionalObject(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw wrongType(name, value, "an object");
  return value;
}

export function optionalOneOf<T extends string>(body: JsonObject, name: string, of: readonly T[]): T | undefined {
  const value = optionalString(body, name);
  if (value === undefined) return undefined;
  const found = of.find((entry) => entry === value);
  if (found === undefined) throw wrongType(name, value, `one of ${of.join(", ")}`);
  return found;
}
