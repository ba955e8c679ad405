// Whether an issue waits for itself. People make such circles by hand, with dependencies, lines of text and sub-issues
// mixed, where GitHub's own check sees only the first.

import type { ObservedWait } from "./observation.ts";

/**
 * @param self  `owner/repo#n`
 * @param first what it waits for itself
 * @param waits what those wait for, as far as it is known
 * @returns the shortest way from the issue back to itself, with it at both ends; null when there is none
 */
export function circleThrough(
  self: string,
  first: readonly string[],
  waits: readonly ObservedWait[],
): readonly string[] | null {
  const key = (ref: string) => ref.toLowerCase();
  const on = new Map(waits.map((wait) => [key(wait.ref), wait.on]));
  const seen = new Set<string>();
  let ways: (readonly string[])[] = first.map((ref) => [self, ref]);
  // Every round goes one step further and no issue is passed twice, so the rounds end with the issues.
  while (ways.length > 0) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      const last = way.at(-1) ?? self;
      if (key(last) === key(self)) return way;
      if (seen.has(key(last))) continue;
      seen.add(key(last));
      next.push(...(on.get(key(last)) ?? []).map((ref) => [...way, ref]));
    }
    ways = next;
  }
  return null;
}
