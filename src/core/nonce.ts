// What makes two commits of the same words two commits.

import type { Random } from "./ports.ts";

const HALF = 0x1_0000_0000;

/** @returns 16 hexadecimal digits */
export function nonceFrom(random: Random): string {
  const half = (): string =>
    Math.floor(random.next() * HALF)
      .toString(16)
      .padStart(8, "0");
  return half() + half();
}
