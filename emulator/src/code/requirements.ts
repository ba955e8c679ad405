// What a protected base branch still wants of a pull request before it may be merged. Decides; changes nothing.

import type { Hub } from "../hub.ts";
import { roleAtLeast } from "../world/accounts.ts";
import { roleOf } from "../world/caller.ts";
import type { Pull, Review } from "../world/pulls.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { checkRunsOf, latestRuns } from "./checks.ts";
import { mergeConditions, type Passer } from "./rulesets.ts";
import { latestStatuses, statusesOf } from "./statuses.ts";

export const PASSING: readonly (string | null)[] = ["success", "neutral", "skipped"];

/** The review that counts for each person: the last one that says yes or no. */
export function decidingReviews(hub: Hub, pull: Pull): readonly Review[] {
  const byPerson = new Map<number, Review>();
  for (const review of hub.world.reviews.values()) {
    if (review.pullId !== pull.id) continue;
    if (review.state === "APPROVED" || review.state === "CHANGES_REQUESTED" || review.state === "DISMISSED")
      byPerson.set(review.authorId, review);
  }
  return [...byPerson.values()];
}

export type ReviewDecision = "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED";

/** null = the branch asks for no reviews and nobody asked for changes. */
export function reviewDecision(hub: Hub, pull: Pull): ReviewDecision | null {
  const repository = repositoryOf(hub.world, pull);
  const needed = mergeConditions(repository, pull.base.ref, null)?.requiredApprovals ?? 0;
  const counting = decidingReviews(hub, pull).filter((review) => {
    const author = entity(hub.world.accounts, review.authorId, "account");
    return author.type === "User" && roleAtLeast(roleOf(hub.world, author, repository), "write");
  });
  if (counting.some((review) => review.state === "CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  const approvals = counting.filter((review) => review.state === "APPROVED").length;
  if (approvals > 0 && approvals >= needed) return "APPROVED";
  return needed > 0 ? "REVIEW_REQUIRED" : null;
}

function stateOfContext(hub: Hub, pull: Pull, context: string): "passed" | "failed" | "expected" {
  const repository = repositoryOf(hub.world, pull);
  const run = latestRuns(checkRunsOf(hub, repository, pull.head.sha)).findLast((each) => each.name === context);
  if (run !== undefined) {
    if (run.status !== "completed") return "expected";
    return PASSING.includes(run.conclusion) ? "passed" : "failed";
  }
  const status = latestStatuses(statusesOf(hub, repository, pull.head.sha)).find((each) => each.context === context);
  if (status === undefined || status.state === "pending") return "expected";
  return status.state === "success" ? "passed" : "failed";
}

/** What a strict branch says to a head that lacks its newest commits. */
export const OUT_OF_DATE = "Head branch is out of date. Review and try the merge again.";

/**
 * The first unmet rule in GitHub's words, or null.
 *
 * @param passer who merges: may be let past some rules; null = nobody in particular
 */
export function requirementsOf(hub: Hub, pull: Pull, passer: Passer | null): string | null {
  const rule = mergeConditions(repositoryOf(hub.world, pull), pull.base.ref, passer);
  if (rule === null) return null;
  if (rule.strictChecks && pull.isBehind) return OUT_OF_DATE;
  if (rule.requiredApprovals > 0) {
    const decision = reviewDecision(hub, pull);
    if (decision === "CHANGES_REQUESTED") return "Changes have been requested by reviewers with write access.";
    if (decision !== "APPROVED") {
      const plural = rule.requiredApprovals === 1 ? "review is" : "reviews are";
      return `At least ${rule.requiredApprovals} approving ${plural} required by reviewers with write access.`;
    }
  }
  const states = (rule.requiredChecks ?? []).map((context) => ({ context, state: stateOfContext(hub, pull, context) }));
  const open = states.filter((each) => each.state !== "passed");
  const first = open[0];
  if (first === undefined) return null;
  if (open.length > 1) return `${open.length} of ${states.length} required status checks have not succeeded.`;
  return `Required status check "${first.context}" is ${first.state === "failed" ? "failing" : "expected"}.`;
}
