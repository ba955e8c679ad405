// Paces the requests of one installation: writes by a token bucket, content by GitHub's windows, and everything by
// what GitHub says of its limits. It only waits; it never sends, repeats or drops anything.

import type { Clock } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";

export type Priority = "urgent" | "normal";

export interface Turn {
  /** `content` is a write that makes something people see: GitHub counts those apart. */
  readonly kind: "read" | "write" | "content";
  readonly priority: Priority;
  /** GitHub counts REST and GraphQL apart. */
  readonly resource: "core" | "graphql";
}

/** What an answer said about limits. `limited` when it was refused for their sake. */
export interface Heard {
  readonly resource: Turn["resource"];
  readonly limited: boolean;
  readonly headers: { readonly [name: string]: string | number | undefined };
}

export interface Governor {
  /** Resolves when a request of this kind may be sent. */
  turn(turn: Turn): Promise<void>;
  /** Is told of every answer. */
  heard(heard: Heard): void;
}

export interface GovernorOptions {
  readonly clock: Clock;
  /** False for tests and benchmarks against an emulator: no pacing, but GitHub's own limits are obeyed. */
  readonly isPacing: boolean;
}

/** Writes that may go at once after a quiet time; then one a second. Source: GitHub's best practices for its REST API. */
const BURST = 20;
const MS_PER_WRITE = 1_000;
/**
 * Source: GitHub's secondary limits, "content-generating requests". The bucket alone keeps to the minute's window now;
 * it is here so that a larger bucket cannot break it.
 */
const CONTENT_WINDOWS = [
  { ms: 60_000, max: 80 },
  { ms: 3_600_000, max: 500 },
] as const;
/** Share of the primary limit that only urgent requests may use. */
const RESERVE = 0.1;
/** Wait when GitHub names none; doubled each time in a row. Source: the same best practices. */
const UNNAMED_WAIT_MS = 60_000;
const UNNAMED_DOUBLINGS_MAX = 5;
/** After the reset that GitHub names, for the seconds that clocks differ. */
const RESET_SLACK_MS = 1_000;

interface Waiting {
  readonly turn: Turn;
  readonly go: () => void;
}

interface Pace {
  tokens: number;
  refilledAt: EpochMs;
  /** When the last content was made, oldest first. */
  content: EpochMs[];
}

function refill(pace: Pace, now: EpochMs): void {
  const earned = Math.max(0, now - pace.refilledAt) / MS_PER_WRITE;
  pace.tokens = Math.min(BURST, pace.tokens + earned);
  pace.refilledAt = now;
}

/** @returns milliseconds until the bucket and the windows let such a write go */
function paceWait(pace: Pace, turn: Turn, now: EpochMs): number {
  const forToken = pace.tokens >= 1 ? 0 : Math.ceil((1 - pace.tokens) * MS_PER_WRITE);
  if (turn.kind !== "content") return forToken;
  const forWindows = CONTENT_WINDOWS.map(({ ms, max }) => {
    const oldest = pace.content.at(-max);
    return oldest === undefined ? 0 : Math.max(0, oldest + ms - now);
  });
  return Math.max(forToken, ...forWindows);
}

function spend(pace: Pace, turn: Turn, now: EpochMs): void {
  pace.tokens -= 1;
  if (turn.kind !== "content") return;
  pace.content.push(now);
  const most = Math.max(...CONTENT_WINDOWS.map(({ max }) => max));
  if (pace.content.length > most) pace.content.shift();
}

function numberIn(headers: Heard["headers"], name: string): number | null {
  const value = Number(headers[name]);
  return headers[name] === undefined || !Number.isFinite(value) ? null : value;
}

/** @returns milliseconds from the answer to the reset that it names, by GitHub's own clock where the answer has it */
function untilReset(headers: Heard["headers"], now: EpochMs): number | null {
  const reset = numberIn(headers, "x-ratelimit-reset");
  if (reset === null) return null;
  const date = Date.parse(String(headers["date"] ?? ""));
  return Math.max(0, reset * 1_000 - (Number.isNaN(date) ? now : date)) + RESET_SLACK_MS;
}

/** What GitHub's answers forbid, and until when. */
function createBans() {
  let everythingUntil: EpochMs = 0;
  const emptyUntil = { core: 0, graphql: 0 };
  const reservedUntil = { core: 0, graphql: 0 };
  let unnamed = 0;

  function obey({ resource, headers }: Heard, now: EpochMs): void {
    const retryAfter = numberIn(headers, "retry-after");
    const reset = untilReset(headers, now);
    if (retryAfter !== null) everythingUntil = Math.max(everythingUntil, now + retryAfter * 1_000);
    else if (numberIn(headers, "x-ratelimit-remaining") === 0 && reset !== null) emptyUntil[resource] = now + reset;
    else {
      everythingUntil = Math.max(everythingUntil, now + UNNAMED_WAIT_MS * 2 ** unnamed);
      unnamed = Math.min(unnamed + 1, UNNAMED_DOUBLINGS_MAX);
    }
  }

  return {
    wait(turn: Turn, now: EpochMs): number {
      const reserved = turn.priority === "urgent" ? 0 : reservedUntil[turn.resource];
      return Math.max(0, everythingUntil - now, emptyUntil[turn.resource] - now, reserved - now);
    },
    learn(heard: Heard, now: EpochMs): void {
      if (heard.limited) {
        obey(heard, now);
        return;
      }
      unnamed = 0;
      const remaining = numberIn(heard.headers, "x-ratelimit-remaining");
      const limit = numberIn(heard.headers, "x-ratelimit-limit");
      const reset = untilReset(heard.headers, now);
      if (remaining === null || limit === null || reset === null) return;
      reservedUntil[heard.resource] = remaining < limit * RESERVE ? now + reset : 0;
    },
  };
}

export function createGovernor(options: GovernorOptions): Governor {
  const { clock } = options;
  const bans = createBans();
  const pace: Pace = { tokens: BURST, refilledAt: clock.now(), content: [] };
  const waiting: Waiting[] = [];
  let isPumping = false;
  let wake = new AbortController();

  function waitOf(turn: Turn, now: EpochMs): number {
    const banned = bans.wait(turn, now);
    return turn.kind === "read" || !options.isPacing ? banned : Math.max(banned, paceWait(pace, turn, now));
  }

  /** Lets the first waiting request go that may; urgent ones are asked first. */
  function release(now: EpochMs): boolean {
    const order = [...waiting].sort(
      (a, b) => Number(b.turn.priority === "urgent") - Number(a.turn.priority === "urgent"),
    );
    const next = order.find(({ turn }) => waitOf(turn, now) === 0);
    if (next === undefined) return false;
    waiting.splice(waiting.indexOf(next), 1);
    if (next.turn.kind !== "read") spend(pace, next.turn, now);
    next.go();
    return true;
  }

  async function pump(): Promise<void> {
    if (isPumping) return;
    isPumping = true;
    while (waiting.length > 0) {
      const now = clock.now();
      refill(pace, now);
      if (release(now)) continue;
      wake = new AbortController();
      await clock.wait(Math.min(...waiting.map(({ turn }) => waitOf(turn, now))), wake.signal);
    }
    isPumping = false;
  }

  return {
    async turn(turn) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ turn, go: resolve });
      wake.abort();
      void pump();
      await promise;
    },
    heard(heard) {
      bans.learn(heard, clock.now());
      wake.abort();
    },
  };
}
