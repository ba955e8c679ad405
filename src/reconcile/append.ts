// The only writer of ledgers: commit objects first (harmless until a ref names them), then one atomic compare-and-swap
// over every ref that the moves concern.

import { applyRecord } from "../core/fold.ts";
import { ledgerRef, type Observation, REPOSITORY_LEDGER_REF, taskBranch } from "../core/observation.ts";
import type { Decided, RepositoryChange } from "../core/plan.ts";
import type { LedgerStore, RefUpdate, RepositoryRef } from "../core/ports.ts";
import { encodeRecord, type LedgerEntry } from "../core/record.ts";
import { recordSentence } from "../core/render.ts";
import type { RepositoryMove } from "../core/repository.ts";
import type { Task } from "../core/task.ts";
import { changeMove, makeSharedRecord, type SharedTip } from "./append-shared.ts";
import type { Appended } from "./look.ts";

export interface AppendInput {
  readonly observation: Observation;
  readonly task: Task | null;
  readonly moves: readonly Decided[];
  readonly change: RepositoryChange | null;
  /** 16 random hexadecimal digits, others at each call. */
  readonly nonce: () => string;
  /** Further refs of the same atomic call: the task branch and the staging ref of a publish. */
  readonly alongside: readonly RefUpdate[];
}

/** @returns what now stands on GitHub, or `lost`: somebody else moved one of the refs first, and nothing changed */
export async function append(
  store: LedgerStore,
  repository: RepositoryRef,
  input: AppendInput,
): Promise<Appended | "lost"> {
  const made = await makeRecords(store, repository, input);
  const shared = await makeRepositoryRecord(store, repository, input, made.moves);
  const { observation } = input;
  const before = observation.ledger.at(-1)?.sha ?? null;
  const after = made.entries.at(-1)?.sha ?? null;
  const updates: RefUpdate[] = [];
  if (after !== null) updates.push({ ref: ledgerRef(observation.issue.number), before, after });
  if (shared !== null)
    updates.push({ ref: REPOSITORY_LEDGER_REF, before: observation.repositoryLedger.tip, after: shared.tip });
  updates.push(...input.alongside, ...endOfBranch(input, made.task));
  if (updates.length === 0) throw new Error("an append without any record was asked for");
  if ((await store.updateRefs(repository, updates)) === "lost") return "lost";
  return { entries: made.entries, task: made.task, repository: shared, updates };
}

interface Made {
  readonly entries: readonly LedgerEntry[];
  readonly task: Task | null;
  readonly moves: readonly RepositoryMove[];
}

async function makeRecords(store: LedgerStore, repository: RepositoryRef, input: AppendInput): Promise<Made> {
  const { observation } = input;
  const issue = observation.issue.number;
  let { task } = input;
  let parent = observation.ledger.at(-1)?.sha ?? null;
  const entries: LedgerEntry[] = [];
  const moves: RepositoryMove[] = [];
  for (const { record, repository: intent } of input.moves) {
    const message = encodeRecord(record, recordSentence(record), input.nonce());
    const sha = await store.createRecord(repository, { parent, message });
    entries.push({
      sha,
      parents: parent === null ? [] : [parent],
      message,
      authorId: observation.writer.id,
      signedByGitHub: true,
    });
    if (intent?.intent === "admit") {
      moves.push({ move: "admit", issue, token: sha, role: intent.role, reserved: intent.reserved, left: intent.left });
    } else if (intent?.intent === "discharge") {
      const { token, spent, outcome, toReview } = intent;
      moves.push({ move: "discharge", issue, token, spent, outcome, toReview });
    }
    task = applyRecord(task, record, sha);
    parent = sha;
  }
  return { entries, task, moves };
}

async function makeRepositoryRecord(
  store: LedgerStore,
  repository: RepositoryRef,
  { observation, change, moves: decided, nonce }: AppendInput,
  moves: readonly RepositoryMove[],
): Promise<SharedTip | null> {
  const all = change === null ? moves : [...moves, changeMove(change)];
  if (all.length === 0) return null;
  const { writer, now: at } = observation;
  const first = decided[0]?.record;
  return await makeSharedRecord(store, repository, {
    repositoryId: observation.repository.id,
    ledger: observation.repositoryLedger,
    moves: all,
    actor: first?.actor ?? { id: writer.id, login: writer.login, kind: "app" },
    cause: first?.cause ?? change?.cause ?? `sweep:${at}/0`,
    at,
    nonce: nonce(),
  });
}

/** A task that is done needs its branch no longer: it goes in the same call, if it is still what we recorded. */
function endOfBranch({ observation, task: before }: AppendInput, task: Task | null): readonly RefUpdate[] {
  if (task?.state !== "done" || before?.state === "done" || observation.taskBranch === null) return [];
  if (observation.taskBranch !== task.branchHead) return [];
  return [{ ref: `refs/heads/${taskBranch(observation.issue.number)}`, before: observation.taskBranch, after: null }];
}
