// Whether a submission may merge: the runner's evidence and GitHub's checks on exactly one head. No checks is not green.

import type { RepositoryConfig } from "./config.ts";
import type { ObservedPullRequest } from "./observation.ts";
import type { Submission } from "./task.ts";

export type Gate =
  | { readonly gate: "green" }
  | { readonly gate: "pending"; readonly waitsFor: readonly string[] }
  | { readonly gate: "red"; readonly failed: readonly string[] };

/** The check run that carries the evidence; it mirrors the record and is not asked again. */
export const EVIDENCE_CHECK = "signalbox";

/** @param pullRequest the task's own pull request, its head already known to be the submission's */
export function gateOf(submission: Submission, pullRequest: ObservedPullRequest, config: RepositoryConfig): Gate {
  const theirs = pullRequest.checks.filter((check) => check.name !== EVIDENCE_CHECK);
  const evidence = evidenceGate(submission, config, theirs.length);
  const failed = [
    ...evidence.failed,
    ...theirs.filter((check) => check.status === "failure").map((check) => check.name),
  ];
  if (failed.length > 0) return { gate: "red", failed };
  const waitsFor = [
    ...evidence.missing,
    ...theirs.filter((check) => check.status === "pending").map((check) => check.name),
  ];
  return waitsFor.length > 0 ? { gate: "pending", waitsFor } : { gate: "green" };
}

function evidenceGate(
  submission: Submission,
  config: RepositoryConfig,
  reported: number,
): { readonly failed: readonly string[]; readonly missing: readonly string[] } {
  const failed = submission.evidence.filter((piece) => piece.exitCode !== 0).map((piece) => piece.name);
  if (config.checks === "none") return { failed, missing: [] };
  if (submission.isAssembled)
    return { failed, missing: reported === 0 ? ["checks of the pull request (none ran)"] : [] };
  if (config.checks.length === 0 && submission.evidence.length === 0)
    return { failed, missing: ["checks (none are configured)"] };
  const ran = new Set(submission.evidence.map((piece) => piece.name));
  return { failed, missing: config.checks.map((check) => check.name).filter((name) => !ran.has(name)) };
}
