// What the newest records of the repository ledger tell besides the state: which causes were obeyed, and what tasks
// spent. Records that are not ours, and everything behind them, tell nothing.

import type { LedgerEntry } from "./record.ts";
import { decodeRepositoryRecord } from "./repository-record.ts";
import type { Survey } from "./survey.ts";

/** @param records newest first */
export function recentOf(
  records: readonly LedgerEntry[],
  expected: { readonly writerId: number; readonly repositoryId: number },
): Pick<Survey, "recentCauses" | "recentSpending"> {
  const causes = new Set<string>();
  const spending = new Map<number, number>();
  for (const { message, authorId, signedByGitHub } of records) {
    const decoded = signedByGitHub && authorId === expected.writerId ? decodeRepositoryRecord(message) : null;
    if (decoded === null || "problem" in decoded || decoded.record.repository !== expected.repositoryId) break;
    causes.add(decoded.record.cause);
    for (const move of decoded.record.moves) {
      if (move.move === "discharge") spending.set(move.issue, (spending.get(move.issue) ?? 0) + move.spent);
    }
  }
  return { recentCauses: causes, recentSpending: spending };
}
