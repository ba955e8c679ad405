// Turns the commits of one ledger into a task. Believes nothing that is not signed by GitHub for our writer, linear,
// of this very issue, and legal move by move; whatever fails that is a problem for a person, never a guess.

import { backoffMs } from "./backoff.ts";
import { decodeRecord, type LedgerEntry, type LedgerRecord } from "./record.ts";
import {
  type Counters,
  type Inspection,
  LEDGER_RECORDS_MAX,
  type Lease,
  type Sha,
  type State,
  type Task,
  type TaskSettings,
} from "./task.ts";
import { transition } from "./transitions.ts";

export interface Expected {
  /** Numeric id of the account whose records count. */
  readonly writerId: number;
  /** `<repository id>/<issue node id>`. */
  readonly task: string;
}

export type Folded = { readonly task: Task | null } | { readonly problem: string };

/** @param entries the whole chain, oldest first */
export function fold(entries: readonly LedgerEntry[], expected: Expected): Folded {
  if (entries.length > LEDGER_RECORDS_MAX) return { problem: `the ledger has more than ${LEDGER_RECORDS_MAX} records` };
  let task: Task | null = null;
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1]?.sha;
    const wrong = untrusted(entry, before, expected.writerId);
    if (wrong !== null) return { problem: `record ${index + 1} (${entry.sha.slice(0, 7)}) ${wrong}` };
    const decoded = decodeRecord(entry.message);
    if ("problem" in decoded)
      return { problem: `record ${index + 1} (${entry.sha.slice(0, 7)}) cannot be read: ${decoded.problem}` };
    const illegal = illegalAfter(task, decoded.record, expected.task);
    if (illegal !== null) return { problem: `record ${index + 1} (${entry.sha.slice(0, 7)}) ${illegal}` };
    task = applyRecord(task, decoded.record, entry.sha);
  }
  return { task };
}

function untrusted(entry: LedgerEntry, before: Sha | undefined, writerId: number): string | null {
  if (entry.parents.length > 1) return "is a merge, so the chain is not linear";
  if (entry.parents[0] !== before) return "does not follow the one before it";
  if (!entry.signedByGitHub) return "is not signed by GitHub";
  if (entry.authorId !== writerId) return "was not written by the app";
  return null;
}

function illegalAfter(task: Task | null, record: LedgerRecord, id: string): string | null {
  if (record.task !== id) return "belongs to another issue";
  const row = transition(record.move);
  const state = task?.state ?? "none";
  if (!row.from.includes(state)) return `makes the move ${record.move} from ${state}, which is not legal`;
  const reachable = row.to === "same" ? [state] : typeof row.to === "string" ? [row.to] : row.to;
  if (!(reachable as readonly string[]).includes(record.state))
    return `claims that ${record.move} leads to ${record.state}`;
  if (task?.causes.has(record.cause) === true) return "obeys a cause a second time";
  return null;
}

const NO_COUNTS: Counters = {
  attempts: 0,
  rejections: 0,
  suspensions: 0,
  failures: 0,
  checkFailures: 0,
  mergeRefusals: 0,
};

const DEFAULT_SETTINGS: TaskSettings = {
  role: "implement",
  phases: "plan-build-test-review",
  priority: "p2",
  budget: 0,
  base: null,
  model: "base",
};

/** One step of the fold: what a task is after a legal record. */
export function applyRecord(task: Task | null, record: LedgerRecord, sha: Sha): Task {
  const before = task ?? emptyTask(record);
  const ended = isEnd(record.state);
  const endsClaim = transition(record.move).lease === "end" && before.lease !== null;
  const common: Task = {
    ...before,
    state: record.state,
    tip: sha,
    length: before.length + 1,
    causes: new Set([...before.causes, record.cause]),
    lease: endsClaim ? null : before.lease,
    spent: before.spent + (endsClaim ? chargeOf(before.lease, record) : 0),
    attempts: endsClaim
      ? [...before.attempts, endedAttempt(before.lease, record)].slice(-ATTEMPTS_MAX)
      : before.attempts,
    need: record.state === "needs-human" ? before.need : null,
    endedAt: ended ? (before.endedAt ?? record.at) : null,
  };
  return withMove(common, record, sha);
}

/**
 * What a claim cost in the end: the usage that its run reported, or, when it ended without a report, the whole
 * reservation if a run could have worked, and nothing if none was ever bound.
 *
 * @returns millionths of a dollar
 */
export function chargeOf(lease: Lease, record: Pick<LedgerRecord, "move" | "data">): number {
  if ("usage" in record.data) return record.data.usage.cost;
  return lease.run === null && lease.host === "actions" ? 0 : lease.reserved;
}

/** Attempts that a task remembers. */
const ATTEMPTS_MAX = 20;

function endedAttempt(lease: Lease, record: LedgerRecord): Task["attempts"][number] {
  const { attempt, token, host, role, run, grantedAt } = lease;
  return {
    attempt,
    token,
    host,
    role,
    run,
    grantedAt,
    endedAt: record.at,
    end: record.move,
    cost: chargeOf(lease, record),
  };
}

function isEnd(state: State): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

function emptyTask(record: LedgerRecord): Task {
  return {
    id: record.task,
    state: "draft",
    tip: "",
    settings: DEFAULT_SETTINGS,
    queuedBy: null,
    queuedAt: null,
    digest: null,
    lease: null,
    attempts: [],
    submission: null,
    acceptance: null,
    recheck: null,
    update: null,
    inspections: [],
    recordedHead: null,
    work: null,
    plan: null,
    report: null,
    feedback: [],
    counters: NO_COUNTS,
    need: null,
    held: null,
    closes: false,
    spent: 0,
    startedAt: record.at,
    endedAt: null,
    length: 0,
    causes: new Set(),
    notBefore: 0,
  };
}

/** Newest feedback is kept; older lines were already heard. */
const FEEDBACK_MAX = 10;

function hear(
  task: Task,
  source: Task["feedback"][number]["source"],
  record: LedgerRecord,
  text: string,
): Task["feedback"] {
  return [...task.feedback, { source, by: record.actor.login, text, at: record.at }].slice(-FEEDBACK_MAX);
}

function count(task: Task, counter: keyof Counters): Counters {
  return { ...task.counters, [counter]: task.counters[counter] + 1 };
}

function needOf(state: State, why: string, at: number, question: string | null = null): Task["need"] {
  return state === "needs-human" ? { why, question, since: at } : null;
}

function withMove(task: Task, record: LedgerRecord, sha: Sha): Task {
  switch (record.move) {
    case "draft":
      return { ...task, settings: record.data.settings ?? task.settings };
    case "queue":
      return queued(task, record);
    case "claim":
      return { ...task, lease: leaseOf(record, sha) };
    case "bind":
      return { ...task, lease: bound(task.lease, record) };
    case "release":
      return record.data.infrastructure ? { ...task, notBefore: record.at + backoffMs(1) } : task;
    case "expire":
      return expired(task, record);
    case "suspend":
      return {
        ...task,
        ...kept(task, record.data.work),
        counters: count(task, "suspensions"),
        need: needOf(record.state, record.data.reason, record.at),
      };
    case "ask":
      return {
        ...task,
        ...kept(task, record.data.work),
        need: needOf(record.state, "the agent asks", record.at, record.data.question),
      };
    case "answer":
      return { ...task, feedback: hear(task, "answer", record, record.data.text) };
    case "propose":
      return proposed(task, record);
    case "approve-plan":
      return { ...task, plan: task.plan === null ? null : { ...task.plan, approvedBy: record.actor } };
    case "report":
      return { ...task, held: null, report: { ...record.data.report, at: record.at } };
    case "submit":
      return submitted(task, record);
    case "fail":
      return failed(task, record);
    case "accept":
      return { ...task, acceptance: { head: record.data.head, by: record.actor, at: record.at } };
    case "head":
      return headMoved(task, record);
    case "inspect":
      return inspected(task, record, sha);
    case "verdict":
      return judged(task, record);
    case "recall":
      return record.data.infrastructure ? { ...task, notBefore: record.at + backoffMs(1) } : task;
    case "reject":
      return rejected(task, record);
    case "merge-refused":
      return mergeRefused(task, record);
    case "done":
      return { ...task, held: null };
    case "hold":
      return { ...task, held: { by: record.actor, why: record.data.reason } };
    case "unhold":
      return { ...task, held: null };
    case "cancel":
      return { ...task, acceptance: null, held: null, closes: record.data.close };
    case "note":
      return noted(task, record);
    case "force":
      return { ...task, acceptance: null, notBefore: 0, need: needOf(record.state, record.data.reason, record.at) };
  }
}

type Of<M extends LedgerRecord["move"]> = Extract<LedgerRecord, { move: M }>;

function queued(task: Task, record: Of<"queue">): Task {
  return {
    ...task,
    settings: record.data.settings,
    // Whoever queues it again may have changed what is asked: the work is kept, what was planned and done is not believed.
    plan: null,
    work: task.work === null ? null : { head: task.work.head, summary: task.work.summary },
    digest: record.data.digest,
    queuedBy: record.actor,
    queuedAt: record.at,
    counters: { ...NO_COUNTS, failures: task.counters.failures },
    notBefore: 0,
    acceptance: null,
  };
}

function leaseOf(record: Of<"claim">, sha: Sha): Lease {
  return {
    token: sha,
    holder: record.data.holder,
    host: record.data.host,
    role: record.data.role,
    grantedAt: record.at,
    expiresAt: record.at + record.data.leaseMs,
    run: null,
    boundAt: null,
    attempt: record.data.attempt,
    reserved: record.data.reserved,
  };
}

function bound(lease: Lease | null, record: Of<"bind">): Lease | null {
  return lease === null ? null : { ...lease, run: record.data.run, boundAt: record.at };
}

function kept(task: Task, work: Of<"suspend">["data"]["work"]): Pick<Task, "work" | "recordedHead"> {
  const latest = work.head === null ? { ...(task.work ?? work), progress: work.progress } : work;
  return { work: latest, recordedHead: work.head ?? task.recordedHead };
}

function proposed(task: Task, record: Of<"propose">): Task {
  const { plan, work } = record.data;
  return {
    ...task,
    ...kept(task, work),
    plan: { ...plan, at: record.at, approvedBy: null },
    need: needOf(record.state, "its plan waits for approval", record.at),
  };
}

/** Approved or not, the plan that a submission was built from is what people read beside it. */
function planOf(task: Task, text: string | undefined, at: number): Task["plan"] {
  if (text === undefined) return task.plan;
  return task.plan?.text === text ? task.plan : { text, digest: null, at, approvedBy: null };
}

function submitted(task: Task, record: Of<"submit">): Task {
  const { token: _token, run: _run, pullRequest = null, plan, ...submission } = record.data;
  return {
    ...task,
    submission: { ...submission, pullRequest, at: record.at, by: record.actor },
    plan: planOf(task, plan, record.at),
    recheck: null,
    update: null,
    inspections: [],
    recordedHead: record.data.head,
    acceptance: null,
    work: { head: record.data.head, summary: record.data.summary },
    feedback: [],
    counters: { ...task.counters, failures: 0 },
  };
}

function headMoved(task: Task, record: Of<"head">): Task {
  const { head, base } = record.data;
  const submission =
    task.submission === null || base === undefined ? task.submission : { ...task.submission, base, evidence: [] };
  return { ...task, acceptance: null, recordedHead: head, submission };
}

/** Inspections of one submission that are remembered: more than its limits allow. */
const INSPECTIONS_MAX = 50;

function inspected(task: Task, record: Of<"inspect">, sha: Sha): Task {
  const { host, role, holder, leaseMs, reserved, head } = record.data;
  const terms = { token: sha, holder, host, role, grantedAt: record.at, expiresAt: record.at + leaseMs };
  const inspection: Inspection = { head, role, verdict: null };
  return {
    ...task,
    lease: { ...terms, run: null, boundAt: null, attempt: task.counters.attempts + 1, reserved },
    inspections: [...task.inspections, inspection].slice(-INSPECTIONS_MAX),
  };
}

/** What was run on the head is its evidence from now on; a rejection counts and is heard like a person's. */
function judged(task: Task, record: Of<"verdict">): Task {
  const { head, verdict, evidence, reason } = record.data;
  const { submission } = task;
  const told: Task = {
    ...task,
    inspections: task.inspections.map((one, index, all) => (index === all.length - 1 ? { ...one, verdict } : one)),
    submission: submission === null || evidence.length === 0 ? submission : { ...submission, head, evidence },
  };
  if (record.state === "review") return told;
  return {
    ...told,
    acceptance: null,
    counters: count(task, "rejections"),
    feedback: hear(task, "reject", record, reason),
    need: needOf(record.state, reason, record.at),
  };
}

function noted(task: Task, record: Of<"note">): Task {
  const { settings, rerun, update } = record.data;
  const asked = (rerun?.checks ?? []).map((name) => ({ name, at: record.at }));
  const before = rerun !== undefined && task.recheck?.head === rerun.head ? task.recheck.asked : [];
  return {
    ...task,
    settings: settings ?? task.settings,
    recheck: rerun === undefined ? task.recheck : { head: rerun.head, asked: [...before, ...asked] },
    update:
      update === undefined ? task.update : { head: update.head, at: record.at, count: (task.update?.count ?? 0) + 1 },
  };
}

function expired(task: Task, record: Of<"expire">): Task {
  const counters = count(task, "attempts");
  return {
    ...task,
    counters,
    notBefore: record.at + backoffMs(counters.attempts),
    need: needOf(record.state, record.data.reason, record.at),
  };
}

function failed(task: Task, record: Of<"fail">): Task {
  const counters = {
    ...count(task, "attempts"),
    failures: task.counters.failures + Number(record.state === "needs-human"),
  };
  return {
    ...task,
    ...kept(task, record.data.work),
    counters,
    feedback: hear(task, "fail", record, record.data.reason),
    notBefore: record.at + backoffMs(counters.attempts),
    need: needOf(record.state, record.data.reason, record.at),
  };
}

function mergeRefused(task: Task, record: Of<"merge-refused">): Task {
  return {
    ...task,
    acceptance: null,
    counters: count(task, "mergeRefusals"),
    feedback: hear(task, "merge-refused", record, record.data.reason),
    need: needOf(record.state, record.data.reason, record.at),
  };
}

function rejected(task: Task, record: Of<"reject">): Task {
  return {
    ...task,
    acceptance: null,
    counters: count(task, record.data.source === "checks" ? "checkFailures" : "rejections"),
    feedback: hear(task, record.data.source, record, record.data.reason),
    need: needOf(record.state, record.data.reason, record.at),
  };
}
