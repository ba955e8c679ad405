// One plain sentence for each recorded move: what `git log` of a ledger shows, and what the history in the status
// comment is made of. Plain text: people's words in it are cut short and can neither mention nor link.

import type { LedgerRecord } from "./record.ts";
import { count, money, short } from "./render-format.ts";
import { safeLine } from "./safe-text.ts";
import type { Evidence, State } from "./task.ts";

/** Longest piece of somebody's text in a sentence, in code points: the whole of it is in the record. */
const QUOTED_CHARS_MAX = 120;

function quoted(text: string): string {
  return safeLine(text, QUOTED_CHARS_MAX);
}

function because(text: string): string {
  const words = quoted(text);
  return words === "" ? "" : `: ${words}`;
}

/** Where a move led that could have led elsewhere. */
const LED_TO: Readonly<Record<State, string>> = {
  draft: "back to draft",
  queued: "back to the queue",
  claimed: "claimed again",
  review: "back to review",
  "needs-human": "a person has to decide",
  done: "done",
  failed: "failed for good",
  cancelled: "cancelled",
};

/** `2 of 3 checks passed`. */
export function checksPassed(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return "no checks";
  const passed = evidence.filter(({ exitCode }) => exitCode === 0).length;
  return `${passed} of ${count(evidence.length, "check")} passed`;
}

type Of<M extends LedgerRecord["move"]> = Extract<LedgerRecord, { move: M }>;

function claimed({ data }: Of<"claim">): string {
  const hosts = { actions: "on Actions", local: "on a local runner", human: "by hand" };
  const reserved = data.reserved === 0 ? "" : `, ${money(data.reserved)} reserved`;
  return `Attempt ${data.attempt} claimed for ${quoted(data.holder.login)} ${hosts[data.host]}${reserved}`;
}

function worked(record: Of<"suspend" | "ask" | "fail">): string {
  const { work, usage } = record.data;
  const kept = work.head === null ? "" : `, work kept at ${short(work.head)}`;
  return ` (${money(usage.cost)}${kept})`;
}

function noted({ data, actor }: Of<"note">): string {
  return data.settings === undefined
    ? `Noted${because(data.text)}`
    : `Settings changed by ${quoted(actor.login)}${because(data.text)}`;
}

const VERDICTS = { approve: "approved", reject: "rejected", none: "looked at" } as const;

function judged({ data }: Of<"verdict">): string {
  const evidence = data.evidence.length === 0 ? "" : ` with ${checksPassed(data.evidence)}`;
  const led = data.to === "review" ? "" : `, ${LED_TO[data.to]}`;
  return `${short(data.head)} ${VERDICTS[data.verdict]}${evidence}${led}${because(data.reason)} (${money(data.usage.cost)})`;
}

function done({ data }: Of<"done">): string {
  const merge = data.mergeSha === null ? "" : ` by merge ${short(data.mergeSha)}`;
  return `Done${merge}${because(data.why)}`;
}

/** @returns one line without a full stop, for people who read the log of the ledger */
export function recordSentence(record: LedgerRecord): string {
  const who = quoted(record.actor.login);
  switch (record.move) {
    case "draft":
      return `Proposed by ${who}`;
    case "queue":
      return `Queued by ${who} for ${quoted(record.data.settings.role)}, ${record.data.settings.priority}`;
    case "claim":
      return claimed(record);
    case "bind":
      return `Run ${record.data.run.id} began to work`;
    case "release":
      return `Claim released by ${who}${because(record.data.reason)}`;
    case "expire":
      return `Claim expired, ${LED_TO[record.data.to]}${because(record.data.reason)}`;
    case "suspend":
      return `Attempt suspended, ${LED_TO[record.data.to]}${because(record.data.reason)}${worked(record)}`;
    case "ask":
      return `The attempt stopped with a question${because(record.data.question)}${worked(record)}`;
    case "answer":
      return `Answered by ${who}${because(record.data.text)}`;
    case "propose":
      return `A plan waits for approval (${money(record.data.usage.cost)})`;
    case "approve-plan":
      return `Plan ${record.data.digest.slice(0, 7)} approved by ${who}`;
    case "report":
      return `Reported${because(record.data.report.title)} (${money(record.data.usage.cost)})`;
    case "submit":
      return `Submitted ${short(record.data.head)} with ${checksPassed(record.data.evidence)} (${money(record.data.usage.cost)})`;
    case "fail":
      return `Attempt failed in ${quoted(record.data.source)}, ${LED_TO[record.data.to]}${because(record.data.reason)}${worked(record)}`;
    case "accept":
      return `${short(record.data.head)} accepted by ${who}`;
    case "head":
      return `The pull request moved to ${short(record.data.head)}${because(record.data.by)}`;
    case "inspect":
      return `${short(record.data.head)} is looked at by ${quoted(record.data.role)}, ${money(record.data.reserved)} reserved`;
    case "verdict":
      return judged(record);
    case "recall":
      return `The look at it ended without a verdict${because(record.data.reason)}`;
    case "reject":
      return `Sent back by ${who}, ${LED_TO[record.data.to]}${because(record.data.reason)}`;
    case "merge-refused":
      return `Not merged, ${LED_TO[record.data.to]}${because(record.data.reason)}`;
    case "done":
      return done(record);
    case "hold":
      return `Put on hold by ${who}${because(record.data.reason)}`;
    case "unhold":
      return `Hold ended by ${who}`;
    case "cancel":
      return `Cancelled by ${who}${because(record.data.reason)}`;
    case "note":
      return noted(record);
    case "force":
      return `Forced to ${record.data.to} by ${who}${because(record.data.reason)}`;
  }
}
