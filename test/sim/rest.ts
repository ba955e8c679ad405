// What everything looks like when it has come to rest: every task stands somewhere that its ledger explains, everything
// is shown once, and the app wrote no more than what happened explains.

import type { MemoryRepository } from "../../src/adapters/memory/state.ts";
import { ledgerRef, taskBranch } from "../../src/core/observation.ts";
import type { SettleOptions } from "./settle.ts";
import type { TrueTask } from "./truth.ts";

export function judgeRest(options: SettleOptions): void {
  for (const issue of options.issues) {
    const state = options.people.state();
    const task = options.monitor.truth.taskAt(state, state.refs.get(ledgerRef(issue)));
    judgeDuplicates(options, state, issue);
    judgeAmounts(options, state, issue, task);
    if (options.monitor.spoiled.has(ledgerRef(issue))) continue;
    const lost = whyLost(options, state, issue, task);
    if (lost !== null) options.monitor.broken("no-task-lost", `issue ${issue} is ${task.state}: ${lost}`);
  }
}

function judgeDuplicates({ monitor, writer }: SettleOptions, state: MemoryRepository, issue: number): void {
  const keys = [...state.comments.values()]
    .filter((one) => one.on === issue && one.author?.id === writer.id)
    .map((one) => (one.body.split("\n", 1)[0] ?? "").replace(/(status) .*| (granted|bound|ended) -->/, "$1"));
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  if (twice.length > 0) monitor.broken("one-of-each-object", `issue ${issue}: ${twice.join(", ")}`);
  const open = [...state.pullRequests.values()].filter((pull) => pull.isOpen && pull.headRef === taskBranch(issue));
  if (open.length > 1) monitor.broken("one-of-each-object", `issue ${issue}: ${open.length} open pull requests`);
}

/** Racing instances may each write what the others write too; nobody may write without a reason. */
function judgeAmounts(options: SettleOptions, state: MemoryRepository, issue: number, task: TrueTask): void {
  const { world, writer, monitor, instanceCount } = options;
  const threads = new Set([issue, ...pullsOf(state, issue).map(({ number }) => number)]);
  const mine = world.history.filter((entry) => entry.issue !== null && threads.has(entry.issue));
  const isApp = ({ by }: { readonly by: string }) => by === writer.login;
  const gestures = mine.filter((entry) => !isApp(entry)).length;
  const comments = mine.filter((entry) => isApp(entry) && entry.what === "comment-created").length;
  const labels = mine.filter((entry) => isApp(entry) && entry.what.startsWith("labels-")).length;
  const commentsMax = (instanceCount + 1) * (3 + task.claims + task.needs + gestures);
  const labelsMax = 2 * (instanceCount + 1) * (3 + task.length + gestures);
  const name = ledgerRef(issue);
  if (comments > commentsMax && !monitor.spoiled.has(name))
    monitor.broken("comments-are-bounded", `issue ${issue}: ${comments} of ${commentsMax}`);
  if (labels > labelsMax && !monitor.spoiled.has(name))
    monitor.broken("no-label-fight", `issue ${issue}: ${labels} of ${labelsMax}`);
}

function pullsOf(state: MemoryRepository, issue: number) {
  return [...state.pullRequests.values()].filter(({ headRef }) => headRef === taskBranch(issue));
}

/** Most that one attempt can want, in millionths of a dollar: the whole budget of a task. */
const ATTEMPT_MAX = 5_000_000;
/** Less than this is left of a task's budget after this much was spent on it, whatever `/task set budget` said. */
const TASK_SPENT = 4_000_000;

/** @returns why this is no place to rest, or null when the ledger explains it */
function whyLost(options: SettleOptions, state: MemoryRepository, number: number, task: TrueTask): string | null {
  const issue = state.issues.get(number);
  if (issue === undefined) return null;
  switch (task.state) {
    case "claimed":
      return task.host === "human" ? null : "claimed, and nobody works";
    case "queued":
      return isKept(options, state, number, task) ? null : "queued, and nothing keeps it";
    case "review":
      return mayMerge(state, number, task) ? "accepted, and not merged" : null;
    default:
      return null;
  }
}

function isKept({ monitor }: SettleOptions, state: MemoryRepository, number: number, task: TrueTask): boolean {
  const { limits, truth } = monitor;
  const issue = state.issues.get(number);
  if (issue === undefined || !issue.isOpen || task.isHeld || issue.editor !== null) return true;
  const { admissions, spent, reviews } = monitor.shared(state);
  const others = [...state.issues.keys()].filter((other) => other !== number);
  const inReview = others.filter((other) => {
    const there = truth.taskAt(state, state.refs.get(ledgerRef(other))).state;
    return (
      there === "review" || there === "claimed" || (reviews.includes(other) && monitor.spoiled.has(ledgerRef(other)))
    );
  });
  const settled = Math.max(0, ...Object.values(spent));
  const reserved = admissions.reduce((sum, one) => sum + one.reserved, 0);
  return (
    admissions.length >= limits.claimed ||
    inReview.length >= limits.review ||
    limits.dayMicroUsd - settled - reserved < ATTEMPT_MAX ||
    monitor.spentOn(number) >= TASK_SPENT
  );
}

/** Accepted on exactly the head that stands, with nothing against it. */
function mayMerge(state: MemoryRepository, issue: number, task: TrueTask): boolean {
  const pull = pullsOf(state, issue).findLast(({ isOpen }) => isOpen);
  if (pull === undefined || task.isHeld || pull.hasConflict) return false;
  const isGreen = (state.checks.get(pull.head) ?? []).every(({ status }) => status === "success");
  return isGreen && task.acceptedHead === pull.head && task.submittedHead === pull.head;
}
