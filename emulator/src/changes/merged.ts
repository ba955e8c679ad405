// What a pull request is after its merge, and which issues that merge closes. Moves no refs.
import { closingReferences } from "../code/closing-keywords.ts";
import type { Sha } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { Actor } from "../world/caller.ts";
import type { Pull } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { findRepository, repositoryOf } from "../world/world.ts";
import { closeIssue } from "./issues.ts";
import { issueOf, tellAboutPull } from "./pulls.ts";
import { addToTimeline, touch } from "./record.ts";

/** The state of a merged pull request; events come after. */
export function markMerged(hub: Hub, actor: Actor, pull: Pull, sha: Sha): void {
  const issue = issueOf(hub, pull);
  pull.merged = true;
  pull.mergedAt = hub.world.clock.now();
  pull.mergedById = actor.account.id;
  pull.mergeCommitSha = sha;
  pull.autoMerge = null;
  touch(hub, issue);
  addToTimeline(hub, actor, issue, "merged", {}, sha);
  closeIssue(hub, actor, issue, null, { commitId: sha, quietly: true });
}

export function tellMerged(hub: Hub, actor: Actor, pull: Pull): void {
  tellAboutPull(hub, actor, pull, "closed");
}

/** "Fixes #12" in a text that reached the default branch. */
export function closeReferenced(hub: Hub, actor: Actor, source: Pull | Repository, text: string, sha: Sha): void {
  const repository = "number" in source ? repositoryOf(hub.world, source) : source;
  if ("number" in source && source.base.ref !== repository.defaultBranch) return;
  for (const reference of closingReferences(text)) {
    const [owner = "", name = ""] = (reference.repository ?? "").split("/");
    const home = reference.repository === null ? repository : findRepository(hub.world, owner, name);
    const issue = home?.issues.get(reference.number);
    if (issue === undefined || issue.isPull || issue.state === "closed") continue;
    closeIssue(hub, actor, issue, "completed", { commitId: sha });
  }
}
