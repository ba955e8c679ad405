// YAML as a plain tree in which every node knows its line and column, so that a refusal of a workflow file can
// point at the place, as GitHub's does. Knows nothing of workflows.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  readonly place: Place;
  readonly message: string;
}

export type Scalar = string | number | boolean | null;

export type YamlTree =
  | { readonly kind: "scalar"; readonly place: Place; readonly value: Scalar }
  | { readonly kind: "list"; readonly place: Place; readonly items: readonly YamlTree[] }
  | { readonly kind: "map"; readonly place: Place; readonly entries: ReadonlyMap<string, YamlTree> };

/** GitHub refuses workflow files above this size. */
export const WORKFLOW_BYTES_MAX = 512 * 1024;

/** More levels than any real file has; keeps an alias that contains itself from recursing for ever. */
const DEPTH_MAX = 100;

/** How many aliases the file may expand to: the guard against "billion laughs". */
const ALIASES_MAX = 1000;

type Read = { readonly tree: YamlTree } | { readonly problems: readonly Problem[] };

/** Reads YAML text into a located tree, or says where it is not YAML. */
export function readYaml(text: string): Read {
  if (Buffer.byteLength(text) > WORKFLOW_BYTES_MAX) {
    return {
      problems: [{ place: { line: 1, column: 1 }, message: `File is larger than ${WORKFLOW_BYTES_MAX} bytes` }],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", merge: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => ({
        place: placeAt(lines, error.pos[0]),
        message: error.message.split("\n")[0] ?? "Invalid YAML",
      })),
    };
  }
  const problems: Problem[] = [];
  let aliases = 0;
  const walk = (node: unknown, near: Place, depth: number): YamlTree => {
    const place = rangeStart(node, lines) ?? near;
    if (depth > DEPTH_MAX) {
      problems.push({ place, message: `Nested deeper than ${DEPTH_MAX} levels` });
      return { kind: "scalar", place, value: null };
    }
    if (isAlias(node)) {
      aliases += 1;
      if (aliases > ALIASES_MAX) {
        if (aliases === ALIASES_MAX + 1) problems.push({ place, message: `More than ${ALIASES_MAX} aliases` });
        return { kind: "scalar", place, value: null };
      }
      return walk(node.resolve(document), place, depth + 1);
    }
    if (isSeq(node)) return { kind: "list", place, items: node.items.map((item) => walk(item, place, depth + 1)) };
    if (isMap(node)) {
      const entries = new Map<string, YamlTree>();
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? String(pair.key.value) : null;
        if (key === null) problems.push({ place, message: "A key must be a scalar" });
        else entries.set(key, walk(pair.value, rangeStart(pair.key, lines) ?? place, depth + 1));
      }
      return { kind: "map", place, entries };
    }
    return { kind: "scalar", place, value: isScalar(node) ? asScalar(node.value) : null };
  };
  const tree = walk(document.contents, { line: 1, column: 1 }, 0);
  return problems.length > 0 ? { problems } : { tree };
}

/** The tree without its places, for values that are handed on as they are. */
export function plain(tree: YamlTree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([key, value]) => [key, plain(value)]));
}

function asScalar(value: unknown): Scalar {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : String(value);
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function rangeStart(node: unknown, lines: LineCounter): Place | null {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return null;
  const [start]: readonly unknown[] = node.range;
  return typeof start === "number" ? placeAt(lines, start) : null;
}
