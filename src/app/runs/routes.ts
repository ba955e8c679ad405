// The calls of the JSON API as data: one table for the server and for the OpenAPI document.

import { z } from "zod";
import {
  apiRefusalSchema,
  bindAnswerSchema,
  bindRequestSchema,
  phaseReportRequestSchema,
  publishedRequestSchema,
  publishTokenAnswerSchema,
  publishTokenRequestSchema,
} from "../../core/api.ts";
import type { Purchase } from "../runner-workflows.ts";

export interface Route {
  readonly path: string;
  readonly summary: string;
  /** Which job of a run may call it. */
  readonly needs: Purchase;
  readonly request: z.ZodType;
  readonly answer: z.ZodType;
}

const nothing = z.strictObject({});

export const ROUTES = {
  bind: {
    path: "/api/runs/bind",
    summary: "May this run work on this task? Waits up to 15 minutes; one run is granted each claim.",
    needs: "work",
    request: bindRequestSchema,
    answer: bindAnswerSchema,
  },
  phase: {
    path: "/api/runs/phase",
    summary: "A phase of a bound run began or ended.",
    needs: "work",
    request: phaseReportRequestSchema,
    answer: nothing,
  },
  publishToken: {
    path: "/api/runs/publish-token",
    summary: "A token for this one repository that the publish job of a bound run pushes with.",
    needs: "publish",
    request: publishTokenRequestSchema,
    answer: publishTokenAnswerSchema,
  },
  published: {
    path: "/api/runs/published",
    summary: "Look at this task now: a run has just published.",
    needs: "publish",
    request: publishedRequestSchema,
    answer: nothing,
  },
} as const satisfies Record<string, Route>;

/** @returns the OpenAPI 3.1 document of the API, made from the schemas that the server itself checks with */
export function openApiDocument(): unknown {
  const json = (schema: z.ZodType, io: "input" | "output") => ({
    "application/json": { schema: z.toJSONSchema(schema, { io, unrepresentable: "any" }) },
  });
  const operation = (name: string, route: Route) => ({
    post: {
      operationId: name,
      summary: route.summary,
      description: `For the ${route.needs} job: the bearer is the run's own OIDC token of GitHub Actions, a new one for every call.`,
      security: [{ oidc: [] }],
      requestBody: { required: true, content: json(route.request, "input") },
      responses: {
        "200": { description: "Granted", content: json(route.answer, "output") },
        default: { description: "Refused", content: json(apiRefusalSchema, "output") },
      },
    },
  });
  return {
    openapi: "3.1.0",
    info: { title: "Signalbox", version: "1", description: "What a run asks the app for." },
    paths: Object.fromEntries(Object.entries(ROUTES).map(([name, route]) => [route.path, operation(name, route)])),
    components: { securitySchemes: { oidc: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
  };
}
