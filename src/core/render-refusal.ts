// Every refusal in one or two sentences: what is wrong, and what to do. A new reason without a sentence does not compile.

import { usagesOf } from "./legal-commands.ts";
import type { Refusal } from "./refusal.ts";
import { either, money, short, time } from "./render-format.ts";
import { safeClause, safeCode } from "./safe-text.ts";
import type { State } from "./task.ts";
import type { Asker } from "./transitions.ts";

/** Longest piece of somebody's text inside a sentence, in code points. */
const QUOTED_CHARS_MAX = 200;

/** Without a full stop of its own, because the sentence around it has one. */
function quoted(text: string): string {
  return safeClause(text, QUOTED_CHARS_MAX);
}

function codes(words: readonly string[]): string {
  return either(words.map((word) => safeCode(word, QUOTED_CHARS_MAX)));
}

const ASKERS: Readonly<Record<Asker, string>> = {
  write: "write permission",
  maintain: "maintain permission",
  holder: "the claim",
  run: "the run that holds the claim",
  app: "Signalbox itself",
  clock: "the clock",
};

/** Permissions that people have are named before the machine's own parts, which are of no use to them. */
function needed(askers: readonly Asker[]): string {
  const people = askers.filter((asker) => asker === "write" || asker === "maintain" || asker === "holder");
  return either((people.length > 0 ? people : askers).map((asker) => ASKERS[asker]));
}

/** What keeps a task in the queue, or a claim from being granted. */
type WaitReason =
  | "queue-full"
  | "paused"
  | "held"
  | "blocked"
  | "backing-off"
  | "not-next"
  | "claims-at-limit"
  | "reviews-at-limit"
  | "budget-spent"
  | "text-changed";
type Wait = Extract<Refusal, { reason: WaitReason }>;

function waitSentence(wait: Wait): string {
  switch (wait.reason) {
    case "queue-full":
      return `The queue already holds ${wait.limit} tasks from agents, which is its limit. Queue this one by hand, or wait until it is shorter.`;
    case "paused":
      return `Claims are paused: ${quoted(wait.why)}. \`/task resume\` ends the pause.`;
    case "held":
      return `The task is on hold: ${quoted(wait.why)}. \`/task unhold\` ends the hold.`;
    case "blocked":
      return `It is blocked by ${wait.by.map(blocker).join(", ")}. It goes on when they are closed as completed.`;
    case "backing-off":
      return `The last attempt failed, so the next one starts no earlier than ${time(wait.until)}.`;
    case "not-next":
      return wait.ahead === 1 ? "One task goes before it." : `${wait.ahead} tasks go before it.`;
    case "claims-at-limit":
      return `The repository already works on as many tasks as \`limits.claimed\` allows (${wait.limit}). It is claimed when one of them ends.`;
    case "reviews-at-limit":
      return `As many pull requests wait for review as \`limits.review\` allows (${wait.limit}). Review one to let this task start.`;
    case "budget-spent":
      return `${BUDGETS[wait.scope]} has ${money(wait.left)} left and an attempt needs ${money(wait.needed)}. ${BUDGET_WAYS[wait.scope]}`;
    case "text-changed":
      return `Title or body changed after the task was queued${wait.by === null ? "" : `, by ${quoted(wait.by)}`}. Read the text again, then \`/task queue\`.`;
  }
}

const BUDGETS = { task: "The task's budget", day: "The repository's budget for today", month: "This month's budget" };
const BUDGET_WAYS = {
  task: "Raise it with `/task set budget <dollars>`.",
  day: "It goes on tomorrow, or when `budget.day` in `.github/signalbox.yml` is raised.",
  month: "It goes on next month, or when the budget is raised.",
};

/** `owner/repo#n` is ours to link: it names an issue that already blocks this one. Anything else is somebody's text. */
function blocker(ref: string): string {
  return /^[\w.-]+\/[\w.-]+#\d+$/.test(ref) ? ref : quoted(ref);
}

/** What a run is told when its claim is no longer its own. */
type RunReason =
  | "stale-token"
  | "already-bound"
  | "not-first-attempt"
  | "run-not-bound"
  | "run-still-alive"
  | "lease-not-expired";

function runSentence(refusal: Extract<Refusal, { reason: RunReason }>): string {
  switch (refusal.reason) {
    case "stale-token":
      return refusal.current === null
        ? "The claim that this run worked under has ended, so nothing of it is published."
        : "The task has been claimed anew since this run was granted its claim, so nothing of it is published.";
    case "already-bound":
      return `Run ${refusal.run} already works under this claim. Only one run may.`;
    case "not-first-attempt":
      return "A re-run of a workflow inherits no claim. Queue the task again instead.";
    case "run-not-bound":
      return refusal.bound === null
        ? "No run is bound to this claim yet."
        : `The claim belongs to run ${refusal.bound}, not to this one.`;
    case "run-still-alive":
      return "The run that holds the claim is still working, so the claim cannot be taken over.";
    case "lease-not-expired":
      return `The claim is valid until ${time(refusal.expiresAt)}, so it cannot be taken over before.`;
  }
}

function currentState(state: State | "none"): string {
  return state === "none" ? "This issue is not a task yet" : `The task is \`${state}\``;
}

function wrongState(refusal: Extract<Refusal, { reason: "wrong-state" }>): string {
  const usages = usagesOf(refusal.allowed);
  const stands = currentState(refusal.state);
  return usages.length === 0
    ? `${stands}, where this is not possible.`
    : `${stands}, where this is not possible. Possible now: ${codes(usages)}.`;
}

function headMoved({ seen, head }: Extract<Refusal, { reason: "head-moved" }>): string {
  if (head === null) return "There is no pull request to accept yet.";
  return seen === ""
    ? `The pull request moved to ${short(head)} after this was written. Look at it, then accept.`
    : `The pull request's head is ${short(head)}, not ${short(seen)}. Look at it, then accept.`;
}

/** @returns what is wrong and what to do, as Markdown on one line */
export function refusalSentence(refusal: Refusal): string {
  switch (refusal.reason) {
    case "wrong-state":
      return wrongState(refusal);
    case "not-permitted":
      return `This needs ${needed(refusal.needs)}; you have ${quoted(refusal.has)}. Ask somebody who has it.`;
    case "permission-unknown":
      return "GitHub did not say which permission you have, and unknown is never enough. Try again in a minute.";
    case "bot-not-allowed":
      return "Bots give no commands here. A maintainer can list this one's id under `bots` in `.github/signalbox.yml`.";
    case "already-done":
      return "This is already so; nothing had to change.";
    case "not-an-issue":
      return "Only an issue can be a task, and this is a pull request.";
    case "issue-closed":
      return "The issue is closed. Reopen it first.";
    case "empty-body":
      return "The issue has no description. Say in its body what is to be done, then queue it again.";
    case "unknown-role":
      return `There is no role ${safeCode(refusal.role, QUOTED_CHARS_MAX)}. Known roles: ${codes(refusal.known)}.`;
    case "unknown-phases":
      return `There are no phases ${safeCode(refusal.phases, QUOTED_CHARS_MAX)}. Known presets: ${codes(refusal.known)}; a list such as \`plan,build\` works too.`;
    case "unknown-state":
      return `There is no state ${safeCode(refusal.state, QUOTED_CHARS_MAX)}. Known states: ${codes(refusal.known)}.`;
    case "label-not-a-request":
      return `The label ${safeCode(refusal.label, QUOTED_CHARS_MAX)} only shows where a task stands; nobody sets it by hand. ${currentState(refusal.state)}.`;
    case "ledger-broken":
      return `The task's ledger cannot be believed: ${quoted(refusal.problem)}. Nothing is done here until a person has looked at its branch.`;
    case "plan-moved":
      return "No plan waits for this approval, or it was written anew after this. Read it, then accept.";
    case "conflicting-labels":
      return `The labels ${refusal.labels.map((label) => safeCode(label, QUOTED_CHARS_MAX)).join(" and ")} contradict each other. Keep one of them.`;
    case "queue-full":
    case "paused":
    case "held":
    case "blocked":
    case "backing-off":
    case "not-next":
    case "claims-at-limit":
    case "reviews-at-limit":
    case "budget-spent":
    case "text-changed":
      return waitSentence(refusal);
    case "stale-token":
    case "already-bound":
    case "not-first-attempt":
    case "run-not-bound":
    case "run-still-alive":
    case "lease-not-expired":
      return runSentence(refusal);
    case "reason-missing":
      return "Say why: the reason reaches the next attempt and stays on record.";
    case "head-moved":
      return headMoved(refusal);
    case "no-evidence":
      return "The submission carries no passed check. Add `checks:` to `.github/signalbox.yml`, or write `checks: none` to do without.";
    case "not-merged":
      return "The pull request is not merged, so the task is not done.";
    case "illegal-target":
      return `This cannot lead to \`${refusal.to}\`, only to ${codes(refusal.allowed)}.`;
    case "unknown-command":
      return refusal.suggestion === null
        ? `There is no command ${safeCode(refusal.verb, QUOTED_CHARS_MAX)}. \`/task help\` lists them.`
        : `There is no command ${safeCode(refusal.verb, QUOTED_CHARS_MAX)}. Did you mean ${safeCode(`/task ${refusal.suggestion}`, QUOTED_CHARS_MAX)}?`;
    case "bad-arguments":
      return `Not understood: ${quoted(refusal.problem)}. Usage: ${safeCode(refusal.usage, QUOTED_CHARS_MAX)}`;
  }
}
