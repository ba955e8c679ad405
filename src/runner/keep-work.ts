// What is kept of a run: a note and a checkpoint after each phase, and at the end the measured, committed, bundled work.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Phase } from "../core/phases.ts";
import type { Clock } from "../core/ports.ts";
import type { RunResult } from "../core/result.ts";
import type { Sha } from "../core/task.ts";
import { commitMessage } from "./commit-message.ts";
import type { PhaseContext, PhaseEnd } from "./phases/phase.ts";
import type { PhasesEnd } from "./phases/run-phases.ts";
import type { RunPermit } from "./run-ports.ts";
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
}

/** Tells that a phase began or ended, and keeps what a killed run would lose. */
export async function noteDown(books: Books, context: PhaseContext, phase: Phase, end: PhaseEnd | null): Promise<void> {
  const { usage } = context.world.meter;
  const status = end === null ? "started" : end.status === "failed" ? "failed" : "passed";
  books.say(`${phase}: ${status}${end === null ? "" : ` (${end.summary})`}`);
  await books.permit.reportPhase({ phase, status, cost: usage.cost });
  if (end === null) return;
  const checkpoint = { phase, status: end.status, summary: end.summary, plan: end.progress.plan, usage };
  await writeFile(path.join(books.out, "checkpoints", `${phase}.json`), `${JSON.stringify(checkpoint)}\n`);
  await keepWork(books, context, `Work in progress after ${phase}`, "checkpoints/work.bundle");
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
