// The `on:` of a workflow file: which events, with which filters, and the interfaces of dispatch and call.
import { AVAILABILITY } from "./availability.ts";
import { plain, type YamlTree } from "./located-yaml.ts";
import type { EventFilter, InputDefinition, InputType, Triggers, WorkflowCall } from "./model.ts";
import {
  type Report,
  readBoolean,
  readChoice,
  readKnown,
  readMap,
  readName,
  readNames,
  readScalar,
  readTemplate,
  readText,
} from "./reader.ts";

/** GitHub's limit of inputs of one dispatch. */
export const DISPATCH_INPUTS_MAX = 25;

const EVENTS = [
  "branch_protection_rule",
  "check_run",
  "check_suite",
  "create",
  "delete",
  "deployment",
  "deployment_status",
  "discussion",
  "discussion_comment",
  "fork",
  "gollum",
  "image_version",
  "issue_comment",
  "issues",
  "label",
  "merge_group",
  "milestone",
  "page_build",
  "public",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "pull_request_target",
  "push",
  "registry_package",
  "release",
  "repository_dispatch",
  "schedule",
  "status",
  "watch",
  "workflow_call",
  "workflow_dispatch",
  "workflow_run",
] as const;

const FILTER_KEYS = [
  "types",
  "branches",
  "branches-ignore",
  "tags",
  "tags-ignore",
  "paths",
  "paths-ignore",
  "workflows",
];

const NO_FILTER: EventFilter = {
  types: null,
  branches: null,
  branchesIgnore: null,
  tags: null,
  tagsIgnore: null,
  paths: null,
  pathsIgnore: null,
  workflows: null,
};

const CALL_TYPES = ["string", "boolean", "number"] as const;
const DISPATCH_TYPES = ["string", "boolean", "number", "choice", "environment"] as const;

export function readTriggers(tree: YamlTree, report: Report): Triggers {
  const events = new Map<string, EventFilter>();
  let dispatchInputs: Triggers["dispatchInputs"] = null;
  let call: WorkflowCall | null = null;
  let crons: readonly string[] = [];
  const entries: Iterable<readonly [string, YamlTree | null]> =
    tree.kind === "map" ? tree.entries : readNames(tree, report).map((name) => [name, null] as const);
  for (const [name, value] of entries) {
    if (!EVENTS.some((event) => event === name)) {
      report(value?.place ?? tree.place, `Unexpected value '${name}'`);
      continue;
    }
    const given = value === null || isEmpty(value) ? null : value;
    events.set(name, NO_FILTER);
    if (name === "workflow_dispatch") dispatchInputs = given === null ? new Map() : readDispatch(given, report);
    else if (name === "workflow_call") call = readCall(given, report);
    else if (name === "schedule") crons = given === null ? [] : readSchedule(given, report);
    else if (given !== null) events.set(name, readFilter(given, report));
  }
  return { events, dispatchInputs, call, crons };
}

function isEmpty(tree: YamlTree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

function readFilter(tree: YamlTree, report: Report): EventFilter {
  const entries = readKnown(tree, FILTER_KEYS, report);
  const list = (key: string): readonly string[] | null => {
    const value = entries.get(key);
    return value === undefined ? null : readNames(value, report);
  };
  for (const key of ["branches", "tags", "paths"]) {
    if (entries.has(key) && entries.has(`${key}-ignore`)) {
      report(tree.place, `You can't use both '${key}' and '${key}-ignore' for the same event`);
    }
  }
  return {
    types: list("types"),
    branches: list("branches"),
    branchesIgnore: list("branches-ignore"),
    tags: list("tags"),
    tagsIgnore: list("tags-ignore"),
    paths: list("paths"),
    pathsIgnore: list("paths-ignore"),
    workflows: list("workflows"),
  };
}

function readDispatch(tree: YamlTree, report: Report): ReadonlyMap<string, InputDefinition> {
  const inputs = readKnown(tree, ["inputs"], report).get("inputs");
  if (inputs === undefined || isEmpty(inputs)) return new Map();
  const definitions = readInputs(inputs, DISPATCH_TYPES, report);
  if (definitions.size > DISPATCH_INPUTS_MAX) {
    report(
      inputs.place,
      `you may only define up to ${DISPATCH_INPUTS_MAX} \`inputs\` for a \`workflow_dispatch\` event`,
    );
  }
  return definitions;
}

function readCall(tree: YamlTree | null, report: Report): WorkflowCall {
  const entries =
    tree === null ? new Map<string, YamlTree>() : readKnown(tree, ["inputs", "secrets", "outputs"], report);
  const section = (key: string) => {
    const value = entries.get(key);
    return value === undefined || isEmpty(value) ? [] : [...readMap(value, report)];
  };
  const inputs = entries.get("inputs");
  return {
    inputs: inputs === undefined || isEmpty(inputs) ? new Map() : readInputs(inputs, CALL_TYPES, report),
    secrets: new Map(section("secrets").map(([name, value]) => [name, readSecret(value, report)])),
    outputs: new Map(section("outputs").map(([name, value]) => [name, readOutput(value, report)])),
  };
}

function readSecret(tree: YamlTree, report: Report): { readonly required: boolean } {
  if (isEmpty(tree)) return { required: false };
  const required = readKnown(tree, ["description", "required"], report).get("required");
  return { required: required === undefined ? false : readBoolean(required, report) };
}

function readOutput(tree: YamlTree, report: Report): string {
  const value = readKnown(tree, ["description", "value"], report).get("value");
  if (value !== undefined) return readTemplate(value, AVAILABILITY.callOutput, report);
  report(tree.place, "Required property is missing: value");
  return "";
}

function readInputs(tree: YamlTree, types: readonly InputType[], report: Report): ReadonlyMap<string, InputDefinition> {
  return new Map([...readMap(tree, report)].map(([name, value]) => [name, readInput(value, types, report)]));
}

function readInput(tree: YamlTree, types: readonly InputType[], report: Report): InputDefinition {
  const isCall = !types.includes("choice");
  const entries = isEmpty(tree)
    ? new Map<string, YamlTree>()
    : readKnown(tree, ["description", "type", "required", "default", "options", "deprecationMessage"], report);
  const type = entries.get("type");
  if (type === undefined && isCall) report(tree.place, "Required property is missing: type");
  const read: InputType = type === undefined ? "string" : readChoice(type, types, "string", report);
  const required = entries.get("required");
  const options = entries.get("options");
  if (read === "choice" && options === undefined) report(tree.place, "Required property is missing: options");
  return {
    type: read,
    required: required === undefined ? false : readBoolean(required, report),
    default: readDefault(entries.get("default"), isCall, report),
    options: options === undefined ? [] : readList(options, report),
  };
}

function readList(tree: YamlTree, report: Report): readonly string[] {
  if (tree.kind !== "list") report(tree.place, "A sequence was expected");
  return tree.kind === "list" ? tree.items.map((item) => readText(item, report)) : [];
}

function readDefault(tree: YamlTree | undefined, isCall: boolean, report: Report): InputDefinition["default"] {
  if (tree === undefined) return undefined;
  const value = readScalar(tree, report);
  if (typeof value === "string" && isCall) return readTemplate(tree, AVAILABILITY.run, report);
  return value ?? undefined;
}

function readSchedule(tree: YamlTree, report: Report): readonly string[] {
  if (tree.kind !== "list") {
    report(tree.place, "A sequence was expected");
    return [];
  }
  return tree.items.flatMap((item) => {
    const cron = readKnown(item, ["cron", "timezone"], report).get("cron");
    if (cron === undefined) report(item.place, `Required property is missing: cron in ${JSON.stringify(plain(item))}`);
    return cron === undefined ? [] : [readName(cron, report)];
  });
}
