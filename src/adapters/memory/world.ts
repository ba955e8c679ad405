// The pretended GitHub: accounts, repositories, one clock, one sequence of ids, and the list of everything that
// happened. It knows nothing of tasks. Old states are kept for a while, so that a stale read can be told.

import type { Account, Permission } from "../../core/observation.ts";
import type { RepositoryRef } from "../../core/ports.ts";
import type { EpochMs } from "../../core/task.ts";
import { commitId } from "./ids.ts";
import type { Act } from "./issues.ts";
import type { MemoryCommit, MemoryRepository } from "./state.ts";

/** States of a repository that a stale read can go back to. */
const PAST_STATES_MAX = 50;

/** Something that changed outside: by whom, to what. */
export interface HistoryEntry {
  readonly at: EpochMs;
  readonly repository: string;
  /** The issue or pull request that it was done to, when there is one. */
  readonly issue: number | null;
  readonly by: string;
  /** What was done, such as `label-added`. */
  readonly what: string;
  readonly detail: string;
}

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly isPrivate?: boolean;
  readonly defaultBranch?: string;
  readonly installedAt?: EpochMs;
  readonly roles?: readonly (readonly [Account, Permission])[];
  readonly configSource?: unknown;
}

/** One change: what the state becomes, and how the history tells it. */
export interface Change {
  readonly state: MemoryRepository;
  readonly issue?: number;
  readonly what: string;
  readonly detail?: string;
}

export interface MemoryWorld {
  /** GitHub's clock: whole seconds, as its API has them. */
  now(): EpochMs;
  account(login: string, kind?: "user" | "bot"): Account;
  createRepository(asked: NewRepository): RepositoryRef;
  stateOf(repository: RepositoryRef): MemoryRepository;
  /** @returns the state of `steps` changes ago, or the oldest that is kept */
  pastState(repository: RepositoryRef, steps: number): MemoryRepository;
  /**
   * Does something as somebody. A change whose state is the same object is no change: it leaves no trace.
   *
   * @returns the id that was at hand for whatever was made
   */
  act(repository: RepositoryRef, by: Account, make: (state: MemoryRepository, act: Act) => Change): number;
  readonly history: readonly HistoryEntry[];
}

/** Ids of accounts, repositories and objects all come from one sequence, which starts here. */
const FIRST_ID = 1_000;
/** Between two ids, so that one act can derive a few more from its own. */
const ID_STEP = 1_000;

function firstCommit(at: EpochMs): MemoryCommit {
  const content = { parents: [], message: "first commit", author: null, at, content: "README" };
  return { ...content, sha: commitId(content), signedByGitHub: false, touchesWorkflows: false };
}

function newRepository(asked: NewRepository, id: number, at: EpochMs): MemoryRepository {
  const commit = firstCommit(at);
  const defaultBranch = asked.defaultBranch ?? "main";
  return {
    id,
    nodeId: `R_${id}`,
    owner: asked.owner,
    name: asked.name,
    isPrivate: asked.isPrivate ?? true,
    defaultBranch,
    installedAt: asked.installedAt ?? at,
    configSource: asked.configSource,
    nextNumber: 1,
    roles: new Map((asked.roles ?? []).map(([account, role]) => [account.id, { account, role }])),
    commits: new Map([[commit.sha, commit]]),
    refs: new Map([[`refs/heads/${defaultBranch}`, commit.sha]]),
    issues: new Map(),
    comments: new Map(),
    pullRequests: new Map(),
    checks: new Map(),
    requiredChecks: [],
    hasMergeQueue: false,
    runs: new Map(),
  };
}

/** @param options.clock paces the world; injected, so that a seed replays everything */
export function createMemoryWorld(options: { readonly clock: { now(): EpochMs } }): MemoryWorld {
  const accounts = new Map<string, Account>();
  const states = new Map<string, MemoryRepository[]>();
  const history: HistoryEntry[] = [];
  let lastId = FIRST_ID;
  const nextId = () => {
    lastId += ID_STEP;
    return lastId;
  };
  const now = () => Math.floor(options.clock.now() / 1_000) * 1_000;
  const keyOf = (ref: RepositoryRef) => `${ref.owner}/${ref.name}`.toLowerCase();
  const past = (ref: RepositoryRef) => {
    const found = states.get(keyOf(ref));
    if (found === undefined) throw new Error(`there is no repository ${ref.owner}/${ref.name}`);
    return found;
  };
  const stateAgo = (ref: RepositoryRef, steps: number) => {
    const found = past(ref);
    const state = found[Math.max(0, found.length - 1 - steps)];
    if (state === undefined) throw new Error("a repository has at least one state");
    return state;
  };

  return {
    now,
    history,
    account(login, kind = "user") {
      const known = accounts.get(login);
      if (known !== undefined) return known;
      const account: Account = { id: nextId(), login, isBot: kind === "bot" };
      accounts.set(login, account);
      return account;
    },
    createRepository(asked) {
      states.set(keyOf(asked), [newRepository(asked, nextId(), now())]);
      return { owner: asked.owner, name: asked.name };
    },
    stateOf: (ref) => stateAgo(ref, 0),
    pastState: stateAgo,
    act(ref, by, make) {
      const before = stateAgo(ref, 0);
      const act: Act = { by, at: now(), id: nextId() };
      const { state, issue = null, what, detail = "" } = make(before, act);
      if (state === before) return act.id;
      const kept = past(ref);
      kept.push(state);
      if (kept.length > PAST_STATES_MAX) kept.shift();
      history.push({ at: act.at, repository: `${before.owner}/${before.name}`, issue, by: by.login, what, detail });
      return act.id;
    },
  };
}
