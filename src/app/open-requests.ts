// Requests that have not been answered to the end. A server that stops waits for them, and for nothing else: a connection
// that a client or a load balancer keeps open without asking anything would hold it for ever.

import type { ServerResponse } from "node:http";

export interface OpenRequests {
  track(response: ServerResponse): void;
  /** Resolves when none is open. */
  finished(): Promise<void>;
}

export function createOpenRequests(): OpenRequests {
  const open = new Set<ServerResponse>();
  const waiting = new Set<() => void>();
  return {
    track(response) {
      open.add(response);
      response.once("close", () => {
        open.delete(response);
        if (open.size > 0) return;
        for (const resolve of waiting) resolve();
        waiting.clear();
      });
    },
    async finished() {
      if (open.size > 0) await new Promise<void>((resolve) => waiting.add(resolve));
    },
  };
}
