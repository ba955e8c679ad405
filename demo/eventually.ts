// Waiting for a condition, never for a time: asks again until it holds or the patience is over.

/** Between two looks. */
const LOOK_MS = 40;

/**
 * @param look      answers with what was waited for, or null when it is not there yet
 * @param patienceMs after this long the wait is given up
 * @param what      for the error: what did not happen
 */
export async function eventually<T>(
  what: string,
  patienceMs: number,
  look: () => Promise<T | null> | T | null,
): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > until) throw new Error(`waited ${patienceMs / 1_000} s, but this did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
