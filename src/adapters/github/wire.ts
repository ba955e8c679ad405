// Sends requests to GitHub: asks the governor for a turn, tells a definite answer from an ambiguous one, and repeats
// only what may be repeated. It knows nothing of tasks.

import type { Clock, Random } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import { askGraphql, askRest, type OctokitAnswer, type OctokitLike, type RawAnswer } from "./client.ts";
import type { Governor, Priority, Turn } from "./governor.ts";

/** Tries of one request whose answer stays ambiguous. */
export const TRIES_MAX = 4;
/** Tries of one request that GitHub puts off for the sake of its limits. */
const LIMITED_TRIES_MAX = 5;
const BACKOFF_MS = 1_000;

/** Nobody knows whether GitHub did it: a timeout, a reset, a 5xx, half an answer. */
export class AmbiguousAnswer extends Error {
  constructor(what: string, why: string) {
    super(`${what}: ${why}`);
    this.name = "AmbiguousAnswer";
  }
}

/** `freely`: a read, or a write that twice does what once does. `never`: the caller looks before it asks again. */
export type Repeat = "freely" | "never";

export interface RestCall {
  readonly route: string;
  readonly parameters: { readonly [name: string]: unknown };
  readonly repeat: Repeat;
  readonly kind: Turn["kind"];
  readonly priority?: Priority;
}

/** A definite answer: done, or refused for a reason. */
export interface RestAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly data: unknown;
  /** GitHub's own words when it refused. */
  readonly message: string;
  /** What leads to the next page of a list that is paged by cursor. */
  readonly nextCursor: string | null;
}

export interface GraphqlCall {
  readonly document: string;
  readonly variables: { readonly [name: string]: unknown };
  readonly repeat: Repeat;
  readonly kind: Turn["kind"];
  readonly priority?: Priority;
}

export interface GraphqlProblem {
  readonly type: string | null;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

export interface GraphqlAnswer {
  readonly data: unknown;
  readonly problems: readonly GraphqlProblem[];
  /** GitHub's clock when it answered. */
  readonly now: EpochMs;
}

export interface Wire {
  rest(call: RestCall): Promise<RestAnswer>;
  graphql(call: GraphqlCall): Promise<GraphqlAnswer>;
}

export interface WireOptions {
  readonly octokit: OctokitLike;
  readonly governor: Governor;
  readonly clock: Clock;
  readonly random: Random;
}

type Settled<T> =
  | { readonly kind: "definite"; readonly value: T }
  | { readonly kind: "limited" }
  | { readonly kind: "ambiguous"; readonly why: string };

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns the message in an error body of GitHub, with the details that make it useful */
function messageIn(data: unknown): string {
  if (!isRecord(data) || typeof data["message"] !== "string") return "GitHub gave no reason";
  const errors = Array.isArray(data["errors"]) ? data["errors"] : [];
  const details = errors.flatMap((error: unknown) => {
    if (typeof error === "string") return [error];
    return isRecord(error) && typeof error["message"] === "string" ? [error["message"]] : [];
  });
  return [data["message"], ...details].join(": ");
}

/** A 5xx leaves it open what was done; 501 says that nothing was, and never will be. */
function isUnsure(status: number): boolean {
  return status >= 500 && status !== 501;
}

/** 429 always, 403 when the headers or the words say so: neither was carried out. */
function isLimited({ status, headers, data }: OctokitAnswer): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers["retry-after"] !== undefined ||
    Number(headers["x-ratelimit-remaining"] ?? 1) === 0 ||
    /rate limit|abuse detection/i.test(messageIn(data))
  );
}

function settleRest(raw: RawAnswer): Settled<RestAnswer> {
  if (raw.kind === "silence") return { kind: "ambiguous", why: raw.why };
  const { answer } = raw;
  if (isLimited(answer)) return { kind: "limited" };
  if (isUnsure(answer.status)) return { kind: "ambiguous", why: `status ${answer.status}` };
  const ok = answer.status < 400;
  // Octokit hands on as a string, even an empty one, what says that it is JSON and is not.
  const isJson = String(answer.headers["content-type"] ?? "").includes("json");
  if (ok && isJson && answer.status !== 204 && typeof answer.data === "string")
    return { kind: "ambiguous", why: "half an answer" };
  const message = ok ? "" : messageIn(answer.data);
  const nextCursor = /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(String(answer.headers["link"] ?? ""))?.[1] ?? null;
  return { kind: "definite", value: { ok, status: answer.status, data: answer.data, message, nextCursor } };
}

/** Types of GraphQL errors that say no; any other may be a server that gave up half-way. */
const DEFINITE = new Set([
  "NOT_FOUND",
  "FORBIDDEN",
  "UNPROCESSABLE",
  "STALE_DATA",
  "INSUFFICIENT_SCOPES",
  "SAML_FAILURE",
  "undefinedField",
  "argumentLiteralsIncompatible",
]);

export function isDefinite(problem: GraphqlProblem): boolean {
  return problem.type !== null && DEFINITE.has(problem.type);
}

function problemsIn(errors: unknown): readonly GraphqlProblem[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((error: unknown) => {
    const found = isRecord(error) ? error : {};
    const path = Array.isArray(found["path"]) ? found["path"] : [];
    return {
      type: typeof found["type"] === "string" ? found["type"] : null,
      message: typeof found["message"] === "string" ? found["message"] : "GitHub gave no reason",
      path: path.filter((part: unknown) => typeof part === "string" || typeof part === "number"),
    };
  });
}

function settleGraphql(raw: RawAnswer): Settled<GraphqlAnswer> {
  if (raw.kind === "silence") return { kind: "ambiguous", why: raw.why };
  const { answer } = raw;
  if (isLimited(answer)) return { kind: "limited" };
  const now = Date.parse(String(answer.headers["date"] ?? ""));
  if (isUnsure(answer.status)) return { kind: "ambiguous", why: `status ${answer.status}` };
  if (answer.status >= 400) {
    const refused = { type: "FORBIDDEN", message: `${answer.status} ${messageIn(answer.data)}`, path: [] };
    return { kind: "definite", value: { data: null, problems: [refused], now } };
  }
  if (!isRecord(answer.data) || Number.isNaN(now)) return { kind: "ambiguous", why: "half an answer" };
  const problems = problemsIn(answer.data["errors"]);
  if (problems.some((problem) => problem.type === "RATE_LIMITED")) return { kind: "limited" };
  if (problems.length === 0 && !isRecord(answer.data["data"]))
    return { kind: "ambiguous", why: "an answer without data" };
  return { kind: "definite", value: { data: answer.data["data"], problems, now } };
}

/** A query is asked again unless each of its errors is a definite no. */
function settleQuery(raw: RawAnswer): Settled<GraphqlAnswer> {
  const settled = settleGraphql(raw);
  if (settled.kind !== "definite") return settled;
  const unsure = settled.value.problems.find((problem) => !isDefinite(problem));
  return unsure === undefined ? settled : { kind: "ambiguous", why: unsure.message };
}

export function createWire(options: WireOptions): Wire {
  const { octokit, governor, clock, random } = options;

  async function send<T>(
    what: string,
    turn: Turn,
    repeat: Repeat,
    ask: () => Promise<RawAnswer>,
    settle: (raw: RawAnswer) => Settled<T>,
  ): Promise<T> {
    let limited = 0;
    for (let tries = 1; ; ) {
      await governor.turn(turn);
      const raw = await ask();
      const settled = settle(raw);
      if (raw.kind === "answer") {
        const { headers } = raw.answer;
        governor.heard({ resource: turn.resource, limited: settled.kind === "limited", headers });
      }
      if (settled.kind === "definite") return settled.value;
      if (settled.kind === "limited") {
        limited += 1;
        if (limited >= LIMITED_TRIES_MAX) throw new Error(`${what}: GitHub's limits put it off ${limited} times`);
        continue;
      }
      if (repeat === "never" || tries >= TRIES_MAX) throw new AmbiguousAnswer(what, settled.why);
      await clock.wait(BACKOFF_MS * 2 ** (tries - 1) * (0.5 + random.next()));
      tries += 1;
    }
  }

  return {
    rest: ({ route, parameters, repeat, kind, priority = "normal" }) =>
      send(route, { kind, priority, resource: "core" }, repeat, () => askRest(octokit, route, parameters), settleRest),
    graphql: ({ document, variables, repeat, kind, priority = "normal" }) =>
      send(
        document.slice(0, document.search(/[({]/)).trim(),
        { kind, priority, resource: "graphql" },
        repeat,
        () => askGraphql(octokit, document, variables),
        kind === "read" ? settleQuery : settleGraphql,
      ),
  };
}

/** Backoff between tries of a caller that settles an ambiguous answer itself. */
export function backoffMs(tries: number, random: Random): number {
  return BACKOFF_MS * 2 ** (tries - 1) * (0.5 + random.next());
}

/**
 * Sends a query whose answer must be whole.
 *
 * @throws on any error in it: half of the truth is not taken for the truth
 */
export async function readWhole(
  wire: Wire,
  document: string,
  variables: GraphqlCall["variables"],
): Promise<GraphqlAnswer> {
  const answer = await wire.graphql({ document, variables, repeat: "freely", kind: "read" });
  const [problem] = answer.problems;
  if (problem !== undefined) throw new Error(`GitHub answered a query with an error: ${problem.message}`);
  return answer;
}
