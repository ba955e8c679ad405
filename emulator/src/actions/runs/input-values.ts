// Inputs of a dispatched or called workflow: completed by defaults, checked against their types. Pure.
import type { Json, JsonObject } from "../../world/json.ts";
import type { InputDefinition } from "../workflow/model.ts";

export type InputValues = { readonly values: JsonObject } | { readonly problem: string };

/** What a missing input of each type is in `workflow_call`. */
const EMPTY: Readonly<Record<string, Json>> = { string: "", boolean: false, number: 0, choice: "", environment: "" };

/**
 * Inputs of `workflow_dispatch`: everything is text, except that booleans stay booleans in the `inputs` context.
 * Source: docs.github.com, "Contexts reference", inputs.
 */
export function dispatchInputs(definitions: ReadonlyMap<string, InputDefinition>, given: JsonObject): InputValues {
  const unknown = Object.keys(given).filter((name) => !definitions.has(name));
  if (unknown.length > 0) return { problem: `Unexpected inputs provided: ${JSON.stringify(unknown)}` };
  const values: Record<string, Json> = {};
  for (const [name, definition] of definitions) {
    const value = given[name] ?? definition.default ?? null;
    if (value === null || value === "") {
      if (definition.required) return { problem: `Required input '${name}' not provided` };
      values[name] = definition.type === "boolean" ? false : "";
      continue;
    }
    const typed = dispatchValue(name, definition, String(value));
    if ("problem" in typed) return typed;
    values[name] = typed.value;
  }
  return { values };
}

type Typed = { readonly value: Json } | { readonly problem: string };

function dispatchValue(name: string, { type, options }: InputDefinition, text: string): Typed {
  if (type === "boolean") {
    if (text === "true" || text === "false") return { value: text === "true" };
    return { problem: `Provided value '${text}' for input '${name}' not in the list of allowed values` };
  }
  if (type === "number") {
    const number = Number(text);
    return Number.isFinite(number)
      ? { value: text }
      : { problem: `Provided value '${text}' for input '${name}' is not a number` };
  }
  if (type === "choice" && !options.includes(text)) {
    return { problem: `Provided value '${text}' for input '${name}' not in the list of allowed values` };
  }
  return { value: text };
}

/**
 * Inputs of `workflow_call`: types are exact, as GitHub's are.
 *
 * @param defaults the default of an input, evaluated
 */
export function callInputs(
  definitions: ReadonlyMap<string, InputDefinition>,
  given: JsonObject,
  defaults: (definition: InputDefinition) => Json,
): InputValues {
  for (const name of Object.keys(given)) {
    if (!definitions.has(name)) return { problem: `Invalid input, ${name} is not defined in the referenced workflow.` };
  }
  const values: Record<string, Json> = {};
  for (const [name, definition] of definitions) {
    const value = given[name];
    if (value === undefined) {
      if (definition.required) return { problem: `Input ${name} is required, but not provided while calling.` };
      values[name] = definition.default === undefined ? (EMPTY[definition.type] ?? "") : defaults(definition);
      continue;
    }
    if (definition.type === "string" && (typeof value === "number" || typeof value === "boolean")) {
      values[name] = String(value);
    } else if (typeof value !== definition.type) {
      return {
        problem: `Unexpected value '${value === null ? "" : String(value)}' for input ${name}: a ${definition.type} was expected`,
      };
    } else values[name] = value;
  }
  return { values };
}
