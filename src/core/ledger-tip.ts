// What one commit of a task's ledger says when only that commit is at hand: enough to place a task among its
// neighbours. Whether a whole chain holds is `fold.ts`; nothing is decided on a tip alone.

import { decodeRecord, type LedgerEntry, type LedgerRecord } from "./record.ts";
import type { ShownState } from "./task.ts";

/** @returns the record of a commit that the configured writer made for a task of this repository, or null */
export function recordOf(
  entry: LedgerEntry | undefined,
  expected: { readonly writerId: number; readonly repositoryId: number },
): LedgerRecord | null {
  if (entry === undefined || !entry.signedByGitHub || entry.authorId !== expected.writerId) return null;
  const decoded = decodeRecord(entry.message);
  if ("problem" in decoded) return null;
  return decoded.record.task.startsWith(`${expected.repositoryId}/`) ? decoded.record : null;
}

/** @returns whether a task in this state still wants to be looked after */
export function isOpenState(state: ShownState): boolean {
  return state !== "done" && state !== "cancelled";
}
