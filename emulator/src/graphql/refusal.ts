// Refusals of GraphQL fields, in GitHub's types and words. Thrown by resolvers; they become entries of `errors`.
import { GitHubError } from "../http/errors.ts";

export type RefusalType =
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "UNPROCESSABLE"
  | "STALE_DATA"
  | "BAD_USER_INPUT"
  | "MISSING_PAGINATION_BOUNDARIES"
  | "EXCESSIVE_PAGINATION"
  | "MAX_NODE_LIMIT_EXCEEDED"
  | "RATE_LIMITED"
  | "NOT_EMULATED"
  | "INSUFFICIENT_SCOPES";

export class GraphqlRefusal extends Error {
  readonly type: RefusalType;

  constructor(type: RefusalType, message: string) {
    super(message);
    this.type = type;
  }
}

export const notFound = (message: string): GraphqlRefusal => new GraphqlRefusal("NOT_FOUND", message);
export const forbidden = (message: string): GraphqlRefusal => new GraphqlRefusal("FORBIDDEN", message);
export const unprocessable = (message: string): GraphqlRefusal => new GraphqlRefusal("UNPROCESSABLE", message);
export const notEmulated = (what: string): GraphqlRefusal =>
  new GraphqlRefusal("NOT_EMULATED", `not emulated: ${what}`);

/** A refusal that REST would answer, as GraphQL says it; null = not a refusal but a bug. */
export function refusalOf(error: unknown): GraphqlRefusal | null {
  if (error instanceof GraphqlRefusal) return error;
  if (!(error instanceof GitHubError)) return null;
  if (error.status === 501) return new GraphqlRefusal("NOT_EMULATED", error.message);
  if (error.status === 403 && error.message.includes("rate limit"))
    return new GraphqlRefusal("RATE_LIMITED", error.message);
  if (error.status === 401 || error.status === 403) return forbidden(error.message);
  return error.status === 404 ? notFound(error.message) : unprocessable(error.message);
}
