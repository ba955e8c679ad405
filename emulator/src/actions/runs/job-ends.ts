// How the ends of jobs add up: for a matrix, for a called workflow, and for the conditions of the jobs behind them. Pure.
import type { JsonObject } from "../../world/json.ts";
import { type Scope, toData } from "../expressions/evaluate.ts";

export type JobResult = "success" | "failure" | "cancelled" | "skipped";

/** How a job ended, as its dependants see it. */
export interface JobEnd {
  readonly result: JobResult;
  readonly outputs: Readonly<Record<string, string>>;
  /** The worst result among the jobs that this one waited for, directly or not, and its own. */
  readonly ancestors?: JobResult;
}

/** Ends by job id. */
export type ScopeEnds = ReadonlyMap<string, JobEnd>;

/** What every expression of a job may see before it has a machine. */
export interface JobContexts {
  readonly github: JsonObject;
  readonly inputs: JsonObject;
  readonly vars: JsonObject;
  readonly needs: JsonObject;
}

const MANY = 255;

export function scopeWith(contexts: object, functions: Scope["functions"] = []): Scope {
  const data = Object.entries(contexts).map(([name, value]) => [name, toData(value)] as const);
  return { contexts: Object.fromEntries(data), functions };
}

/** The worst of several ends; of equal outputs the last one that is not empty counts. */
export function mergeEnds(ends: readonly JobEnd[]): JobEnd {
  const outputs: Record<string, string> = {};
  for (const end of ends) {
    for (const [name, value] of Object.entries(end.outputs))
      if (value !== "" || !(name in outputs)) outputs[name] = value;
  }
  const result = worstOf(ends.map((end) => end.result));
  return { result: result === "skipped" && ends.some((end) => end.result === "success") ? "success" : result, outputs };
}

const ORDER: readonly JobResult[] = ["failure", "cancelled", "skipped"];

export function worstOf(results: readonly JobResult[]): JobResult {
  return ORDER.find((result) => results.includes(result)) ?? "success";
}

export function ancestorsOf(needs: ScopeEnds, own: JobResult): JobResult {
  return worstOf([own, ...resultsOf(needs)]);
}

/** What a job's `if:` may ask. A job behind a failure counts as failed too, even when the one between ran in spite of it. */
export function conditionScope(contexts: JobContexts, needs: ScopeEnds, isCancelled: boolean): Scope {
  const results = resultsOf(needs);
  const answer = (name: string, value: boolean) => ({ name, minArgs: 0, maxArgs: MANY, call: () => toData(value) });
  return scopeWith(contexts, [
    answer("always", true),
    answer("cancelled", isCancelled),
    answer("failure", !isCancelled && results.includes("failure")),
    answer("success", !isCancelled && results.every((result) => result === "success")),
  ]);
}

export function needsContext(needs: ScopeEnds): JsonObject {
  return Object.fromEntries([...needs].map(([id, { result, outputs }]) => [id, { result, outputs: { ...outputs } }]));
}

function resultsOf(needs: ScopeEnds): readonly JobResult[] {
  return [...needs.values()].flatMap((end) => [end.result, end.ancestors ?? "success"]);
}
