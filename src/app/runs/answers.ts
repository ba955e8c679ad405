// Answers of the JSON API: a value, or a refusal with one sentence for people and one word for programs.

import type { Refusal } from "../../core/refusal.ts";
import { refusalSentence } from "../../core/render-refusal.ts";
import { TOKEN_REFUSALS, type TokenRefusal } from "./oidc.ts";

/** Refusals that are the API's own; those of the protocol come from the core. */
const REFUSALS = {
  "bad-request": [400, "The body is not what this call takes."],
  "too-large": [413, "The body is too large."],
  "not-installed": [404, "The App is not installed on that repository."],
  gone: [404, "There is no such issue."],
  "not-runner": [
    403,
    "This run's repository is neither the task's own nor the runner repository that its config names.",
  ],
  "no-base": [409, "The branch that the task is meant for does not exist."],
  "timed-out": [409, "No answer came within 15 minutes; the task will be claimed again."],
  cancelled: [499, "The caller went away."],
  "too-many": [503, "Too many runs are waiting; try again later."],
  draining: [503, "The app is shutting down; try again."],
  failed: [500, "Something went wrong on our side; try again."],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;
export type ApiRefusal = keyof typeof REFUSALS;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** For the metrics; null when nothing was refused. */
  readonly reason: string | null;
}

export function granted(body: unknown): Answer {
  return { status: 200, body, reason: null };
}

export function refused(reason: ApiRefusal, detail?: string): Answer {
  const [status, sentence] = REFUSALS[reason];
  return { status, body: { error: detail === undefined ? sentence : `${sentence} ${detail}`, reason }, reason };
}

export function refusedToken(reason: TokenRefusal): Answer {
  const status = reason === "no-token" || reason === "bad-token" ? 401 : reason === "too-many" ? 503 : 403;
  return { status, body: { error: TOKEN_REFUSALS[reason], reason }, reason };
}

/** The protocol's own no, in the sentence that people get everywhere. */
export function refusedByProtocol(refusal: Refusal): Answer {
  return { status: 409, body: { error: refusalSentence(refusal), reason: refusal.reason }, reason: refusal.reason };
}
