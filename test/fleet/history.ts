// What GitHub shows after everything came to rest, held against what may never happen: nothing lost, nothing done twice,
// no limit exceeded at any moment of the repository's ledger.

import type { Emulator } from "signalbox-emulator";
import { readCommentKey } from "../../src/core/comment-keys.ts";
import { decodeRecord } from "../../src/core/record.ts";
import { decodeRepositoryRecord } from "../../src/core/repository-record.ts";
import { type Fleet, FULL_NAME } from "./fleet.ts";

const ref = { owner: "acme", repo: "shop" } as const;

/** @returns the moves of a task, oldest first; none before it has a ledger */
export async function movesOf(hub: Emulator, issue: number): Promise<readonly string[]> {
  const log = await hub
    .git(FULL_NAME)
    .log(`refs/heads/signalbox/ledger/${issue}`)
    .catch(() => []);
  return log.toReversed().map(({ message }) => {
    const decoded = decodeRecord(message);
    if ("problem" in decoded) throw new Error(decoded.problem);
    return decoded.record.move;
  });
}

/** @returns how many tasks held a claim after each record of the repository's ledger, at the most */
export async function mostAdmissions(hub: Emulator): Promise<number> {
  const log = await hub.git(FULL_NAME).log("refs/heads/signalbox/ledger/repository");
  const counts = log.map(({ message }) => {
    const decoded = decodeRepositoryRecord(message);
    if ("problem" in decoded) throw new Error(decoded.problem);
    return decoded.record.after.admissions.length;
  });
  return Math.max(...counts);
}

/** @returns one sentence for everything about a finished task that is not as it must be */
export async function wrongWith({ hub, alice, botId }: Fleet, issue: number): Promise<readonly string[]> {
  const moves = await movesOf(hub, issue);
  const count = (move: string) => moves.filter((one) => one === move).length;
  const wrong: string[] = [];
  const expected = (holds: boolean, what: string) => {
    if (!holds) wrong.push(`issue ${issue}: ${what} (${moves.join(", ")})`);
  };
  expected(moves.at(-1) === "submit", "is not submitted");
  expected(count("submit") === 1, "was submitted more than once");
  expected(count("queue") === 1, "was queued more than once");
  expected(count("bind") <= count("claim"), "has more binds than claims");
  const { data: pulls } = await alice.rest.pulls.list({ ...ref, state: "all", head: `acme:signalbox/task/${issue}` });
  expected(pulls.length === 1, `has ${pulls.length} pull requests`);
  const { data: comments } = await alice.rest.issues.listComments({ ...ref, issue_number: issue, per_page: 100 });
  const keys = comments
    .filter(({ user }) => user?.id === botId)
    .map(({ body }) => readCommentKey(body ?? ""))
    .map((key) => (key?.is === "claim" ? `claim ${key.token}` : (key?.is ?? "none")));
  expected(new Set(keys).size === keys.length, `has a comment twice: ${keys.join(", ")}`);
  expected(keys.includes("status"), "has no status comment");
  return wrong;
}
