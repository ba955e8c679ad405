// One recorded change of what the tasks of a repository share, and its wire form: the message of a git commit, like a
// task's record. It carries the whole state after the change, so that one commit answers what holds now.

import { z } from "zod";
import {
  actorSchema,
  causeSchema,
  escaped,
  firstIssue,
  type LedgerEntry,
  nonceSchema,
  RECORD_MESSAGE_CHARS_MAX,
  SKIP_CI,
  sentenceLine,
} from "./record.ts";
import { remembered } from "./remembered.ts";
import { EMPTY_REPOSITORY, type RepositoryMove, type RepositoryState, repositoryStateSchema } from "./repository.ts";
import type { Sha } from "./task.ts";

/** Changes that one record may carry: a claim and its admission, or a few discharges of one look. */
export const REPOSITORY_MOVES_MAX = 50;

const count = z.int().nonnegative();
const issue = z.int().positive();
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const role = z.string().min(1).max(100);
const why = z.string().max(500);
const by = z.string().max(100);

const moveSchema = z.discriminatedUnion("move", [
  z.strictObject({
    move: z.literal("admit"),
    issue,
    token: sha,
    role,
    reserved: count,
    left: z.array(issue).max(1_000).readonly(),
  }),
  z.strictObject({
    move: z.literal("discharge"),
    issue,
    token: sha,
    spent: count,
    outcome: z.enum(["worked", "infrastructure", "neutral"]),
    toReview: z.boolean(),
  }),
  z.strictObject({ move: z.literal("pause"), why, by, role: role.nullable() }),
  z.strictObject({ move: z.literal("resume"), by, role: role.nullable() }),
]) satisfies z.ZodType<RepositoryMove>;

const repositoryRecordSchema = z.strictObject({
  v: z.literal(1),
  /** Numeric id of the repository: a ledger that was copied to another one is refused. */
  repository: z.int().positive(),
  moves: z.array(moveSchema).min(1).max(REPOSITORY_MOVES_MAX).readonly(),
  actor: actorSchema,
  cause: causeSchema,
  at: count,
  after: repositoryStateSchema,
  /** As in a task's record: no two commits are the same by accident. */
  nonce: nonceSchema,
});

export type RepositoryRecord = Readonly<z.infer<typeof repositoryRecordSchema>>;

/**
 * Writes a repository record as a commit message: a sentence for people, then one line of JSON.
 *
 * @param sentence what `git log` shows; newlines, mentions and issue links are taken out
 */
export function encodeRepositoryRecord(record: RepositoryRecord, sentence: string): string {
  return `${sentenceLine(sentence)} ${SKIP_CI}\n\n${escaped(JSON.stringify(record))}\n`;
}

/** Records that are remembered: each is the newest of one repository. */
const REMEMBERED_MAX = 500;

/** @returns the record in a commit message, or what is wrong with it in one sentence; never throws */
export const decodeRepositoryRecord = remembered(readRecord, REMEMBERED_MAX);

function readRecord(message: string): { readonly record: RepositoryRecord } | { readonly problem: string } {
  if (message.length > RECORD_MESSAGE_CHARS_MAX) return { problem: "the message is too long to be a record" };
  let json: unknown;
  try {
    json = JSON.parse(message.trimEnd().split("\n").at(-1) ?? "");
  } catch {
    return { problem: "its last line is not JSON" };
  }
  const parsed = repositoryRecordSchema.safeParse(json);
  return parsed.success
    ? { record: parsed.data }
    : { problem: `it is not a repository record (${firstIssue(parsed.error)})` };
}

/** What a look at the repository ledger found: the state in force, or why nobody may rely on it. */
export type RepositoryLedger =
  | { readonly tip: Sha | null; readonly state: RepositoryState }
  | { readonly tip: Sha; readonly problem: string };

/**
 * Reads the repository ledger from its newest commit.
 *
 * @param tip      the newest commit, or null when the ref does not exist
 * @param expected who writes records, and the repository that this must be the ledger of
 */
export function readRepositoryLedger(
  tip: LedgerEntry | null,
  expected: { readonly writerId: number; readonly repositoryId: number },
): RepositoryLedger {
  if (tip === null) return { tip: null, state: EMPTY_REPOSITORY };
  if (!tip.signedByGitHub || tip.authorId !== expected.writerId) {
    return { tip: tip.sha, problem: "its newest commit was not made by Signalbox" };
  }
  const decoded = decodeRepositoryRecord(tip.message);
  if ("problem" in decoded) return { tip: tip.sha, problem: decoded.problem };
  if (decoded.record.repository !== expected.repositoryId) {
    return { tip: tip.sha, problem: "it belongs to another repository" };
  }
  return { tip: tip.sha, state: decoded.record.after };
}
