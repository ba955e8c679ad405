// Says where a webhook body differs from GitHub's published description of that event and action.

import { type Schema, webhooksExtract } from "./extract.ts";
import { once } from "./once.ts";
import { type Check, createSchemaCompiler } from "./schema-compiler.ts";

export interface ObservedWebhook {
  readonly event: string;
  readonly payload: unknown;
}

export type WebhookValidator = (webhook: ObservedWebhook) => readonly string[];

/** `repository_dispatch` carries whatever action its sender chose; the description only has a sample of one. */
const FREE_ACTION_EVENT = "repository_dispatch";

export function createWebhookValidator(): WebhookValidator {
  const { events, definitions } = webhooksExtract();
  const compile = createSchemaCompiler(definitions);
  const compiled = new Map<string, Check>();

  return ({ event, payload }) => {
    const key = keyOf(event, payload, events);
    if (key === null) return [`no webhook is described for ${event}.${actionIn(payload) ?? "(no action)"}`];
    const schema = events[key];
    if (schema === undefined) throw new Error(`No schema ${key}`);
    const check = compiled.get(key) ?? compile(schema);
    compiled.set(key, check);
    return check(event === FREE_ACTION_EVENT ? withSampleAction(payload) : payload);
  };
}

function keyOf(event: string, payload: unknown, events: Readonly<Record<string, Schema>>): string | null {
  const action = actionIn(payload);
  if (event === FREE_ACTION_EVENT) return sampleKey(events);
  const candidates = action === null ? [event] : [`${event}.${action}`, event];
  return candidates.find((candidate) => events[candidate] !== undefined) ?? null;
}

function sampleKey(events: Readonly<Record<string, Schema>>): string | null {
  return Object.keys(events).find((key) => key.startsWith(FREE_ACTION_EVENT)) ?? null;
}

function actionIn(payload: unknown): string | null {
  if (typeof payload !== "object" || payload === null || !("action" in payload)) return null;
  return typeof payload.action === "string" ? payload.action : null;
}

function withSampleAction(payload: unknown): unknown {
  return actionIn(payload) === null ? payload : { ...Object(payload), action: "sample.collected" };
}

const shared = once(createWebhookValidator);

/** @returns what is wrong, in words; an empty list when the body is as described */
export function validateWebhook(webhook: ObservedWebhook): readonly string[] {
  return shared()(webhook);
}
