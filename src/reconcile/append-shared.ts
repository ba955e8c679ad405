// Records of the repository ledger: the state that the moves lead to, written down with them. One that stands alone (a
// pause) is appended here; one that goes with a task's move is appended by `append.ts`, in the same atomic call.

import { REPOSITORY_LEDGER_REF } from "../core/observation.ts";
import type { RepositoryChange } from "../core/plan.ts";
import type { LedgerStore, RepositoryRef } from "../core/ports.ts";
import { repositorySentence } from "../core/render.ts";
import { applyRepositoryMove, type RepositoryMove, type RepositoryState } from "../core/repository.ts";
import { encodeRepositoryRecord, type RepositoryLedger } from "../core/repository-record.ts";
import type { Actor, EpochMs, Sha } from "../core/task.ts";

export interface SharedRecord {
  readonly repositoryId: number;
  readonly ledger: RepositoryLedger;
  readonly moves: readonly RepositoryMove[];
  readonly actor: Actor;
  readonly cause: string;
  readonly at: EpochMs;
  /** 16 random hexadecimal digits. */
  readonly nonce: string;
}

export interface SharedTip {
  readonly tip: Sha;
  readonly state: RepositoryState;
}

/** Makes the commit object; no ref names it yet. */
export async function makeSharedRecord(
  store: LedgerStore,
  repository: RepositoryRef,
  { repositoryId, ledger, moves, actor, cause, at, nonce }: SharedRecord,
): Promise<SharedTip> {
  if ("problem" in ledger) {
    throw new Error("a move that needs the repository ledger was decided while it cannot be read");
  }
  const state = moves.reduce((before, move) => applyRepositoryMove(before, move, at), ledger.state);
  const record = { v: 1 as const, repository: repositoryId, moves, actor, cause, at, after: state, nonce };
  const message = encodeRepositoryRecord(record, repositorySentence(moves));
  return { tip: await store.createRecord(repository, { parent: ledger.tip, message }), state };
}

/** @returns what stands now, or `lost`: somebody else was faster and nothing changed */
export async function appendShared(
  store: LedgerStore,
  repository: RepositoryRef,
  record: SharedRecord,
): Promise<SharedTip | "lost"> {
  const made = await makeSharedRecord(store, repository, record);
  const update = { ref: REPOSITORY_LEDGER_REF, before: record.ledger.tip, after: made.tip };
  return (await store.updateRefs(repository, [update])) === "won" ? made : "lost";
}

/** A person's pause or resume, as a move of the repository ledger. */
export function changeMove({ change, role, by }: RepositoryChange): RepositoryMove {
  return change === "pause" ? { move: "pause", why: `paused by ${by}`, by, role } : { move: "resume", by, role };
}
