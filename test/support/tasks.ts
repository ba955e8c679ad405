// Places that stories start from: an issue that is claimed, or in review, on a stage.

import type { RunResult } from "../../src/core/result.ts";
import type { Stage } from "./stage.ts";

export const TEXT = { title: "Empty list crashes", body: "`sum([])` throws." };

export function queuedIssue(on: Stage): number {
  const issue = on.people.openIssue(on.alice, TEXT);
  on.people.addLabel(on.alice, issue, "task:queued");
  return issue;
}

/** Binds the newest run to the task's lease. */
export async function start(on: Stage, issue: number): Promise<{ readonly token: string; readonly runId: number }> {
  const { task } = await on.look(issue);
  const token = task?.lease?.token ?? "";
  const runId = [...on.people.state().runs.values()].find((run) => run.token === token)?.run.id ?? 0;
  on.people.startRun(runId);
  const reply = await on.bind(issue, runId, token);
  if (reply?.reply !== "done") throw new Error(`the run was not bound: ${JSON.stringify(reply)}`);
  return { token, runId };
}

export async function claimedIssue(on: Stage) {
  const issue = queuedIssue(on);
  return { issue, ...(await start(on, issue)) };
}

/** One attempt to its submission. @returns the pull request's number and its head */
export async function submit(on: Stage, issue: number, more: Partial<RunResult> = {}) {
  const { token, runId } = await start(on, issue);
  const { pullRequest } = await on.finish(issue, runId, token, more);
  on.people.finishRun(runId, "success");
  const { task } = await on.look(issue);
  return { pull: pullRequest ?? 0, head: task?.submission?.head ?? "" };
}

export async function reviewedIssue(on: Stage) {
  const issue = queuedIssue(on);
  return { issue, ...(await submit(on, issue)) };
}

export function answersOn(on: Stage, issue: number): readonly string[] {
  return on
    .comments(issue)
    .flatMap(({ key, body }) => (key === "answer" ? [body.split("\n").slice(1).join("\n")] : []));
}

export function bodyOf(on: Stage, issue: number, key: string): string {
  return on.comments(issue).findLast((comment) => comment.key === key)?.body ?? "";
}

/** What happened outside, by name. */
export function happened(on: Stage, what: string): number {
  return on.world.history.filter((entry) => entry.what === what).length;
}
