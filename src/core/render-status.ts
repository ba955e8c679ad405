// The one status comment of a task: state, why it waits, attempts, pull request, evidence, cost, the commands legal now,
// history. The same task gives the same text, so an edit is due exactly when the text differs.

import { command } from "./commands.ts";
import type { RepositoryConfig } from "./config.ts";
import type { Gate } from "./gate.ts";
import { legalVerbs } from "./legal-commands.ts";
import type { LedgerRecord } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import { evidenceTable } from "./render-evidence.ts";
import { count, money, short, time } from "./render-format.ts";
import { recordSentence } from "./render-record.ts";
import { refusalSentence } from "./render-refusal.ts";
import { safeBlock, safeClause, safeCode, safeInline } from "./safe-text.ts";
import type { ShownState, Task } from "./task.ts";

export interface StatusView {
  readonly task: Task;
  readonly config: RepositoryConfig;
  readonly shown: ShownState;
  /** What keeps it from being claimed or merged now, in the order of the guards. */
  readonly waits: readonly Refusal[];
  readonly pullRequest: number | null;
  /** Page of the run that works on it now. */
  readonly runUrl: string | null;
  /** Whether what was submitted may merge; null when nothing waits in review. */
  readonly gate: Gate | null;
  /** Oldest first. */
  readonly records: readonly LedgerRecord[];
}

/** Moves that the history shows; older ones are in the ledger. */
const HISTORY_MAX = 40;
const LINE_CHARS_MAX = 300;
const SUMMARY_CHARS_MAX = 1_000;
const PLAN_CHARS_MAX = 12_000;
const REPORT_CHARS_MAX = 20_000;

const HEADLINES: Readonly<Record<ShownState, string>> = {
  draft: "Proposed, not yet in the queue.",
  queued: "Waits for a runner.",
  blocked: "Queued, but something keeps it.",
  claimed: "Being worked on.",
  review: "A pull request waits for its gate and for people.",
  "needs-human": "Stopped: a person has to decide.",
  done: "Completed.",
  failed: "Ended without a result.",
  cancelled: "Withdrawn.",
};

/** Why it does not move, as a sentence or a list. */
function waitLines({ waits, task }: StatusView): readonly string[] {
  const need = task.need === null ? [] : [`It stopped because: ${safeClause(task.need.why, LINE_CHARS_MAX)}.`];
  const sentences = [...need, ...waits.map(refusalSentence)];
  return sentences.length < 2 ? sentences : sentences.map((sentence) => `- ${sentence}`);
}

function settingsLine({ task, config }: StatusView): string {
  const { role, phases, priority, base, model } = task.settings;
  const parts = [
    safeCode(role, LINE_CHARS_MAX),
    `phases ${safeCode(phases, LINE_CHARS_MAX)}`,
    priority,
    `${model} model (${safeInline(config.models[model], LINE_CHARS_MAX)})`,
    ...(base === null ? [] : [`base ${safeCode(base, LINE_CHARS_MAX)}`]),
  ];
  return parts.join(", ");
}

function attemptsLine({ task, config }: StatusView): string {
  const { attempts, rejections, suspensions } = task.counters;
  const more = [
    ...(rejections === 0 ? [] : [`${count(rejections, "rejection")} of ${config.limits.rejections}`]),
    ...(suspensions === 0 ? [] : [`${count(suspensions, "suspension")} of ${config.limits.suspensions}`]),
  ];
  return [`${attempts} of ${config.limits.attempts}`, ...more].join(", ");
}

function facts(view: StatusView): readonly string[] {
  const { task, pullRequest, runUrl } = view;
  const rows: (readonly [string, string])[] = [
    ["Settings", settingsLine(view)],
    ["Attempts used", attemptsLine(view)],
    ...(runUrl === null ? [] : [["Run", runUrl] as const]),
    ...(pullRequest === null ? [] : [["Pull request", `#${pullRequest}`] as const]),
    ["Cost", `${money(task.spent)} of ${money(task.settings.budget)}`],
  ];
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
}

/** The plan as it is: whoever approves it approves these words. */
function planLines({ task: { plan, need } }: StatusView): readonly string[] {
  if (plan === null) return [];
  const waits = plan.digest !== null && plan.approvedBy === null && need !== null;
  const how = waits ? ["", "Approve it with `/task accept`, or say with `/task answer` what should change."] : [];
  const title = waits ? "Plan, waits for approval" : "Plan";
  return [
    `<details${waits ? " open" : ""}><summary>${title}</summary>`,
    "",
    safeBlock(plan.text, PLAN_CHARS_MAX),
    "",
    "</details>",
    ...how,
  ];
}

function reportLines({ task: { report } }: StatusView): readonly string[] {
  if (report === null) return [];
  return [`**${safeInline(report.title, LINE_CHARS_MAX)}**`, "", safeBlock(report.text, REPORT_CHARS_MAX)];
}

/** What still stands between a submission and its merge. */
function gateLine({ gate, task }: StatusView): readonly string[] {
  if (gate === null || task.submission === null) return [];
  const head = short(task.submission.head);
  const { acceptance } = task;
  const accepted =
    acceptance === null ? "not accepted yet" : `accepted by ${safeInline(acceptance.by.login, LINE_CHARS_MAX)}`;
  return [`Gate for ${head}: ${gateWords(gate)}; ${accepted}.`];
}

function gateWords(gate: Gate): string {
  const list = (names: readonly string[]) => names.map((name) => safeInline(name, LINE_CHARS_MAX)).join(", ");
  switch (gate.gate) {
    case "green":
      return "green";
    case "pending":
      return `waits for ${list(gate.waitsFor)}`;
    case "red":
      return `failed: ${list(gate.failed)}`;
  }
}

/** @returns the commands that are legal where the task stands, in one line */
export function commandsLine(view: Pick<StatusView, "task">): string {
  const verbs = legalVerbs(view.task.state, view.task.held !== null);
  const usages = verbs.map((verb) => safeCode(command(verb).usage, LINE_CHARS_MAX));
  return usages.length === 0
    ? "No command applies now. `/task help` lists all."
    : `Commands now: ${usages.join(", ")}. \`/task help\` explains them.`;
}

function history({ records }: StatusView): readonly string[] {
  if (records.length === 0) return [];
  const shown = records.slice(-HISTORY_MAX);
  const older = records.length - shown.length;
  return [
    `<details><summary>History (${records.length})</summary>`,
    "",
    ...(older === 0 ? [] : [`- ${count(older, "older move")} in the ledger`]),
    ...shown.map((record) => `- ${time(record.at)}: ${safeInline(recordSentence(record), LINE_CHARS_MAX)}`),
    "",
    "</details>",
  ];
}

/** What the comment says, below its key: also the answer to `/task status`. */
export function statusText(view: StatusView): string {
  const summary = view.task.submission === null ? "" : safeBlock(view.task.submission.summary, SUMMARY_CHARS_MAX);
  const sections: readonly (readonly string[])[] = [
    [`**${view.shown}**: ${HEADLINES[view.shown]}`],
    waitLines(view),
    facts(view),
    summary === "" ? [] : [summary],
    planLines(view),
    reportLines(view),
    evidenceTable(view.task.submission?.evidence ?? []),
    gateLine(view),
    [commandsLine(view)],
    history(view),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n");
}
