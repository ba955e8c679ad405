// The runner's side of the app's JSON API. A refusal comes back as its sentence; what may pass (no answer, 5xx, 429) is tried
// again for as long as the call is worth it.

import type { z } from "zod";
import {
  apiRefusalSchema,
  bindAnswerSchema,
  type bindRequestSchema,
  type phaseReportRequestSchema,
  type publishedRequestSchema,
  publishTokenAnswerSchema,
  type publishTokenRequestSchema,
} from "../core/api.ts";
import type { Clock } from "../core/ports.ts";

/** A bind may wait for the app's own look at GitHub. Source: DESIGN, "none within 15 minutes". */
const BIND_MS_MAX = 15 * 60_000;
const TOKEN_MS_MAX = 5 * 60_000;
/** A hint is sent once and not waited for longer than this. */
const HINT_MS_MAX = 10_000;
/** Largest answer that is read, in bytes. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const WAIT_MS_FIRST = 1_000;
const WAIT_MS_MAX = 30_000;

export type Refused = { readonly refused: string };

export interface AppClient {
  bind(body: z.infer<typeof bindRequestSchema>): Promise<z.infer<typeof bindAnswerSchema> | Refused>;
  publishToken(
    body: z.infer<typeof publishTokenRequestSchema>,
  ): Promise<z.infer<typeof publishTokenAnswerSchema> | Refused>;
  /** Never throws: nobody depends on it. */
  reportPhase(body: z.infer<typeof phaseReportRequestSchema>): Promise<void>;
  /** Never throws: the app would notice by itself. */
  tellPublished(body: z.infer<typeof publishedRequestSchema>): Promise<void>;
}

export interface AppClientParts {
  readonly appUrl: string;
  /** A fresh one for each call. */
  readonly identityToken: (signal: AbortSignal) => Promise<string>;
  readonly clock: Clock;
}

type Answer = { readonly status: number; readonly body: unknown };

export function createAppClient(parts: AppClientParts): AppClient {
  const post = async (path: string, body: unknown, signal: AbortSignal): Promise<Answer> => {
    const token = await parts.identityToken(signal);
    const response = await fetch(new URL(path, parts.appUrl), {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal,
    });
    return { status: response.status, body: await jsonOf(response) };
  };
  const ask = async <T>(
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    patienceMs: number,
  ): Promise<T | Refused> => {
    const until = parts.clock.now() + patienceMs;
    for (let tries = 0; ; tries += 1) {
      const answer = await post(path, body, AbortSignal.timeout(patienceMs)).catch(silence);
      if (answer.status === 200) return schema.parse(answer.body);
      const refusal = apiRefusalSchema.safeParse(answer.body);
      const mayPass = answer.status === 0 || answer.status === 429 || answer.status >= 500;
      const waitMs = Math.min(WAIT_MS_FIRST * 2 ** tries, WAIT_MS_MAX);
      if (!mayPass || parts.clock.now() + waitMs >= until) {
        return { refused: refusal.success ? refusal.data.error : noSentence(answer.status) };
      }
      await parts.clock.wait(waitMs);
    }
  };
  const hint = async (path: string, body: unknown): Promise<void> => {
    await post(path, body, AbortSignal.timeout(HINT_MS_MAX)).catch(silence);
  };
  return {
    bind: (body) => ask("/api/runs/bind", body, bindAnswerSchema, BIND_MS_MAX),
    publishToken: (body) => ask("/api/runs/publish-token", body, publishTokenAnswerSchema, TOKEN_MS_MAX),
    reportPhase: (body) => hint("/api/runs/phase", body),
    tellPublished: (body) => hint("/api/runs/published", body),
  };
}

function noSentence(status: number): string {
  return status === 0 ? "The app did not answer." : `The app did not answer as expected (HTTP ${status}).`;
}

/** No answer at all: the connection failed, or nobody spoke for too long. */
function silence(): Answer {
  return { status: 0, body: null };
}

async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error("the app's answer is too large");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
