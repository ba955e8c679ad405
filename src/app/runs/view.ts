// What an agent may know of its task: title and body as queued, comments as of the claim, each with the trust that its
// author has, hidden text taken out. Pure; decides nothing about the task.

import type { TaskView } from "../../core/api.ts";
import { EVIDENCE_CHECK } from "../../core/gate.ts";
import { visible } from "../../core/hidden-text.ts";
import type { Account, Observation, ObservedComment } from "../../core/observation.ts";
import type { Refusal } from "../../core/refusal.ts";
import { pullRequestOf } from "../../core/situation.ts";
import type { EpochMs, Lease, Sha, Task } from "../../core/task.ts";

/** Comments that are handed over at the most, the latest ones. */
const COMMENTS_MAX = 100;
/** Longest comment, in characters: GitHub allows 65,536, of which an agent needs the beginning. */
const COMMENT_CHARS_MAX = 20_000;
/** All comments together, in characters: about a tenth of a model's context. */
const COMMENTS_CHARS_MAX = 80_000;
/** Longest body, in characters; GitHub has been seen to store 262,144. */
const BODY_CHARS_MAX = 65_536;
const TITLE_CHARS_MAX = 1_000;

export interface ViewFacts {
  readonly task: Task;
  readonly observation: Observation;
  /** Head of the branch that the work will be merged into. */
  readonly baseSha: Sha;
}

/** The branch that a task's work is meant for. */
export function baseOf(task: Task, observation: Observation): string {
  return task.settings.base ?? observation.repository.defaultBranch;
}

/** @returns the view, or why there is none: no lease, or a text that is not the one that was queued */
export function taskView(facts: ViewFacts): { readonly view: TaskView } | { readonly refusal: Refusal } {
  const { task, observation } = facts;
  const { issue, config } = observation;
  const { lease } = task;
  if (lease === null) return { refusal: { reason: "stale-token", current: null } };
  // Between queue and bind a stranger may have changed the text. A writer may: it is their task.
  const isAsQueued = issue.textDigest === task.digest || (issue.editor !== null && isWriter(issue.editor, observation));
  if (!isAsQueued) return { refusal: { reason: "text-changed", by: issue.editor?.login ?? null } };
  const { owner, name } = observation.repository;
  const view: TaskView = {
    issue: issue.number,
    url: `https://github.com/${owner}/${name}/issues/${issue.number}`,
    title: visible(issue.title).replaceAll(/\s+/g, " ").trim().slice(0, TITLE_CHARS_MAX),
    body: visible(issue.body).slice(0, BODY_CHARS_MAX),
    author: authorOf(issue.author, issue.editor, observation),
    comments: commentsOf(facts, lease.grantedAt),
    feedback: task.feedback.map(({ source, by, text }) => ({ source, by, text: visible(text) })),
    base: baseOf(task, observation),
    baseSha: facts.baseSha,
    start: task.recordedHead ?? facts.baseSha,
    workSummary: task.work?.summary ?? task.submission?.summary ?? null,
    ...termsOf(task, lease),
    model: task.settings.model === "heavy" ? config.models.heavy : config.models.base,
    heavyModel: config.models.heavy,
    resume: resumeOf(task),
    approvedPlan: task.plan?.approvedBy == null ? null : task.plan.digest,
    inspection: inspectionOf(facts),
  };
  return { view };
}

function resumeOf({ work, plan }: Task): TaskView["resume"] {
  const progress = work?.progress;
  if (progress !== undefined) return { ...progress, done: [...progress.done] };
  return plan === null ? null : { done: [], plan: plan.text, notes: "" };
}

/** In review nobody works on a task: whoever holds it looks at what was submitted. */
function inspectionOf({ task, observation }: ViewFacts): TaskView["inspection"] {
  const { submission } = task;
  if (task.state !== "review" || submission === null || task.recordedHead === null) return null;
  const pullRequest = pullRequestOf(observation, task);
  const theirs = pullRequest?.checks.filter((check) => check.name !== EVIDENCE_CHECK) ?? [];
  return {
    head: task.recordedHead,
    summary: visible(submission.summary),
    evidence: submission.head === task.recordedHead ? [...submission.evidence] : [],
    checks: theirs.map(({ name, status }) => ({ name: visible(name), status })),
    rejections: task.counters.rejections,
  };
}

/** What the claim granted. */
function termsOf(task: Task, lease: Lease): Pick<TaskView, "role" | "phases" | "attempt" | "budget"> {
  return { role: lease.role, phases: task.settings.phases, attempt: lease.attempt, budget: lease.reserved };
}

/** @returns everybody whose trust the view tells, each once: the task's own people first, then the latest commenters */
export function authorsIn({ issue, comments, writer }: Observation): readonly Account[] {
  const latest = comments.toSorted((a, b) => b.id - a.id).flatMap((comment) => [comment.author, comment.editor]);
  const accounts = [issue.author, issue.editor, ...latest].flatMap((account) => (account === null ? [] : [account]));
  return [...new Map(accounts.map((account) => [account.id, account])).values()].filter(({ id }) => id !== writer.id);
}

function isWriter(account: Account, observation: Observation): boolean {
  const permission = observation.permissions.get(account.id);
  return permission === "write" || permission === "maintain" || permission === "admin";
}

/** A text is as trustworthy as the least of those who wrote it. */
function authorOf(author: Account | null, editor: Account | null, observation: Observation): TaskView["author"] {
  const isTrusted =
    author !== null && isWriter(author, observation) && (editor === null || isWriter(editor, observation));
  return { login: author?.login ?? "ghost", id: author?.id ?? 0, trust: isTrusted ? "writer" : "other" };
}

function commentsOf(facts: ViewFacts, claimedAt: EpochMs): TaskView["comments"] {
  const { observation } = facts;
  const isAsClaimed = (comment: ObservedComment) =>
    comment.createdAt <= claimedAt &&
    (comment.updatedAt <= claimedAt || authorOf(comment.author, comment.editor, observation).trust === "writer");
  const taken: TaskView["comments"] = [];
  let chars = 0;
  for (const comment of observation.comments.toSorted((a, b) => b.id - a.id)) {
    if (comment.author?.id === observation.writer.id || comment.isMinimized || !isAsClaimed(comment)) continue;
    const body = visible(comment.body).slice(0, COMMENT_CHARS_MAX);
    chars += body.length;
    if (taken.length === COMMENTS_MAX || chars > COMMENTS_CHARS_MAX) break;
    if (body.trim() === "") continue;
    taken.push({
      id: comment.id,
      author: authorOf(comment.author, comment.editor, observation),
      body,
      at: comment.createdAt,
    });
  }
  return taken.reverse();
}
