// One conversation with a model over the Messages API: streamed turns, tools carried out in order, failures with a kind.
// No limit, no retry and no price in here: those are the agent loop's. The SDK is loaded when the first turn is asked for.

import type Anthropic from "@anthropic-ai/sdk";
import type { z } from "zod";

export type ModelMessage = Anthropic.Beta.Messages.BetaMessageParam;
export type ModelContent = Anthropic.Beta.Messages.BetaContentBlock;
export type StopReason = Anthropic.Beta.Messages.BetaStopReason | null;

/** Tokens of one call, as the API counted them: the four kinds that have a price of their own. */
export interface TurnTokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A tool as the model sees it. A thrown `ToolRefusal` reaches the model as it is; any other error does not. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
  readonly run: (input: unknown) => Promise<string>;
}

/** A mistake that the model can correct. */
export class ToolRefusal extends Error {}

export interface Turn {
  readonly message: ModelMessage;
  readonly content: readonly ModelContent[];
  readonly stop: StopReason;
  readonly tokens: TurnTokens;
  /** Carries out the tool calls of this turn, once. @returns the message with their results, or null when there are none */
  answer(): Promise<ModelMessage | null>;
}

export interface ConversationRequest {
  readonly model: string;
  /** Stays the same through a conversation: it is cached together with the tools. */
  readonly system: string;
  readonly tools: readonly ModelTool[];
  /** Ends with a message of the user. */
  readonly messages: readonly ModelMessage[];
  readonly outputTokensMax: number;
  readonly signal: AbortSignal;
}

export interface Model {
  /** Yields one turn after the other until the model stops calling tools. Throws a ModelFailure. */
  converse(request: ConversationRequest): AsyncIterable<Turn>;
}

/** Why no turn came: `busy` and `broken` may pass, `rejected` will not, `aborted` was asked for. */
export type FailureKind = "busy" | "broken" | "rejected" | "aborted";

export class ModelFailure extends Error {
  readonly kind: FailureKind;
  readonly status: number | null;
  /** What the server asked for, or null. */
  readonly retryAfterMs: number | null;
  /** Tokens that were billed before the turn broke off. */
  readonly tokens: TurnTokens | null;
  constructor(
    kind: FailureKind,
    facts: { status: number | null; retryAfterMs: number | null; tokens: TurnTokens | null },
  ) {
    super(`the model could not be asked: ${kind}${facts.status === null ? "" : ` (HTTP ${facts.status})`}`);
    this.kind = kind;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.tokens = facts.tokens;
  }
}
