// Makes the Octokits that everything else is handed: with a plain token, or as the App. Their own throttling and
// retries are off: Octokit repeats what must not be repeated, and two who pace get in each other's way.

import { App, Octokit } from "octokit";
import type { OctokitAnswer, OctokitLike } from "./client.ts";

/** Longest wait for one answer. Source: GitHub gives up on its own after 10 seconds. */
const REQUEST_MS_MAX = 20_000;

export interface Endpoint {
  /** Where REST lives, such as `https://api.github.com` or `https://ghe.example/api/v3`. */
  readonly baseUrl: string;
  /** What sends; the process's own `fetch` unless a test gives another. */
  readonly fetch?: typeof fetch;
}

const silent = () => undefined;
/** Octokit writes warnings of its own to the console otherwise. */
const QUIET = { debug: silent, info: silent, warn: silent, error: silent };

function optionsFor({ baseUrl, fetch: send = fetch }: Endpoint) {
  const withTimeout: typeof fetch = (input, init) => {
    const timeout = AbortSignal.timeout(REQUEST_MS_MAX);
    const signal = init?.signal == null ? timeout : AbortSignal.any([init.signal, timeout]);
    return send(input, { ...init, signal });
  };
  return {
    baseUrl,
    log: QUIET,
    userAgent: "signalbox",
    throttle: { enabled: false },
    retry: { enabled: false },
    request: { fetch: withTimeout },
  };
}

/** Narrows Octokit's many overloads to the one shape that this adapter uses. */
export function likeness(octokit: Pick<Octokit, "request">): OctokitLike {
  const { request } = octokit;
  const ask = async (route: string, parameters: { readonly [name: string]: unknown } = {}): Promise<OctokitAnswer> => {
    const { status, headers, data } = await request(route, { ...parameters });
    return { status, headers, data };
  };
  return { request: Object.assign(ask, { endpoint: { DEFAULTS: { baseUrl: request.endpoint.DEFAULTS.baseUrl } } }) };
}

/** @param token of an installation, a user, or a workflow; null for nobody's */
export function createTokenOctokit(endpoint: Endpoint, token: string | null): OctokitLike {
  return likeness(new Octokit({ ...optionsFor(endpoint), ...(token === null ? {} : { auth: token }) }));
}

/** Speaks as the App itself: for its installations, their tokens and its deliveries, and for nothing else. */
export function createAppOctokit(
  endpoint: Endpoint,
  app: { readonly appId: number | string; readonly privateKey: string },
): OctokitLike {
  const { octokit } = new App({ ...app, log: QUIET, Octokit: Octokit.defaults(optionsFor(endpoint)) });
  return likeness(octokit);
}

/**
 * An Octokit whose token may die early: a 401 is answered once with a new one. It was not carried out, so this is safe
 * for every request.
 *
 * @param make gives the Octokit of a token; `isFresh` asks for one that is not the last
 */
export function createRenewingOctokit(baseUrl: string, make: (isFresh: boolean) => Promise<OctokitLike>): OctokitLike {
  const ask: OctokitLike["request"] = Object.assign(
    async (route: string, parameters: { readonly [name: string]: unknown } = {}) => {
      const octokit = await make(false);
      try {
        return await octokit.request(route, parameters);
      } catch (error) {
        const isStale = typeof error === "object" && error !== null && "status" in error && error.status === 401;
        if (!isStale) throw error;
        return await (await make(true)).request(route, parameters);
      }
    },
    { endpoint: { DEFAULTS: { baseUrl } } },
  );
  return { request: ask };
}
