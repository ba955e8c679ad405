// Whether a submission may merge: the runner's evidence and GitHub's checks on exactly one head. No checks is not green.

import type { RepositoryConfig } from "./config.ts";
import type { ObservedCheck, ObservedPullRequest } from "./observation.ts";
import type { Submission } from "./task.ts";

export type Gate =
  | { readonly gate: "green" }
  | { readonly gate: "pending"; readonly waitsFor: readonly string[] }
  | { readonly gate: "red"; readonly failed: readonly string[] };

/** The check run that carries the evidence; it mirrors the record and is not asked again. */
export const EVIDENCE_CHECK = "signalbox";

/** @param pullRequest the task's own pull request; of another head than the submission's there is no evidence */
export function gateOf(submission: Submission, pullRequest: ObservedPullRequest, config: RepositoryConfig): Gate {
  const evidence = evidenceGate(submission, pullRequest, config);
  const theirs = gatingChecks(pullRequest);
  const failed = [...evidence.failed, ...theirs.filter(isFailed).map((check) => check.name)];
  if (failed.length > 0) return { gate: "red", failed };
  const waitsFor = [
    ...evidence.missing,
    ...theirs.filter((check) => check.status === "pending").map((check) => check.name),
    ...obstacles(pullRequest),
  ];
  return waitsFor.length > 0 ? { gate: "pending", waitsFor } : { gate: "green" };
}

/** The checks that a merge waits for: those that the branch requires, or every one where it requires none. */
export function gatingChecks({ checks }: ObservedPullRequest): readonly ObservedCheck[] {
  const theirs = checks.filter((check) => check.name !== EVIDENCE_CHECK);
  const required = theirs.filter((check) => check.isRequired);
  return required.length > 0 ? required : theirs;
}

function isFailed({ status }: ObservedCheck): boolean {
  return status === "failure";
}

/** @returns names of gating checks that failed on the pull request's head */
export function failedChecks(pullRequest: ObservedPullRequest): readonly ObservedCheck[] {
  return gatingChecks(pullRequest).filter(isFailed);
}

/** What is no check but keeps a merge all the same. */
function obstacles(pullRequest: ObservedPullRequest): readonly string[] {
  const { baseRef, baseChecks, mergeable, isDraft, isInMergeQueue, touchesWorkflows } = pullRequest;
  return [
    ...(baseChecks === "red" ? [`${baseRef} to be green again`] : []),
    ...(mergeable === "no" ? [`its conflict with ${baseRef}`] : []),
    ...(isDraft ? ["the pull request to be ready for review"] : []),
    ...(isInMergeQueue ? ["the merge queue"] : []),
    ...(touchesWorkflows ? ["a person to merge it, because it changes workflow files"] : []),
  ];
}

interface EvidenceGate {
  readonly failed: readonly string[];
  readonly missing: readonly string[];
}

function evidenceGate(submission: Submission, { head }: ObservedPullRequest, config: RepositoryConfig): EvidenceGate {
  const evidence = submission.head === head ? submission.evidence : [];
  const failed = evidence.filter((piece) => piece.exitCode !== 0).map((piece) => piece.name);
  if (config.checks === "none") return { failed, missing: [] };
  if (config.checks.length === 0 && evidence.length === 0) return { failed, missing: ["checks (none are configured)"] };
  const ran = new Set(evidence.map((piece) => piece.name));
  const missing = config.checks.map((check) => check.name).filter((name) => !ran.has(name));
  return { failed, missing: missing.map((name) => `${name} (not run on ${head.slice(0, 7)})`) };
}
