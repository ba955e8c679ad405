// The table of contents: every area of the API, one line each. Add your own line.
import type { Hub } from "../hub.ts";
import type { Register } from "./context.ts";

/** Mounted below /api/v3. */
export const API_AREAS: readonly Register[] = [];

/** Mounted at the root of the server, beside /api: GraphQL, git, OIDC, pages, sign-in. */
export const ROOT_AREAS: readonly Register[] = [];

/** Called once with the finished hub: subscribe to `hub.events` here (Actions triggers, …). */
export const LISTENERS: readonly ((hub: Hub) => void)[] = [];
