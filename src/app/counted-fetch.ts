// Counts requests to GitHub where they leave the process: what is scarce should be seen.

/** @param count hears of every request; status 0 when no answer came */
export function countedFetch(
  count: (kind: "read" | "write", status: number) => void,
  send: typeof fetch = fetch,
): typeof fetch {
  return async (input, init = {}) => {
    const kind = isWrite(init) ? "write" : "read";
    try {
      const response = await send(input, init);
      count(kind, response.status);
      return response;
    } catch (error) {
      count(kind, 0);
      throw error;
    }
  };
}

/** GraphQL reads by POST: what counts is whether its document is a mutation. */
function isWrite({ method = "GET", body }: RequestInit): boolean {
  if (method.toUpperCase() === "GET") return false;
  return typeof body !== "string" || !body.startsWith('{"query":') || /^\{"query":"\s*mutation\b/.test(body);
}
