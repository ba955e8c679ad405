// What must never happen, judged on every change of the outside world while it happens: by whom, from which state to
// which. Nothing here asks the product what it thinks; `truth.ts` reads the commits.

import type { MemoryRepository } from "../../src/adapters/memory/state.ts";
import type { HistoryEntry } from "../../src/adapters/memory/world.ts";
import { LEDGER_PREFIX, REPOSITORY_LEDGER_REF } from "../../src/core/observation.ts";
import type { RunRef, Sha } from "../../src/core/task.ts";
import type { TrueRecord, TrueTask, TruthReader } from "./truth.ts";

export const INVARIANTS = {
  "one-bind-per-claim": "at most one run is ever bound under a claim's token",
  "works-only-when-bound": "a run works only when the ledger has its bind, and no second run works under its token",
  "one-publish-per-turn": "a claim's token is ended by a run at most once, and only by the run that was bound",
  "branch-moves-with-its-record": "the app moves a task branch only together with the record of the run that made it",
  "no-push-overwritten": "the app moves a task branch only from the head that the ledger records",
  "claims-within-limit": "never more tasks are claimed than limits.claimed",
  "reviews-within-limit": "a claim never leads to more tasks in review than limits.review",
  "day-within-budget": "money settled today and reserved by open claims never exceeds the day's budget at a claim",
  "shared-ledger-agrees": "the open admissions are exactly the open claims",
  "charged-what-it-cost": "a claim is charged at least what its run spent",
  "ended-is-frozen": "after done or cancelled only a person, or a merge, moves a task",
  "app-never-rewinds": "the app moves a ledger only forward, and deletes none",
  "no-forgery-obeyed": "the app adds nothing to a chain that holds a commit which it did not make",
  "asked-by-somebody-who-may": "a person's move stands on a real gesture of somebody with the right to it",
  "cause-obeyed-once": "no cause stands twice in a chain",
  "one-merge-per-accepted-head": "the app merges exactly a head that somebody who may accepted, once",
  "answers-are-true": "a publisher hears that it published exactly when its record stands",
  "comments-are-bounded": "the app writes no more comments than claims, needs and questions explain",
  "no-label-fight": "the app changes labels no more often than moves and people's edits explain",
  "settles-in-three-sweeps": "once faults stop, nothing is left to do after three sweeps",
  "second-look-writes-nothing": "a look at what is settled writes nothing",
  "no-task-lost": "every task that was queued stands somewhere that its ledger explains",
  "one-of-each-object": "no duplicate visible object survives a sweep",
  "no-bug": "nothing in the product throws but lost answers",
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  readonly at: number;
  readonly detail: string;
}

export interface Limits {
  readonly claimed: number;
  readonly review: number;
  readonly dayMicroUsd: number;
}

export interface MonitorOptions {
  readonly truth: TruthReader;
  readonly limits: Limits;
  readonly writerLogin: string;
  readonly now: () => number;
  /** Reads may be stale in this history. */
  readonly readsThePast: boolean;
  /** What an account may do, by numeric id. */
  readonly roleOf: (id: number) => string;
}

/** What the newest record of the repository ledger says. */
interface SharedState {
  readonly admissions: readonly { readonly issue: number; readonly token: Sha; readonly reserved: number }[];
  readonly reviews: readonly number[];
  readonly paused: unknown;
  readonly spent: Readonly<Record<string, number>>;
}

const LEDGER = new RegExp(`^${LEDGER_PREFIX}(\\d+)$`);
const BRANCH = /^refs\/heads\/signalbox\/task\/(\d+)$/;
const BY_RUN: ReadonlySet<string> = new Set(["submit", "fail", "suspend", "ask"]);
const MAY_WRITE: ReadonlySet<string> = new Set(["write", "maintain", "admin"]);

export function createMonitor(options: MonitorOptions) {
  const { truth, limits } = options;
  const violations: Violation[] = [];
  const binds = new Map<Sha, Sha>();
  const grantedBinds = new Set<string>();
  const workers = new Map<Sha, string>();
  const endings = new Map<Sha, Sha>();
  const costs = new Map<Sha, number>();
  const charges = new Map<Sha, { readonly issue: number; readonly spent: number }>();
  const merges = new Set<Sha>();
  /** Ledgers that a person touched: a limit over all tasks cannot be judged over what a person took away. */
  const spoiled = new Set<string>();
  const landed = new Set<string>();

  function broken(invariant: Invariant, detail: string): void {
    if (violations.length < 20) violations.push({ invariant, at: options.now(), detail });
  }

  function changed(before: MemoryRepository, after: MemoryRepository, entry: HistoryEntry): void {
    const isApp = entry.by === options.writerLogin;
    if (before.refs !== after.refs) refsChanged(before, after, isApp);
    if (isApp && entry.what === "merged") merged(before, after, entry);
  }

  function refsChanged(before: MemoryRepository, after: MemoryRepository, isApp: boolean): void {
    const records: { readonly issue: number; readonly was: TrueTask; readonly made: readonly TrueRecord[] }[] = [];
    for (const ref of new Set([...before.refs.keys(), ...after.refs.keys()])) {
      const [from, to] = [before.refs.get(ref), after.refs.get(ref)];
      const issue = Number(LEDGER.exec(ref)?.[1] ?? 0);
      if (from === to || issue === 0) continue;
      if (!isApp) {
        spoiled.add(ref);
        continue;
      }
      const was = truth.taskAt(after, from);
      const made = to === undefined ? null : truth.recordsBetween(after, from, to);
      if (made === null) {
        broken("app-never-rewinds", `${ref}: ${from} to ${to}`);
        continue;
      }
      if (!was.isGenuine) broken("no-forgery-obeyed", `${ref}: ${made.map(({ move }) => move).join(", ")}`);
      records.push({ issue, was, made });
      judgeRecords(after, from, made);
    }
    if (!isApp) return;
    judgeBranches(before, after, records);
    if (records.some(({ made }) => made.some(({ move }) => move === "claim"))) judgeLimits(after);
    judgeAdmissions(after);
    noteCharges(after);
  }

  function judgeRecords(state: MemoryRepository, from: Sha | undefined, made: readonly TrueRecord[]): void {
    let was = truth.taskAt(state, from);
    const causes = new Set<string>();
    for (let sha = from, steps = 0; sha !== undefined && steps < 1_000; steps += 1) {
      const { record } = truth.taskAt(state, sha);
      if (record === null) break;
      causes.add(record.cause);
      sha = record.parent ?? undefined;
    }
    for (const record of made) {
      if (causes.has(record.cause)) broken("cause-obeyed-once", `${record.move} by ${record.cause}`);
      causes.add(record.cause);
      judgeRecord(state, was, record);
      was = truth.taskAt(state, record.sha);
    }
  }

  function judgeRecord(state: MemoryRepository, was: TrueTask, record: TrueRecord): void {
    const { move, data, actor } = record;
    const token = typeof data["token"] === "string" ? data["token"] : null;
    const run = data["run"] as RunRef | undefined;
    if (move === "bind" && token !== null && run !== undefined) {
      const first = binds.get(token);
      if (first !== undefined && first !== record.sha) broken("one-bind-per-claim", `${token} by run ${run.id}`);
      if (was.token !== token) broken("one-bind-per-claim", `${token} is not the claim that stands`);
      if (run.attempt !== 1) broken("one-bind-per-claim", `attempt ${run.attempt} of run ${run.id}`);
      binds.set(token, record.sha);
      grantedBinds.add(`${token}/${run.id}/${run.attempt}`);
    }
    if (BY_RUN.has(move) && actor.kind === "run" && token !== null) {
      if (endings.has(token)) broken("one-publish-per-turn", `${move} is the second end of ${token}`);
      endings.set(token, record.sha);
      const isBound = was.token === token && was.bound?.id === run?.id && was.bound?.attempt === run?.attempt;
      if (!isBound || run === undefined)
        broken("one-publish-per-turn", `${move} by ${run?.id}, bound is ${was.bound?.id}`);
      landed.add(`${token}/${run?.id ?? 0}`);
    }
    const isPerson = actor.kind === "user";
    if ((was.state === "done" || was.state === "cancelled") && !isPerson && move !== "done")
      broken("ended-is-frozen", `${move} after ${was.state}`);
    if (isPerson) judgePerson(state, was, record);
  }

  function judgePerson(state: MemoryRepository, was: TrueTask, { cause, actor, move }: TrueRecord): void {
    const [kind = "", rest = ""] = cause.split(":", 2);
    const role = options.roleOf(actor.id);
    const isHolder = move === "release" || move === "submit";
    if (!MAY_WRITE.has(role) && !isHolder) broken("asked-by-somebody-who-may", `${move} by ${role}, ${cause}`);
    if (move === "force" && role === "write") broken("asked-by-somebody-who-may", `force by ${role}`);
    const events = [...state.issues.values()].flatMap((issue) => issue.events);
    const isReal =
      kind === "comment"
        ? true
        : kind === "review"
          ? [...state.pullRequests.values()].some((pull) =>
              pull.reviews.some((review) => `${review.id}` === rest && review.author?.id === actor.id),
            )
          : events.some((event) => event.id === rest && event.actor?.id === actor.id);
    if (!isReal) broken("asked-by-somebody-who-may", `${move}: nobody did ${cause} (${was.state})`);
  }

  function judgeBranches(
    before: MemoryRepository,
    after: MemoryRepository,
    records: readonly { readonly issue: number; readonly was: TrueTask; readonly made: readonly TrueRecord[] }[],
  ): void {
    for (const [ref, to] of after.refs) {
      const from = before.refs.get(ref);
      const issue = Number(BRANCH.exec(ref)?.[1] ?? 0);
      if (issue === 0 || from === to) continue;
      const beside = records.find((one) => one.issue === issue);
      const last = beside?.made.at(-1);
      if (beside === undefined || last === undefined || !BY_RUN.has(last.move)) {
        broken("branch-moves-with-its-record", `${ref} to ${to} with ${last?.move ?? "nothing"}`);
        continue;
      }
      if (truth.taskAt(after, last.sha).recordedHead !== to) broken("branch-moves-with-its-record", `${ref}: ${to}`);
      if ((beside.was.recordedHead ?? undefined) !== from) broken("no-push-overwritten", `${ref}: ${from} was there`);
    }
  }

  /** Tasks whose ledger no person ever touched: of the others nothing can be promised but that they are left alone. */
  function unspoiled(state: MemoryRepository): readonly TrueTask[] {
    return [...state.refs]
      .filter(([ref]) => LEDGER.test(ref) && !spoiled.has(ref))
      .map(([, tip]) => truth.taskAt(state, tip));
  }

  /** What every ended claim was charged, as the newest record of the repository ledger tells it. */
  function noteCharges(state: MemoryRepository): void {
    const tip = state.commits.get(state.refs.get(REPOSITORY_LEDGER_REF) ?? "");
    const json = tip === undefined ? null : JSON.parse(tip.message.trimEnd().split("\n").at(-1) ?? "null");
    for (const one of (json?.moves ?? []) as readonly { move: string; token: Sha; spent: number; issue: number }[]) {
      if (one.move === "discharge") charges.set(one.token, { issue: one.issue, spent: one.spent });
    }
  }

  function sharedState(state: MemoryRepository): SharedState {
    const tip = state.commits.get(state.refs.get(REPOSITORY_LEDGER_REF) ?? "");
    const json = tip === undefined ? null : JSON.parse(tip.message.trimEnd().split("\n").at(-1) ?? "null");
    return json?.after ?? { admissions: [], reviews: [], paused: null, spent: {} };
  }

  function judgeLimits(state: MemoryRepository): void {
    const tasks = unspoiled(state);
    const claimed = tasks.filter((task) => task.state === "claimed").length;
    if (claimed > limits.claimed) broken("claims-within-limit", `${claimed} tasks are claimed`);
    const inReview = tasks.filter((task) => task.state === "review").length;
    if (claimed + inReview > limits.review + forcedToReview(tasks))
      broken("reviews-within-limit", `${inReview} in review and ${claimed} on the way there`);
    const today = new Date(options.now()).toISOString().slice(0, 10);
    const { admissions, spent } = sharedState(state);
    const committed = admissions.reduce((sum, { reserved }) => sum + reserved, spent[today] ?? 0);
    if (committed > limits.dayMicroUsd) broken("day-within-budget", `${committed} of ${limits.dayMicroUsd}`);
  }

  /** A maintainer who puts a task into review by force does not ask for room there. */
  function forcedToReview(tasks: readonly TrueTask[]): number {
    return tasks.filter((task) => task.state === "review" && task.submittedHead === null).length;
  }

  function judgeAdmissions(state: MemoryRepository): void {
    const open = unspoiled(state).flatMap(({ token }) => token ?? []);
    const { admissions } = sharedState(state);
    const admitted = admissions
      .filter(({ issue, token }) => open.includes(token) || !spoiled.has(`${LEDGER_PREFIX}${issue}`))
      .map(({ token }) => token);
    if (open.toSorted().join() !== admitted.toSorted().join())
      broken("shared-ledger-agrees", `claims ${open.join()} but admissions ${admitted.join()}`);
  }

  function merged(before: MemoryRepository, after: MemoryRepository, entry: HistoryEntry): void {
    const pull = after.pullRequests.get(entry.issue ?? 0);
    const issue = Number(/\/(\d+)$/.exec(pull?.headRef ?? "")?.[1] ?? 0);
    const task = truth.taskAt(before, before.refs.get(`${LEDGER_PREFIX}${issue}`));
    const head = pull?.head ?? "";
    if (merges.has(head)) broken("one-merge-per-accepted-head", `${head} a second time`);
    merges.add(head);
    const isCurrent = task.state === "review" && task.acceptedHead === head && task.submittedHead === head;
    // Between the look and the merge a person may have ended the task: what was accepted is still what is merged.
    const chain = acceptedEver(before, before.refs.get(`${LEDGER_PREFIX}${issue}`));
    if (!isCurrent && !chain.has(head)) broken("one-merge-per-accepted-head", `${head} was never accepted`);
  }

  function acceptedEver(state: MemoryRepository, tip: Sha | undefined): ReadonlySet<Sha> {
    const heads = new Set<Sha>();
    for (let sha = tip; sha !== undefined; ) {
      const task = truth.taskAt(state, sha);
      if (task.record === null) break;
      if (task.acceptedHead !== null) heads.add(task.acceptedHead);
      sha = task.record.parent ?? undefined;
    }
    return heads;
  }

  return {
    violations,
    broken,
    changed,
    /** Ledgers that people deleted, forced or forged. */
    spoiled: spoiled as ReadonlySet<string>,
    works(_issue: number, token: Sha, run: RunRef): void {
      const name = `${run.id}/${run.attempt}`;
      if (!grantedBinds.has(`${token}/${name}`)) broken("works-only-when-bound", `run ${name} under ${token}`);
      const other = workers.get(token);
      if (other !== undefined && other !== name) broken("works-only-when-bound", `${name} beside ${other}`);
      workers.set(token, name);
    },
    spends(_issue: number, token: Sha, cost: number): void {
      costs.set(token, (costs.get(token) ?? 0) + cost);
    },
    hears(
      issue: number,
      token: Sha,
      run: RunRef,
      heard: { readonly move: string | null; readonly reason: string },
    ): void {
      const stands = landed.has(`${token}/${run.id}`);
      const { move, reason } = heard;
      if (move !== null && !stands) broken("answers-are-true", `run ${run.id} heard ${move}, and nothing stands`);
      // A read of the past may not show the record yet: then nobody can know.
      const isSure = !options.readsThePast && !spoiled.has(`${LEDGER_PREFIX}${issue}`);
      if (move === null && stands && isSure && reason !== "already-done")
        broken("answers-are-true", `run ${run.id} heard ${reason}, and its record stands`);
    },
    /** When everything is at rest: money that was spent was charged. */
    judgeCharges(): void {
      for (const [token, { issue, spent }] of charges) {
        const cost = costs.get(token) ?? 0;
        if (spent < cost && !spoiled.has(`${LEDGER_PREFIX}${issue}`))
          broken("charged-what-it-cost", `${token} was charged ${spent} and cost ${cost}`);
      }
    },
    spentOn: (issue: number): number =>
      [...charges.values()].reduce((sum, one) => sum + (one.issue === issue ? one.spent : 0), 0),
    shared: sharedState,
    limits,
    truth,
  };
}
export type Monitor = ReturnType<typeof createMonitor>;
