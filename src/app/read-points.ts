// GraphQL points as GitHub counts them: every answer says how many of the window's points are used, and the rise is what
// was spent. Answers that overtake each other are harmless, because only a new highest counts.

/** Windows that are remembered: one per installation and hour. */
const WINDOWS_MAX = 10_000;

/** @returns a function that is given the headers of every answer, and returns the points that it adds */
export function createPointCounter(): (headers: Headers) => number {
  const highest = new Map<string, number>();
  return (headers) => {
    const used = Number(headers.get("x-ratelimit-used"));
    if (headers.get("x-ratelimit-resource") !== "graphql" || !Number.isSafeInteger(used)) return 0;
    const window = `${headers.get("x-ratelimit-limit")}/${headers.get("x-ratelimit-reset")}`;
    // What others spent before the first answer is not ours: a question costs a point at least.
    const before = highest.get(window) ?? used - 1;
    highest.set(window, Math.max(before, used));
    const oldest = highest.keys().next();
    if (highest.size > WINDOWS_MAX && oldest.done !== true) highest.delete(oldest.value);
    return Math.max(0, used - before);
  };
}
