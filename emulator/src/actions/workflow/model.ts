// What a workflow file says, checked but not yet evaluated: a `Template` may still hold ${{ expressions }}.
// Types only.
import type { Scalar } from "./located-yaml.ts";

/** Text in which `${{ … }}` is replaced when its time has come. */
export type Template = string;

export type Access = "read" | "write" | "none";

/** Scopes of GITHUB_TOKEN as a workflow spells them. */
export const TOKEN_SCOPES = [
  "actions",
  "artifact-metadata",
  "attestations",
  "checks",
  "contents",
  "copilot-requests",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
  "vulnerability-alerts",
] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A scope that is not named is `none`. */
export type Permissions = Readonly<Partial<Record<TokenScope, Access>>>;

export type InputType = "string" | "boolean" | "number" | "choice" | "environment";

export interface InputDefinition {
  readonly type: InputType;
  readonly required: boolean;
  /** undefined = none given; a string may hold an expression in `workflow_call`. */
  readonly default: string | number | boolean | undefined;
  readonly options: readonly string[];
}

export interface WorkflowCall {
  readonly inputs: ReadonlyMap<string, InputDefinition>;
  readonly secrets: ReadonlyMap<string, { readonly required: boolean }>;
  readonly outputs: ReadonlyMap<string, Template>;
}

/** Filters of one event; an absent filter admits everything. */
export interface EventFilter {
  readonly types: readonly string[] | null;
  readonly branches: readonly string[] | null;
  readonly branchesIgnore: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly tagsIgnore: readonly string[] | null;
  readonly paths: readonly string[] | null;
  readonly pathsIgnore: readonly string[] | null;
  /** `workflow_run` only: names of workflows. */
  readonly workflows: readonly string[] | null;
}

export interface Triggers {
  readonly events: ReadonlyMap<string, EventFilter>;
  readonly dispatchInputs: ReadonlyMap<string, InputDefinition> | null;
  readonly call: WorkflowCall | null;
  readonly crons: readonly string[];
}

export interface RunDefaults {
  readonly shell: Template | null;
  readonly workingDirectory: Template | null;
}

export interface Concurrency {
  readonly group: Template;
  readonly cancelInProgress: boolean | Template;
  /** `single` keeps one pending and cancels older ones, `max` lets all wait. */
  readonly queue: "single" | "max";
}

export interface Strategy {
  /** A template for the whole matrix, or its raw map: lists, `include`, `exclude`. */
  readonly matrix: Template | Readonly<Record<string, unknown>> | null;
  readonly failFast: boolean | Template;
  readonly maxParallel: number | Template | null;
}

export type StringMap = Readonly<Record<string, Template>>;

interface JobBase {
  readonly id: string;
  readonly name: Template | null;
  readonly needs: readonly string[];
  readonly if: string | null;
  /** null = what the workflow gives. */
  readonly permissions: Permissions | null;
  readonly strategy: Strategy | null;
  readonly concurrency: Concurrency | null;
}

export interface StepsJob extends JobBase {
  readonly kind: "steps";
  readonly runsOn: unknown;
  readonly env: StringMap;
  readonly defaults: RunDefaults;
  readonly outputs: StringMap;
  readonly environment: Template | null;
  readonly timeoutMinutes: number | Template;
  readonly continueOnError: boolean | Template;
  readonly steps: readonly Step[];
}

export interface CallJob extends JobBase {
  readonly kind: "call";
  readonly uses: string;
  readonly with: Readonly<Record<string, Scalar>>;
  readonly secrets: "inherit" | StringMap;
}

export type Job = StepsJob | CallJob;

interface StepBase {
  readonly id: string | null;
  readonly name: Template | null;
  readonly if: string | null;
  readonly env: StringMap;
  readonly continueOnError: boolean | Template;
  readonly timeoutMinutes: number | Template | null;
}

export interface RunStep extends StepBase {
  readonly kind: "run";
  readonly run: Template;
  readonly shell: Template | null;
  readonly workingDirectory: Template | null;
}

export interface UsesStep extends StepBase {
  readonly kind: "uses";
  readonly uses: string;
  readonly with: StringMap;
}

export type Step = RunStep | UsesStep;

export interface Workflow {
  readonly name: string | null;
  readonly runName: Template | null;
  readonly triggers: Triggers;
  /** null = the repository's default for GITHUB_TOKEN. */
  readonly permissions: Permissions | null;
  readonly env: StringMap;
  readonly defaults: RunDefaults;
  readonly concurrency: Concurrency | null;
  readonly jobs: ReadonlyMap<string, Job>;
}
