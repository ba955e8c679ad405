// One job under way: what it was asked to do, what it knows so far, and the ports through which it touches the world.
// Types and a factory; the running is in run-job.ts.

import type { JsonObject } from "../../world/json.ts";
import type { JobLog } from "../steps/job-log.ts";
import type { Masks } from "../steps/masks.ts";
import type { RunDefaults, Step, StepsJob, StringMap } from "../workflow/model.ts";
import type { ActionFile } from "../workflow/parse-action.ts";

export type Result = "success" | "failure" | "cancelled" | "skipped";

export interface StepResult {
  readonly outputs: Readonly<Record<string, string>>;
  /** Before `continue-on-error`. */
  readonly outcome: Result;
  /** After it. */
  readonly conclusion: Result;
}

/** Everything that is settled before the job starts. */
export interface JobRequest {
  readonly definition: StepsJob;
  readonly name: string;
  readonly workflowEnv: StringMap;
  readonly workflowDefaults: RunDefaults;
  readonly contexts: {
    readonly github: JsonObject;
    readonly needs: JsonObject;
    readonly inputs: JsonObject;
    readonly vars: JsonObject;
    readonly secrets: Readonly<Record<string, string>>;
    readonly matrix: JsonObject;
    readonly strategy: JsonObject;
    /** Fields of the `job` context beside its status. */
    readonly job: JsonObject;
  };
  /** Values of ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN, when the job may ask for an identity token. */
  readonly idToken: { readonly url: string; readonly token: string } | null;
  /** Where the artifact actions find their service. */
  readonly artifacts: { readonly url: string; readonly token: string };
}

/** An action on disk, ready to run. */
export interface ReadyAction {
  readonly directory: string;
  readonly file: ActionFile;
  /** `owner/name`, or "" for an action of the workspace. */
  readonly repository: string;
  readonly ref: string;
}

export type ActionLookup = { readonly action: ReadyAction } | { readonly problem: string };

export interface StepView {
  readonly number: number;
  readonly name: string;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: Result | null;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
}

export interface Annotation {
  readonly level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string | null;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly column: number | null;
  readonly endColumn: number | null;
}

export interface JobPorts {
  readonly now: () => number;
  /** Aborts after so much time on the emulator's clock; call `cancel` when it is not needed any more. */
  readonly alarm: (ms: number, ring: () => void) => { readonly cancel: () => void };
  /** Remote actions only; those of the workspace are read from disk. */
  readonly findAction: (uses: string) => Promise<ActionLookup>;
  readonly onSteps: (steps: readonly StepView[]) => void;
  readonly onAnnotation: (annotation: Annotation) => void;
  /** Waits while a test holds the job at this step. */
  readonly beforeStep: (name: string) => Promise<void>;
  readonly uuid: () => string;
}

/** The machine: directories and the base environment. */
export interface Machine {
  readonly workspace: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly home: string;
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** The Node that runs `node24` actions. */
  readonly nodePath: string;
  readonly runnerName: string;
  /** As in RUNNER_ARCH: X64, ARM64. */
  readonly arch: string;
}

/** A script that an action wants run when the job ends. */
export interface PostStep {
  readonly name: string;
  readonly condition: string;
  readonly frame: Frame;
  readonly env: Readonly<Record<string, string>>;
  readonly run: (stop: AbortSignal) => Promise<{ readonly succeeded: boolean }>;
}

export interface Job {
  readonly request: JobRequest;
  readonly ports: JobPorts;
  readonly machine: Machine;
  readonly log: JobLog;
  readonly masks: Masks;
  /** Asked to stop: by a person, by a concurrency group, by time. */
  readonly cancel: AbortSignal;
  /** Ends at once, without steps that clean up: force-cancel or a lost machine. */
  readonly abandon: AbortSignal;
  /** `success` until a step fails. */
  status: "success" | "failure" | "cancelled";
  /** Workflow's and job's env, then what steps wrote to GITHUB_ENV. */
  readonly env: Map<string, string>;
  /** What steps wrote to GITHUB_PATH, last first. */
  paths: readonly string[];
  /** Run in reverse order of their registration. */
  readonly posts: PostStep[];
  /** What an action's `pre` saved for its `main`. */
  readonly preState: Map<Step, Map<string, string>>;
  /** Process groups that steps started, for the clean-up at the end. */
  readonly groups: Set<number>;
  summary: string;
}

/** What `inputs`, `steps` and the status functions mean here: in the job itself, or inside a composite action. */
export interface Frame {
  readonly inputs: JsonObject;
  readonly steps: Map<string, StepResult>;
  /** env of the composite step, over the job's. */
  readonly env: Readonly<Record<string, string>>;
  /** Composite actions around this one. */
  readonly depth: number;
  readonly composite: { readonly action: ReadyAction; status: "success" | "failure" | "cancelled" } | null;
}
