// What `createEmulator` can be told, with the defaults of everything.
import type { ActionsOptions, Limits } from "./hub.ts";
import type { JsonObject } from "./world/json.ts";

/** A response as it leaves, for tests that hold every answer against GitHub's own description. */
export interface SeenResponse {
  readonly method: string;
  /** As in the request log. */
  readonly operation: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface SeenWebhook {
  readonly event: string;
  readonly payload: JsonObject;
}

export interface EmulatorOptions {
  /** 0 = any free port. */
  readonly port?: number;
  /** Given = kept after `close()`; otherwise a temporary directory that `close()` removes. */
  readonly dataDir?: string;
  /** Epoch ms at which the clock starts. */
  readonly now?: number;
  /** "real" = wall clock plus what was advanced; "virtual" = moves only by `clock.advance`. */
  readonly clock?: "real" | "virtual";
  readonly actions?: Partial<ActionsOptions>;
  readonly limits?: Partial<Limits>;
  /** Called with every response and every webhook before it leaves. */
  readonly inspect?: {
    readonly response?: (seen: SeenResponse) => void;
    readonly webhook?: (seen: SeenWebhook) => void;
  };
  /** Where bugs of the emulator itself are told; silent unless given. */
  readonly warn?: (message: string) => void;
}

/** GitHub's own numbers where it publishes them. */
export const DEFAULT_LIMITS: Limits = {
  requestsPerHour: 5_000,
  anonymousPerHour: 60,
  graphqlPointsPerHour: 5_000,
  searchPerMinute: 30,
  bodyCharsMax: 65_536,
  requestBytesMax: 50 * 1024 * 1024,
  writesPerMinute: Number.POSITIVE_INFINITY,
  writesPerHour: Number.POSITIVE_INFINITY,
  logEntriesMax: 20_000,
  deliveriesMax: 2_000,
  webhookTimeoutMs: 10_000,
  webhookParallel: 32,
  faultHoldMs: 50,
};
