// Writes result.json, the one file that decides what a run has done.

import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TaskView } from "../core/api.ts";
import { type RunResult, runResultSchema } from "../core/result.ts";
import type { Usage } from "../core/task.ts";
import type { RunRequest } from "./run-ports.ts";
import { withoutSecrets } from "./transcript.ts";

const TEXT_CHARS_MAX = 4_000;

/** @returns the same with every known secret taken out of the words that a model wrote */
export function withoutSecretsIn(end: Partial<RunResult>, secrets: readonly string[]): Partial<RunResult> {
  const clean = (text: string): string => withoutSecrets(text, secrets);
  const { reason, summary, question, phases, pullRequest, verdict, tasks, report, progress } = end;
  return {
    ...end,
    ...(reason === undefined ? {} : { reason: clean(reason) }),
    ...(summary === undefined ? {} : { summary: clean(summary) }),
    ...(typeof question === "string" ? { question: clean(question) } : {}),
    ...(phases === undefined ? {} : { phases: phases.map((phase) => ({ ...phase, summary: clean(phase.summary) })) }),
    ...(verdict == null ? {} : { verdict: { ...verdict, reason: clean(verdict.reason) } }),
    ...(tasks == null
      ? {}
      : { tasks: tasks.map((task) => ({ ...task, title: clean(task.title), body: clean(task.body) })) }),
    ...(report == null ? {} : { report: { title: clean(report.title), text: clean(report.text) } }),
    ...(progress == null
      ? {}
      : {
          progress: {
            ...progress,
            plan: progress.plan === null ? null : clean(progress.plan),
            notes: clean(progress.notes),
          },
        }),
    ...(pullRequest == null ? {} : { pullRequest: { title: clean(pullRequest.title), body: clean(pullRequest.body) } }),
  };
}

/** Writes result.json in one piece: a file that is there is whole. */
export async function writeResult(
  request: RunRequest,
  view: TaskView,
  end: Partial<RunResult>,
  usage: Usage,
): Promise<RunResult> {
  const bounded = (text: string | undefined): string => (text ?? "").slice(0, TEXT_CHARS_MAX);
  const result = runResultSchema.parse({
    v: 1,
    repository: request.repository,
    issue: request.issue,
    token: request.token,
    run: request.run,
    exit: end.exit,
    question: end.question ?? null,
    phases: end.phases ?? [],
    base: view.base,
    baseSha: view.baseSha,
    head: end.head ?? null,
    evidence: end.evidence ?? [],
    usage,
    pullRequest: end.pullRequest ?? null,
    verdict: end.verdict ?? null,
    tasks: end.tasks ?? null,
    report: end.report ?? null,
    progress: end.progress ?? null,
    reason: bounded(end.reason),
    summary: bounded(end.summary ?? end.reason),
  });
  const file = path.join(request.out, "result.json");
  await writeFile(`${file}.part`, `${JSON.stringify(result, null, 1)}\n`);
  await rename(`${file}.part`, file);
  return result;
}
