// The whole state of the emulated GitHub, except git objects and refs (those are on disk, see src/git/).
// Tables only: what may be done with them is in the files beside this one.
import type { Account, Team } from "./accounts.ts";
import type { Artifact, Workflow, WorkflowJob, WorkflowRun } from "./actions.ts";
import type { App, Installation } from "./apps.ts";
import type { CheckRun, CheckSuite, CommitStatus } from "./checks.ts";
import type { Clock } from "./clock.ts";
import type { Grant } from "./grants.ts";
import type { Delivery, Hook } from "./hooks.ts";
import { createSequence, type Sequence } from "./ids.ts";
import type { Comment, Issue, Label, Milestone } from "./issues.ts";
import type { Pull, Review, ReviewComment } from "./pulls.ts";
import type { Repository } from "./repositories.ts";
import type { Token } from "./tokens.ts";

export interface World {
  readonly clock: Clock;
  readonly ids: Sequence;
  /** Bytes for tokens, GUIDs and request ids. */
  readonly randomBytes: (length: number) => Buffer;
  readonly accounts: Map<number, Account>;
  readonly accountsByLogin: Map<string, Account>;
  readonly teams: Map<number, Team>;
  readonly apps: Map<number, App>;
  readonly installations: Map<number, Installation>;
  /** By the token's text. */
  readonly tokens: Map<string, Token>;
  /** By code. */
  readonly grants: Map<string, Grant>;
  readonly repositories: Map<number, Repository>;
  /** By lower-case `owner/name`. */
  readonly repositoriesByName: Map<string, Repository>;
  /** Former lower-case `owner/name` → repository id: old names lead on. */
  readonly formerNames: Map<string, number>;
  readonly labels: Map<number, Label>;
  readonly milestones: Map<number, Milestone>;
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, Comment>;
  readonly pulls: Map<number, Pull>;
  readonly reviews: Map<number, Review>;
  readonly reviewComments: Map<number, ReviewComment>;
  readonly checkSuites: Map<number, CheckSuite>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly statuses: Map<number, CommitStatus>;
  /** What is known about one commit, oldest first; see `checksAt`. */
  readonly checksAt: Map<string, CommitChecks>;
  readonly workflows: Map<number, Workflow>;
  readonly runs: Map<number, WorkflowRun>;
  readonly jobs: Map<number, WorkflowJob>;
  readonly artifacts: Map<number, Artifact>;
  /** SHAs of the commits that GitHub itself made and signed; a commit that was pushed is never among them. */
  readonly signedCommits: Set<string>;
  readonly hooks: Map<number, Hook>;
  readonly deliveries: Map<number, Delivery>;
}

export interface CommitChecks {
  readonly suites: CheckSuite[];
  readonly runs: CheckRun[];
  readonly statuses: CommitStatus[];
}

/** The checks of one commit; made when there are none. */
export function checksAt(world: World, repository: Repository, sha: string): CommitChecks {
  const key = `${repository.id}:${sha}`;
  const known = world.checksAt.get(key);
  if (known !== undefined) return known;
  const fresh: CommitChecks = { suites: [], runs: [], statuses: [] };
  world.checksAt.set(key, fresh);
  return fresh;
}

/** Ids start high enough that no id is ever mistaken for an issue number. */
const FIRST_ID = 100_000;

export function createWorld(clock: Clock, randomBytes: (length: number) => Buffer): World {
  return {
    clock,
    ids: createSequence(FIRST_ID),
    randomBytes,
    accounts: new Map(),
    accountsByLogin: new Map(),
    teams: new Map(),
    apps: new Map(),
    installations: new Map(),
    tokens: new Map(),
    grants: new Map(),
    repositories: new Map(),
    repositoriesByName: new Map(),
    formerNames: new Map(),
    labels: new Map(),
    milestones: new Map(),
    issues: new Map(),
    comments: new Map(),
    pulls: new Map(),
    reviews: new Map(),
    reviewComments: new Map(),
    checkSuites: new Map(),
    checkRuns: new Map(),
    statuses: new Map(),
    checksAt: new Map(),
    workflows: new Map(),
    runs: new Map(),
    jobs: new Map(),
    artifacts: new Map(),
    signedCommits: new Set(),
    hooks: new Map(),
    deliveries: new Map(),
  };
}

/** An entity that another entity names by id and that must therefore exist: its absence is a bug of the emulator. */
export function entity<T>(table: ReadonlyMap<number, T>, id: number, what: string): T {
  const found = table.get(id);
  if (found === undefined) throw new Error(`the world has no ${what} ${id}`);
  return found;
}

/** The owner's account of a repository. */
export function ownerOf(world: World, repository: Repository): Account {
  return entity(world.accounts, repository.ownerId, "account");
}

export function fullNameOf(world: World, repository: Repository): string {
  return `${ownerOf(world, repository).login}/${repository.name}`;
}

export function findAccount(world: World, login: string): Account | null {
  return world.accountsByLogin.get(login.toLowerCase()) ?? null;
}

export function findRepository(world: World, owner: string, name: string): Repository | null {
  const bare = name.toLowerCase().replace(/\.git$/, "");
  return world.repositoriesByName.get(`${owner.toLowerCase()}/${bare}`) ?? null;
}

export function repositoryOf(world: World, thing: { readonly repositoryId: number }): Repository {
  return entity(world.repositories, thing.repositoryId, "repository");
}
