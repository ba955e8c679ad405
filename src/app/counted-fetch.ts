// Counts requests to GitHub where they leave the process, and books them on the look that caused them: what is scarce
// should be seen.

import { AsyncLocalStorage } from "node:async_hooks";
import { createPointCounter } from "./read-points.ts";

/** What a piece of work took from GitHub. */
export interface Spent {
  reads: number;
  writes: number;
  /** Those of the writes that were GraphQL. */
  mutations: number;
  /** GraphQL points, by GitHub's own count. */
  points: number;
  bytesSent: number;
  bytesReceived: number;
}

export const NOTHING_SPENT: Readonly<Spent> = {
  reads: 0,
  writes: 0,
  mutations: 0,
  points: 0,
  bytesSent: 0,
  bytesReceived: 0,
};

const current = new AsyncLocalStorage<Spent>();

/** @returns what `work` gave, and what it took from GitHub while it ran, failed or not */
export async function spendingOf<T>(work: () => Promise<T>, tell: (spent: Readonly<Spent>) => void): Promise<T> {
  const spent = { ...NOTHING_SPENT };
  try {
    return await current.run(spent, work);
  } finally {
    tell(spent);
  }
}

/** @param count hears of every request; status 0 when no answer came */
export function countedFetch(
  count: (kind: "read" | "write", status: number) => void,
  send: typeof fetch = fetch,
): typeof fetch {
  const pointsOf = createPointCounter();
  return async (input, init = {}) => {
    const kind = isWrite(init) ? "write" : "read";
    const spent = current.getStore() ?? { ...NOTHING_SPENT };
    spent[kind === "write" ? "writes" : "reads"] += 1;
    if (kind === "write" && isGraphql(init)) spent.mutations += 1;
    spent.bytesSent += typeof init.body === "string" ? init.body.length : 0;
    try {
      const response = await send(input, init);
      count(kind, response.status);
      spent.points += pointsOf(response.headers);
      spent.bytesReceived += Number(response.headers.get("content-length") ?? 0);
      return response;
    } catch (error) {
      count(kind, 0);
      throw error;
    }
  };
}

/** GraphQL reads by POST: what counts is whether its document is a mutation. */
function isWrite(init: RequestInit): boolean {
  if ((init.method ?? "GET").toUpperCase() === "GET") return false;
  return !isGraphql(init) || /^\{"query":"\s*mutation\b/.test(String(init.body));
}

function isGraphql({ body }: RequestInit): boolean {
  return typeof body === "string" && body.startsWith('{"query":');
}
