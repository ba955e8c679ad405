// What follows when a branch moved: pull requests from and to it, closing keywords, requests for checks.
import { closeReferenced, markMerged, tellMerged } from "../changes/merged.ts";
import { closePull, followHead, issueOf } from "../changes/pulls.ts";
import { addToTimeline } from "../changes/record.ts";
import { ZERO_SHA } from "../git/objects.ts";
import type { AppliedRefChange } from "../git/refs.ts";
import type { GitRepository } from "../git/repository.ts";
import type { Hub } from "../hub.ts";
import type { PushFacts } from "../webhooks/push-payload.ts";
import { permits } from "../world/apps.ts";
import { installationFor } from "../world/caller.ts";
import type { Pull } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { hasSuite, requestSuite, suiteOf } from "./checks.ts";
import { isContained } from "./mergeability.ts";
import type { Mover } from "./mover.ts";

export interface BranchMoved {
  readonly hub: Hub;
  readonly repository: Repository;
  readonly git: GitRepository;
  readonly mover: Mover;
  readonly change: AppliedRefChange;
  readonly facts: PushFacts;
  readonly branch: string;
  /** Number of the pull request that this move merges. */
  readonly merging: number | null;
}

function openPulls(hub: Hub, repository: Repository, keep: (pull: Pull) => boolean): readonly Pull[] {
  return [...repository.pulls.values()].filter((pull) => keep(pull) && issueOf(hub, pull).state === "open");
}

async function followHeads(moved: BranchMoved): Promise<void> {
  const { hub, repository, branch, change, facts, mover } = moved;
  const { before, after } = change;
  if (after === ZERO_SHA) {
    for (const pull of repository.pulls.values()) {
      if (pull.head.ref === branch)
        addToTimeline(hub, mover.actor, issueOf(hub, pull), "head_ref_deleted", { ref: branch });
    }
  }
  for (const pull of openPulls(hub, repository, (each) => each.head.ref === branch && each.head.sha !== after)) {
    if (after === ZERO_SHA) closePull(hub, mover.actor, pull);
    else await followHead(hub, mover.actor, pull, { before, after, forced: facts.forced });
  }
}

/** Pull requests into this branch: closed with it, merged by a push that contains them, else only in need of a new look. */
async function followBases(moved: BranchMoved): Promise<void> {
  const { hub, repository, git, branch, change, mover, merging } = moved;
  for (const pull of openPulls(hub, repository, (each) => each.base.ref === branch && each.number !== merging)) {
    if (change.after === ZERO_SHA) closePull(hub, mover.actor, pull);
    else if (await isContained(git, pull, change.after)) {
      markMerged(hub, mover.actor, pull, change.after);
      tellMerged(hub, mover.actor, pull);
    } else pull.mergeable = null;
  }
}

/** Apps that listen to check suites get one for every new head, as GitHub makes them on push. */
async function requestChecks(moved: BranchMoved): Promise<void> {
  const { hub, repository, change, mover } = moved;
  if (change.after === ZERO_SHA) return;
  for (const app of hub.world.apps.values()) {
    if (!app.events.includes("check_suite")) continue;
    const installation = installationFor(hub.world, app, repository);
    if (installation === null || !permits(installation.permissions, "checks", "write")) continue;
    if (hasSuite(hub, repository, app, change.after)) continue;
    requestSuite(hub, await suiteOf(hub, repository, app, change.after), mover.actor, "requested");
  }
}

export async function followBranch(moved: BranchMoved): Promise<void> {
  const { hub, repository, branch, facts, mover } = moved;
  await followHeads(moved);
  await followBases(moved);
  if (branch === repository.defaultBranch) {
    for (const commit of facts.commits) closeReferenced(hub, mover.actor, repository, commit.message, commit.sha);
  }
  await requestChecks(moved);
}
