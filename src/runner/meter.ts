// Counts tokens and money of one run, in integers, and says what one more call may cost. It never rounds in favour of the run.

import type { TurnTokens } from "../adapters/model/conversation.ts";
import { type MicroUsd, NO_USAGE, type Usage } from "../core/task.ts";
import { PRICES, type Price } from "./prices.ts";

const TOKENS_PER_PRICE = 1_000_000;
/** Shortest output that makes a call worth its input, in tokens. */
const OUTPUT_TOKENS_MIN = 1_000;

/** @returns the price that holds for a call with so many input tokens, or null when the model has none */
function priceFor(model: string, inputTokens: number): Price | null {
  const price = PRICES[model];
  if (price === undefined) return null;
  return price.long !== undefined && inputTokens > price.long.above ? price.long : price;
}

/** @returns millionths of a dollar, rounded up, or null when the model has no price */
export function costOf(model: string, tokens: TurnTokens): MicroUsd | null {
  const price = priceFor(model, tokens.input + tokens.cacheRead + tokens.cacheWrite);
  if (price === null) return null;
  const sum =
    tokens.input * price.input +
    tokens.output * price.output +
    tokens.cacheRead * price.cacheRead +
    tokens.cacheWrite * price.cacheWrite;
  return Math.ceil(sum / TOKENS_PER_PRICE);
}

export class Meter {
  readonly #budget: MicroUsd;
  #usage: Usage = NO_USAGE;

  constructor(budget: MicroUsd) {
    this.#budget = budget;
  }

  get usage(): Usage {
    return this.#usage;
  }

  get budget(): MicroUsd {
    return this.#budget;
  }

  add(model: string, tokens: TurnTokens, turns: 0 | 1): void {
    const before = this.#usage;
    this.#usage = {
      inputTokens: before.inputTokens + tokens.input,
      outputTokens: before.outputTokens + tokens.output,
      cacheReadTokens: before.cacheReadTokens + tokens.cacheRead,
      cacheWriteTokens: before.cacheWriteTokens + tokens.cacheWrite,
      turns: before.turns + turns,
      cost: before.cost + (costOf(model, tokens) ?? 0),
    };
  }

  /** Of something whose cost nobody reports, all that it could have cost. */
  chargeAll(): void {
    this.#usage = { ...this.#usage, turns: this.#usage.turns + 1, cost: Math.max(this.#usage.cost, this.#budget) };
  }

  /**
   * How long the next answer may be so that even the dearest reading of the call stays within the budget.
   *
   * @param inputTokensMax an upper bound of the call's input
   * @returns output tokens, or why there must be no call: `spent`, or `unknown` when the model has no price
   */
  affordableOutput(model: string, inputTokensMax: number, wanted: number): number | "spent" | "unknown" {
    const price = priceFor(model, inputTokensMax);
    if (price === null) return "unknown";
    const dearest = Math.max(price.input, price.cacheWrite);
    const left = (this.#budget - this.#usage.cost) * TOKENS_PER_PRICE - inputTokensMax * dearest - TOKENS_PER_PRICE;
    const output = Math.min(wanted, Math.floor(left / price.output));
    return output < Math.min(wanted, OUTPUT_TOKENS_MIN) ? "spent" : output;
  }
}
