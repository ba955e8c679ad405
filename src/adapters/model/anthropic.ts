// The Messages API through the official SDK's tool runner: the whole history goes with every turn (no server-side threads),
// so that a run can be read, replayed and resumed. Retries are off: every call is counted before the next is made.

import type Anthropic from "@anthropic-ai/sdk";
import type { BetaRunnableTool } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { z } from "zod";
import {
  type ConversationRequest,
  type FailureKind,
  type Model,
  ModelFailure,
  type ModelMessage,
  type ModelTool,
  ToolRefusal,
  type Turn,
  type TurnTokens,
} from "./conversation.ts";

/** Longest silence of the server before a call is given up, in milliseconds. */
const CALL_TIMEOUT_MS = 600_000;

export interface AnthropicSettings {
  readonly apiKey: string;
  /** Null: the service's own address. */
  readonly baseUrl: string | null;
}

type Sdk = typeof import("@anthropic-ai/sdk");

export function createAnthropicModel(settings: AnthropicSettings): Model {
  let loading: Promise<{ sdk: Sdk; client: Anthropic }> | null = null;
  const load = (): Promise<{ sdk: Sdk; client: Anthropic }> => {
    loading ??= import("@anthropic-ai/sdk").then((sdk) => ({ sdk, client: connect(sdk, settings) }));
    return loading;
  };
  return {
    async *converse(request) {
      const { sdk, client } = await load();
      yield* turns(sdk, client, request);
    },
  };
}

function connect(sdk: Sdk, settings: AnthropicSettings): Anthropic {
  return new sdk.Anthropic({
    apiKey: settings.apiKey,
    maxRetries: 0,
    timeout: CALL_TIMEOUT_MS,
    logLevel: "off",
    ...(settings.baseUrl === null ? {} : { baseURL: settings.baseUrl }),
  });
}

async function* turns(sdk: Sdk, client: Anthropic, request: ConversationRequest): AsyncGenerator<Turn> {
  const runner = client.beta.messages.toolRunner(
    {
      model: request.model,
      max_tokens: request.outputTokensMax,
      system: [{ type: "text", text: request.system, cache_control: { type: "ephemeral" } }],
      // Marks the last block of every request, so that each turn reads what the turn before it wrote.
      cache_control: { type: "ephemeral" },
      tools: request.tools.map(runnable),
      messages: [...request.messages],
      stream: true,
      thread: false,
    },
    { signal: request.signal },
  );
  let begun: Anthropic.Beta.Messages.BetaMessage | null = null;
  try {
    for await (const stream of runner) {
      stream.on("streamEvent", (_event, soFar) => {
        begun = soFar;
      });
      const message = await stream.finalMessage();
      begun = null;
      yield {
        message: { role: "assistant", content: message.content } as ModelMessage,
        content: message.content,
        stop: message.stop_reason,
        tokens: tokensOf(message.usage),
        answer: () => runner.generateToolResponse(),
      };
    }
  } catch (error) {
    throw failureOf(sdk, error, brokenOff(begun));
  }
}

function runnable(tool: ModelTool): BetaRunnableTool<unknown> {
  const schema = z.toJSONSchema(tool.input, { io: "input" });
  return {
    type: "custom",
    name: tool.name,
    description: tool.description,
    // Every tool takes an object; a schema of another type is a bug that the API would name on the first call.
    input_schema: schema as { type: "object" },
    parse: (input) => input,
    run: async (input) => {
      const checked = tool.input.safeParse(input);
      if (!checked.success) throw new Error(z.prettifyError(checked.error));
      try {
        return await tool.run(checked.data);
      } catch (error) {
        // What went wrong inside may name paths or carry a secret: the model learns only what was meant for it.
        throw error instanceof ToolRefusal ? error : new Error("the tool failed; try another way");
      }
    },
  };
}

function tokensOf(usage: {
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens: number | null;
  cache_creation_input_tokens: number | null;
}): TurnTokens {
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    cacheWrite: usage.cache_creation_input_tokens ?? 0,
  };
}

function failureOf(sdk: Sdk, error: unknown, tokens: TurnTokens | null): unknown {
  const fail = (kind: FailureKind, status: number | null, retryAfterMs: number | null = null): ModelFailure =>
    new ModelFailure(kind, { status, retryAfterMs, tokens });
  if (error instanceof sdk.APIUserAbortError) return fail("aborted", null);
  if (error instanceof sdk.APIConnectionError) return fail("broken", null);
  if (error instanceof sdk.APIError) {
    const status = typeof error.status === "number" ? error.status : null;
    if (status === 429 || status === 529) return fail("busy", status, retryAfterMs(error.headers));
    // An error that came inside of a stream has no status: its type says whether it may pass.
    if (status === null)
      return fail(error.type === "overloaded_error" || error.type === "rate_limit_error" ? "busy" : "broken", null);
    return fail(status >= 500 || status === 408 || status === 409 ? "broken" : "rejected", status);
  }
  // The SDK says so in plain words when a stream ends before its message does.
  if (error instanceof sdk.AnthropicError) return fail("broken", null);
  return error;
}

function retryAfterMs(headers: Headers | undefined): number | null {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1_000) : null;
}

/** A turn that broke off was billed too: its input as announced, and of its output what arrived, at a token a byte at most. */
function brokenOff(message: Anthropic.Beta.Messages.BetaMessage | null): TurnTokens | null {
  if (message === null) return null;
  const known = tokensOf(message.usage);
  const received = Buffer.byteLength(JSON.stringify(message.content));
  return { ...known, output: Math.max(known.output, received) };
}
