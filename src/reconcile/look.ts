// One look at an issue, and how it changes by what the same pass brings about. A pass never reads back its own writes:
// GitHub may answer with what was before them.

import { hasCommand } from "../core/command-parser.ts";
import { ownComments } from "../core/comment-keys.ts";
import { fold } from "../core/fold.ts";
import type { ActResults } from "../core/machine-requests.ts";
import { type Observation, type ObservedRun, type Permission, taskBranch } from "../core/observation.ts";
import { accountsToAsk } from "../core/people.ts";
import { type Ask, type Look, type Reply, taskId } from "../core/plan.ts";
import type { Hub, IssueRef, RefUpdate } from "../core/ports.ts";
import type { LedgerEntry } from "../core/record.ts";
import type { RepositoryState } from "../core/repository.ts";
import type { RunRef, Sha, Task } from "../core/task.ts";

/** What one pass knows and has done. */
export interface Pass {
  readonly observation: Observation;
  readonly task: Task | null;
  /** Why the ledger cannot be believed, or null. */
  readonly problem: string | null;
  readonly replies: ReadonlyMap<string, Reply>;
  readonly results: ActResults;
  /** This pass made the last record. */
  readonly won: boolean;
  readonly orphans: readonly RunRef[];
}

const NO_RESULTS: ActResults = {
  mergeRefused: null,
  dispatchRefused: null,
  rerunRefused: null,
  updateRefused: null,
};

/**
 * @param mention the app's name as people mention it; null when nobody's commands are to be judged in this pass
 * @returns a fresh look that keeps the replies of the pass, or `gone`
 */
export async function lookAt(
  hub: Hub,
  ref: IssueRef,
  replies: ReadonlyMap<string, Reply>,
  mention: string | null,
): Promise<Pass | "gone"> {
  const seen = await hub.observe(ref);
  if (seen === "gone") return "gone";
  const permissions = new Map<number, Permission>(seen.permissions);
  const asked = mention === null ? [] : accountsToAsk(seen, (body) => hasCommand(body, mention));
  for (const account of asked) {
    if (!permissions.has(account.id)) permissions.set(account.id, await hub.permissionOf(ref, account));
  }
  const observation = { ...seen, permissions };
  const folded = fold(observation.ledger, { writerId: observation.writer.id, task: taskId(observation) });
  const task = "task" in folded ? folded.task : null;
  const problem = "problem" in folded ? folded.problem : behindItsComment(observation, task);
  return { observation, task, problem, replies, results: NO_RESULTS, won: false, orphans: [] };
}

/** A ledger that does not contain the record that our own status comment was made from was rolled back. */
function behindItsComment(observation: Observation, task: Task | null): string | null {
  const { comments, writer, issue, ledger } = observation;
  const status = ownComments(comments, writer.id, issue.number).find(({ key }) => key.is === "status");
  if (status === undefined || status.key.is !== "status") return null;
  const isForeign = status.comment.editor !== null && status.comment.editor.id !== writer.id;
  const { tip } = status.key;
  if (isForeign || ledger.some((entry) => entry.sha === tip)) return null;
  return task === null ? "its ledger was deleted" : "its ledger was rolled back";
}

export function lookOf(pass: Pass, mention: string, asks: readonly Ask[]): Look {
  const { observation, task, replies, results } = pass;
  return { observation, task, mention, asks, replies, results, renewedAt: renewedAt(pass) };
}

/** A local runner renews by editing its claim comment: the edit's time is the renewal. Runs on Actions need none. */
export function renewedAt({ observation, task }: Pick<Pass, "observation" | "task">): number | null {
  const lease = task?.lease ?? null;
  if (lease === null || lease.host === "actions") return null;
  const { comments, writer, issue } = observation;
  const claim = ownComments(comments, writer.id, issue.number).find(
    ({ key }) => key.is === "claim" && key.token === lease.token,
  );
  if (claim === undefined || (claim.comment.editor !== null && claim.comment.editor.id !== writer.id)) return null;
  return claim.comment.updatedAt;
}

/** What an append left on GitHub, put into the pass's own picture. */
export interface Appended {
  readonly entries: readonly LedgerEntry[];
  readonly task: Task | null;
  readonly repository: { readonly tip: Sha; readonly state: RepositoryState } | null;
  readonly updates: readonly RefUpdate[];
}

export function afterAppend(pass: Pass, appended: Appended): Pass {
  const { observation } = pass;
  const branch = appended.updates.find((update) => update.ref === `refs/heads/${taskBranch(observation.issue.number)}`);
  const ended = pass.task?.lease ?? null;
  const isOrphan = ended !== null && ended.run !== null && appended.task?.lease?.token !== ended.token;
  const isReported = appended.entries.length > 0 && REPORTED.has(moveOf(appended));
  return {
    ...pass,
    task: appended.task,
    won: true,
    orphans: isOrphan && !isReported && ended.run !== null ? [...pass.orphans, ended.run] : pass.orphans,
    observation: {
      ...observation,
      ledger: [...observation.ledger, ...appended.entries],
      repositoryLedger: appended.repository ?? observation.repositoryLedger,
      taskBranch: branch === undefined ? observation.taskBranch : branch.after,
    },
  };
}

/** Moves by which the run itself ended its claim: nothing is left to cancel. */
const REPORTED: ReadonlySet<string> = new Set(["submit", "fail", "suspend", "ask", "propose", "report", "verdict"]);

function moveOf({ task }: Appended): string {
  return task?.attempts.at(-1)?.end ?? "";
}

/** A run that was just dispatched, so that the pass does not dispatch it again. */
export function dispatchedRun(token: Sha, id: number, at: number): ObservedRun {
  return { run: { id, attempt: 1 }, token, status: "queued", conclusion: null, createdAt: at, url: "" };
}
