// What is kept of a run: a note and a checkpoint after each phase, and at the end the measured, committed, bundled work.

import path from "node:path";
import type { Phase } from "../core/phases.ts";
import type { Clock } from "../core/ports.ts";
import { progressSchema } from "../core/record.ts";
import type { RunResult } from "../core/result.ts";
import type { Sha } from "../core/task.ts";
import { commitMessage } from "./commit-message.ts";
import type { PhaseContext, PhaseEnd, Progress } from "./phases/phase.ts";
import type { PhasesEnd } from "./phases/run-phases.ts";
import { withoutSecretsIn, writeResult } from "./result-file.ts";
import type { RunPermit, RunRequest } from "./run-ports.ts";
import { holdsOneOf } from "./secret-patterns.ts";

/** The work contains a secret of the runner: none of it may be written down. Only possible where there is no sandbox. */
export class LeakedSecret extends Error {
  constructor() {
    super("The work contains a secret of this run, so nothing of it was kept.");
  }
}

/** Where it is kept, and who hears of it. */
export interface Books {
  readonly permit: Pick<RunPermit, "reportPhase">;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly out: string;
  readonly request: RunRequest;
}

export interface PhaseNote {
  readonly phase: Phase;
  /** Null when it begins. */
  readonly end: PhaseEnd | null;
  /** Phases that are done by now. */
  readonly done: readonly Phase[];
}

/** Tells that a phase began or ended, and keeps what a killed run would lose. */
export async function noteDown(books: Books, context: PhaseContext, { phase, end, done }: PhaseNote): Promise<void> {
  const { usage } = context.world.meter;
  const status = end === null ? "started" : end.status === "failed" ? "failed" : "passed";
  books.say(`${phase}: ${status}${end === null ? "" : ` (${end.summary})`}`);
  await books.permit.reportPhase({ phase, status, cost: usage.cost });
  if (end === null) return;
  const head = await keepWork(books, context, `Work in progress after ${phase}`, "checkpoints/work.bundle");
  const kept: Partial<RunResult> = {
    exit: "out-of-time",
    reason: `the run was stopped after its phase ${phase}`,
    summary: end.summary,
    head,
    progress: progressOf(end.progress, done, end.summary),
  };
  const clean = withoutSecretsIn(kept, context.secrets);
  await writeResult({ ...books.request, out: path.join(books.out, "checkpoints") }, context.view, clean, usage);
}

/** The same for a run of one step, which leaves no work. */
export async function noteSingle(
  books: Books,
  context: PhaseContext,
  step: string,
  found: { readonly exit: string; readonly summary: string } | null,
): Promise<void> {
  const status = found === null ? "started" : found.exit === "done" ? "passed" : "failed";
  books.say(`${step}: ${status}${found === null ? "" : ` (${found.summary})`}`);
  await books.permit.reportPhase({ phase: step, status, cost: context.world.meter.usage.cost });
}

/** Notes of an earlier run are kept until they are too long: the latest words win. */
const NOTES_CHARS_MAX = 4_000;

function progressOf(progress: Progress, done: readonly Phase[], said: string): RunResult["progress"] {
  const words = progress.description?.summary ?? said;
  const kept = { done: [...done], plan: progress.plan, notes: compactNotes(progress.history, words) };
  const parsed = progressSchema.safeParse(kept);
  // What does not fit a record is left out; the work itself is in the branch.
  return parsed.success ? parsed.data : { done: [], plan: null, notes: "" };
}

/** The last things that the model itself said: what it had found out and was about to do. */
function compactNotes(history: Progress["history"], words: string): string {
  const said = history.flatMap((message) =>
    message.role !== "assistant" || typeof message.content === "string"
      ? []
      : message.content.flatMap((block) => (block.type === "text" ? [block.text.trim()] : [])),
  );
  return [words, ...said.filter((text) => text !== "").slice(-10)].join("\n\n").slice(0, NOTES_CHARS_MAX);
}

/** Measures the finished tree, commits it and bundles it. */
export async function closeWork(books: Books, context: PhaseContext, end: PhasesEnd): Promise<Partial<RunResult>> {
  const { view } = context;
  const { description } = end.progress;
  const measured = end.exit === "done" ? await context.checks.measure() : null;
  const failed = measured?.failed[0];
  const message = commitMessage(description ?? { title: `Work on ${view.title}`, summary: end.reason });
  const head = await keepWork(books, context, message, "work.bundle");
  return {
    exit: failed === undefined ? end.exit : "failed",
    reason: failed === undefined ? end.reason : `The check ${failed.name} failed with exit code ${failed.exitCode}.`,
    summary: description?.summary ?? end.progress.plan ?? end.reason,
    question: end.question,
    phases: end.reports,
    head,
    progress: progressOf(end.progress, end.done, end.reason),
    evidence: measured === null ? [] : [...measured.evidence],
    pullRequest: description === null ? null : { title: description.title, body: description.body },
  };
}

/** @returns the head that holds the worktree as it is, or null when nothing differs from the base branch */
async function keepWork(books: Books, context: PhaseContext, message: string, file: string): Promise<Sha | null> {
  const { workspace, view } = context;
  const tree = await workspace.snapshot();
  if (tree === (await workspace.treeOf(view.start))) return view.start === view.baseSha ? null : view.start;
  const changes = await workspace.changes(view.start, tree);
  const words = changes.map(({ path: name, after }) => `${name}\n${after?.toString("utf8") ?? ""}`);
  if (words.some((text) => holdsOneOf(text, context.secrets))) throw new LeakedSecret();
  const head = await workspace.commit(tree, view.start, message, books.clock.now());
  await workspace.bundle(path.join(books.out, file), [view.baseSha, view.start]);
  return head;
}
