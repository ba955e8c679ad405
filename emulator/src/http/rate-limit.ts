// Primary rate limits: one bucket per identity and resource, on the virtual clock.
import type { Hub } from "../hub.ts";
import type { Caller } from "../world/caller.ts";
import type { JsonObject } from "../world/json.ts";
import { GitHubError } from "./errors.ts";

export type Resource = "core" | "search" | "graphql";

interface Bucket {
  used: number;
  resetAt: number;
}

export interface RateLimits {
  /** Counts `cost` against the caller; throws GitHub's refusal when nothing is left. */
  readonly spend: (caller: Caller, resource: Resource, cost: number) => void;
  /** Counts a write; throws the secondary limit's refusal when there were too many of late. */
  readonly write: (caller: Caller) => void;
  /** Gives back what a 304 does not cost. */
  readonly refund: (caller: Caller, resource: Resource) => void;
  readonly headers: (caller: Caller, resource: Resource) => Readonly<Record<string, string>>;
  readonly state: (caller: Caller, resource: Resource) => JsonObject;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function identityOf(caller: Caller): string {
  switch (caller.kind) {
    case "anonymous":
      return "anonymous";
    case "jwt":
    case "client":
      return `app:${caller.app.id}`;
    case "installation":
      return `installation:${caller.installation.id}`;
    case "job":
      return `job:${caller.token.repositoryId}`;
    default:
      return `user:${caller.account.id}`;
  }
}

function refusalText(caller: Caller): string {
  if (caller.kind === "anonymous") return "API rate limit exceeded for 127.0.0.1.";
  if (caller.kind === "installation") return `API rate limit exceeded for installation ID ${caller.installation.id}.`;
  return `API rate limit exceeded for user ID ${"account" in caller ? caller.account.id : caller.app.id}.`;
}

const SECONDARY =
  "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.";

/** The moments of one identity's writes within the last hour, oldest first. */
function secondaryRefusal(hub: Pick<Hub, "limits" | "world">, moments: readonly number[]): GitHubError | null {
  const now = hub.world.clock.now();
  const over = (windowMs: number, most: number): number => {
    const within = moments.filter((at) => at > now - windowMs);
    return within.length < most ? 0 : (within[0] ?? now) + windowMs - now;
  };
  const waitMs = Math.max(over(MINUTE_MS, hub.limits.writesPerMinute), over(HOUR_MS, hub.limits.writesPerHour));
  return waitMs === 0 ? null : new GitHubError(403, SECONDARY, {}, { "Retry-After": String(Math.ceil(waitMs / 1000)) });
}

export function createRateLimits(hub: Pick<Hub, "limits" | "world">): RateLimits {
  const buckets = new Map<string, Bucket>();
  const writes = new Map<string, readonly number[]>();
  const limitOf = (caller: Caller, resource: Resource): number => {
    if (resource === "search") return hub.limits.searchPerMinute;
    if (resource === "graphql") return hub.limits.graphqlPointsPerHour;
    return caller.kind === "anonymous" ? hub.limits.anonymousPerHour : hub.limits.requestsPerHour;
  };
  const bucketOf = (caller: Caller, resource: Resource): Bucket => {
    const key = `${identityOf(caller)} ${resource}`;
    const now = hub.world.clock.now();
    const known = buckets.get(key);
    if (known !== undefined && known.resetAt > now) return known;
    const fresh: Bucket = { used: 0, resetAt: now + (resource === "search" ? MINUTE_MS : HOUR_MS) };
    buckets.set(key, fresh);
    return fresh;
  };
  const numbers = (
    caller: Caller,
    resource: Resource,
  ): Readonly<Record<"limit" | "used" | "remaining" | "reset", number>> => {
    const bucket = bucketOf(caller, resource);
    const limit = limitOf(caller, resource);
    const used = Math.min(bucket.used, limit);
    return { limit, used, remaining: limit - used, reset: Math.floor(bucket.resetAt / 1000) };
  };
  const headers = (caller: Caller, resource: Resource): Readonly<Record<string, string>> => {
    const { limit, remaining, used, reset } = numbers(caller, resource);
    return {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Remaining": String(remaining),
      "X-RateLimit-Used": String(used),
      "X-RateLimit-Reset": String(reset),
      "X-RateLimit-Resource": resource,
    };
  };
  return {
    headers,
    state: (caller, resource) => numbers(caller, resource),
    spend: (caller, resource, cost) => {
      const bucket = bucketOf(caller, resource);
      if (bucket.used >= limitOf(caller, resource)) {
        throw new GitHubError(403, refusalText(caller), {}, headers(caller, resource));
      }
      bucket.used += cost;
    },
    write: (caller) => {
      if (!Number.isFinite(hub.limits.writesPerMinute) && !Number.isFinite(hub.limits.writesPerHour)) return;
      const key = identityOf(caller);
      const moments = (writes.get(key) ?? []).filter((at) => at > hub.world.clock.now() - HOUR_MS);
      const refusal = secondaryRefusal(hub, moments);
      if (refusal !== null) throw refusal;
      writes.set(key, [...moments, hub.world.clock.now()]);
    },
    refund: (caller, resource) => {
      const bucket = bucketOf(caller, resource);
      bucket.used = Math.max(0, bucket.used - 1);
    },
  };
}
