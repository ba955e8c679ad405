// The JSON API between a run and the app: bodies of requests and answers. The bearer of every call is the run's own
// OIDC token of GitHub Actions; Signalbox issues no credentials of its own but passes on narrowed tokens of GitHub.

import { z } from "zod";
import { evidenceSchema, progressSchema } from "./record.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/);

/** Audience that a run must ask its OIDC token for. */
export const OIDC_AUDIENCE = "signalbox";

/** Inputs of the thin workflow's `workflow_dispatch`; nothing user-written is ever among them. */
export const dispatchInputsSchema = z.strictObject({
  repository,
  issue: z.string().regex(/^[1-9]\d{0,9}$/),
  token: sha,
});

/** `POST /api/runs/bind`: may this run work? Answers 200 with a grant, or 409 with the reason when another run is bound or the lease is over. */
export const bindRequestSchema = z.strictObject({ repository, issue: z.int().positive(), token: sha });

const author = z.strictObject({ login: z.string(), id: z.int(), trust: z.enum(["writer", "other"]) });

/** What the agent may know of the task: title and body as queued, comments as of the claim, hidden text stripped. */
export const taskViewSchema = z.strictObject({
  issue: z.int().positive(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  author,
  comments: z.array(z.strictObject({ id: z.int(), author, body: z.string(), at: z.int() })),
  feedback: z.array(z.strictObject({ source: z.string(), by: z.string(), text: z.string() })),
  role: z.string(),
  phases: z.string(),
  attempt: z.int().positive(),
  /** Where this attempt starts: the base branch, or the work that an earlier attempt kept. */
  base: z.string(),
  baseSha: sha,
  start: sha,
  workSummary: z.string().nullable(),
  budget: z.int().nonnegative(),
  model: z.string(),
  heavyModel: z.string(),
  /** What an attempt that stopped half-way left: phases that need not be done again. */
  resume: progressSchema.nullable(),
  /** SHA-256 of the plan that a person approved, hex. */
  approvedPlan: z.string().nullable(),
  /** A claim under review: the submitted head is to be looked at, not worked on. Facts are the app's, never a model's. */
  inspection: z
    .strictObject({
      head: sha,
      /** What the agent that made it says of it. */
      summary: z.string(),
      evidence: z.array(evidenceSchema),
      checks: z.array(z.strictObject({ name: z.string(), status: z.string() })),
      rejections: z.int().nonnegative(),
    })
    .nullable(),
});
export type TaskView = Readonly<z.infer<typeof taskViewSchema>>;

export const bindAnswerSchema = z.strictObject({
  view: taskViewSchema,
  /** The config file as YAML gave it; parse it with `parseConfig`. */
  config: z.unknown(),
  /** Reads this one repository and nothing else. */
  readToken: z.string(),
  expiresAt: z.int(),
});

/** `POST /api/runs/phase`: a phase began or ended; shown live, written to no comment. */
export const phaseReportRequestSchema = z.strictObject({
  repository,
  issue: z.int().positive(),
  token: sha,
  phase: z.string().max(50),
  status: z.enum(["started", "passed", "failed"]),
  cost: z.int().nonnegative(),
});

/** `POST /api/runs/publish-token`: for the publish job alone (told apart by `job_workflow_ref`). */
export const publishTokenRequestSchema = z.strictObject({ repository, issue: z.int().positive(), token: sha });
export const publishTokenAnswerSchema = z.strictObject({
  /** contents, pull requests, checks: write, on this one repository; revoke it after use. */
  writeToken: z.string(),
  expiresAt: z.int(),
  /** The account whose records count. */
  writer: z.strictObject({ id: z.int(), login: z.string(), isBot: z.boolean() }),
  /** The config file as YAML gave it; parse it with `parseConfig`. */
  config: z.unknown(),
});

/** `POST /api/runs/published`: a hint to look at the task at once instead of waiting for a webhook. */
export const publishedRequestSchema = z.strictObject({ repository, issue: z.int().positive() });

/** A refusal on the API: one sentence for people, one word for programs. */
export const apiRefusalSchema = z.strictObject({ error: z.string(), reason: z.string() });
