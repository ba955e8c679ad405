// What one run hands from the job that worked to the job that publishes: `result.json` beside a git bundle.
// Everything in it was written next to a model, so the publisher parses it with these schemas and believes nothing else.

import { z } from "zod";
import { PHASES } from "./phases.ts";
import { evidenceSchema, progressSchema, reportSchema, usageSchema } from "./record.ts";
import { subTasksSchema } from "./result-tasks.ts";

/** Largest result.json that is read, in bytes. */
export const RESULT_BYTES_MAX = 1_000_000;

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const text = z.string().max(4_000);

/** How the agent loop ended. `failed` is the runner's own finding: a phase or a check did not pass. */
export const EXITS = [
  "done",
  "asked",
  "out-of-turns",
  "out-of-time",
  "out-of-money",
  "rate-limited",
  "refused",
  "bad-format",
  "failed",
  "model-unreachable",
  /** It wrote a plan, and the configuration wants a person to approve it first. */
  "planned",
] as const;
export type Exit = (typeof EXITS)[number];

/** What a run without phases does, by the kind of its result. */
export const SINGLE_STEPS = ["verdict", "tasks", "report", "evidence"] as const;

export const phaseReportSchema = z.strictObject({
  phase: z.enum([...PHASES, ...SINGLE_STEPS]),
  status: z.enum(["passed", "failed", "skipped"]),
  summary: text,
  rounds: z.int().nonnegative(),
});

export const runResultSchema = z.strictObject({
  v: z.literal(1),
  repository: z.string().max(200),
  issue: z.int().positive(),
  /** The lease token that the run worked under. */
  token: sha,
  run: z.strictObject({ id: z.int().nonnegative(), attempt: z.int().positive() }),
  exit: z.enum(EXITS),
  /** Why it ended so, in one sentence; mandatory for every exit but `done`. */
  reason: text,
  summary: text,
  question: text.nullable(),
  phases: z.array(phaseReportSchema).max(30),
  base: z.string().min(1).max(255),
  baseSha: sha,
  /** The head in the bundle, or null when nothing was committed. */
  head: sha.nullable(),
  evidence: z.array(evidenceSchema).max(20),
  usage: usageSchema,
  /** What a role that judges found; null or missing for every other. */
  verdict: z.strictObject({ approves: z.boolean(), reason: text.min(1) }).nullish(),
  /** The sub-tasks of a breakdown. */
  tasks: subTasksSchema.nullish(),
  /** What a role that reports found. */
  report: reportSchema.nullish(),
  /** How far it came: what the next run need not do again. */
  progress: progressSchema.nullish(),
  pullRequest: z.strictObject({ title: z.string().max(200), body: text }).nullable(),
});
export type RunResult = Readonly<z.infer<typeof runResultSchema>>;
