// The claim comment of one attempt. Its `created_at` says when the claim was granted and its `updated_at` when it was
// last renewed, so it is edited only when a run is bound, when the claim is renewed, and when it ends.

import { money, time } from "./render-format.ts";
import { safeCode, safeInline } from "./safe-text.ts";
import type { EndedAttempt, Lease } from "./task.ts";

const NAME_CHARS_MAX = 100;
const LINE_CHARS_MAX = 300;

/** What the move that ended a claim means to a reader. */
const ENDS: Readonly<Record<string, string>> = {
  release: "given back",
  expire: "expired, its run is gone",
  suspend: "suspended, its work is kept",
  ask: "stopped with a question",
  submit: "submitted",
  propose: "wrote a plan that waits for approval",
  report: "reported",
  verdict: "told its verdict",
  recall: "ended without a verdict",
  head: "ended, the head that it looked at moved",
  reject: "ended, the work was sent back",
  fail: "failed",
  cancel: "cancelled",
  force: "ended by force",
  done: "the task was done meanwhile",
};

export interface ClaimView {
  readonly lease: Pick<Lease, "attempt" | "holder" | "host" | "role" | "grantedAt" | "reserved">;
  readonly phases: string;
  readonly run: { readonly id: number; readonly url: string | null } | null;
  /** When a local runner last renewed, or null. */
  readonly renewedAt: number | null;
}

function page(run: ClaimView["run"]): string {
  if (run === null) return "its run has not started yet";
  return run.url === null ? `run ${run.id}` : `[run ${run.id}](${run.url})`;
}

function where({ lease, run }: ClaimView): string {
  switch (lease.host) {
    case "human":
      return "by hand; the pull request submits it";
    case "local":
      return `on a local runner, ${page(run)}`;
    case "actions":
      return `on Actions, ${page(run)}`;
  }
}

/** A claim that lasts. */
export function claimText(view: ClaimView): string {
  const { lease, renewedAt } = view;
  const who = safeInline(lease.holder.login, NAME_CHARS_MAX);
  const phases = lease.host === "human" ? "" : `, phases ${safeCode(view.phases, LINE_CHARS_MAX)}`;
  const reserved = lease.reserved === 0 ? "" : `, up to ${money(lease.reserved)}`;
  return [
    `**Attempt ${lease.attempt}**: claimed for ${who} since ${time(lease.grantedAt)}, ${where(view)}.`,
    "",
    `Role ${safeCode(lease.role, NAME_CHARS_MAX)}${phases}${reserved}.`,
    ...(renewedAt === null ? [] : ["", `Renewed ${time(renewedAt)}.`]),
  ].join("\n");
}

/** A claim that is over. */
export function endedClaimText(attempt: EndedAttempt): string {
  const run = attempt.run === null ? "" : `, run ${attempt.run.id}`;
  return [
    `**Attempt ${attempt.attempt}**: ${ENDS[attempt.end] ?? safeInline(attempt.end, NAME_CHARS_MAX)}.`,
    "",
    `Role ${safeCode(attempt.role, NAME_CHARS_MAX)}${run}, from ${time(attempt.grantedAt)} to ${time(attempt.endedAt)}. Cost: ${money(attempt.cost)}.`,
  ].join("\n");
}
