// action.yml: what an action takes, gives, and how it runs. Docker actions are refused, not ignored.
import { AVAILABILITY } from "./availability.ts";
import { type Problem, readYaml, type YamlTree } from "./located-yaml.ts";
import type { Step, Template } from "./model.ts";
import { type Report, readBoolean, readKnown, readMap, readName, readTemplate, readText } from "./reader.ts";
import { COMPOSITE_STEPS, readSteps } from "./steps.ts";

export interface ActionInput {
  readonly required: boolean;
  readonly default: Template | undefined;
}

export type ActionRuns =
  | {
      readonly kind: "node";
      readonly main: string;
      readonly pre: string | null;
      readonly preIf: string;
      readonly post: string | null;
      readonly postIf: string;
    }
  | { readonly kind: "composite"; readonly steps: readonly Step[] };

export interface ActionFile {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, ActionInput>;
  /** Values of a composite action's outputs; node actions set theirs themselves. */
  readonly outputs: ReadonlyMap<string, Template>;
  readonly runs: ActionRuns;
}

export type ParsedAction = { readonly action: ActionFile } | { readonly problems: readonly Problem[] };

const NODE_VERSIONS = ["node16", "node20", "node24"];
const NODE_KEYS = ["using", "main", "pre", "pre-if", "post", "post-if"];

export function parseAction(text: string): ParsedAction {
  const read = readYaml(text);
  if ("problems" in read) return read;
  const problems: Problem[] = [];
  const report: Report = (place, message) => void problems.push({ place, message });
  // As GitHub: keys that it does not know are nobody's business, except below `runs`.
  const entries = readMap(read.tree, report);
  const name = entries.get("name");
  const inputs = entries.get("inputs");
  const outputs = entries.get("outputs");
  const runs = entries.get("runs");
  if (runs === undefined) {
    report(read.tree.place, "Top level 'runs:' section is required");
    return { problems };
  }
  const action: ActionFile = {
    name: name === undefined ? "" : readText(name, report),
    inputs: new Map(sectionOf(inputs, report).map(([key, value]) => [key, readInput(value, report)])),
    outputs: new Map(sectionOf(outputs, report).map(([key, value]) => [key, readOutput(value, report)])),
    runs: readRuns(runs, report),
  };
  return problems.length > 0 ? { problems } : { action };
}

function sectionOf(tree: YamlTree | undefined, report: Report): readonly (readonly [string, YamlTree])[] {
  if (tree === undefined || isEmpty(tree)) return [];
  return [...readMap(tree, report)];
}

function isEmpty(tree: YamlTree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

function readInput(tree: YamlTree, report: Report): ActionInput {
  if (isEmpty(tree)) return { required: false, default: undefined };
  const entries = readMap(tree, report);
  const required = entries.get("required");
  const fallback = entries.get("default");
  return {
    required: required === undefined ? false : readBoolean(required, report),
    default: fallback === undefined ? undefined : readTemplate(fallback, AVAILABILITY.composite, report),
  };
}

function readOutput(tree: YamlTree, report: Report): Template {
  if (isEmpty(tree)) return "";
  const value = readMap(tree, report).get("value");
  return value === undefined ? "" : readTemplate(value, AVAILABILITY.compositeOutput, report);
}

function readRuns(tree: YamlTree, report: Report): ActionRuns {
  const using = tree.kind === "map" ? tree.entries.get("using") : undefined;
  const kind = using === undefined ? "" : readText(using, report).toLowerCase();
  if (kind === "composite") {
    const steps = readKnown(tree, ["using", "steps"], report).get("steps");
    if (steps === undefined) report(tree.place, "Required property is missing: steps");
    return { kind: "composite", steps: steps === undefined ? [] : readSteps(steps, COMPOSITE_STEPS, report) };
  }
  if (!NODE_VERSIONS.includes(kind)) {
    const refusal = kind === "docker" ? "Not emulated: docker actions" : `'using: ${kind}' is not supported`;
    report(tree.place, refusal);
  }
  const entries = readKnown(
    tree,
    kind === "docker" ? [...NODE_KEYS, "image", "args", "env", "entrypoint"] : NODE_KEYS,
    report,
  );
  const text = (key: string) => {
    const value = entries.get(key);
    return value === undefined ? null : readName(value, report);
  };
  const main = text("main");
  if (main === null && kind !== "docker") report(tree.place, "Required property is missing: main");
  return {
    kind: "node",
    main: main ?? "",
    pre: text("pre"),
    preIf: text("pre-if") ?? "always()",
    post: text("post"),
    postIf: text("post-if") ?? "always()",
  };
}
