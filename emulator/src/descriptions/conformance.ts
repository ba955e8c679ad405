// Watches everything that an emulator sends and lists where it differs from GitHub's published descriptions:
//   const conformance = createConformance();
//   const hub = await createEmulator({ inspect: conformance });
//   …; expect(conformance.violations()).toEqual([]);

import type { SeenResponse, SeenWebhook } from "../options.ts";
import { createResponseValidator } from "./validate-response.ts";
import { createWebhookValidator } from "./validate-webhook.ts";

export interface Violation {
  /** `GET /repos/{owner}/{repo} 200`, or `issues.labeled`. */
  readonly where: string;
  readonly what: readonly string[];
}

export interface Conformance {
  readonly response: (seen: SeenResponse) => void;
  readonly webhook: (seen: SeenWebhook) => void;
  /** Each kind of violation once, with the first messages that were seen. */
  readonly violations: () => readonly Violation[];
  /** How much was looked at, so that a test can tell "nothing wrong" from "nothing seen". */
  readonly counted: () => { readonly responses: number; readonly webhooks: number };
}

/** Sign-in, the control plane, pages and GraphQL are no REST operations: other descriptions, or none, hold for them. */
const NOT_REST = /^(graphql:|git:|\/_|\/login|\/settings|\/organizations)/;

export function createConformance(): Conformance {
  const responses = createResponseValidator();
  const webhooks = createWebhookValidator();
  const found = new Map<string, Violation>();
  const counts = { responses: 0, webhooks: 0 };

  function note(where: string, what: readonly string[]): void {
    if (what.length === 0) return;
    const key = `${where}\n${what.join("\n").replaceAll(/\d+/g, "0")}`;
    if (!found.has(key)) found.set(key, { where, what });
  }

  return {
    response: ({ method, operation, status, contentType, body }) => {
      const isOther = contentType !== "" && !contentType.startsWith("application/json");
      if (NOT_REST.test(operation) || isOther) return;
      counts.responses += 1;
      const parsed: unknown = body === "" ? undefined : JSON.parse(body);
      note(`${method} ${operation} ${status}`, responses.validate({ method, path: operation, status, body: parsed }));
    },
    webhook: ({ event, payload }) => {
      counts.webhooks += 1;
      const action = payload["action"];
      note(typeof action === "string" ? `${event}.${action}` : event, webhooks({ event, payload }));
    },
    violations: () => [...found.values()],
    counted: () => ({ ...counts }),
  };
}
