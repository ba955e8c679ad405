// The made-up model's server, held to the published rules of the Messages API: what it refuses, and what it bills.

import Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { say, text } from "./script.ts";
import { type MessagesServer, startMessagesServer } from "./server.ts";

const KEY = "test-key";
const LONG = "All work and no play. ".repeat(400);

let now = 0;
let server: MessagesServer;
let client: Anthropic;
beforeEach(async () => {
  now = 1_000_000;
  server = await startMessagesServer({ apiKey: KEY, now: () => now, script: () => say(text("Fine.")) });
  client = new Anthropic({ apiKey: KEY, baseURL: server.url, maxRetries: 0 });
});
afterEach(() => server.close());

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const use = (id: string) => ({ type: "tool_use", id, name: "look", input: {} });
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" });

async function post(body: Record<string, unknown>, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/v1/messages?beta=true`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "anthropic-version": "2026-10-21", ...headers },
    body: JSON.stringify({ model: "m", max_tokens: 10, messages: [user("hi")], ...body }),
  });
  const json = (await response.json()) as { error?: { type: string; message: string } };
  return { status: response.status, error: json.error };
}

describe("refused", () => {
  it.each<[what: string, body: Record<string, unknown>, message: RegExp]>([
    ["no max_tokens", { max_tokens: undefined }, /^max_tokens/],
    ["max_tokens of 0", { max_tokens: 0 }, /^max_tokens/],
    ["no messages", { messages: [] }, /^messages/],
    ["a start by the assistant", { messages: [assistant("hi")] }, /roles must alternate/],
    ["two turns of the user in a row", { messages: [user("a"), user("b")] }, /messages\.1: roles must alternate/],
    ["an end by the assistant", { messages: [user("a"), assistant("b")] }, /last message must be of the user/],
    ["an empty text", { messages: [user([{ type: "text", text: "" }])] }, /^messages\.0/],
    [
      "a call without its result",
      { messages: [user("a"), assistant([use("t1")]), user("b")] },
      /without tool_result blocks immediately after: t1/,
    ],
    [
      "one of two results missing",
      { messages: [user("a"), assistant([use("t1"), use("t2")]), user([result("t1")])] },
      /: t2/,
    ],
    [
      "a result without its call",
      { messages: [user("a"), assistant("b"), user([result("t1")])] },
      /unexpected tool_use_id/,
    ],
    [
      "a result after a text",
      { messages: [user("a"), assistant([use("t1")]), user([{ type: "text", text: "x" }, result("t1")])] },
      /must come first/,
    ],
    ["a call by the user", { messages: [user([use("t1")])] }, /tool_use blocks cannot be in user messages/],
    [
      "a tool without an object",
      { tools: [{ name: "a", input_schema: { type: "string" } }] },
      /^tools\.0\.input_schema/,
    ],
    [
      "a tool with a blank in its name",
      { tools: [{ name: "a b", input_schema: { type: "object" } }] },
      /^tools\.0\.name/,
    ],
    ["a thread", { thread: { type: "create" } }, /threads are not played/],
    [
      "five breakpoints",
      { system: Array.from({ length: 5 }, () => ({ type: "text", text: "x", cache_control: { type: "ephemeral" } })) },
      /maximum of 4/,
    ],
  ])("%s", async (_what, body, message) => {
    const answer = await post(body);
    expect(answer).toEqual({
      status: 400,
      error: { type: "invalid_request_error", message: expect.stringMatching(message) },
    });
    expect(server.seen).toEqual([]);
  });

  it("another key, and a missing version", async () => {
    expect((await post({}, { authorization: "Bearer other" })).status).toBe(401);
    const response = await fetch(`${server.url}/v1/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}` },
      body: "{}",
    });
    expect(response.status).toBe(400);
  });
});

describe("the cache", () => {
  const ask = async (...messages: Anthropic.MessageParam[]) => {
    const answer = await client.messages.create({
      model: "m",
      max_tokens: 10,
      system: [{ type: "text", text: LONG, cache_control: { type: "ephemeral" } }],
      messages,
      cache_control: { type: "ephemeral" },
    });
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = answer.usage;
    return { input: input_tokens, read: cache_read_input_tokens ?? 0, written: cache_creation_input_tokens ?? 0 };
  };
  const hello: Anthropic.MessageParam = { role: "user", content: "Hello there." };
  const more: Anthropic.MessageParam[] = [
    hello,
    { role: "assistant", content: "Fine." },
    { role: "user", content: "And then?" },
  ];

  it("is written by the first call and read by the next, up to where they part", async () => {
    const first = await ask(hello);
    expect(first).toMatchObject({ input: 0, read: 0 });
    const second = await ask(...more);
    expect(second).toMatchObject({ input: 0, read: first.written });
    expect(second.written).toBeGreaterThan(0);
    expect(await ask({ role: "user", content: "Something else." })).toMatchObject({ read: expect.any(Number) });
  });

  it("is forgotten five minutes after its last use", async () => {
    const { written } = await ask(hello);
    now += 299_000;
    expect(await ask(hello)).toMatchObject({ read: written });
    now += 299_000;
    expect(await ask(hello)).toMatchObject({ read: written });
    now += 301_000;
    expect(await ask(hello)).toMatchObject({ read: 0, written });
  });

  it("does not hold what is shorter than 1,024 tokens", async () => {
    const answer = await client.messages.create({
      model: "m",
      max_tokens: 10,
      messages: [hello],
      cache_control: { type: "ephemeral" },
    });
    expect(answer.usage).toMatchObject({ cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
  });

  it("is of one model", async () => {
    await ask(hello);
    const other = await client.messages.create({
      model: "n",
      max_tokens: 10,
      system: [{ type: "text", text: LONG, cache_control: { type: "ephemeral" } }],
      messages: [hello],
    });
    expect(other.usage.cache_read_input_tokens).toBe(0);
  });
});

it("streams what it answers at once otherwise", async () => {
  const params = { model: "m", max_tokens: 10, messages: [{ role: "user" as const, content: "hi" }] };
  const whole = await client.messages.create(params);
  const streamed = await client.messages.stream(params).finalMessage();
  expect({ ...streamed, id: "", usage: { ...streamed.usage } }).toMatchObject({
    content: whole.content,
    stop_reason: whole.stop_reason,
    usage: { output_tokens: whole.usage.output_tokens },
  });
});
