// What tokens cost, as published on the day below. Data only: a model that is not here has no price, and nobody guesses one.

/** Day on which the table was compared with the published prices. Source: platform.claude.com, "Pricing". */
export const PRICES_AS_OF = "2026-11-20";

/** Millionths of a dollar for a million tokens. Writes are those of the five-minute cache, the only one that is used. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Prices of a model; `long` holds for a call whose whole input is longer than `above` tokens. */
export interface ModelPrice extends Price {
  readonly long?: Price & { readonly above: number };
}

// biome-ignore format: a table reads by column.
export const PRICES: Readonly<Record<string, ModelPrice>> = {
  "claude-fable-5-1":  { input: 10_000_000, output: 50_000_000, cacheRead:   250_000, cacheWrite: 12_500_000 },
  "claude-fable-5":    { input: 10_000_000, output: 50_000_000, cacheRead: 1_000_000, cacheWrite: 12_500_000 },
  "claude-opus-5-5":   { input:  4_000_000, output: 20_000_000, cacheRead:   200_000, cacheWrite:  5_000_000 },
  "claude-opus-5":     { input:  5_000_000, output: 25_000_000, cacheRead:   500_000, cacheWrite:  6_250_000 },
  "claude-opus-4-8":   { input:  5_000_000, output: 25_000_000, cacheRead:   500_000, cacheWrite:  6_250_000 },
  "claude-opus-4-7":   { input:  5_000_000, output: 25_000_000, cacheRead:   500_000, cacheWrite:  6_250_000 },
  "claude-opus-4-6":   { input:  5_000_000, output: 25_000_000, cacheRead:   500_000, cacheWrite:  6_250_000 },
  "claude-opus-4-5":   { input:  5_000_000, output: 25_000_000, cacheRead:   500_000, cacheWrite:  6_250_000 },
  "claude-sonnet-5-5": { input:  2_000_000, output: 10_000_000, cacheRead:   100_000, cacheWrite:  2_500_000 },
  "claude-sonnet-5":   { input:  2_000_000, output: 10_000_000, cacheRead:   200_000, cacheWrite:  2_500_000 },
  "claude-sonnet-4-6": { input:  3_000_000, output: 15_000_000, cacheRead:   300_000, cacheWrite:  3_750_000 },
  "claude-haiku-5-5":  { input:    100_000, output:    500_000, cacheRead:    10_000, cacheWrite:    125_000,
               long: { above: 100_000, input: 500_000, output: 2_500_000, cacheRead: 50_000, cacheWrite: 625_000 } },
  "claude-haiku-4-5":  { input:  1_000_000, output:  5_000_000, cacheRead:   100_000, cacheWrite:  1_250_000 },
};
