// Every text that people read on the issue and the pull request. Same facts, same text: no clock in here.

import { COMMANDS, VERBS } from "./commands.ts";
import { visible } from "./hidden-text.ts";
import type { Observation, ObservedIssue, ObservedPullRequest } from "./observation.ts";
import type { Reply } from "./plan.ts";
import type { LedgerRecord } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import type { RepositoryMove } from "./repository.ts";
import type { Evidence, HumanNeed, MicroUsd, ShownState, Submission, Task } from "./task.ts";

/** `$0.04`, always two decimals. */
export function money(amount: MicroUsd): string {
  return `$${(amount / 1_000_000).toFixed(2)}`;
}

/** Text of people or models inside our own comments: nothing in it may mention, close or hide. */
export function quoted(text: string): string {
  return visible(text)
    .replaceAll("<!--", "&lt;!--")
    .replaceAll("@", "@\u200b")
    .replaceAll(/\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s+)(?=#|https?:|[\w.-]+\/[\w.-]+#)/gi, "$1$2\u200b")
    .replaceAll(/(^|\n)(\/task)\b/g, "$1\\$2");
}

export function recordSentence(record: LedgerRecord): string {
  const by = record.actor.kind === "clock" ? "the clock" : record.actor.login;
  switch (record.move) {
    case "submit":
      return `submit: ${record.data.head.slice(0, 7)} for review`;
    case "claim":
      return `claim: attempt ${record.data.attempt} by ${record.data.holder.login}`;
    case "bind":
      return `bind: run ${record.data.run.id}`;
    default:
      return `${record.move}: ${record.state}, by ${by}`;
  }
}

export function repositorySentence(moves: readonly RepositoryMove[]): string {
  return moves.map((move) => ("issue" in move ? `${move.move} ${move.issue}` : move.move)).join(", ");
}

export interface StatusInput {
  readonly task: Task;
  readonly shown: ShownState;
  readonly waits: Refusal | null;
  readonly blockers: readonly string[];
  readonly pullRequest: ObservedPullRequest | null;
  readonly observation: Observation;
}

const HEADLINES: Readonly<Record<ShownState, string>> = {
  draft: "Draft: proposed, not yet queued.",
  queued: "Queued: waits for a runner.",
  claimed: "Claimed: an attempt is at work.",
  review: "In review: the pull request waits for its gate and for people.",
  "needs-human": "Stopped: a person is needed.",
  done: "Done.",
  failed: "Failed.",
  cancelled: "Cancelled.",
  blocked: "Blocked.",
};

export function renderStatus({ task, shown, waits, blockers, pullRequest }: StatusInput): string {
  const lines = [`**${HEADLINES[shown]}**`];
  if (shown === "blocked")
    lines.push(task.held === null ? `Blocked by ${blockers.join(", ")}.` : `Held: ${quoted(task.held.why)}.`);
  else if (task.state === "queued" && waits !== null) lines.push(renderRefusal(waits));
  const facts = [
    `attempt ${task.counters.attempts + Number(task.lease !== null)}`,
    `spent ${money(task.spent)} of ${money(task.settings.budget)}`,
  ];
  if (pullRequest !== null) facts.push(`pull request #${pullRequest.number}`);
  lines.push("", facts.join(" · "));
  if (task.submission !== null && (shown === "review" || shown === "done"))
    lines.push("", evidenceTable(task.submission.evidence));
  return lines.join("\n");
}

export function evidenceTable(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return "No checks are configured.";
  const rows = evidence.map(
    (piece) =>
      `| ${piece.exitCode === 0 ? "passed" : "failed"} | ${piece.name} | \`${piece.command.replaceAll("`", "'")}\` | ${(piece.durationMs / 1_000).toFixed(1)} s |`,
  );
  return ["| Result | Check | Command | Time |", "|---|---|---|---|", ...rows].join("\n");
}

export function renderClaim({
  task,
  token,
}: {
  readonly task: Task;
  readonly token: string;
  readonly observation: Observation;
}): string {
  const { lease } = task;
  if (lease?.token === token) {
    const run = lease.run === null ? "waits for its run" : `run ${lease.run.id}`;
    return `Attempt ${lease.attempt}: ${lease.role}, on ${lease.host}, ${run}. Budget ${money(lease.reserved)}.`;
  }
  const ended = task.attempts.find((attempt) => attempt.token === token);
  return ended === undefined
    ? "This attempt is over."
    : `Attempt ${ended.attempt}: ended by ${ended.end}, cost ${money(ended.cost)}.`;
}

export function renderNeed({
  task,
  need,
}: {
  readonly task: Task;
  readonly need: HumanNeed;
  readonly observation: Observation;
}): string {
  const who = task.queuedBy === null ? "" : `@${task.queuedBy.login} `;
  const question = need.question === null ? "" : `\n\n> ${quoted(need.question).replaceAll("\n", "\n> ")}`;
  return `${who}this task stopped: ${quoted(need.why)}.${question}\n\nChoose: \`/task answer <text>\`, \`/task queue\` to try again, or \`/task cancel\`.`;
}

export function renderBrokenLedger(problem: string): string {
  return `The task's ledger cannot be believed: ${problem}. Nothing is done on this issue until a person has looked at the branch.`;
}

export function renderPullRequest({
  submission,
  issue,
}: {
  readonly task: Task;
  readonly submission: Submission;
  readonly issue: ObservedIssue;
}): {
  readonly title: string;
  readonly body: string;
} {
  const body = [
    `Closes #${issue.number}`,
    "",
    quoted(submission.summary),
    "",
    "## Evidence",
    "",
    evidenceTable(submission.evidence),
  ].join("\n");
  return { title: quoted(issue.title).slice(0, 200), body };
}

export function renderEvidence(submission: Submission): {
  readonly conclusion: "success" | "failure" | "neutral";
  readonly title: string;
  readonly summary: string;
} {
  const failed = submission.evidence.filter((piece) => piece.exitCode !== 0).length;
  const total = submission.evidence.length;
  const conclusion = total === 0 ? "neutral" : failed === 0 ? "success" : "failure";
  const title = total === 0 ? "No checks are configured" : `${total - failed} of ${total} checks passed`;
  return { conclusion, title, summary: evidenceTable(submission.evidence) };
}

export function renderForeignPullRequest(issue: number): string {
  return `Branches under \`signalbox/\` belong to Signalbox: the pull request for #${issue} is opened by the app. Push to a branch of your own instead.`;
}

export interface AnswersInput {
  readonly answers: readonly { readonly cause: string; readonly source: string; readonly reply: Reply }[];
  readonly task: Task | null;
  readonly shown: ShownState | null;
  readonly waits: Refusal | null;
  readonly blockers: readonly string[];
  readonly observation: Observation;
}

export function renderAnswers(input: AnswersInput): string {
  return input.answers
    .map(
      ({ source, reply }) =>
        `${source === "" ? "" : `\`${source.split("\n")[0]?.replaceAll("`", "'") ?? ""}\`: `}${renderReply(reply, input)}`,
    )
    .join("\n\n");
}

function renderReply(reply: Reply, { task, shown, waits, blockers }: AnswersInput): string {
  switch (reply.reply) {
    case "done":
      return "done.";
    case "nothing-to-do":
      return "nothing to do.";
    case "refused":
      return renderRefusal(reply.refusal);
    case "would":
      return reply.verdict.ok
        ? `would make the move ${reply.verdict.record.move}, to ${reply.verdict.record.state}.`
        : renderRefusal(reply.verdict.refusal);
    case "status":
      if (task === null || shown === null)
        return "this issue is not a task yet; label it `task:queued` to make it one.";
      return `${HEADLINES[shown]}${waits === null ? "" : ` ${renderRefusal(waits)}`}${blockers.length === 0 ? "" : ` Blocked by ${blockers.join(", ")}.`}`;
    case "help":
      return VERBS.map((verb) => `- \`${COMMANDS[verb].usage}\`: ${COMMANDS[verb].summary}`).join("\n");
  }
}

/** One clear sentence: what is wrong and what to do. */
export function renderRefusal(refusal: Refusal): string {
  switch (refusal.reason) {
    case "wrong-state":
      return `The task is ${refusal.state}; from there it can: ${refusal.allowed.join(", ")}.`;
    case "not-permitted":
      return `That needs ${refusal.needs.join(" or ")} permission; you have ${refusal.has}.`;
    default:
      return `Not now: ${refusal.reason}.`;
  }
}
