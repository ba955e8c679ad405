// The request bodies of check runs: fields, their bounds, and how GitHub completes what is left out.
import type { CheckRunChange } from "../code/checks.ts";
import {
  nullableString,
  optionalNumber,
  optionalObject,
  optionalOneOf,
  optionalString,
  requiredString,
} from "../http/body.ts";
import { validationFailed } from "../http/errors.ts";
import type { CheckAction, CheckAnnotation, CheckConclusion, CheckOutput, CheckStatus } from "../world/checks.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";

const STATUSES = [
  "queued",
  "in_progress",
  "completed",
  "waiting",
  "requested",
  "pending",
] as const satisfies readonly CheckStatus[];
const CONCLUSIONS = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "stale",
  "timed_out",
] as const satisfies readonly CheckConclusion[];
const LEVELS = ["notice", "warning", "failure"] as const;

/** GitHub's bounds of one request. */
const ANNOTATIONS_MAX = 50;
const TEXT_CHARS_MAX = 65_535;
const ACTIONS_MAX = 3;
const LABEL_CHARS_MAX = 20;
const DESCRIPTION_CHARS_MAX = 40;
const IDENTIFIER_CHARS_MAX = 20;

function refuse(field: string, message: string): Error {
  return validationFailed([{ resource: "CheckRun", field, code: "custom", message }]);
}

function objectsIn(value: Json | undefined, field: string): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw refuse(field, `${field} must be an array`);
  return value.map((entry: Json) => {
    if (!isJsonObject(entry)) throw refuse(field, `${field} must hold objects`);
    return entry;
  });
}

function annotationFrom(entry: JsonObject): CheckAnnotation {
  const level = optionalOneOf(entry, "annotation_level", LEVELS);
  const startLine = optionalNumber(entry, "start_line");
  if (level === undefined || startLine === undefined) throw refuse("output", "annotations need a level and lines");
  return {
    path: requiredString(entry, "path"),
    startLine,
    endLine: optionalNumber(entry, "end_line") ?? startLine,
    startColumn: optionalNumber(entry, "start_column") ?? null,
    endColumn: optionalNumber(entry, "end_column") ?? null,
    level,
    message: requiredString(entry, "message"),
    title: nullableString(entry, "title") ?? null,
    rawDetails: nullableString(entry, "raw_details") ?? null,
  };
}

function outputFrom(body: JsonObject): CheckOutput | undefined {
  const output = optionalObject(body, "output");
  if (output === undefined) return undefined;
  const annotations = objectsIn(output["annotations"], "annotations");
  if (annotations.length > ANNOTATIONS_MAX) throw refuse("output", `annotations: at most ${ANNOTATIONS_MAX} at once`);
  const title = nullableString(output, "title") ?? null;
  const summary = nullableString(output, "summary") ?? null;
  const text = nullableString(output, "text") ?? null;
  if (summary === null)
    throw validationFailed([{ resource: "CheckRun", field: "output.summary", code: "missing_field" }]);
  for (const [name, value] of [
    ["summary", summary],
    ["text", text],
  ] as const) {
    if ((value ?? "").length > TEXT_CHARS_MAX)
      throw refuse(`output.${name}`, `Only ${TEXT_CHARS_MAX} characters are allowed`);
  }
  return { title, summary, text, annotations: annotations.map(annotationFrom) };
}

function actionsFrom(body: JsonObject): readonly CheckAction[] | undefined {
  if (body["actions"] === undefined) return undefined;
  const actions = objectsIn(body["actions"], "actions").map((entry) => ({
    label: requiredString(entry, "label"),
    description: requiredString(entry, "description"),
    identifier: requiredString(entry, "identifier"),
  }));
  if (actions.length > ACTIONS_MAX) throw refuse("actions", `at most ${ACTIONS_MAX} actions`);
  for (const { label, description, identifier } of actions) {
    const fits =
      label.length <= LABEL_CHARS_MAX &&
      description.length <= DESCRIPTION_CHARS_MAX &&
      identifier.length <= IDENTIFIER_CHARS_MAX;
    if (!fits) throw refuse("actions", "label and identifier have at most 20 characters, description 40");
  }
  return actions;
}

function timeIn(body: JsonObject, field: string): number | undefined {
  const text = nullableString(body, field);
  if (text === undefined || text === null) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw refuse(field, `${field} is not a date`);
  return at;
}

function given<K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } {
  // The one-entry object has exactly the key K.
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in K]?: V });
}

/** What the body asks for; a conclusion completes the run, and a completed run needs one. */
export function checkRunChangeFrom(body: JsonObject): CheckRunChange {
  const conclusion =
    nullableString(body, "conclusion") === null ? undefined : optionalOneOf(body, "conclusion", CONCLUSIONS);
  const status = conclusion === undefined ? optionalOneOf(body, "status", STATUSES) : "completed";
  if (status === "completed" && conclusion === undefined) {
    throw validationFailed([{ resource: "CheckRun", field: "conclusion", code: "missing_field" }]);
  }
  return {
    ...given("name", optionalString(body, "name")),
    ...given("status", status),
    ...given("conclusion", conclusion),
    ...given("externalId", nullableString(body, "external_id") ?? undefined),
    ...given("detailsUrl", nullableString(body, "details_url")),
    ...given("startedAt", timeIn(body, "started_at")),
    ...given("completedAt", timeIn(body, "completed_at")),
    ...given("output", outputFrom(body)),
    ...given("actions", actionsFrom(body)),
  };
}
