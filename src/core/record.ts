// One recorded move and its wire form: the message of a git commit. Reads and writes text only; whether a record
// counts (who made it, where it stands) is `fold.ts`.

import { z } from "zod";
import { PHASES } from "./phases.ts";
import { PRIORITIES, type Sha, STATES, type State } from "./task.ts";
import { MOVES, type MoveName } from "./transitions.ts";

/** Longest free text that a record carries, in characters: a commit message stays readable and far below GitHub's limits. */
export const RECORD_TEXT_CHARS_MAX = 4_000;
/** Longest commit message that is parsed as a record, in characters. */
export const RECORD_MESSAGE_CHARS_MAX = 60_000;

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const text = z.string().max(RECORD_TEXT_CHARS_MAX);
const reason = text.min(1);
const count = z.int().nonnegative();
const epochMs = z.int().nonnegative();
const name = z.string().min(1).max(100);
const state = z.enum(STATES);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const settings = z.strictObject({
  role: name,
  phases: z.string().min(1).max(300),
  priority: z.enum(PRIORITIES),
  budget: count,
  base: z.string().max(255).nullable(),
  model: z.enum(["base", "heavy"]),
});

const run = z.strictObject({ id: count, attempt: z.int().positive() });

export const usageSchema = z.strictObject({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  turns: count,
  cost: count,
});

export const evidenceSchema = z.strictObject({
  name,
  command: z.string().max(1_000),
  exitCode: z.int(),
  durationMs: count,
  logDigest: digest,
});

/** Plan, notes and report as a commit message carries them, where `@` and `#` take six characters. */
const CARRIED_CHARS_MAX = 40_000;

function isCarried(text: string): boolean {
  return escaped(JSON.stringify(text)).length <= CARRIED_CHARS_MAX;
}

export const PLAN_CHARS_MAX = 12_000;
const planText = z.string().min(1).max(PLAN_CHARS_MAX).refine(isCarried, "too long for a record");

/** What a run leaves for the next: phases that need not be done again, the plan, and notes of what was found out. */
export const progressSchema = z
  .strictObject({
    done: z.array(z.enum(PHASES)).max(PHASES.length),
    plan: z.string().max(PLAN_CHARS_MAX).nullable(),
    notes: text,
  })
  .refine(({ plan, notes }) => isCarried(`${plan ?? ""}${notes}`), "too long for a record");

export const reportSchema = z.strictObject({
  title: z.string().min(1).max(200),
  text: z.string().min(1).max(20_000).refine(isCarried, "too long for a record"),
});

const work = z.strictObject({ head: sha.nullable(), summary: text, progress: progressSchema.optional() });

/** What each move carries. Strict: a key that is not here makes the record unreadable, and an unreadable chain needs a person. */
export const MOVE_DATA = {
  draft: z.strictObject({ settings: settings.optional() }),
  queue: z.strictObject({ settings, digest, title: z.string().max(1_000) }),
  claim: z.strictObject({
    attempt: z.int().positive(),
    host: z.enum(["actions", "local", "human"]),
    role: name,
    phases: z.string().min(1).max(300),
    holder: z.strictObject({ id: count, login: name, kind: z.enum(["user", "app", "run", "clock"]) }),
    leaseMs: z.int().positive(),
    reserved: count,
    digest,
  }),
  bind: z.strictObject({ token: sha, run }),
  release: z.strictObject({ reason, infrastructure: z.boolean().default(false) }),
  expire: z.strictObject({ to: state, reason }),
  suspend: z.strictObject({ to: state, token: sha, run, reason, work, usage: usageSchema }),
  ask: z.strictObject({ token: sha, run, question: reason, work, usage: usageSchema }),
  answer: z.strictObject({ text: reason }),
  submit: z.strictObject({
    token: sha,
    run: run.nullable(),
    head: sha,
    base: z.string().min(1).max(255),
    baseSha: sha,
    evidence: z.array(evidenceSchema).max(20),
    summary: text,
    usage: usageSchema,
    plan: planText.optional(),
    /** The holder's own pull request; a run's is opened from the task branch afterwards. */
    pullRequest: z.int().positive().optional(),
  }),
  /** A plan that waits for a person; the digest is what they approve. */
  propose: z.strictObject({
    token: sha,
    run,
    plan: z.strictObject({ text: planText, digest }),
    work,
    usage: usageSchema,
  }),
  "approve-plan": z.strictObject({ digest }),
  report: z.strictObject({ token: sha, run, report: reportSchema, usage: usageSchema }),
  fail: z.strictObject({ to: state, token: sha, run, reason, source: name, work, usage: usageSchema }),
  accept: z.strictObject({ head: sha }),
  /** `base`: it now goes into another branch. */
  head: z.strictObject({ head: sha, by: text, base: z.string().min(1).max(255).optional() }),
  inspect: z.strictObject({
    host: z.enum(["actions", "local"]),
    role: name,
    phases: z.string().min(1).max(300),
    holder: z.strictObject({ id: count, login: name, kind: z.enum(["user", "app", "run", "clock"]) }),
    leaseMs: z.int().positive(),
    reserved: count,
    head: sha,
  }),
  verdict: z.strictObject({
    to: state,
    token: sha,
    run,
    head: sha,
    /** `none`: it only ran the checks. */
    verdict: z.enum(["approve", "reject", "none"]),
    reason,
    evidence: z.array(evidenceSchema).max(20),
    usage: usageSchema,
  }),
  recall: z.strictObject({ reason, infrastructure: z.boolean().default(false) }),
  reject: z.strictObject({ to: state, reason, source: z.enum(["reject", "review", "checks"]) }),
  "merge-refused": z.strictObject({ to: state, reason }),
  done: z.strictObject({ pullRequest: z.int().positive().nullable(), mergeSha: sha.nullable(), why: text }),
  hold: z.strictObject({ reason: text }),
  unhold: z.strictObject({}),
  cancel: z.strictObject({ reason: text, close: z.boolean() }),
  note: z.strictObject({
    text,
    settings: settings.optional(),
    /** Failed checks of this head are run again. */
    rerun: z.strictObject({ head: sha, checks: z.array(z.string().min(1).max(300)).min(1).max(100) }).optional(),
    /** The branch is brought up to date with its base, from this head. */
    update: z.strictObject({ head: sha }).optional(),
  }),
  force: z.strictObject({ to: state, reason }),
} as const satisfies Record<MoveName, z.ZodType>;

export type MoveData = { readonly [M in MoveName]: z.infer<(typeof MOVE_DATA)[M]> };

export const actorSchema = z.strictObject({ id: count, login: name, kind: z.enum(["user", "app", "run", "clock"]) });

/** What asked for a move. A cause that is in the chain is never obeyed twice. */
export const causeSchema = z
  .string()
  .regex(
    /^(comment:\d+\/[0-9a-f]{8,64}\/\d+|label:[\w=:+/.-]+|review:\d+|run:\d+\/\d+(?:\/bind)?|pr:\d+@[0-9a-f]{40}|issue:[\w=:+/.-]+|api:[\w-]{8,64}|sweep:\d+\/\d+)$/,
  );

/** 16 hexadecimal digits. */
export const nonceSchema = z.string().regex(/^[0-9a-f]{16}$/);

const envelope = z.strictObject({
  v: z.literal(1),
  /** `<repository id>/<issue node id>`: a chain that was copied to another issue is refused. */
  task: z.string().regex(/^\d+\/[\w=-]+$/),
  move: z.enum(MOVES as [MoveName, ...MoveName[]]),
  actor: actorSchema,
  cause: causeSchema,
  at: epochMs,
  /** The state after the move: the tip alone tells where a task stands, and a fold that disagrees is not trusted. */
  state,
  /**
   * Random, per commit. Two writers that decide the same in the same second would otherwise make the same commit, and
   * both would believe that they won the append.
   */
  nonce: nonceSchema,
  data: z.unknown(),
});

type RecordOf<M extends MoveName> = {
  readonly v: 1;
  readonly task: string;
  readonly move: M;
  readonly actor: z.infer<typeof actorSchema>;
  readonly cause: string;
  readonly at: number;
  readonly state: State;
  readonly data: MoveData[M];
};

/** One recorded move. The union is discriminated by `move`. */
export type LedgerRecord = { [M in MoveName]: RecordOf<M> }[MoveName];

/** A record where it stands: the commit that carries it, and what GitHub says of that commit. */
export interface LedgerEntry {
  readonly sha: Sha;
  readonly parents: readonly Sha[];
  readonly message: string;
  /** Numeric id of the account that GitHub names as the commit's author, or null when it knows none. */
  readonly authorId: number | null;
  /** GitHub signed it itself and the signature holds. */
  readonly signedByGitHub: boolean;
}

/** No workflow starts for a commit whose message carries this. */
export const SKIP_CI = "[skip ci]";

/** `@` would mention and `#` would link, even inside a commit message. JSON lets both be written as escapes. */
export function escaped(json: string): string {
  return json.replaceAll("@", "\\u0040").replaceAll("#", "\\u0023");
}

/** A sentence for people: one line, no mention, no link, bounded. */
export function sentenceLine(sentence: string): string {
  const line = sentence.replaceAll(/\s+/g, " ").replaceAll("@", "").replaceAll("#", "no. ").trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/**
 * Writes a record as a commit message: a sentence for people, then one line of JSON.
 *
 * @param sentence what `git log` shows; newlines, mentions and issue links are taken out
 * @param nonce    16 random hexadecimal digits
 */
export function encodeRecord(record: LedgerRecord, sentence: string, nonce: string): string {
  return `${sentenceLine(sentence)} ${SKIP_CI}\n\n${escaped(JSON.stringify({ ...record, nonce }))}\n`;
}

/** @returns the record in a commit message, or what is wrong with it in one sentence; never throws */
export function decodeRecord(message: string): { readonly record: LedgerRecord } | { readonly problem: string } {
  if (message.length > RECORD_MESSAGE_CHARS_MAX) return { problem: "the message is too long to be a record" };
  const line = message.trimEnd().split("\n").at(-1) ?? "";
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { problem: "its last line is not JSON" };
  }
  const outer = envelope.safeParse(json);
  if (!outer.success) return { problem: `it is not a record (${firstIssue(outer.error)})` };
  const data = MOVE_DATA[outer.data.move].safeParse(outer.data.data);
  if (!data.success) return { problem: `its ${outer.data.move} data is wrong (${firstIssue(data.error)})` };
  // The envelope and the move's own schema have both passed: together they are exactly one member of the union.
  const { nonce: _nonce, ...rest } = outer.data;
  return { record: { ...rest, data: data.data } as LedgerRecord };
}

export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "unknown" : `${issue.path.join(".")}: ${issue.message}`;
}
