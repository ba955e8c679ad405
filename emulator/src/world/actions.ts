// Workflows, their runs and jobs, and artifacts.

import type { Commit } from "../git/objects.ts";
import type { Permissions } from "./apps.ts";
import type { CheckConclusion } from "./checks.ts";
import type { JsonObject } from "./json.ts";

export interface Workflow {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  /** E.g. `.github/workflows/ci.yml`. */
  readonly path: string;
  name: string;
  state: "active" | "disabled_manually" | "disabled_inactivity" | "deleted";
  readonly createdAt: number;
  updatedAt: number;
  lastRunNumber: number;
}

export type RunStatus = "requested" | "queued" | "pending" | "waiting" | "in_progress" | "completed";

export interface ReferencedWorkflow {
  /** `owner/repo/.github/workflows/x.yml@ref`. */
  readonly path: string;
  readonly sha: string;
  readonly ref: string | null;
}

export interface WorkflowRun {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly workflowId: number;
  readonly path: string;
  name: string;
  displayTitle: string;
  /** The triggering event: push, pull_request, workflow_dispatch, … */
  readonly event: string;
  /** The webhook payload of that event: `github.event`. */
  readonly payload: JsonObject;
  readonly inputs: JsonObject;
  status: RunStatus;
  conclusion: CheckConclusion | null;
  readonly headBranch: string | null;
  readonly headSha: string;
  /** Kept here so that payloads can be written without asking git. */
  readonly headCommit: Commit;
  /** `github.sha`: the test merge for pull requests, otherwise `headSha`. */
  readonly sha: string;
  /** Full ref, e.g. refs/heads/main. */
  readonly ref: string;
  /** SHA that the workflow file was read from. */
  readonly workflowSha: string;
  readonly runNumber: number;
  runAttempt: number;
  readonly actorId: number;
  triggeringActorId: number;
  readonly createdAt: number;
  updatedAt: number;
  runStartedAt: number;
  checkSuiteId: number;
  readonly pullNumbers: readonly number[];
  referencedWorkflows: readonly ReferencedWorkflow[];
  /** Job ids of every attempt, oldest first. */
  jobIds: readonly number[];
  /** Attempts before this one, oldest first. */
  earlierAttempts: readonly RunAttempt[];
  /** Why the run ended before it began: a file that cannot be read, a workflow that cannot be called. */
  startupProblem: string | null;
}

/** How an attempt ended. */
export interface RunAttempt {
  readonly number: number;
  readonly status: RunStatus;
  readonly conclusion: CheckConclusion | null;
  readonly triggeringActorId: number;
  readonly checkSuiteId: number;
  readonly startedAt: number;
  readonly updatedAt: number;
}

export interface WorkflowStep {
  readonly number: number;
  readonly name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: CheckConclusion | null;
  startedAt: number | null;
  completedAt: number | null;
}

export interface WorkflowJob {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly name: string;
  status: RunStatus;
  conclusion: CheckConclusion | null;
  readonly createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  steps: readonly WorkflowStep[];
  readonly labels: readonly string[];
  runnerName: string | null;
  runnerId: number | null;
  readonly checkRunId: number;
  readonly permissions: Permissions;
  log: string;
  /** What its steps wrote to GITHUB_STEP_SUMMARY. */
  summary: string;
}

export interface Artifact {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly name: string;
  readonly sizeBytes: number;
  /** `sha256:…` of the zip. */
  readonly digest: string;
  /** File on disk that holds the zip. */
  readonly file: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}
