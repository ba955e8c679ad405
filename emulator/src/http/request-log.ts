// Every request that came in, newest last. Keeps no header, no body and no token.

import type { RequestEntry } from "../hub.ts";
import type { Clock } from "../world/clock.ts";

export interface RequestLog {
  /** Oldest first. */
  readonly entries: () => readonly RequestEntry[];
  readonly clear: () => void;
  readonly writes: (filter?: (entry: RequestEntry) => boolean) => readonly RequestEntry[];
  /** Sum of what GraphQL charged since the last `clear`. */
  readonly graphqlPoints: () => number;
}

export interface RequestRecorder extends RequestLog {
  readonly open: (method: string, path: string) => RequestEntry;
  /** How many requests of this method and operation there have been, for faults that hit the nth. */
  readonly count: (method: string, operation: string) => number;
}

export function createRequestLog(clock: Clock, entriesMax: number): RequestRecorder {
  let kept: RequestEntry[] = [];
  let points = 0;
  let lastId = 0;
  const counts = new Map<string, number>();
  return {
    entries: () => kept,
    clear: () => {
      kept = [];
      points = 0;
      counts.clear();
    },
    writes: (filter = () => true) => kept.filter((entry) => entry.isWrite && filter(entry)),
    graphqlPoints: () => points,
    open: (method, path) => {
      lastId += 1;
      let cost = 0;
      const entry: RequestEntry = {
        id: lastId,
        at: clock.now(),
        method,
        path,
        operation: path,
        token: { kind: "anonymous", login: null },
        status: 0,
        isWrite: method !== "GET" && method !== "HEAD",
        get graphqlCost() {
          return cost;
        },
        set graphqlCost(value) {
          points += value - cost;
          cost = value;
        },
        fault: null,
      };
      kept.push(entry);
      if (kept.length > entriesMax * 2) kept = kept.slice(-entriesMax);
      return entry;
    },
    count: (method, operation) => {
      const key = `${method} ${operation}`;
      const next = (counts.get(key) ?? 0) + 1;
      counts.set(key, next);
      return next;
    },
  };
}
