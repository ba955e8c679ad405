// The one way in which refs of a repository move: REST, GraphQL, git pushes and merges all come through here. It holds the
// rules, makes the change atomically, and then lets everything follow: events, pull requests, closing keywords.
import type { Sha } from "../git/objects.ts";
import { ZERO_SHA } from "../git/objects.ts";
import type { AppliedRefChange } from "../git/refs.ts";
import type { GitRepository } from "../git/repository.ts";
import type { Hub } from "../hub.ts";
import { type PushFacts, pushFacts, pushPayload, refPayload } from "../webhooks/push-payload.ts";
import type { Repository } from "../world/repositories.ts";
import { followBranch } from "./follow-branch.ts";
import type { Mover } from "./mover.ts";
import { branchName, firstMoveRefusal, type MoveRefusal, type RefMove } from "./ref-rules.ts";

export type MoveVerdict = { readonly moved: readonly AppliedRefChange[] } | { readonly refused: MoveRefusal };

export interface MoveOptions {
  /** True for merges that met the branch's rules already. */
  readonly rulesSatisfied?: boolean;
  /** The pull request that this move merges: it is not detected a second time. */
  readonly merging?: number;
  /** Asked while nothing else can move: false = what this move was based on has changed, and nothing happens. */
  readonly isStillRight?: () => boolean;
  /** Runs after the refs moved and before anything follows. */
  readonly onMoved?: () => void;
}

/** GitHub tells nobody about a push of more tags than this. */
const TAGS_TOLD_MAX = 3;

interface Moved {
  readonly hub: Hub;
  readonly repository: Repository;
  readonly git: GitRepository;
  readonly mover: Mover;
}

async function tell(moved: Moved, change: AppliedRefChange, facts: PushFacts): Promise<void> {
  const { hub, repository, git, mover } = moved;
  const { actor } = mover;
  const isDeleted = change.after === ZERO_SHA;
  const payload = await pushPayload(hub, repository, git, { change, facts, actor });
  if (change.before === ZERO_SHA || isDeleted) {
    const name = isDeleted ? "delete" : "create";
    hub.events.emit({ name, action: null, actor, repository, payload: refPayload(repository, change.name) });
  }
  hub.events.emit({
    name: "push",
    action: null,
    actor,
    repository,
    payload,
    ...(facts.head === null ? {} : { headCommitMessage: facts.head.message }),
  });
}

async function follow(moved: Moved, changes: readonly AppliedRefChange[], merging: number | undefined): Promise<void> {
  const { hub, repository, git } = moved;
  repository.pushedAt = hub.world.clock.now();
  const tags = changes.filter((change) => change.name.startsWith("refs/tags/"));
  for (const change of changes) {
    const branch = branchName(change.name);
    const isTag = change.name.startsWith("refs/tags/");
    if (branch === null && (!isTag || tags.length > TAGS_TOLD_MAX)) continue;
    const facts = await pushFacts(git, change);
    await tell(moved, change, facts);
    if (branch !== null) await followBranch({ ...moved, change, facts, branch, merging: merging ?? null });
  }
}

export function refLock(repository: Repository): string {
  return `refs:${repository.id}`;
}

/** Moves refs, all or none, as `mover`. Refusals come back as data. */
export function moveRefs(
  hub: Hub,
  repository: Repository,
  mover: Mover,
  moves: readonly RefMove[],
  options: MoveOptions = {},
): Promise<MoveVerdict> {
  const git = hub.git.of(repository);
  // Before the old values are looked at: nobody learns anything about refs that are GitHub's own.
  const hidden = moves.find(({ name }) => name.startsWith("refs/pull/"));
  if (hidden !== undefined) return Promise.resolve({ refused: { reason: "hidden", name: hidden.name } });
  const { signedCommits: signed } = hub.world;
  const setting = { repository, git, mover, signed, rulesSatisfied: options.rulesSatisfied ?? false };
  const run = async (): Promise<MoveVerdict> => {
    const verdict = await git.refs.update(moves, async (changes): Promise<MoveRefusal | null> => {
      if (options.isStillRight?.() === false) return { reason: "overtaken", name: moves[0]?.name ?? "" };
      return firstMoveRefusal(setting, moves, changes);
    });
    if ("refused" in verdict) return verdict;
    options.onMoved?.();
    await follow({ hub, repository, git, mover }, verdict.applied, options.merging);
    return { moved: verdict.applied };
  };
  // Events come in the order of the moves, and nothing overtakes what follows from a move.
  return hub.work.track(hub.exclusive(refLock(repository), run));
}

/** Creates a branch or moves it forward. */
export function moveBranch(
  hub: Hub,
  repository: Repository,
  mover: Mover,
  move: { readonly branch: string; readonly before?: Sha; readonly after: Sha; readonly force?: boolean },
  options: MoveOptions = {},
): Promise<MoveVerdict> {
  const { branch, before, after, force = false } = move;
  const name = `refs/heads/${branch}`;
  return moveRefs(
    hub,
    repository,
    mover,
    [{ name, after, force, ...(before === undefined ? {} : { before }) }],
    options,
  );
}
