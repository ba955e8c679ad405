// GET /rate_limit: free of charge.
import type { Api } from "../http/context.ts";
import type { Hub } from "../hub.ts";

export function registerRateLimit(api: Api, hub: Hub): void {
  api.get("/rate_limit", (c) => {
    const caller = c.get("caller");
    const state = (resource: "core" | "search" | "graphql") => hub.rateLimits.state(caller, resource);
    return c.json({
      resources: { core: state("core"), search: state("search"), graphql: state("graphql") },
      rate: state("core"),
    });
  });
}
