// Says where a REST answer differs from GitHub's published description of that operation and status.

import { responsesExtract, type Schema } from "./extract.ts";
import { once } from "./once.ts";
import { createOperationIndex, type OperationIndex } from "./operation-index.ts";
import { type Check, createSchemaCompiler } from "./schema-compiler.ts";

export interface ObservedAnswer {
  readonly method: string;
  /** With or without the prefix `/api/v3` and the query. */
  readonly path: string;
  readonly status: number;
  /** The parsed JSON body; undefined for an empty one. */
  readonly body: unknown;
}

export interface ResponseValidator {
  readonly validate: (answer: ObservedAnswer) => readonly string[];
  /** The path template, as in `"GET /repos/{owner}/{repo}"`. */
  readonly operationOf: (method: string, path: string) => string | null;
}

/**
 * The descriptions list few of the refusals that GitHub makes, and name `validation-error` where the true answer is
 * sometimes the simple form, so every refusal is checked against this common shape instead.
 */
const REFUSAL: Schema = {
  type: "object",
  required: ["message"],
  properties: {
    message: { type: "string" },
    documentation_url: { type: "string" },
    status: { type: "string" },
    errors: {
      type: "array",
      items: {
        anyOf: [
          { type: "string" },
          {
            type: "object",
            properties: {
              resource: { type: "string" },
              field: { type: ["string", "null"] },
              code: { type: "string" },
              message: { type: "string" },
            },
          },
        ],
      },
    },
  },
};

const FIRST_REFUSAL_STATUS = 400;
const NOT_MODIFIED = 304;

export function createResponseValidator(): ResponseValidator {
  const { operations, definitions } = responsesExtract();
  const index: OperationIndex = createOperationIndex(Object.keys(operations));
  const compile = createSchemaCompiler(definitions);
  const compiled = new Map<string, Check>();

  function checkFor(key: string, schema: Schema): Check {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const check = compile(schema);
    compiled.set(key, check);
    return check;
  }

  function validate({ method, path, status, body }: ObservedAnswer): readonly string[] {
    if (status === NOT_MODIFIED) return body === undefined ? [] : ["304 must have no body"];
    if (status >= FIRST_REFUSAL_STATUS) return body === undefined ? [] : checkFor("refusal", REFUSAL)(body);
    const operation = index.find(method, path);
    if (operation === null) return [`no operation is described for ${method.toUpperCase()} ${path}`];
    const schema = operations[operation]?.[String(status)];
    if (schema === undefined) return [`${operation} is not described with status ${status}`];
    if (schema === null) return body === undefined ? [] : [`${operation} ${status} must have no JSON body`];
    // An answer described as an empty object (a cancelled run, an attempt accepted) comes without a body from GitHub.
    return checkFor(`${operation} ${status}`, schema)(body === undefined ? {} : body);
  }

  return { validate, operationOf: (method, path) => index.find(method, path) };
}

const shared = once(createResponseValidator);

/** @returns what is wrong, in words; an empty list when the answer is as described */
export function validateResponse(answer: ObservedAnswer): readonly string[] {
  return shared().validate(answer);
}
