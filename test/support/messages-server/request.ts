// What the Messages API accepts: the rules that the real one enforces and a client can break. Returns the first mistake.

import { z } from "zod";

const cacheControl = z.object({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() }).nullish();
const text = z.object({ type: z.literal("text"), text: z.string().min(1), cache_control: cacheControl });
const toolUse = z.object({
  type: z.literal("tool_use"),
  id: z.string().regex(/^[\w-]+$/),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
  cache_control: cacheControl,
});
const toolResult = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(text)]).optional(),
  is_error: z.boolean().optional(),
  cache_control: cacheControl,
});
const block = z.discriminatedUnion("type", [text, toolUse, toolResult]);
const message = z.object({
  role: z.enum(["user", "assistant"]),
  content: z.union([z.string().min(1), z.array(block).min(1)]),
});
const tool = z.object({
  type: z.literal("custom").optional(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  description: z.string().optional(),
  input_schema: z.object({ type: z.literal("object") }).loose(),
  cache_control: cacheControl,
});

export const messagesRequest = z.object({
  model: z.string().min(1),
  max_tokens: z.int().positive(),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(text)]).optional(),
  tools: z.array(tool).optional(),
  stream: z.boolean().optional(),
  cache_control: cacheControl,
  thread: z.undefined({ error: "threads are not played by this server" }).optional(),
});
export type MessagesRequest = z.infer<typeof messagesRequest>;
export type Block = z.infer<typeof block>;

export function blocksOf(content: string | readonly Block[]): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** @returns what is wrong with the order of the messages, in the words of an API error, or null */
export function orderMistake(messages: MessagesRequest["messages"]): string | null {
  for (const [index, { role, content }] of messages.entries()) {
    const blocks = blocksOf(content);
    if (role !== (index % 2 === 0 ? "user" : "assistant"))
      return `messages.${index}: roles must alternate, starting with user`;
    const foreign = blocks.find((one) => one.type === (role === "user" ? "tool_use" : "tool_result"));
    if (foreign !== undefined) return `messages.${index}: ${foreign.type} blocks cannot be in ${role} messages`;
    const asked =
      index === 0
        ? []
        : blocksOf(messages[index - 1]?.content ?? "x").flatMap((one) => (one.type === "tool_use" ? [one.id] : []));
    if (role === "assistant") continue;
    const answered = blocks.flatMap((one) => (one.type === "tool_result" ? [one.tool_use_id] : []));
    const missing = asked.find((id) => !answered.includes(id));
    if (missing !== undefined)
      return `messages.${index}: tool_use ids were found without tool_result blocks immediately after: ${missing}`;
    const unknown = answered.find((id) => !asked.includes(id));
    if (unknown !== undefined)
      return `messages.${index}: unexpected tool_use_id found in tool_result blocks: ${unknown}`;
    const firstOther = blocks.findIndex((one) => one.type !== "tool_result");
    if (firstOther >= 0 && blocks.slice(firstOther).some((one) => one.type === "tool_result")) {
      return `messages.${index}: tool_result blocks must come first`;
    }
  }
  return messages.at(-1)?.role === "user" ? null : "messages: the last message must be of the user";
}
