// The JSON API over HTTP: reads and checks what comes in, verifies who asks, checks what goes out. No error text of ours
// ever reaches a caller.

import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { type Answer, refused, refusedToken } from "./answers.ts";
import type { RunsApi } from "./api.ts";
import type { RunIdentity, VerifyRun } from "./oidc.ts";
import { openApiDocument, ROUTES, type Route } from "./routes.ts";

/** Every request of the API is far below this. */
const REQUEST_BYTES_MAX = 65_536;

export interface RunsHttpOptions {
  readonly api: RunsApi;
  readonly verify: VerifyRun;
  /** Aborted when the process shuts down. */
  readonly draining: AbortSignal;
  readonly metrics: Pick<Metrics, "refusal">;
  readonly log: Log;
}

type Call<Body> = (identity: RunIdentity, body: Body, signal: AbortSignal) => Promise<Answer>;

export function createRunsHttp(options: RunsHttpOptions): Hono {
  const { api, metrics } = options;
  const app = new Hono();
  const send = (answer: Answer) => {
    if (answer.reason !== null) metrics.refusal(answer.reason);
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    });
  };
  const limit = bodyLimit({ maxSize: REQUEST_BYTES_MAX, onError: () => send(refused("too-large")) });

  function serve<Schema extends z.ZodType>(
    route: Route & { readonly request: Schema },
    call: Call<z.output<Schema>>,
  ): void {
    app.post(route.path, limit, async (context) => send(await answerTo(options, route, call, context)));
  }
  serve(ROUTES.bind, api.bind);
  serve(ROUTES.phase, api.phase);
  serve(ROUTES.publishToken, api.publishToken);
  serve(ROUTES.published, api.published);
  const document = JSON.stringify(openApiDocument());
  app.get("/api/openapi.json", (context) =>
    context.body(document, 200, { "content-type": "application/json; charset=utf-8" }),
  );
  return app;
}

async function answerTo<Schema extends z.ZodType>(
  { verify, draining, log }: RunsHttpOptions,
  route: Route & { readonly request: Schema },
  call: Call<z.output<Schema>>,
  context: Context,
): Promise<Answer> {
  if (draining.aborted) return refused("draining");
  try {
    const parsed = route.request.safeParse(await context.req.json().catch(() => null));
    if (!parsed.success) return refused("bad-request", problemIn(parsed.error));
    const verified = await verify(context.req.header("authorization"), route.needs);
    if ("refused" in verified) return refusedToken(verified.refused);
    const signal = AbortSignal.any([context.req.raw.signal, draining]);
    const answer = await call(verified.identity, parsed.data, signal);
    if (answer.reason === "cancelled" && draining.aborted) return refused("draining");
    // A grant of the wrong shape is our bug: better none than one that the run cannot read.
    if (answer.reason === null) route.answer.parse(answer.body);
    return answer;
  } catch (error) {
    log.error({ path: route.path, error }, "a call of the API failed");
    return refused("failed");
  }
}

function problemIn(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "" : `${issue.path.join(".") || "body"}: ${issue.message}`;
}
