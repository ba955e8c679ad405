// What one commit of a task's ledger says when only that commit is at hand: enough to place a task among its
// neighbours. Whether a whole chain holds is `fold.ts`; nothing is decided on a tip alone.

import { decodeRecord, type LedgerEntry, type LedgerRecord } from "./record.ts";
import type { Sha, ShownState } from "./task.ts";

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

/** Moves that leave a lease as it is: what granted or bound it stands before them. */
const KEEP: ReadonlySet<string> = new Set(["note", "hold", "unhold", "accept"]);

/** @returns the record that granted or bound the lease that stands now, with its commit; null when there is no lease */
export function leaseRecord(
  ledger: readonly LedgerEntry[],
  expected: Parameters<typeof recordOf>[1],
): { readonly sha: Sha; readonly record: LedgerRecord } | null {
  for (const entry of ledger.toReversed()) {
    const record = recordOf(entry, expected);
    if (record === null) return null;
    if (record.move === "claim" || record.move === "inspect" || record.move === "bind")
      return { sha: entry.sha, record };
    if (!KEEP.has(record.move)) return null;
  }
  return null;
}
