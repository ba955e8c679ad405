// What really happened to a task, read from the commits that its ledger ever had: a second, smaller reader that shares
// no line with the product's fold, so that a mistake there cannot hide itself here.

import type { MemoryCommit, MemoryRepository } from "../../src/adapters/memory/state.ts";
import type { RunRef, Sha } from "../../src/core/task.ts";

/** A record as its commit carries it; the fields that the invariants look at. */
export interface TrueRecord {
  readonly sha: Sha;
  readonly parent: Sha | null;
  readonly move: string;
  readonly task: string;
  readonly state: string;
  readonly cause: string;
  readonly at: number;
  readonly actor: { readonly id: number; readonly kind: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where a task stands after a commit of its chain. */
export interface TrueTask {
  readonly record: TrueRecord | null;
  /** Every commit of the chain was made by the app. */
  readonly isGenuine: boolean;
  readonly state: string;
  readonly token: Sha | null;
  readonly bound: RunRef | null;
  readonly reserved: number;
  readonly grantedAt: number;
  readonly recordedHead: Sha | null;
  readonly acceptedHead: Sha | null;
  readonly submittedHead: Sha | null;
  readonly host: string | null;
  readonly isHeld: boolean;
  readonly digest: string | null;
  readonly claims: number;
  readonly needs: number;
  readonly length: number;
}

const NO_TASK: TrueTask = {
  record: null,
  isGenuine: true,
  state: "none",
  token: null,
  bound: null,
  reserved: 0,
  grantedAt: 0,
  recordedHead: null,
  acceptedHead: null,
  submittedHead: null,
  host: null,
  isHeld: false,
  digest: null,
  claims: 0,
  needs: 0,
  length: 0,
};

export interface TruthReader {
  taskAt(state: MemoryRepository, tip: Sha | undefined): TrueTask;
  recordsBetween(state: MemoryRepository, before: Sha | undefined, after: Sha): readonly TrueRecord[] | null;
}

export function createTruthReader(writerId: number): TruthReader {
  const tasks = new Map<Sha, TrueTask>();

  function taskAt(state: MemoryRepository, tip: Sha | undefined): TrueTask {
    if (tip === undefined) return NO_TASK;
    const known = tasks.get(tip);
    if (known !== undefined) return known;
    const commit = state.commits.get(tip);
    const task = commit === undefined ? NO_TASK : after(taskAt(state, commit.parents[0]), commit, writerId);
    tasks.set(tip, task);
    return task;
  }

  return {
    taskAt,
    recordsBetween(state, before, after) {
      const found: TrueRecord[] = [];
      let sha: Sha | undefined = after;
      while (sha !== before) {
        const { record } = taskAt(state, sha);
        if (sha === undefined || record === null) return null;
        found.unshift(record);
        sha = record.parent ?? undefined;
      }
      return found;
    },
  };
}

function readRecord(commit: MemoryCommit): TrueRecord | null {
  try {
    const json = JSON.parse(commit.message.trimEnd().split("\n").at(-1) ?? "") as Omit<TrueRecord, "sha" | "parent">;
    if (typeof json.move !== "string" || typeof json.data !== "object") return null;
    return { ...json, sha: commit.sha, parent: commit.parents[0] ?? null };
  } catch {
    return null;
  }
}

function shaOf(value: unknown): Sha | null {
  return typeof value === "string" ? value : null;
}

function after(before: TrueTask, commit: MemoryCommit, writerId: number): TrueTask {
  const record = readRecord(commit);
  const isGenuine = before.isGenuine && record !== null && commit.author?.id === writerId && commit.signedByGitHub;
  if (record === null) return { ...before, isGenuine: false };
  const { move, data, state } = record;
  const work = data["work"] as { readonly head?: unknown } | undefined;
  const head = move === "submit" || move === "head" ? shaOf(data["head"]) : shaOf(work?.head);
  const endsAcceptance = ["head", "submit", "reject", "merge-refused", "cancel", "queue", "force"].includes(move);
  return {
    record,
    isGenuine,
    state,
    token: move === "claim" ? record.sha : state === "claimed" ? before.token : null,
    bound: move === "bind" ? (data["run"] as RunRef) : state === "claimed" && move !== "claim" ? before.bound : null,
    reserved: move === "claim" ? Number(data["reserved"]) : state === "claimed" ? before.reserved : 0,
    grantedAt: move === "claim" ? record.at : before.grantedAt,
    recordedHead: head ?? before.recordedHead,
    acceptedHead: move === "accept" ? shaOf(data["head"]) : endsAcceptance ? null : before.acceptedHead,
    submittedHead: move === "submit" ? shaOf(data["head"]) : before.submittedHead,
    host: move === "claim" ? String(data["host"]) : before.host,
    isHeld: move === "hold" || (before.isHeld && !["unhold", "cancel", "done"].includes(move)),
    digest: move === "queue" ? shaOf(data["digest"]) : before.digest,
    claims: before.claims + Number(move === "claim"),
    needs: before.needs + Number(state === "needs-human" && before.state !== "needs-human"),
    length: before.length + 1,
  };
}
