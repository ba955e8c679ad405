// The name of what a request does, for the request log, faults and validators.
import { Kind, parse } from "graphql";
import { isJsonObject } from "../world/json.ts";

export interface Operation {
  readonly name: string;
  readonly isWrite: boolean;
}

/** `/api/v3/repos/:owner/:repo/contents/:path{.+}` → `/repos/{owner}/{repo}/contents/{path}`. */
export function templateOf(route: string): string {
  return route.replace(/^\/api\/v3(?=\/|$)/, "").replace(/:(\w+)(\{(?:[^{}]|\{[^{}]*\})*\})?\??/g, "{$1}");
}

/** Top-level fields of the document's operations: `graphql:updateRefs`, `graphql:repository,viewer`. */
export function graphqlOperation(bodyText: string): Operation {
  try {
    const body: unknown = JSON.parse(bodyText);
    const query = isJsonObject(body) ? body["query"] : undefined;
    if (typeof query !== "string") return { name: "graphql:", isWrite: false };
    const fields = new Set<string>();
    let isWrite = false;
    for (const definition of parse(query, { noLocation: true }).definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      if (definition.operation === "mutation") isWrite = true;
      for (const selection of definition.selectionSet.selections) {
        if (selection.kind === Kind.FIELD) fields.add(selection.name.value);
      }
    }
    return { name: `graphql:${[...fields].sort().join(",")}`, isWrite };
  } catch {
    return { name: "graphql:", isWrite: false };
  }
}

/** Git's smart HTTP requests, or null for any other path. */
export function gitOperation(path: string, service: string | null): Operation | null {
  if (path.endsWith("/git-receive-pack")) return { name: "git:push", isWrite: true };
  if (path.endsWith("/git-upload-pack")) return { name: "git:fetch", isWrite: false };
  if (!path.endsWith("/info/refs")) return null;
  return { name: service === "git-receive-pack" ? "git:push-refs" : "git:fetch-refs", isWrite: false };
}
