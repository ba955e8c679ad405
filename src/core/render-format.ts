// How times, money, durations and commits are written, everywhere alike. No clock: instants are absolute, in UTC.

import type { EpochMs, MicroUsd, Sha } from "./task.ts";

/** `2026-11-20 10:45 UTC`. */
export function time(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const MICRO_PER_CENT = 10_000;

/** `$0.42`; what is more than nothing and less than a cent is `under $0.01`. */
export function money(amount: MicroUsd): string {
  if (amount > 0 && amount < MICRO_PER_CENT) return "under $0.01";
  const cents = Math.round(amount / MICRO_PER_CENT);
  return `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

/** `450 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toString()} s`;
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, "min", seconds % 60, "s");
  return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** The first seven digits, as GitHub shows a commit. */
export function short(sha: Sha): string {
  return sha.slice(0, 7);
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return "nothing";
  return words.length === 1 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/** `1 attempt`, `2 attempts`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
