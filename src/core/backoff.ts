// How long a task waits before its next attempt. Pure: the same count gives the same wait.

const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;

/** Longest wait that `backoffMs` gives. */
export const BACKOFF_MS_MAX = LONGEST_MS;

/** @param attempts attempts charged so far, at least 1 @returns milliseconds: 30 s, 1 min, 2 min … 15 min */
export function backoffMs(attempts: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_MS);
}
