// The claim comment of one attempt. Its `created_at` says when the claim was granted and its `updated_at` when it was
// last renewed, so it is edited only when a run is bound, when the claim is renewed, and when it ends.

import { writeMarker } from "./marker.ts";
import type { LedgerRecord } from "./record.ts";
import { money, time } from "./render-format.ts";
import { recordSentence } from "./render-record.ts";
import type { RunResult } from "./result.ts";
import { safeCode, safeInline } from "./safe-text.ts";
import type { Actor, EpochMs, Host, MicroUsd, Sha } from "./task.ts";

export interface ClaimView {
  readonly token: Sha;
  readonly attempt: number;
  readonly holder: Actor;
  readonly host: Host;
  readonly role: string;
  readonly phases: string;
  readonly grantedAt: EpochMs;
  readonly reserved: MicroUsd;
  readonly run: { readonly id: number; readonly url: string } | null;
  /** When a local runner last renewed, or null. */
  readonly renewedAt: EpochMs | null;
  /** The record that ended the claim, and what the attempt did when it said so. */
  readonly end: {
    readonly record: LedgerRecord;
    readonly phases: RunResult["phases"];
    readonly cost: MicroUsd | null;
  } | null;
}

const NAME_CHARS_MAX = 100;
const LINE_CHARS_MAX = 300;

function where({ host, run }: ClaimView): string {
  if (host === "human") return "by hand; the pull request submits it";
  const page = run === null ? "its run has not started yet" : `[run ${run.id}](${run.url})`;
  return host === "local" ? `on a local runner, ${page}` : `on Actions, ${page}`;
}

function endLines({ end }: ClaimView): readonly string[] {
  if (end === null) return [];
  const cost = end.cost === null ? "" : ` Cost: ${money(end.cost)}.`;
  return [
    "",
    `Ended ${time(end.record.at)}: ${safeInline(recordSentence(end.record), LINE_CHARS_MAX)}.${cost}`,
    ...(end.phases.length === 0 ? [] : ["", "| Phase | Result |", "|---|---|"]),
    ...end.phases.map(({ phase, status, rounds }) => {
      const extra = rounds === 0 ? "" : `, ${rounds} resolve rounds`;
      return `| ${phase} | ${status}${extra} |`;
    }),
  ];
}

/** The whole claim comment. */
export function renderClaim(view: ClaimView): string {
  const who = safeInline(view.holder.login, NAME_CHARS_MAX);
  const reserved = view.reserved === 0 ? "" : `, up to ${money(view.reserved)}`;
  const phases = view.host === "human" ? "" : `, phases ${safeCode(view.phases, LINE_CHARS_MAX)}`;
  return [
    writeMarker({ kind: "claim", token: view.token }),
    `**Attempt ${view.attempt}**: claimed for ${who} since ${time(view.grantedAt)}, ${where(view)}.`,
    "",
    `Role ${safeCode(view.role, NAME_CHARS_MAX)}${phases}${reserved}.`,
    ...(view.renewedAt === null ? [] : ["", `Renewed ${time(view.renewedAt)}.`]),
    ...endLines(view),
  ].join("\n");
}
