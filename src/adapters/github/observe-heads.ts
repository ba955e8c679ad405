// When each head came to the task branch. Our own records know it of what we pushed; of what a person pushed, GitHub's
// list of pushes does. GitHub's GraphQL has no time of a push at all.

import { z } from "zod";
import { recordOf } from "../../core/ledger-tip.ts";
import { taskBranch } from "../../core/observation.ts";
import type { IssueRef } from "../../core/ports.ts";
import type { LedgerEntry, LedgerRecord } from "../../core/record.ts";
import type { Sha } from "../../core/task.ts";
import type { Expected } from "./observe-ledger.ts";
import type { HeadSeen } from "./observe-pull-request.ts";
import type { Wire } from "./wire.ts";

/** Pushes to one branch that are looked through, newest first. */
const PUSHES_MAX = 100;

const pushesSchema = z.array(z.object({ after: z.string(), timestamp: z.string() }));

function headIn(record: LedgerRecord): Sha | null {
  switch (record.move) {
    case "submit":
    case "head":
      return record.data.head;
    case "suspend":
    case "ask":
    case "fail":
      return record.data.work.head;
    default:
      return null;
  }
}

function recordedHeads(ledger: readonly LedgerEntry[], expected: Expected): readonly HeadSeen[] {
  return ledger.flatMap((entry) => {
    const record = recordOf(entry, expected);
    const head = record === null ? null : headIn(record);
    return record === null || head === null ? [] : [{ head, at: record.at }];
  });
}

/** @param head where the branch stands now */
export async function headsOf(
  wire: Wire,
  ref: IssueRef,
  head: Sha | null,
  ledger: readonly LedgerEntry[],
  expected: Expected,
): Promise<readonly HeadSeen[]> {
  const recorded = recordedHeads(ledger, expected);
  if (head === null || recorded.some((seen) => seen.head === head)) return recorded;
  const { ok, data } = await wire.rest({
    route: "GET /repos/{owner}/{repo}/activity",
    parameters: {
      owner: ref.owner,
      repo: ref.name,
      ref: `refs/heads/${taskBranch(ref.issue)}`,
      per_page: PUSHES_MAX,
    },
    repeat: "freely",
    kind: "read",
  });
  // Without the list a head counts from the moment it is first looked at, which only makes people say it again.
  const pushes = pushesSchema.safeParse(data);
  if (!ok || !pushes.success) return recorded;
  return [...recorded, ...pushes.data.map(({ after, timestamp }) => ({ head: after, at: Date.parse(timestamp) }))];
}
