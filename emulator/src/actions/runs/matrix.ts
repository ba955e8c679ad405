// A strategy's matrix as the list of its combinations. Pure.
import { isJsonObject, type Json, type JsonObject } from "../../world/json.ts";

/** GitHub's limit of jobs that one matrix may make. */
export const MATRIX_JOBS_MAX = 256;

export type MatrixExpansion = { readonly combinations: readonly JsonObject[] } | { readonly problem: string };

/** @param matrix lists by name, with `include` and `exclude`; every expression is evaluated already */
export function expandMatrix(matrix: JsonObject): MatrixExpansion {
  const axes: (readonly [string, readonly Json[]])[] = [];
  for (const [name, values] of Object.entries(matrix)) {
    if (name === "include" || name === "exclude") continue;
    if (!isList(values)) return { problem: `Matrix vector '${name}' must be a sequence` };
    if (values.length === 0) return { problem: `Matrix vector '${name}' does not contain any values` };
    axes.push([name, values]);
  }
  const includes = objectsIn(matrix["include"]);
  const excludes = objectsIn(matrix["exclude"]);
  if (includes === null || excludes === null)
    return { problem: "Matrix 'include' and 'exclude' must be sequences of mappings" };
  if (axes.reduce((count, [, values]) => count * values.length, 1) > MATRIX_JOBS_MAX) {
    return { problem: `The matrix makes more than ${MATRIX_JOBS_MAX} jobs` };
  }
  const original =
    axes.length === 0 ? [] : product(axes).filter((item) => !excludes.some((part) => contains(item, part)));
  const combinations = include(
    original,
    includes,
    axes.map(([name]) => name),
  );
  if (combinations.length === 0) return { problem: "The matrix contains no combinations" };
  if (combinations.length > MATRIX_JOBS_MAX) return { problem: `The matrix makes more than ${MATRIX_JOBS_MAX} jobs` };
  return { combinations };
}

function product(axes: readonly (readonly [string, readonly Json[]])[]): readonly JsonObject[] {
  return axes.reduce<readonly JsonObject[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** An include extends every combination whose original values it leaves alone; otherwise it is one of its own. */
function include(
  original: readonly JsonObject[],
  includes: readonly JsonObject[],
  axes: readonly string[],
): readonly JsonObject[] {
  const combinations = original.map((item) => ({ base: item, item }));
  const added: JsonObject[] = [];
  for (const extra of includes) {
    const fits = combinations.filter(({ base }) =>
      axes.every((name) => extra[name] === undefined || equal(extra[name], base[name])),
    );
    if (fits.length === 0) added.push(extra);
    for (const fit of fits) fit.item = { ...fit.item, ...extra };
  }
  return [...combinations.map(({ item }) => item), ...added];
}

function contains(item: JsonObject, part: JsonObject): boolean {
  return Object.entries(part).every(([name, value]) => equal(item[name], value));
}

function equal(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function objectsIn(value: Json | undefined): readonly JsonObject[] | null {
  if (value === undefined || value === null) return [];
  return isList(value) && value.every(isJsonObject) ? value : null;
}
