// A real HTTP server of the Messages API that plays scripts: it checks requests as the real one does, streams answers as
// server-sent events, and bills tokens with a prompt cache. Only the model is made up.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createPromptCache, type InputTokens } from "./prompt-cache.ts";
import { type MessagesRequest, messagesRequest, orderMistake } from "./request.ts";
import type { Reply, Said, Script } from "./script.ts";

const BODY_BYTES_MAX = 32 * 1024 * 1024;
/** Characters of one delta: texts and inputs arrive in pieces. */
const DELTA_CHARS = 24;

export interface Seen {
  readonly request: MessagesRequest;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly tokens: InputTokens;
}

export interface MessagesServer {
  readonly url: string;
  /** Requests that were accepted, in order. */
  readonly seen: readonly Seen[];
  /** Requests that were refused, with the words that the client got. */
  readonly mistakes: readonly string[];
  close(): Promise<void>;
}

export interface MessagesServerOptions {
  readonly script: Script;
  readonly apiKey: string;
  readonly now?: () => number;
  readonly port?: number;
}

export async function startMessagesServer(options: MessagesServerOptions): Promise<MessagesServer> {
  const seen: Seen[] = [];
  const mistakes: string[] = [];
  const cache = createPromptCache();
  const now = options.now ?? Date.now;
  let calls = 0;
  const refuse = (response: ServerResponse, status: number, type: string, message: string, headers = {}): void => {
    if (status === 400 || status === 401) mistakes.push(message);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ type: "error", error: { type, message }, request_id: "req_test" }));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [pathname] = (request.url ?? "").split("?");
    if (request.method !== "POST" || pathname !== "/v1/messages")
      return refuse(response, 404, "not_found_error", "Not found");
    if (request.headers.authorization !== `Bearer ${options.apiKey}`)
      return refuse(response, 401, "authentication_error", "invalid bearer token");
    if (request.headers["anthropic-version"] === undefined)
      return refuse(response, 400, "invalid_request_error", "anthropic-version: header is required");
    const parsed = messagesRequest.safeParse(JSON.parse(await bodyOf(request)));
    if (!parsed.success)
      return refuse(
        response,
        400,
        "invalid_request_error",
        parsed.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`).join("; "),
      );
    const order = orderMistake(parsed.data.messages);
    if (order !== null) return refuse(response, 400, "invalid_request_error", order);
    calls += 1;
    const reply = options.script(parsed.data, calls);
    if ("hangUp" in reply) return void response.destroy();
    if ("error" in reply) {
      const after = reply.retryAfterSeconds === undefined ? {} : { "retry-after": String(reply.retryAfterSeconds) };
      return refuse(response, reply.error, ERROR_TYPES[reply.error], "scripted failure", after);
    }
    const tokens = cache.bill(parsed.data, now());
    if ("mistake" in tokens) return refuse(response, 400, "invalid_request_error", tokens.mistake);
    seen.push({ request: parsed.data, headers: request.headers, tokens });
    answer(response, parsed.data, reply, tokens, calls);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      mistakes.push(error instanceof Error ? error.message : "unknown");
      if (response.headersSent) response.destroy();
      else refuse(response, 400, "invalid_request_error", error instanceof Error ? error.message : "unknown");
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    mistakes,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const ERROR_TYPES = {
  400: "invalid_request_error",
  401: "authentication_error",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
} as const;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error("request_too_large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function pieces(whole: string): readonly string[] {
  return Array.from({ length: Math.ceil(whole.length / DELTA_CHARS) }, (_, index) =>
    whole.slice(index * DELTA_CHARS, (index + 1) * DELTA_CHARS),
  );
}

function outputTokens(said: readonly Said[]): number {
  return Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(said)) / 4));
}

function usageOf(tokens: InputTokens, output: number): Record<string, unknown> {
  return {
    input_tokens: tokens.input,
    cache_read_input_tokens: tokens.read,
    cache_creation_input_tokens: tokens.written,
    cache_creation: { ephemeral_5m_input_tokens: tokens.written, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: "standard",
  };
}

function answer(
  response: ServerResponse,
  request: MessagesRequest,
  reply: Extract<Reply, { say: unknown }>,
  tokens: InputTokens,
  callNumber: number,
): void {
  const stop = reply.stop ?? (reply.say.some((one) => one.type === "tool_use") ? "tool_use" : "end_turn");
  const base = {
    id: `msg_${callNumber}`,
    type: "message",
    role: "assistant",
    model: request.model,
    stop_sequence: null,
  };
  const content = reply.say.map((one, index) =>
    one.type === "tool_use" ? { ...one, id: `toolu_${callNumber}_${index}` } : one,
  );
  const output = outputTokens(reply.say);
  if (request.stream !== true) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...base, content, stop_reason: stop, usage: usageOf(tokens, output) }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const send = (type: string, data: Record<string, unknown>): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  send("message_start", { message: { ...base, content: [], stop_reason: null, usage: usageOf(tokens, 1) } });
  for (const [index, one] of content.entries()) {
    // What was sent so far arrives; then the connection ends in the middle of the message.
    if (reply.cutAfterBlocks === index) return void response.write(": cut\n\n", () => response.socket?.end());
    const isText = one.type === "text";
    send("content_block_start", { index, content_block: isText ? { type: "text", text: "" } : { ...one, input: {} } });
    for (const piece of pieces(isText ? one.text : JSON.stringify(one.input))) {
      send("content_block_delta", {
        index,
        delta: isText ? { type: "text_delta", text: piece } : { type: "input_json_delta", partial_json: piece },
      });
    }
    send("content_block_stop", { index });
    send("ping", {});
  }
  send("message_delta", { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: output } });
  send("message_stop", {});
  response.end();
}
