// Source files of the repository and what their syntax says: imports, functions, what they take from the air around them.
// Reads files and parses them; judges nothing.

import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAst } from "rolldown/parseAst";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** Module specifiers as written, types included. */
  readonly imports: readonly string[];
  /** Name or line, and length without the functions inside. */
  readonly functions: readonly { readonly name: string; readonly lines: number }[];
  /** `process.env`, `Date.now`, … with the line they stand on. */
  readonly ambient: readonly string[];
}

export function sourceFiles(patterns: readonly string[]): readonly SourceFile[] {
  return globSync([...patterns], { cwd: ROOT, exclude: ["**/node_modules/**", "**/dist/**", "**/generated/**"] })
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted()
    .map(read);
}

type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function* walk(node: Node): Generator<Node> {
  const stack: Node[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    for (const value of Object.values(next)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) stack.push(child);
    }
  }
}

function isFunction(node: Node): boolean {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** The outermost functions inside a function: a factory is as long as what it says itself. */
function innerFunctions(outer: Node): readonly Node[] {
  const all = [...walk(outer)].filter((node) => node !== outer && isFunction(node));
  return all.filter(
    (node) => !all.some((other) => other !== node && other.start <= node.start && node.end <= other.end),
  );
}

function read(path: string): SourceFile {
  const text = readFileSync(`${ROOT}${path}`, "utf8");
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length;
  const imports: string[] = [];
  const functions: { name: string; lines: number }[] = [];
  const ambient: string[] = [];
  const program: unknown = parseAst(text, { lang: "ts" }, path);
  if (!isNode(program)) throw new Error(`${path} has no syntax tree`);
  for (const node of walk(program)) {
    const specifier = specifierOf(node);
    if (specifier !== null) imports.push(specifier);
    if (isFunction(node)) {
      const name = nameOf(node["id"]) ?? `line ${lineOf(node.start)}`;
      const inner = innerFunctions(node).map((nested) => lineOf(nested.end) - lineOf(nested.start));
      functions.push({
        name,
        lines: inner.reduce((left, lines) => left - lines, lineOf(node.end) - lineOf(node.start) + 1),
      });
    }
    const taken = ambientOf(node);
    if (taken !== null) ambient.push(`${taken} on line ${lineOf(node.start)}`);
  }
  return { path, text, lines: text.trimEnd().split("\n").length, imports, functions, ambient };
}

function specifierOf(node: Node): string | null {
  if (!/^(?:Import|ExportNamed|ExportAll)(?:Declaration|Expression)$/.test(node.type)) return null;
  const { source } = node;
  return isNode(source) && typeof source["value"] === "string" ? source["value"] : null;
}

function nameOf(node: unknown): string | null {
  return isNode(node) && node.type === "Identifier" && typeof node["name"] === "string" ? node["name"] : null;
}

const MEMBERS = [
  "process.env",
  "Date.now",
  "Math.random",
  "crypto.randomUUID",
  "crypto.getRandomValues",
  "performance.now",
];
const CALLS = ["setTimeout", "setInterval", "setImmediate", "randomUUID", "randomBytes", "randomInt"];

function ambientOf(node: Node): string | null {
  if (node.type === "MemberExpression") {
    const [object, property] = [nameOf(node["object"]), nameOf(node["property"])];
    if (object === "console") return "console";
    return MEMBERS.find((member) => member === `${object}.${property}`) ?? null;
  }
  if (node.type === "CallExpression") return CALLS.find((name) => name === nameOf(node["callee"])) ?? null;
  const isNow = node.type === "NewExpression" && nameOf(node["callee"]) === "Date";
  return isNow && Array.isArray(node["arguments"]) && node["arguments"].length === 0 ? "new Date()" : null;
}
