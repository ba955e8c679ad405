// The pages' way into the emulator: its own REST API, as the person who looks, in process. Nothing here goes around its rules.

import type { Api, Ctx } from "../http/context.ts";

export interface PageClient {
  /** @returns the answer, or null when it is refused (not there, not allowed, not emulated) */
  readonly get: <T>(path: string) => Promise<T | null>;
  readonly text: (path: string) => Promise<string | null>;
  /** @returns null when it was done, else why not */
  readonly send: (method: string, path: string, body?: object) => Promise<string | null>;
}

const REDIRECTS = new Set([301, 302, 307]);

export interface PageClientOptions {
  readonly server: Api;
  /** The connection of the visitor, which handlers may look at. */
  readonly env: Ctx["env"];
  readonly origin: string;
  /** null = anonymous. */
  readonly token: string | null;
}

export function createPageClient({ server, env, origin, token }: PageClientOptions): PageClient {
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const request = async (method: string, path: string, body?: object): Promise<Response> =>
    server.request(
      `${origin}/api/v3${path}`,
      {
        method,
        headers: { ...authorization, "user-agent": "pages" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      env,
    );

  return {
    async get<T>(path: string): Promise<T | null> {
      const response = await request("GET", path);
      if (!response.ok) return null;
      const body: T = JSON.parse(await response.text());
      return body;
    },
    async text(path) {
      const response = await request("GET", path);
      const location = response.headers.get("location");
      const final =
        REDIRECTS.has(response.status) && location !== null ? await server.request(location, {}, env) : response;
      return final.ok ? await final.text() : null;
    },
    async send(method, path, body) {
      const response = await request(method, path, body);
      if (response.ok) return null;
      return refusalIn(await response.text(), response.status);
    },
  };
}

function refusalIn(text: string, status: number): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "message" in body) return `${String(body.message)} (${status})`;
  } catch {
    // Not JSON: the status has to do.
  }
  return `The emulator answered ${status}`;
}
