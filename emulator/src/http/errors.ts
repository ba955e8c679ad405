// GitHub's refusals as thrown values. Handlers throw them; `app.ts` turns them into responses.
import type { JsonObject } from "../world/json.ts";

const DOCS = "https://docs.github.com/rest";

/** One entry of a 422's `errors`. */
export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  readonly value?: string | number | boolean | null;
  readonly message?: string;
}

/** A refusal that goes to the client. Not a bug: bugs are every other error and become a 500. */
export class GitHubError extends Error {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, more: JsonObject = {}, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = { message, ...more, documentation_url: more["documentation_url"] ?? DOCS, status: String(status) };
  }
}

export const badRequest = (message: string): GitHubError => new GitHubError(400, message);
export const badCredentials = (): GitHubError => new GitHubError(401, "Bad credentials");
export const requiresAuthentication = (): GitHubError => new GitHubError(401, "Requires authentication");
export const forbidden = (message = "Forbidden"): GitHubError => new GitHubError(403, message);
export const notFound = (message = "Not Found"): GitHubError => new GitHubError(404, message);
export const methodNotAllowed = (message: string): GitHubError => new GitHubError(405, message);
export const conflict = (message: string): GitHubError => new GitHubError(409, message);
export const gone = (message: string): GitHubError => new GitHubError(410, message);

/** 422 with `errors`; a plain string becomes an entry of that text, as some endpoints of GitHub do. */
export function validationFailed(errors: readonly (FieldError | string)[], message = "Validation Failed"): GitHubError {
  return new GitHubError(422, message, {
    errors: errors.map((error) => (typeof error === "string" ? error : { ...error })),
  });
}

/** 422 without `errors`. */
export const unprocessable = (message: string): GitHubError => new GitHubError(422, message);

export function notEmulated(what: string): GitHubError {
  return new GitHubError(501, `Not emulated: ${what}`, { documentation_url: "https://docs.github.com/rest" });
}
