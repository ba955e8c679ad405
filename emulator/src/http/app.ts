// The server's pipeline, outermost first: log, identity, faults, rate limit, handler, validators of caches, headers.
import { Hono } from "hono";
import { matchedRoutes } from "hono/route";
import type { Hub, RequestEntry } from "../hub.ts";
import type { SeenResponse } from "../options.ts";
import { type Authentication, authenticate, describeCaller } from "./authenticate.ts";
import { conditional } from "./conditional.ts";
import type { Api, Ctx, Env, Register } from "./context.ts";
import { GitHubError, notEmulated } from "./errors.ts";
import type { FaultChooser } from "./faults.ts";
import { inject } from "./inject.ts";
import { mediaFormat } from "./media-type.ts";
import { gitOperation, graphqlOperation, templateOf } from "./operation.ts";
import type { RateLimits, Resource } from "./rate-limit.ts";
import type { RequestRecorder } from "./request-log.ts";

export interface Pipeline {
  readonly hub: Hub;
  readonly log: RequestRecorder;
  readonly faults: FaultChooser;
  readonly rateLimits: RateLimits;
  readonly apiAreas: readonly Register[];
  readonly rootAreas: readonly Register[];
  readonly inspect?: (seen: SeenResponse) => void;
}

const API_PREFIX = "/api/v3";

/** Services of Actions, which check the credentials of jobs themselves. */
const OWN_CREDENTIALS = /^\/_(oidc|artifacts)\//;

export function createApp(pipeline: Pipeline): Api {
  const { hub } = pipeline;
  const root = new Hono<Env>();
  // Routes are matched for the operation's name before the handler runs, so the middleware must come first.
  root.use("*", (c, next) => serve(pipeline, c, next));
  root.onError((error, c) => errorResponse(hub, c, error));
  root.notFound((c) => errorResponse(hub, c, notEmulated(`${c.req.method} ${c.req.path.replace(API_PREFIX, "")}`)));
  const api = new Hono<Env>();
  for (const register of pipeline.apiAreas) register(api, hub);
  root.route(API_PREFIX, api);
  for (const register of pipeline.rootAreas) register(root, hub);
  return root;
}

/** Refused before it is read, whoever sends it. */
const TOO_LARGE: Authentication = { ok: false, refusal: new GitHubError(413, "Payload too large") };

async function serve(pipeline: Pipeline, c: Ctx, next: () => Promise<void>): Promise<Response | undefined> {
  const { hub, log } = pipeline;
  if (c.req.path.startsWith("/_control")) {
    await next();
    return undefined;
  }
  const entry = log.open(c.req.method, c.req.path);
  const authentication = await authenticate(hub, c.req.header("authorization"));
  entry.token = describeCaller(authentication);
  const isTooLarge = Number(c.req.header("content-length") ?? 0) > hub.limits.requestBytesMax;
  if (!isTooLarge) await nameOperation(c, entry);
  c.set("entry", entry);
  c.set("caller", authentication.ok ? authentication.caller : { kind: "anonymous" });
  const done = hub.work.begin();
  try {
    const response = await faulty(pipeline, c, entry, () =>
      answer(pipeline, c, isTooLarge ? TOO_LARGE : authentication, next),
    );
    replaceResponse(c, response);
    entry.status = response.status;
    if (pipeline.inspect !== undefined && entry.fault === null) {
      const contentType = response.headers.get("content-type") ?? "";
      const body = /json|text/.test(contentType) ? await response.clone().text() : "";
      const { method, operation } = entry;
      pipeline.inspect({ method, operation, status: response.status, contentType, body });
    }
  } finally {
    done();
  }
  return undefined;
}

/** Runs the request, or the fault that was ordered for it. */
async function faulty(pipeline: Pipeline, c: Ctx, entry: RequestEntry, run: () => Promise<void>): Promise<Response> {
  const { hub, faults, log } = pipeline;
  const fault = faults.choose({
    method: entry.method,
    path: entry.path,
    operation: entry.operation,
    token: entry.token,
    count: log.count(entry.method, entry.operation),
  });
  if (fault === null) {
    await run();
    return c.res;
  }
  entry.fault = fault;
  try {
    return (await inject(c, hub, fault, run)) ?? c.res;
  } catch (error) {
    return errorResponse(hub, c, error);
  }
}

async function answer(pipeline: Pipeline, c: Ctx, who: Authentication, next: () => Promise<void>): Promise<void> {
  const { hub, rateLimits } = pipeline;
  const caller = c.get("caller");
  const resource = resourceOf(c);
  const isFree = c.req.path.endsWith("/rate_limit") || !c.req.path.startsWith("/api/");
  try {
    if (!who.ok && !OWN_CREDENTIALS.test(c.req.path)) throw who.refusal;
    // GraphQL charges what a query costs, and says so inside an answer of status 200.
    if (!isFree && resource !== "graphql") rateLimits.spend(caller, resource, 1);
    if (c.get("entry").isWrite && isContent(c)) rateLimits.write(caller);
    await next();
  } catch (error) {
    replaceResponse(c, errorResponse(hub, c, error));
  }
  if (c.req.path.startsWith(API_PREFIX) && (c.req.method === "GET" || c.req.method === "HEAD")) {
    replaceResponse(c, await conditional(c.req.raw, c.res, who.ok ? who.secret : ""));
    if (c.res.status === 304 && !isFree) rateLimits.refund(caller, resource);
  }
  setHeaders(pipeline, c, resource);
}

function setHeaders(pipeline: Pipeline, c: Ctx, resource: Resource): void {
  const { hub } = pipeline;
  const caller = c.get("caller");
  const headers = new Headers(c.res.headers);
  headers.set("Date", new Date(hub.world.clock.now()).toUTCString());
  headers.set("X-GitHub-Request-Id", requestId(hub));
  if (headers.get("content-type") === "application/json")
    headers.set("content-type", "application/json; charset=utf-8");
  if (c.req.path.startsWith("/api/")) {
    for (const [name, value] of Object.entries(pipeline.rateLimits.headers(caller, resource))) headers.set(name, value);
    headers.set("X-GitHub-Media-Type", `github.v3; format=${mediaFormat(c)}`);
    headers.set("X-GitHub-Api-Version-Selected", c.req.header("x-github-api-version") ?? "2022-11-28");
    if (caller.kind === "user") headers.set("X-OAuth-Scopes", caller.token.scopes.join(", "));
    headers.set("Access-Control-Allow-Origin", "*");
    headers.set("Server", "github.com");
  }
  replaceResponse(c, new Response(c.res.body, { status: c.res.status, headers }));
}

/** Hono would carry the old response's headers over into the new one. */
function replaceResponse(c: Ctx, response: Response): void {
  c.res = undefined;
  c.res = response;
}

/** Minting tokens, redelivering hooks and signing in create no content. */
function isContent(c: Ctx): boolean {
  return c.req.path === "/api/graphql" || c.req.path.startsWith(`${API_PREFIX}/repos/`);
}

function requestId(hub: Hub): string {
  const hex = hub.world.randomBytes(16).toString("hex").toUpperCase();
  return `${hex.slice(0, 4)}:${hex.slice(4, 9)}:${hex.slice(9, 15)}:${hex.slice(15, 21)}:${hex.slice(21, 29)}`;
}

function resourceOf(c: Ctx): Resource {
  if (c.req.path === "/api/graphql") return "graphql";
  return c.req.path.startsWith(`${API_PREFIX}/search/`) ? "search" : "core";
}

async function nameOperation(c: Ctx, entry: RequestEntry): Promise<void> {
  if (c.req.path === "/api/graphql" && c.req.method === "POST") {
    const { name, isWrite } = graphqlOperation(await c.req.text());
    entry.operation = name;
    entry.isWrite = isWrite;
    return;
  }
  const git = gitOperation(c.req.path, c.req.query("service") ?? null);
  if (git !== null) {
    entry.operation = git.name;
    entry.isWrite = git.isWrite;
    return;
  }
  const handler = matchedRoutes(c).find((route) => !route.path.endsWith("*"));
  if (handler !== undefined) entry.operation = templateOf(handler.path);
}

/** GitHub's refusals as they are; anything else is a bug of the emulator: told to the operator, hidden from the client. */
function errorResponse(hub: Hub, c: Ctx, error: unknown): Response {
  if (error instanceof GitHubError) {
    const headers = new Headers({ ...error.headers, "content-type": "application/json; charset=utf-8" });
    const accepted = c.res.headers.get("X-Accepted-GitHub-Permissions");
    if (accepted !== null) headers.set("X-Accepted-GitHub-Permissions", accepted);
    return new Response(JSON.stringify(error.body), { status: error.status, headers });
  }
  hub.warn(`${c.req.method} ${c.req.path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new Response(JSON.stringify({ message: "Server Error" }), {
    status: 500,
    headers: { "content-type": "application/json; charset=utf-8" },
  });
}
