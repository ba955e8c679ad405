// Small readers over a located YAML tree. Each returns a usable value and reports what is wrong with the given one, so
// that one pass over a file finds every mistake. Knows nothing of workflows.
import { expressionProblem } from "../expressions/evaluate.ts";
import { conditionSource, splitTemplate, TemplateSyntaxError } from "../expressions/template.ts";
import type { Availability } from "./availability.ts";
import type { Place, Scalar, YamlTree } from "./located-yaml.ts";

export type Report = (place: Place, message: string) => void;

export type Entries = ReadonlyMap<string, YamlTree>;

const NOTHING: Entries = new Map();

/** A map whose keys are all known. */
export function readKnown(tree: YamlTree, keys: readonly string[], report: Report): Entries {
  const entries = readMap(tree, report);
  for (const [key, value] of entries) {
    if (!keys.includes(key)) report(value.place, `Unexpected value '${key}'`);
  }
  return entries;
}

/** A map with keys of the author's choosing. */
export function readMap(tree: YamlTree, report: Report): Entries {
  if (tree.kind === "map") return tree.entries;
  report(tree.place, tree.kind === "list" ? "A sequence was not expected" : `Unexpected value '${tree.value ?? ""}'`);
  return NOTHING;
}

export function readScalar(tree: YamlTree, report: Report): Scalar {
  if (tree.kind === "scalar") return tree.value;
  report(tree.place, tree.kind === "list" ? "A sequence was not expected" : "A mapping was not expected");
  return null;
}

export function readText(tree: YamlTree, report: Report): string {
  const value = readScalar(tree, report);
  return value === null ? "" : String(value);
}

export function readName(tree: YamlTree, report: Report): string {
  const text = readText(tree, report);
  if (text === "" && tree.kind === "scalar") report(tree.place, "Unexpected value ''");
  return text;
}

/** One text, or a list of texts. */
export function readNames(tree: YamlTree, report: Report): readonly string[] {
  return tree.kind === "list" ? tree.items.map((item) => readName(item, report)) : [readName(tree, report)];
}

export function readChoice<T extends string>(tree: YamlTree, choices: readonly T[], fallback: T, report: Report): T {
  const text = readText(tree, report);
  const found = choices.find((choice) => choice === text);
  if (found === undefined) report(tree.place, `Unexpected value '${text}'`);
  return found ?? fallback;
}

export function readBoolean(tree: YamlTree, report: Report): boolean {
  const value = readScalar(tree, report);
  if (typeof value !== "boolean") report(tree.place, `Unexpected value '${value ?? ""}'`);
  return value === true;
}

export function readTemplate(tree: YamlTree, where: Availability, report: Report): string {
  const text = readText(tree, report);
  checkTemplate(text, tree.place, where, report);
  return text;
}

/** A boolean, or an expression that gives one. */
export function readBooleanTemplate(tree: YamlTree, where: Availability, report: Report): boolean | string {
  const value = readScalar(tree, report);
  return typeof value === "boolean" ? value : wholeExpression(value, tree.place, where, report, false);
}

/** A number, or an expression that gives one. */
export function readNumberTemplate(tree: YamlTree, where: Availability, report: Report): number | string {
  const value = readScalar(tree, report);
  return typeof value === "number" ? value : wholeExpression(value, tree.place, where, report, 0);
}

export function readTemplates(tree: YamlTree, where: Availability, report: Report): Readonly<Record<string, string>> {
  const entries = [...readMap(tree, report)];
  return Object.fromEntries(entries.map(([key, value]) => [key, readTemplate(value, where, report)]));
}

/** An `if:`; a bare boolean is allowed. */
export function readCondition(tree: YamlTree, where: Availability, report: Report): string {
  const text = readText(tree, report);
  if (text.trim() === "") return text;
  try {
    const source = conditionSource(text);
    if (source.includes("${{")) checkTemplate(text, tree.place, where, report);
    else checkExpression(source, tree.place, where, report);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    report(tree.place, error.message);
  }
  return text;
}

/** Checks every template anywhere under a node, for values whose shape is the author's. */
export function checkDeep(tree: YamlTree, where: Availability, report: Report): void {
  if (tree.kind === "list") for (const item of tree.items) checkDeep(item, where, report);
  else if (tree.kind === "map") for (const item of tree.entries.values()) checkDeep(item, where, report);
  else if (typeof tree.value === "string") checkTemplate(tree.value, tree.place, where, report);
}

function wholeExpression<T>(value: Scalar, place: Place, where: Availability, report: Report, fallback: T): string | T {
  if (typeof value === "string" && value.trim().startsWith("${{")) {
    checkTemplate(value, place, where, report);
    return value;
  }
  report(place, `Unexpected value '${value ?? ""}'`);
  return fallback;
}

function checkTemplate(text: string, place: Place, where: Availability, report: Report): void {
  try {
    for (const part of splitTemplate(text)) {
      if (part.kind === "expression") checkExpression(part.source, place, where, report);
    }
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    report(place, error.message);
  }
}

function checkExpression(source: string, place: Place, where: Availability, report: Report): void {
  const problem = expressionProblem(source, where.contexts, where.functions);
  if (problem !== null) report(place, problem);
}
