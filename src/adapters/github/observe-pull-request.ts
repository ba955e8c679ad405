// The pull requests of a task branch, with what the gate asks about: checks, reviews, files, and when each head came.

import type { Account, ObservedCheck, ObservedPullRequest, ObservedReview } from "../../core/observation.ts";
import type { EpochMs, Sha } from "../../core/task.ts";
import { accountOf } from "./accounts.ts";
import type { Checked, PullRequestAnswer, ReviewAnswer } from "./look-schema.ts";
import { followPages } from "./pages.ts";
import type { Wire } from "./wire.ts";

/** What `app` says of our own check, whatever the App is called. */
const OURS = "signalbox";
const WORKFLOWS = ".github/workflows/";

const REVIEW_STATES: { readonly [state: string]: ObservedReview["state"] } = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes_requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
};

const BASE_CHECKS: { readonly [state: string]: ObservedPullRequest["baseChecks"] } = {
  SUCCESS: "green",
  FAILURE: "red",
  ERROR: "red",
  PENDING: "pending",
  EXPECTED: "pending",
};

/** One head of the branch and when it came there. */
export interface HeadSeen {
  readonly head: Sha;
  readonly at: EpochMs;
}

function statusOf(check: Checked): ObservedCheck["status"] {
  if (check.__typename === "StatusContext") {
    if (check.state === "SUCCESS") return "success";
    return check.state === "PENDING" || check.state === "EXPECTED" ? "pending" : "failure";
  }
  if (check.status !== "COMPLETED") return "pending";
  if (check.conclusion === "SUCCESS") return "success";
  return check.conclusion === "NEUTRAL" || check.conclusion === "SKIPPED" ? "neutral" : "failure";
}

/** Checks that were reported, and as pending those that are required but were not. */
export function observedChecks(
  reported: readonly Checked[],
  required: ReadonlySet<string>,
  writer: Account,
): readonly ObservedCheck[] {
  const found = reported.map((check) => {
    const name = check.name ?? check.context ?? "";
    const by = check.checkSuite?.app?.slug ?? check.creator?.login ?? null;
    const app = by !== null && `${by}[bot]` === writer.login ? OURS : by;
    const status = statusOf(check);
    const endedAt = status === "pending" ? null : (check.completedAt ?? check.createdAt ?? null);
    return { name, app, status, isRequired: required.has(name), runId: check.databaseId ?? null, endedAt };
  });
  const missing = [...required].filter((name) => !found.some((check) => check.name === name));
  const unreported = { app: null, status: "pending", isRequired: true, runId: null, endedAt: null } as const;
  return [...found, ...missing.map((name) => ({ name, ...unreported }))];
}

function observedReview(review: ReviewAnswer): readonly ObservedReview[] {
  const state = REVIEW_STATES[review.state];
  if (state === undefined || review.submittedAt === null) return [];
  const { fullDatabaseId: id, body, commit, author, submittedAt: at } = review;
  return [{ id, author: accountOf(author), state, commit: commit?.oid ?? null, body, at }];
}

/**
 * @param heads heads of the task branch of which our own records, or GitHub's list of pushes, know when they came
 * @param now   taken for a head that nobody knows the age of: what was said before now did not mean it
 */
function headsSeen(pull: PullRequestAnswer, heads: readonly HeadSeen[], now: EpochMs): readonly HeadSeen[] {
  const forced = pull.pushes.nodes.flatMap(({ createdAt, afterCommit }) =>
    afterCommit === null || afterCommit === undefined ? [] : [{ head: afterCommit.oid, at: createdAt }],
  );
  const first = new Map<Sha, EpochMs>();
  for (const { head, at } of [...heads, ...forced]) first.set(head, Math.min(at, first.get(head) ?? at));
  if (!first.has(pull.headRefOid)) first.set(pull.headRefOid, now);
  return [...first].map(([head, at]) => ({ head, at })).sort((a, b) => a.at - b.at);
}

/** The last time that the merge queue gave it back. Leaving because it was merged is no such time: it is closed then. */
function droppedFrom(pull: PullRequestAnswer): ObservedPullRequest["dropped"] {
  const event = pull.pushes.nodes.findLast((node) => node.__typename === "RemovedFromMergeQueueEvent");
  return event === undefined ? null : { at: event.createdAt, reason: event.reason ?? "no reason given" };
}

export async function observedPullRequest(
  wire: Wire,
  pull: PullRequestAnswer,
  known: {
    readonly writer: Account;
    readonly heads: readonly HeadSeen[];
    readonly now: EpochMs;
    /** Names of required checks by base branch. */
    readonly required: ReadonlyMap<string, ReadonlySet<string>>;
  },
): Promise<ObservedPullRequest> {
  const { id } = pull;
  const isOpen = pull.state === "OPEN";
  const last = pull.commits.nodes[0]?.commit;
  // A push between two reads of GitHub's: the checks are not those of the head.
  const contexts = last?.oid === pull.headRefOid ? (last.statusCheckRollup?.contexts ?? null) : null;
  const checks = contexts === null ? [] : await followPages(wire, "checks", contexts, { id });
  const reviews = pull.reviews === null ? [] : await followPages(wire, "reviews", pull.reviews, { id });
  // What a closed pull request touched is asked of nobody any more.
  const files = pull.files === null || !isOpen ? null : await followPages(wire, "files", pull.files, { id });
  return {
    number: pull.number,
    nodeId: id,
    author: accountOf(pull.author),
    headRef: pull.headRefName,
    headRepository: pull.headRepository?.nameWithOwner ?? null,
    head: pull.headRefOid,
    baseRef: pull.baseRefName,
    isOpen,
    isMerged: pull.state === "MERGED",
    closedAt: pull.closedAt,
    isDraft: pull.isDraft,
    mergeSha: pull.mergeCommit?.oid ?? null,
    mergeable: ({ MERGEABLE: "yes", CONFLICTING: "no", UNKNOWN: "unknown" } as const)[pull.mergeable],
    isBehind: isOpen && pull.mergeStateStatus === "BEHIND",
    baseChecks: BASE_CHECKS[pull.baseRef?.target?.statusCheckRollup?.state ?? ""] ?? "none",
    isInMergeQueue: pull.isInMergeQueue,
    dropped: droppedFrom(pull),
    checks: observedChecks(checks, known.required.get(pull.baseRefName) ?? new Set(), known.writer),
    reviews: reviews.flatMap(observedReview),
    // Files that GitHub does not list may be workflow files: unknown is not no.
    touchesWorkflows: files === null ? isOpen : files.some(({ path }) => path.startsWith(WORKFLOWS)),
    headSeenAt: headsSeen(pull, known.heads, known.now),
  };
}
