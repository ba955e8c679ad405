// POST /api/graphql: parsing, validation, cost, execution, and errors as GitHub words them. Always 200, except without a token.
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { readJson } from "../http/body.ts";
import { type Api, type Ctx, refusalFor } from "../http/context.ts";
import { GitHubError } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import { actorOf, canRead } from "../world/caller.ts";
import type { JsonObject } from "../world/json.ts";
import { type Cost, costOf, isTooLarge } from "./cost.ts";
import type { Gql } from "./gql.ts";
import { mutationRoot } from "./mutation-root.ts";
import { queryRoot } from "./query-root.ts";
import { refusalOf } from "./refusal.ts";
import { githubSchema } from "./schema.ts";
import { resolveField, resolveType } from "./view.ts";
import { createViews } from "./views.ts";

type ErrorJson = Readonly<Record<string, unknown>>;

function problem(message: string, more: ErrorJson = {}): ErrorJson {
  return { ...more, message };
}

/** GitHub names the field and its type apart, and shows the way to it. */
function validationError(error: GraphQLError, operation: OperationDefinitionNode | null): ErrorJson {
  const locations = error.locations?.map(({ line, column }) => ({ line, column })) ?? [];
  const unknown = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message);
  if (unknown === null) return { message: error.message, locations };
  const [, fieldName, typeName] = unknown;
  return {
    path: [operation?.operation ?? "query", fieldName],
    extensions: { code: "undefinedField", typeName, fieldName },
    locations,
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
  };
}

function executionError(hub: Hub, error: GraphQLError): ErrorJson {
  const cause = error.originalError ?? error;
  const refusal = refusalOf(cause);
  const formatted: GraphQLFormattedError = error.toJSON();
  const place = { path: formatted.path ?? [], locations: formatted.locations ?? [] };
  if (refusal !== null) return { type: refusal.type, ...place, message: refusal.message };
  // graphql-js's own complaints (a wrong variable) have no other error behind them.
  if (error.originalError === undefined) return { ...place, message: error.message };
  hub.warn(`graphql ${place.path.join(".")}: ${cause.stack ?? cause.message}`);
  return { ...place, message: "Something went wrong while executing your query." };
}

interface Request {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

function readRequest(body: JsonObject): Request | readonly ErrorJson[] {
  const query = body["query"];
  if (typeof query !== "string" || query.trim() === "")
    return [problem("A query attribute must be specified and must be a string.")];
  const given = body["variables"];
  const variables = typeof given === "object" && given !== null && !Array.isArray(given) ? given : {};
  const name = body["operationName"];
  try {
    const document = parse(query);
    const operation = getOperationAST(document, typeof name === "string" && name !== "" ? name : null) ?? null;
    const errors = validate(githubSchema(), document);
    if (errors.length > 0) return errors.map((error) => validationError(error, operation));
    if (operation === null) return [problem("An operation name is required")];
    return { document, operation, variables: { ...variables } };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const locations = error.locations?.map(({ line, column }) => ({ line, column })) ?? [];
    return [problem(error.message, { locations })];
  }
}

function createContext(c: Ctx, hub: Hub, cost: Cost): Gql {
  const caller = c.get("caller");
  const actor = actorOf(caller);
  if (actor === null) throw new GitHubError(401, "This endpoint requires you to be authenticated.");
  const g: Gql = {
    hub,
    caller,
    actor,
    viewer: actor.account,
    cost,
    views: createViews(() => g),
    canRead: (repository) => canRead(hub.world, caller, repository),
    need: (repository, need) => {
      const refusal = refusalFor(hub, caller, repository, need);
      if (refusal !== null) throw refusal;
    },
  };
  return g;
}

async function run(c: Ctx, hub: Hub, request: Request): Promise<ErrorJson> {
  const { document, operation, variables } = request;
  const cost = costOf(document, operation, variables);
  const g = createContext(c, hub, cost);
  if (isTooLarge(cost)) {
    const message = `This query requests up to ${cost.nodes} possible nodes which exceeds the maximum limit of 500,000.`;
    return { errors: [{ type: "MAX_NODE_LIMIT_EXCEEDED", message }] };
  }
  try {
    hub.rateLimits.spend(g.caller, "graphql", cost.points);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { errors: [{ type: refusal.type, message: refusal.message }] };
  }
  c.get("entry").graphqlCost = cost.points;
  const result = await execute({
    schema: githubSchema(),
    document,
    rootValue: operation.operation === "mutation" ? mutationRoot(g) : queryRoot(g),
    contextValue: g,
    variableValues: variables,
    operationName: operation.name?.value ?? null,
    fieldResolver: resolveField,
    typeResolver: resolveType,
  });
  const errors = result.errors?.map((error) => executionError(hub, error));
  return { ...(result.data === undefined ? {} : { data: result.data }), ...(errors === undefined ? {} : { errors }) };
}

async function answer(c: Ctx, hub: Hub): Promise<Response> {
  if (actorOf(c.get("caller")) === null) {
    throw new GitHubError(401, "This endpoint requires you to be authenticated.", {
      documentation_url:
        "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql",
    });
  }
  const request = readRequest(await readJson(c));
  const body = "document" in request ? await run(c, hub, request) : { errors: request };
  return new Response(JSON.stringify(body), { headers: { "content-type": "application/json; charset=utf-8" } });
}

export function registerGraphql(root: Api, hub: Hub): void {
  root.post("/api/graphql", (c) => answer(c, hub));
}
