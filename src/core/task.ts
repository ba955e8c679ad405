// What a task is: the nouns of the protocol. Types and constants only; how a task comes to be is `fold.ts`,
// how it may change is `transitions.ts`.

import type { Phase } from "./phases.ts";

/** A git object id: 40 lowercase hex digits. */
export type Sha = string;

/** Milliseconds since 1970 by GitHub's clock. */
export type EpochMs = number;

/** Millionths of a US dollar, an integer: money is never a float here. */
export type MicroUsd = number;

/** The states that a ledger can be in. `task:blocked` is a label only: a queued task that something keeps (see `shownState`). */
export const STATES = ["draft", "queued", "claimed", "review", "needs-human", "done", "failed", "cancelled"] as const;
export type State = (typeof STATES)[number];

/** What a label can say: a state, or `blocked`, which is derived. */
export const SHOWN_STATES = [...STATES, "blocked"] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

export const PRIORITIES = ["p0", "p1", "p2", "p3"] as const;
export type Priority = (typeof PRIORITIES)[number];

/**
 * Who did something. `id` is the identity (logins are reused and renamed); `kind` says how it was proved:
 * `user` by GitHub's account, `app` by our own installation, `run` by the OIDC token of a workflow run, `clock` by nobody.
 */
export interface Actor {
  readonly id: number;
  readonly login: string;
  readonly kind: "user" | "app" | "run" | "clock";
}

/** A workflow run: only attempt 1 is ever bound, so that a re-run inherits nothing. */
export interface RunRef {
  readonly id: number;
  readonly attempt: number;
}

/** Where an attempt works: GitHub Actions, a person's machine running `signalbox start`, or a person. */
export type Host = "actions" | "local" | "human";

/**
 * A claim that lapses unless it is renewed.
 *
 * `token` is the SHA of the ledger record that granted it: whoever publishes must still hold it.
 * Source: Kleppmann, "How to do distributed locking" (fencing).
 */
export interface Lease {
  readonly token: Sha;
  readonly holder: Actor;
  readonly host: Host;
  readonly role: string;
  readonly grantedAt: EpochMs;
  /** When somebody may first try to take over. Safety never depends on it. */
  readonly expiresAt: EpochMs;
  /** The run that may work under it, once bound. `null`: nobody may work yet. */
  readonly run: RunRef | null;
  /** The `bind` record, when there is one: the tip that a publish of this run fences on survives notes. */
  readonly boundAt: EpochMs | null;
  readonly attempt: number;
  readonly reserved: MicroUsd;
}

/** What people chose for this task; the labels and `/task set` write it. */
export interface TaskSettings {
  readonly role: string;
  readonly phases: string;
  readonly priority: Priority;
  readonly budget: MicroUsd;
  readonly base: string | null;
  readonly model: "base" | "heavy";
}

/** One check that the runner, not the model, ran. */
export interface Evidence {
  readonly name: string;
  readonly command: string;
  readonly exitCode: number;
  readonly durationMs: number;
  /** SHA-256 of the whole log, hex. */
  readonly logDigest: string;
}

/** What an attempt left behind when it ended without a submission: the next one starts from it. */
export interface WorkKept {
  /** The head pushed to the task branch, or null when nothing was committed. */
  readonly head: Sha | null;
  readonly summary: string;
  readonly progress?: WorkProgress | undefined;
}

/** How far an attempt came: the next one does only what is left. */
export interface WorkProgress {
  readonly done: readonly Phase[];
  readonly plan: string | null;
  /** A compact transcript: what was found out, in the words of whoever found it. */
  readonly notes: string;
}

/** A plan as people see it. An approval is of exactly this text; an edited plan is another one. */
export interface ShownPlan {
  readonly text: string;
  /** SHA-256 of the text, hex; null for one that nobody has to approve. */
  readonly digest: string | null;
  readonly at: EpochMs;
  readonly approvedBy: Actor | null;
}

/** Tokens and money of one attempt, as the runner counted them. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly turns: number;
  readonly cost: MicroUsd;
}

/** A submission: the head that was published together with its evidence. */
export interface Submission {
  readonly head: Sha;
  readonly base: string;
  readonly baseSha: Sha;
  readonly evidence: readonly Evidence[];
  readonly summary: string;
  readonly usage: Usage;
  readonly at: EpochMs;
  readonly by: Actor;
  /** A person's own pull request; null for one that the app opens from the task branch. */
  readonly pullRequest: number | null;
}

/** Checks of one head that GitHub was asked to run again, each once. */
export interface Recheck {
  readonly head: Sha;
  readonly asked: readonly { readonly name: string; readonly at: EpochMs }[];
}

/** A claim under review: somebody looks at one head, and changes nothing. `verdict` is null until it is told. */
export interface Inspection {
  readonly head: Sha;
  readonly role: string;
  readonly verdict: "approve" | "reject" | "none" | null;
}

/** An acceptance is bound to the head that its author could see. */
export interface Acceptance {
  readonly head: Sha;
  readonly by: Actor;
  readonly at: EpochMs;
}

/** Something a person or a check said that the next attempt must hear. */
export interface Feedback {
  readonly source: "reject" | "fail" | "answer" | "merge-refused" | "checks" | "review";
  readonly by: string;
  readonly text: string;
  readonly at: EpochMs;
}

export interface Counters {
  readonly attempts: number;
  readonly rejections: number;
  readonly suspensions: number;
  /** Times that failing brought the task to a person; the next time it ends as failed. A submission forgets it. */
  readonly failures: number;
  readonly checkFailures: number;
  readonly mergeRefusals: number;
}

/** Why a task stands in `needs-human`. */
export interface HumanNeed {
  readonly why: string;
  /** The question as asked, when an agent asked one. */
  readonly question: string | null;
  readonly since: EpochMs;
}

/** One attempt that is over: the story that the status comment tells. */
export interface EndedAttempt {
  readonly attempt: number;
  readonly token: Sha;
  readonly host: Host;
  readonly role: string;
  readonly run: RunRef | null;
  readonly grantedAt: EpochMs;
  readonly endedAt: EpochMs;
  /** The move that ended it. */
  readonly end: string;
  readonly cost: MicroUsd;
}

/** A task as folded from its ledger. Everything that is not here is a projection or an observation. */
export interface Task {
  /** `<repository id>/<issue node id>`. */
  readonly id: string;
  readonly state: State;
  /** The last record. */
  readonly tip: Sha;
  readonly settings: TaskSettings;
  /** Who put it in the queue, and when it first waited: the order of the queue. */
  readonly queuedBy: Actor | null;
  readonly queuedAt: EpochMs | null;
  /** SHA-256 of title and body as queued. */
  readonly digest: string | null;
  readonly lease: Lease | null;
  /** Newest last, bounded. */
  readonly attempts: readonly EndedAttempt[];
  readonly submission: Submission | null;
  readonly acceptance: Acceptance | null;
  readonly recheck: Recheck | null;
  /** The last time that the branch was to be brought up to date, and how often since the submission. */
  readonly update: { readonly head: Sha; readonly at: EpochMs; readonly count: number } | null;
  /** Of this submission, oldest first. */
  readonly inspections: readonly Inspection[];
  /** The head that the task branch has by our own record; a publish replaces exactly this one. */
  readonly recordedHead: Sha | null;
  readonly work: WorkKept | null;
  readonly plan: ShownPlan | null;
  /** What a role that reports found; the task is done with it. */
  readonly report: { readonly title: string; readonly text: string; readonly at: EpochMs } | null;
  readonly feedback: readonly Feedback[];
  readonly counters: Counters;
  readonly need: HumanNeed | null;
  /** Set by `hold`; on a claimed task it acts when the attempt ends. */
  readonly held: { readonly by: Actor; readonly why: string } | null;
  /** Cancelled with the wish that its issue be closed. */
  readonly closes: boolean;
  readonly spent: MicroUsd;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs | null;
  /** Number of records, oldest to newest: bounded by `LEDGER_RECORDS_MAX`. */
  readonly length: number;
  readonly causes: ReadonlySet<string>;
  /** When the last retry may first be claimed again. */
  readonly notBefore: EpochMs;
}

/** Longest chain that is read: 9 attempts with 40 notes each stay far below it. A longer one needs a person. */
export const LEDGER_RECORDS_MAX = 500;

export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  turns: 0,
  cost: 0,
};
