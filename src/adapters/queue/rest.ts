// How long a key rests after errors in a row. Pure but for the dice.

import type { Random } from "../../core/ports.ts";

export interface RestOptions {
  readonly random: Random;
  /** Rest after a first error, in milliseconds; doubled by each further one up to the maximum. */
  readonly backoffMs?: number;
  readonly backoffMsMax?: number;
}

/** @param errors errors in a row, at least 1 @returns milliseconds */
export function restAfter(errors: number, { random, backoffMs = 1_000, backoffMsMax = 300_000 }: RestOptions): number {
  const full = Math.min(backoffMs * 2 ** (errors - 1), backoffMsMax);
  // Up to half is taken off at random, so that keys that failed together do not come back together.
  return Math.round(full * (1 - random.next() / 2));
}
