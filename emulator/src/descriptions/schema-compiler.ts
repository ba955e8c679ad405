// Compiles schemas of one extract with ajv, each definition only when something first needs it, so that start-up costs nothing.
// Formats that GitHub's own answers break are relaxed here, with the reason.

import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { Schema } from "./extract.ts";

/** Checks a value; an empty list means that it is as described. */
export type Check = (value: unknown) => readonly string[];

const MESSAGES_MAX = 20;
const VALUE_CHARS_MAX = 80;

/** A repository without homepage has `""` there, which the format `uri` refuses. */
function isUriOrEmpty(text: string): boolean {
  const uri = formats.default.get("uri");
  return text === "" || (typeof uri === "function" ? uri(text) : false);
}

/**
 * `49699333+dependabot[bot]@users.noreply.github.com` is how GitHub writes a bot's address, and brackets are not
 * allowed there by the format `email`. Committers may also have any text as address (git does not check it).
 */
const ANY_ADDRESS = /^[^\s<>]*$/;

export function createSchemaCompiler(definitions: Readonly<Record<string, Schema>>): (schema: Schema) => Check {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, inlineRefs: false, validateSchema: false });
  formats.default(ajv, ["date-time", "date", "uri-template"]);
  ajv.addFormat("uri", isUriOrEmpty);
  ajv.addFormat("email", ANY_ADDRESS);
  const known = new Set<string>();

  function addReachable(schema: unknown): void {
    if (typeof schema !== "object" || schema === null) return;
    const name = "$ref" in schema ? schema.$ref : undefined;
    if (typeof name === "string" && !known.has(name)) {
      const definition = definitions[name];
      if (definition === undefined) throw new Error(`No definition ${name}`);
      known.add(name);
      ajv.addSchema(typeof definition === "boolean" ? {} : definition, name);
      addReachable(definition);
    }
    for (const inner of Object.values(schema)) addReachable(inner);
  }

  return (schema) => {
    addReachable(schema);
    const validate = ajv.compile(schema);
    return (value) => messagesOf(validate, value);
  };
}

function messagesOf(validate: ValidateFunction, value: unknown): readonly string[] {
  if (validate(value)) return [];
  return [...new Set((validate.errors ?? []).map(messageOf))].slice(0, MESSAGES_MAX);
}

function messageOf(error: ErrorObject): string {
  const where = error.instancePath === "" ? "body" : error.instancePath;
  const allowed = error.keyword === "enum" ? ` ${JSON.stringify(error.params["allowedValues"])}` : "";
  const given =
    error.keyword === "required"
      ? ""
      : `, given ${(JSON.stringify(error.data) ?? "nothing").slice(0, VALUE_CHARS_MAX)}`;
  return `${where} ${error.message ?? error.keyword}${allowed}${given}`;
}
