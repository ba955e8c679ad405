// What a contract test needs of a world behind a hub, whichever hub it is: people who act, a clock, and a fault at will.
// Two worlds implement it: GitHub in memory, and the emulator behind the real adapter.

import type { Account, Observation, ObservedCheck } from "../../src/core/observation.ts";
import type { Hub, IssueRef, RepositoryRef } from "../../src/core/ports.ts";
import { encodeRecord, type LedgerRecord } from "../../src/core/record.ts";
import { EMPTY_REPOSITORY } from "../../src/core/repository.ts";
import { encodeRepositoryRecord } from "../../src/core/repository-record.ts";
import type { Sha } from "../../src/core/task.ts";

/** What people and machines do on the other side. Every lever resolves when GitHub shows it. */
export interface World {
  openIssue(by: Account, text: { readonly title: string; readonly body: string }): Promise<number>;
  editIssue(by: Account, issue: number, text: { readonly title?: string; readonly body?: string }): Promise<void>;
  deleteIssue(by: Account, issue: number): Promise<void>;
  addLabel(by: Account, issue: number, label: string): Promise<void>;
  removeLabel(by: Account, issue: number, label: string): Promise<void>;
  /** A label of the repository itself, on whatever issues it is. */
  renameLabel(by: Account, from: string, to: string): Promise<void>;
  deleteLabel(by: Account, name: string): Promise<void>;
  closeIssue(by: Account, issue: number, reason: "completed" | "not_planned"): Promise<void>;
  blockBy(by: Account, issue: number, blocker: number): Promise<void>;
  /** An issue becomes a sub-issue. */
  adopt(by: Account, parent: number, child: number): Promise<void>;
  /** An issue in another private repository of the same installation. */
  openElsewhere(by: Account, text: { readonly title: string; readonly body: string }): Promise<Elsewhere>;
  /** @returns the comment's id */
  comment(by: Account, on: number, body: string): Promise<number>;
  editComment(by: Account, id: number, body: string): Promise<void>;
  /** One commit on a branch; on a new one from the default branch. */
  push(by: Account, branch: string, change?: { readonly path?: string; readonly message?: string }): Promise<Sha>;
  /** A commit without any history, put on a branch by force. */
  forcePush(by: Account, branch: string, message: string): Promise<Sha>;
  review(by: Account, pull: number, state: "approved" | "changes_requested", body: string): Promise<void>;
  report(head: Sha, check: Pick<ObservedCheck, "name" | "status">): Promise<void>;
  /** From now on the default branch takes only what has passed these checks. */
  requireChecks(names: readonly string[]): Promise<void>;
  /** Resolves when everything that was set off on the other side has come to rest. */
  settle(): Promise<void>;
  /** The file of the default branch, as YAML; null takes it away. */
  setConfig(yaml: string | null): Promise<void>;
  /** The file on a branch, on a new one from the default branch. @returns the commit */
  pushConfig(by: Account, branch: string, yaml: string): Promise<Sha>;
  refOf(name: string): Promise<Sha | null>;
  /** Makes the two branches of a pull request collide. */
  collide(by: Account, branch: string): Promise<void>;
}

export interface Elsewhere {
  /** `owner/repo#n`. */
  readonly ref: string;
  readonly blocks: (issue: number) => Promise<void>;
  readonly close: (reason: "completed" | "not_planned") => Promise<void>;
}

export type Lost = "before-it-was-applied" | "after-it-was-applied";

export interface ContractStage {
  readonly hub: Hub;
  readonly world: World;
  readonly repository: RepositoryRef;
  readonly writer: Account;
  /** May write. */
  readonly alice: Account;
  /** Maintains. */
  readonly carol: Account;
  /** May read. */
  readonly mallory: Account;
  /** No collaborator at all. */
  readonly stranger: Account;
  readonly setRole: (account: Account, role: "read" | "write") => void;
  /** GitHub's clock moves on. */
  readonly pass: (ms: number) => void;
  /** The next answer to this kind of request is lost. */
  readonly loseAnswer: (to: "updateRefs" | "create-comment" | "create-child", when: Lost) => void;
  readonly close: () => Promise<void>;
}

export type MakeStage = () => Promise<ContractStage>;

/** Looks, and fails the test when there is nothing to see. */
export async function look(stage: ContractStage, issue: number): Promise<Observation> {
  const seen = await stage.hub.observe(refTo(stage, issue));
  if (seen === "gone") throw new Error(`the issue ${issue} is gone`);
  return seen;
}

export function refTo(stage: ContractStage, issue: number): IssueRef {
  return { ...stage.repository, issue };
}

const SETTINGS = {
  role: "implement",
  phases: "plan-build",
  priority: "p2",
  budget: 5_000_000,
  base: null,
  model: "base",
} as const;
const DIGEST = "d".repeat(64);
const NONCE = "0".repeat(16);

/** The message of a task's record, written by nobody in particular. */
export function message(seen: Observation, move: "queue" | "claim"): string {
  const { repository, issue, now } = seen;
  const actor = { id: 1, login: "somebody", kind: "app" } as const;
  const common = {
    v: 1,
    task: `${repository.id}/${issue.nodeId}`,
    actor,
    cause: `issue:${issue.nodeId}-${move}`,
    at: now,
  } as const;
  const record: LedgerRecord =
    move === "queue"
      ? { ...common, move, state: "queued", data: { settings: SETTINGS, digest: DIGEST, title: issue.title } }
      : {
          ...common,
          move,
          state: "claimed",
          data: {
            attempt: 1,
            host: "actions",
            role: "implement",
            phases: "plan-build",
            holder: actor,
            leaseMs: 3_600_000,
            reserved: 1_000_000,
            digest: DIGEST,
          },
        };
  return encodeRecord(record, `${move} for a test`, NONCE);
}

/** The message of a repository record that pauses. */
export function pauseMessage(seen: Observation, why: string): string {
  const { repository, now: at } = seen;
  const move = { move: "pause", why, by: "alice", role: null } as const;
  const after = { ...EMPTY_REPOSITORY, paused: { why, by: "alice", at } };
  const actor = { id: 1, login: "alice", kind: "user" } as const;
  return encodeRepositoryRecord(
    { v: 1, repository: repository.id, moves: [move], actor, cause: `sweep:${at}/0`, at, after, nonce: NONCE },
    "paused for a test",
  );
}
