// Check suites, check runs and commit statuses.
import type { Commit } from "../git/objects.ts";
import type { Json } from "./json.ts";

export type CheckStatus = "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";
export type CheckConclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required"
  | "stale"
  | "startup_failure";

export interface CheckSuite {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly appId: number;
  readonly headSha: string;
  /** Kept here so that payloads can be written without asking git. */
  readonly headCommit: Commit;
  readonly headBranch: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly createdAt: number;
  updatedAt: number;
  /** Check run ids, oldest first. */
  runIds: readonly number[];
  readonly workflowRunId: number | null;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn: number | null;
  readonly endColumn: number | null;
  readonly level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string | null;
  readonly rawDetails: string | null;
}

export interface CheckRun {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly suiteId: number;
  readonly appId: number;
  readonly headSha: string;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  startedAt: number | null;
  completedAt: number | null;
  output: CheckOutput;
  actions: readonly CheckAction[];
}

export interface CheckOutput {
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly CheckAnnotation[];
  readonly images?: readonly Json[];
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CommitStatus {
  readonly id: number;
  readonly nodeId: string;
  readonly repositoryId: number;
  readonly sha: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creatorId: number;
  readonly createdAt: number;
}
