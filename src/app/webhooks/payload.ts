// The few fields of webhook payloads that say where to look. Everything else of a payload is left where it is.

import { z } from "zod";

const repository = z.object({ id: z.int(), full_name: z.string() });
const account = z.object({ id: z.int(), login: z.string(), type: z.string().optional() });
const label = z.object({ name: z.string() });
const issue = z.object({
  number: z.int().positive(),
  labels: z.array(label).optional(),
  pull_request: z.unknown().optional(),
  user: account.nullish(),
});
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const head = z.object({ ref: z.string(), sha: sha.optional(), repo: z.object({ id: z.int() }).nullish() });
const suite = z.object({ head_branch: z.string().nullish() });

export const payloadSchema = z.object({
  action: z.string().optional(),
  repository: repository.optional(),
  sender: account.optional(),
  issue: issue.optional(),
  label: label.optional(),
  comment: z.object({ body: z.string().nullish(), user: account.nullish() }).optional(),
  pull_request: z.object({ number: z.int().positive(), head }).optional(),
  check_run: z.object({ check_suite: suite.nullish() }).optional(),
  check_suite: suite.optional(),
  branches: z.array(z.object({ name: z.string() })).optional(),
  workflow_run: z.object({ display_title: z.string().nullish(), head_branch: z.string().nullish() }).optional(),
  ref: z.string().optional(),
  after: sha.optional(),
  changes: z.object({ name: z.object({ from: z.string() }).optional() }).optional(),
  commits: z
    .array(
      z.object({
        added: z.array(z.string()).optional(),
        modified: z.array(z.string()).optional(),
        removed: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  parent_issue: issue.nullish(),
  parent_issue_repo: repository.nullish(),
  sub_issue: issue.nullish(),
  sub_issue_repo: repository.nullish(),
  blocked_issue: issue.nullish(),
  blocked_issue_repo: repository.nullish(),
  blocking_issue: issue.nullish(),
  blocking_issue_repo: repository.nullish(),
  installation: z.object({ id: z.int() }).optional(),
  repositories: z.array(z.object({ full_name: z.string() })).optional(),
  repositories_added: z.array(z.object({ full_name: z.string() })).optional(),
});

export type Payload = Readonly<z.infer<typeof payloadSchema>>;
