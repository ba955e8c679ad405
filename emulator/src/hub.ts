// The hub: everything that route handlers, payload builders and the Actions executor share. Data and ports, no logic.
import type { GitStore } from "./git/store.ts";
import type { RateLimits } from "./http/rate-limit.ts";
import type { Webhooks } from "./webhooks/dispatcher.ts";
import type { EventBus } from "./world/events.ts";
import type { Exclusive, Work } from "./world/work.ts";
import type { World } from "./world/world.ts";

export interface Urls {
  /** `http://127.0.0.1:PORT`: pages and git. */
  readonly web: string;
  /** `…/api/v3` */
  readonly api: string;
  /** `…/api/graphql` */
  readonly graphql: string;
  /** `…/_oidc` */
  readonly oidc: string;
}

/** Everything that a caller of `createEmulator` may bound; GitHub's own numbers are the defaults. */
export interface Limits {
  /** Requests an hour and token; GitHub: 5,000 (users, installations), 60 (anonymous), 1,000 (GITHUB_TOKEN). */
  readonly requestsPerHour: number;
  readonly anonymousPerHour: number;
  readonly graphqlPointsPerHour: number;
  readonly searchPerMinute: number;
  /** Bodies of issues and comments; GitHub: 65,536 characters. */
  readonly bodyCharsMax: number;
  /** Largest request body that the server reads. */
  readonly requestBytesMax: number;
  /**
   * Writes (REST and GraphQL) a minute and an hour that one identity may make before the secondary limit refuses; GitHub
   * documents 80 and 500 for content-creating requests. Off (infinite) unless given.
   */
  readonly writesPerMinute: number;
  readonly writesPerHour: number;
  /** Entries kept in the request log. */
  readonly logEntriesMax: number;
  /** Deliveries kept, with their payloads. */
  readonly deliveriesMax: number;
  /** GitHub closes a webhook connection after 10 s. */
  readonly webhookTimeoutMs: number;
  /** Deliveries sent at the same time. */
  readonly webhookParallel: number;
  /** How long a fault holds a connection before it drops it. */
  readonly faultHoldMs: number;
}

export interface ActionsOptions {
  readonly enabled: boolean;
  /** PATH of jobs. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** Jobs at the same time; 4 unless given. */
  readonly parallel?: number;
}

/** One answered (or dropped) request. */
export interface RequestEntry {
  readonly id: number;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** OpenAPI template (`/repos/{owner}/{repo}/issues`), `graphql:<top-level fields>`, `git:push`, `git:fetch`, or the path. */
  operation: string;
  token: RequestToken;
  status: number;
  /** A non-GET REST request, a GraphQL document with a mutation, or a push. */
  isWrite: boolean;
  /** Points that GraphQL charged; 0 for everything else. */
  graphqlCost: number;
  /** The fault that was injected, if any. */
  fault: string | null;
}

export interface RequestToken {
  readonly kind: "anonymous" | "jwt" | "client" | "installation" | "job" | "user" | "user-to-server" | "invalid";
  readonly login: string | null;
  readonly installationId?: number;
}

export interface Hub {
  readonly urls: Urls;
  readonly world: World;
  /** Bare repositories below `dataDir`. */
  readonly git: GitStore;
  readonly events: EventBus;
  readonly rateLimits: RateLimits;
  readonly webhooks: Webhooks;
  /** Aborted when the emulator closes: whoever runs something must stop it then. */
  readonly closing: AbortSignal;
  readonly work: Work;
  readonly exclusive: Exclusive;
  readonly limits: Limits;
  readonly actions: ActionsOptions;
  /** Directory for repositories, artifacts and job files; gone after `close()` unless it was given. */
  readonly dataDir: string;
  /** Where bugs of the emulator itself are told, e.g. a listener that failed. Never secrets. */
  readonly warn: (message: string) => void;
}
