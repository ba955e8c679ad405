// Commits of the model. A commit is what it says: the same record on the same parent is the same commit, unless one of
// its kind is still known to somebody, so that the walk neither tells apart what is alike nor mixes up what is not.

import { createHash } from "node:crypto";
import { LEDGER_PREFIX, REPOSITORY_LEDGER_REF } from "../../../src/core/observation.ts";
import type { LedgerEntry } from "../../../src/core/record.ts";
import type { ModelState } from "./state.ts";

interface Commit {
  readonly sha: string;
  readonly parent: string | null;
  readonly message: string;
  readonly json: Readonly<Record<string, unknown>>;
}

const commits = new Map<string, Commit>();

export function commitOf(sha: string): Commit {
  const found = commits.get(sha);
  if (found === undefined) throw new Error(`there is no commit ${sha}`);
  return found;
}

/** Times and random digits are no part of what a record says; of the shared ledger only the state that holds counts. */
function meaningOf(parent: string | null, json: Readonly<Record<string, unknown>>): string {
  const { nonce: _nonce, at: _at, cause, ...rest } = json;
  const isShared = "after" in json;
  const said = isShared
    ? { after: json["after"] }
    : { ...rest, cause: `${cause}`.replace(/^sweep:\d+/, "sweep"), parent };
  return JSON.stringify(said, (key, value) => (key === "at" ? 0 : value));
}

/**
 * Tokens that a run still holds: a claim after the ledger was deleted is another claim, though it says the same. Two
 * updates that say the same on the same tip are one, whoever sent them: only one of them can win, and whoever loses to
 * its twin looks again and finds what it wanted.
 */
export function knownIn(state: ModelState): ReadonlySet<string> {
  const known = new Set(state.runs.map(({ token }) => token));
  // What stands is its own: only where its claim is gone would the same words be a second claim.
  for (const [ref, tip] of state.refs) {
    if (!ref.startsWith(LEDGER_PREFIX) || ref === REPOSITORY_LEDGER_REF) continue;
    for (let sha: string | null = tip; sha !== null; sha = commits.get(sha)?.parent ?? null) known.delete(sha);
  }
  return known;
}

/** Makes the commit that a record of the product asks for. @param known commits that it must not be mistaken for */
export function createCommit(parent: string | null, message: string, known: ReadonlySet<string>): string {
  const json: Readonly<Record<string, unknown>> = JSON.parse(message.trimEnd().split("\n").at(-1) ?? "{}");
  const meaning = meaningOf(parent, json);
  for (let copy = 0; ; copy += 1) {
    const sha = createHash("sha1").update(`${meaning} ${copy}`).digest("hex");
    if (known.has(sha)) continue;
    if (!commits.has(sha)) commits.set(sha, { sha, parent, message, json });
    return sha;
  }
}

/** @returns the chain as the product reads it, oldest first */
export function entriesTo(tip: string | undefined, writerId: number): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let sha = tip ?? null; sha !== null; ) {
    const { parent, message } = commitOf(sha);
    entries.unshift({
      sha,
      parents: parent === null ? [] : [parent],
      message,
      authorId: writerId,
      signedByGitHub: true,
    });
    sha = parent;
  }
  return entries;
}
