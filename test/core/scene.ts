// Facts for tests of the pure core: a task that was made by its own ledger, and a situation in which nothing stands in the way.

import { parseConfig, type RepositoryConfig } from "../../src/core/config.ts";
import { decide, type Verdict } from "../../src/core/decide.ts";
import { fold } from "../../src/core/fold.ts";
import type { ObservedPullRequest } from "../../src/core/observation.ts";
import { encodeRecord, type LedgerEntry, type LedgerRecord } from "../../src/core/record.ts";
import { EMPTY_REPOSITORY } from "../../src/core/repository.ts";
import type { MoveRequest } from "../../src/core/request.ts";
import type { Situation } from "../../src/core/situation.ts";
import { type Actor, NO_USAGE, type Task } from "../../src/core/task.ts";

export const NOW = Date.UTC(2026, 10, 20, 12);
export const ID = "7/I_1";
export const WRITER = 99;
export const ALICE: Actor = { id: 1, login: "alice", kind: "user" };
export const BOB: Actor = { id: 2, login: "bob", kind: "user" };
export const APP: Actor = { id: WRITER, login: "signalbox[bot]", kind: "app" };
export const CLOCK: Actor = { id: 0, login: "clock", kind: "clock" };
export const RUN = { id: 500, attempt: 1 } as const;
export const RUN_ACTOR: Actor = { id: 500, login: "run-500", kind: "run" };
export const DIGEST = "d".repeat(64);
export const HEAD = "1".repeat(40);
export const BASE = "2".repeat(40);

export function config(file: unknown = {}): RepositoryConfig {
  const parsed = parseConfig(file);
  if ("problems" in parsed) throw new Error(parsed.problems.join("; "));
  return parsed.config;
}

export function situation(change: Partial<Situation> = {}): Situation {
  return {
    config: config({ checks: "none" }),
    issue: { number: 1, isOpen: true, isPullRequest: false, hasBody: true, textDigest: DIGEST, editor: null },
    repository: EMPTY_REPOSITORY,
    labelProblems: [],
    blockers: [],
    queuedByBots: 0,
    leftReview: [],
    pullRequest: null,
    run: null,
    renewedAt: null,
    bots: new Set(),
    ...change,
  };
}

export const SETTINGS = {
  role: "implement",
  phases: "plan-build-test",
  priority: "p2",
  budget: 5_000_000,
  base: null,
  model: "base",
} as const;

export const PULL: ObservedPullRequest = {
  number: 12,
  nodeId: "PR_12",
  author: { id: WRITER, login: "signalbox[bot]", isBot: true },
  headRef: "signalbox/task/1",
  headRepository: "acme/app",
  head: HEAD,
  baseRef: "main",
  isOpen: true,
  isMerged: false,
  closedAt: null,
  isDraft: false,
  mergeSha: null,
  mergeable: "yes",
  isBehind: false,
  baseChecks: "none",
  isInMergeQueue: false,
  dropped: null,
  checks: [],
  reviews: [],
  touchesWorkflows: false,
  headSeenAt: [{ head: HEAD, at: NOW }],
};

let causes = 0;
/** A cause that no chain has seen. */
export function freshCause(): string {
  causes += 1;
  return `sweep:${NOW}/${causes}`;
}

type Chain = { readonly entries: readonly LedgerEntry[]; readonly task: Task | null };
export const EMPTY: Chain = { entries: [], task: null };

/** Appends a record as the app would, and folds again. */
export function append(chain: Chain, record: LedgerRecord): Chain {
  const parent = chain.entries.at(-1)?.sha;
  const sha = (chain.entries.length + 1).toString(16).padStart(40, "a");
  const message = encodeRecord(record, record.move, "0123456789abcdef");
  const entry = { sha, parents: parent === undefined ? [] : [parent], message, authorId: WRITER, signedByGitHub: true };
  const entries = [...chain.entries, entry];
  const folded = fold(entries, { writerId: WRITER, task: ID });
  if ("problem" in folded) throw new Error(folded.problem);
  return { entries, task: folded.task };
}

export function ask(chain: Chain, request: MoveRequest, facts: Situation = situation()): Verdict {
  return decide(chain.task, ID, request, facts);
}

/** Makes a move that is known to be legal. */
export function make(chain: Chain, request: MoveRequest, facts: Situation = situation()): Chain {
  const verdict = ask(chain, request, facts);
  if (!verdict.ok) throw new Error(`${request.move} was refused: ${JSON.stringify(verdict.refusal)}`);
  return append(chain, verdict.record);
}

const byAlice = { actor: ALICE, standing: "write", at: NOW } as const;
const byApp = { actor: APP, standing: "app", at: NOW } as const;
const byRun = { actor: RUN_ACTOR, standing: "run", at: NOW } as const;

export const REQUESTS = {
  queue: (): MoveRequest => ({
    ...byAlice,
    move: "queue",
    cause: freshCause(),
    data: { settings: SETTINGS, digest: DIGEST, title: "t" },
  }),
  claim: (attempt = 1): MoveRequest => ({
    ...byApp,
    move: "claim",
    cause: freshCause(),
    data: {
      attempt,
      host: "actions",
      role: "implement",
      phases: "plan-build-test",
      holder: APP,
      leaseMs: 3_600_000,
      reserved: 1_000_000,
      digest: DIGEST,
    },
  }),
  bind: (token: string, run = RUN): MoveRequest => ({
    ...byRun,
    move: "bind",
    cause: freshCause(),
    data: { token, run: { ...run } },
  }),
  submit: (token: string): MoveRequest => ({
    ...byRun,
    move: "submit",
    cause: freshCause(),
    data: {
      token,
      run: { ...RUN },
      head: HEAD,
      base: "main",
      baseSha: BASE,
      evidence: [],
      summary: "did it",
      usage: { ...NO_USAGE, cost: 40_000 },
    },
  }),
  fail: (token: string, source = "failed"): MoveRequest => ({
    ...byRun,
    move: "fail",
    cause: freshCause(),
    data: {
      token,
      run: { ...RUN },
      reason: "the tests fail",
      source,
      work: { head: null, summary: "" },
      usage: { ...NO_USAGE, cost: 40_000 },
    },
  }),
  suspend: (token: string): MoveRequest => ({
    ...byRun,
    move: "suspend",
    cause: freshCause(),
    data: {
      token,
      run: { ...RUN },
      reason: "out of time",
      work: { head: HEAD, summary: "half" },
      usage: { ...NO_USAGE, cost: 40_000 },
    },
  }),
  accept: (head: string = HEAD): MoveRequest => ({ ...byAlice, move: "accept", cause: freshCause(), data: { head } }),
  reject: (source: "reject" | "checks" | "review" = "reject"): MoveRequest => ({
    ...byAlice,
    move: "reject",
    cause: freshCause(),
    data: { reason: "the empty list is not covered", source },
  }),
  expire: (): MoveRequest => ({
    actor: CLOCK,
    standing: "clock",
    at: NOW,
    move: "expire",
    cause: freshCause(),
    data: { reason: "its run ended" },
  }),
} as const;

/** Chains at well-known places. */
export function queued(): Chain {
  return make(EMPTY, REQUESTS.queue());
}
export function claimed(): Chain {
  return make(queued(), REQUESTS.claim());
}
export function tokenOf(chain: Chain): string {
  return chain.task?.lease?.token ?? "";
}
export function bound(): Chain {
  const chain = claimed();
  return make(chain, REQUESTS.bind(tokenOf(chain)));
}
export function inReview(): Chain {
  const chain = bound();
  return make(chain, REQUESTS.submit(tokenOf(chain)));
}
