// Ledgers as git has them: the chain of one task, the tip of the shared one, and the tips of the neighbours.

import { recordOf } from "../../core/ledger-tip.ts";
import { LEDGER_PREFIX, type ObservedNeighbour } from "../../core/observation.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { LedgerEntry } from "../../core/record.ts";
import { LEDGER_RECORDS_MAX } from "../../core/task.ts";
import { accountOf, authorIdOf, isSignedForAuthor } from "./accounts.ts";
import type { Chained, Labelled, LookAnswer, Recorded, Tip } from "./look-schema.ts";
import { followPages } from "./pages.ts";
import type { Wire } from "./wire.ts";

/** Whose records count, and for which repository. */
export interface Expected {
  readonly writerId: number;
  readonly repositoryId: number;
}

export function entryOf(commit: Recorded, parents: readonly string[] = []): LedgerEntry {
  return {
    sha: commit.oid,
    parents,
    message: commit.message,
    authorId: authorIdOf(commit),
    signedByGitHub: isSignedForAuthor(commit),
  };
}

/** Oldest first; one more than a fold accepts, so that a chain which is too long shows. */
export async function ledgerOf(
  wire: Wire,
  ref: RepositoryRef,
  ledger: LookAnswer["ledger"],
): Promise<readonly LedgerEntry[]> {
  if (ledger === null) return [];
  const { oid: tip, history } = ledger.target;
  const max = LEDGER_RECORDS_MAX + 1;
  const commits = await followPages(wire, "records", history, { owner: ref.owner, name: ref.name, tip }, max);
  return commits
    .slice(0, max)
    .map((commit: Chained) =>
      entryOf(
        commit,
        commit.parents.nodes.map((parent) => parent.oid),
      ),
    )
    .reverse();
}

/** The issue that a ref below the ledger prefix belongs to. GitHub names such a ref from some prefix on: its end is what counts. */
export function issueOfTip(tip: Tip): number | null {
  const last = tip.name.split("/").at(-1) ?? "";
  return /^[1-9]\d*$/.test(last) ? Number(last) : null;
}

/** Every other issue that has a ledger, and every other open one that carries a state label. */
export function neighboursOf(
  self: number,
  tips: readonly Tip[],
  labelled: readonly Labelled[],
  expected: Expected,
): readonly ObservedNeighbour[] {
  const records = new Map(tips.map((tip) => [issueOfTip(tip), recordOf(entryOf(tip.target), expected)] as const));
  const issues = new Map(labelled.map((issue) => [issue.number, issue] as const));
  const numbers = new Set([...records.keys(), ...issues.keys()].filter((number) => number !== null));
  numbers.delete(self);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => {
      const record = records.get(number) ?? null;
      const issue = issues.get(number);
      return {
        issue: number,
        tip: record,
        labels: (issue?.labels?.nodes ?? []).map((label) => label.name),
        author: accountOf(issue?.author ?? null),
        createdAt: issue?.createdAt ?? record?.at ?? 0,
      };
    });
}

export async function tipsOf(wire: Wire, ref: RepositoryRef, first: LookAnswer["ledgers"]): Promise<readonly Tip[]> {
  return await followPages(wire, "ledgers", first, { owner: ref.owner, name: ref.name, ledgers: LEDGER_PREFIX });
}
