// What the moves of parents and of those who wait do to a task; a part of the fold that `fold.ts` puts together.

import type { LedgerRecord } from "./record.ts";
import { type HumanNeed, NO_USAGE, type Task } from "./task.ts";

type FamilyMove = "split" | "approve" | "stop" | "integrate";
export type FamilyRecord = Extract<LedgerRecord, { move: FamilyMove }>;

export function isFamilyRecord(record: LedgerRecord): record is FamilyRecord {
  return ["split", "approve", "stop", "integrate"].includes(record.move);
}

function needOf({ state, at }: FamilyRecord, why: string): HumanNeed | null {
  return state === "needs-human" ? { why, question: null, since: at } : null;
}

/** Whoever puts a task back after being asked about something it waited for says that it need not wait for that. */
export function letGo({ waived, doubts }: Task): Pick<Task, "waived" | "doubts"> {
  return { waived: [...new Set([...waived, ...doubts])], doubts: [] };
}

export function withFamilyMove(task: Task, record: FamilyRecord): Task {
  switch (record.move) {
    case "split": {
      const breakdown = { tasks: record.data.tasks, at: record.at, isApproved: record.state === "queued" };
      return { ...task, breakdown, need: needOf(record, "its list of sub-tasks waits for approval") };
    }
    case "approve":
      return { ...task, breakdown: task.breakdown === null ? null : { ...task.breakdown, isApproved: true } };
    case "stop":
      return { ...task, doubts: record.data.doubts, need: needOf(record, record.data.reason) };
    case "integrate": {
      const common = {
        evidence: [],
        usage: NO_USAGE,
        at: record.at,
        by: record.actor,
        isAssembled: true,
        pullRequest: null,
      };
      const submission = { ...record.data, ...common };
      return { ...task, submission, recordedHead: record.data.head, branchHead: record.data.head, acceptance: null };
    }
  }
}
