// The shape of GitHub's answer to one look. It is parsed before anything in it is believed: a field that is missing
// or null where GitHub promises a value throws, and the loop looks again.

import { z } from "zod";

const page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
/** GitHub's BigInt is a string on the wire. */
const bigId = z.union([z.string().regex(/^\d+$/), z.int()]).transform(Number);
const time = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) context.addIssue({ code: "custom", message: "not a time" });
  return at;
});
const oid = z.string().regex(/^[0-9a-f]{40}$/);

export const whoSchema = z.object({
  __typename: z.string(),
  login: z.string(),
  id: z.string().optional(),
  databaseId: z.int().nullish(),
});
export type Who = z.infer<typeof whoSchema>;
const who = whoSchema.nullable();

const saidSchema = z.object({
  id: z.string(),
  fullDatabaseId: bigId,
  author: who,
  body: z.string(),
  createdAt: time,
  updatedAt: time,
  lastEditedAt: time.nullable(),
  editor: who,
  isMinimized: z.boolean(),
  reactionGroups: z.array(z.object({ content: z.string(), viewerHasReacted: z.boolean() })).nullable(),
});
export type Said = z.infer<typeof saidSchema>;

const happenedSchema = z.object({
  __typename: z.string(),
  id: z.string(),
  createdAt: time,
  actor: who,
  label: z.object({ name: z.string() }).optional(),
  assignee: z.object({ login: z.string().optional() }).nullish(),
});
export type Happened = z.infer<typeof happenedSchema>;

export const recordedSchema = z.object({
  oid,
  message: z.string(),
  author: z
    .object({ email: z.string().nullable(), user: z.object({ databaseId: z.int().nullable() }).nullable() })
    .nullable(),
  committer: z.object({ email: z.string().nullable() }).nullable(),
  signature: z.object({ isValid: z.boolean(), wasSignedByGitHub: z.boolean() }).nullable(),
});
export type Recorded = z.infer<typeof recordedSchema>;
const chainedSchema = recordedSchema.extend({ parents: z.object({ nodes: z.array(z.object({ oid })) }) });
export type Chained = z.infer<typeof chainedSchema>;

/** One page of a list. GitHub leaves null in the place of what the token may not see; `list` drops it, `whole` does not. */
const list = <T extends z.ZodType>(node: T) =>
  z
    .object({ pageInfo: page, nodes: z.array(node.nullable()) })
    .transform(({ pageInfo, nodes }) => ({ pageInfo, nodes: nodes.filter((one) => one !== null) }));
const whole = <T extends z.ZodType>(node: T) => z.object({ pageInfo: page, nodes: z.array(node) });

const issueState = z.object({
  number: z.int(),
  state: z.string(),
  stateReason: z.string().nullable(),
  repository: z.object({ nameWithOwner: z.string() }),
});

const issueSchema = z.object({
  __typename: z.string(),
  id: z.string(),
  number: z.int(),
  title: z.string(),
  body: z.string(),
  createdAt: time,
  lastEditedAt: time.nullable(),
  locked: z.boolean(),
  repository: z.object({ databaseId: z.int() }),
  issueState: z.string().optional(),
  pullState: z.string().optional(),
  stateReason: z.string().nullish(),
  author: who,
  editor: who,
  labels: z.object({ nodes: z.array(z.object({ id: z.string(), name: z.string() })) }).nullable(),
  assignees: z.object({ nodes: z.array(whoSchema) }),
  comments: whole(saidSchema),
  events: whole(happenedSchema).optional(),
  renames: z.object({ nodes: z.array(z.object({ createdAt: time, actor: who })) }).optional(),
  subIssues: z.object({ nodes: z.array(issueState.nullable()) }).optional(),
});
export type IssueAnswer = z.infer<typeof issueSchema>;

const checkedSchema = z.object({
  __typename: z.string(),
  databaseId: z.int().nullish(),
  completedAt: time.nullish(),
  createdAt: time.optional(),
  name: z.string().optional(),
  status: z.string().optional(),
  conclusion: z.string().nullish(),
  checkSuite: z.object({ app: z.object({ slug: z.string() }).nullable() }).optional(),
  context: z.string().optional(),
  state: z.string().optional(),
  creator: z.object({ login: z.string() }).nullish(),
});
export type Checked = z.infer<typeof checkedSchema>;

const reviewSchema = z.object({
  fullDatabaseId: bigId,
  state: z.string(),
  body: z.string(),
  /** Null while the review is still being written. */
  submittedAt: time.nullable(),
  commit: z.object({ oid }).nullable(),
  author: who,
});
export type ReviewAnswer = z.infer<typeof reviewSchema>;
const fileSchema = z.object({ path: z.string() });

const commitsSchema = z.object({
  nodes: z.array(
    z.object({ commit: z.object({ oid, statusCheckRollup: z.object({ contexts: whole(checkedSchema) }).nullable() }) }),
  ),
});

const pullRequestSchema = z.object({
  id: z.string(),
  number: z.int(),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  isDraft: z.boolean(),
  createdAt: time,
  closedAt: time.nullable(),
  author: who,
  headRefName: z.string(),
  headRefOid: oid,
  headRepository: z.object({ nameWithOwner: z.string() }).nullable(),
  baseRefName: z.string(),
  mergeCommit: z.object({ oid }).nullable(),
  mergeable: z.enum(["MERGEABLE", "CONFLICTING", "UNKNOWN"]),
  mergeStateStatus: z.string(),
  isInMergeQueue: z.boolean(),
  baseRef: z
    .object({ target: z.object({ statusCheckRollup: z.object({ state: z.string() }).nullish() }).nullable() })
    .nullable(),
  comments: whole(saidSchema),
  reviews: whole(reviewSchema).nullable(),
  files: whole(fileSchema).nullable(),
  commits: commitsSchema,
  pushes: z.object({
    nodes: z.array(
      z.object({
        __typename: z.string(),
        createdAt: time,
        afterCommit: z.object({ oid }).nullish(),
        reason: z.string().nullish(),
      }),
    ),
  }),
});
export type PullRequestAnswer = z.infer<typeof pullRequestSchema>;

const tipSchema = z.object({ name: z.string(), target: recordedSchema });
export type Tip = z.infer<typeof tipSchema>;
const labelledSchema = z.object({
  number: z.int(),
  createdAt: time,
  author: who,
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullable(),
});
export type Labelled = z.infer<typeof labelledSchema>;

export const blobSchema = z.object({ text: z.string().nullish(), isTruncated: z.boolean().optional() }).nullable();
export type Blob = z.infer<typeof blobSchema>;

export const lookSchema = z.object({
  repository: z.object({
    id: z.string(),
    databaseId: z.int(),
    name: z.string(),
    isPrivate: z.boolean(),
    owner: z.object({ login: z.string() }),
    defaultBranchRef: z.object({ name: z.string(), target: z.object({ oid }).nullable() }).nullable(),
    config: blobSchema,
    issue: issueSchema,
    ledger: z.object({ target: z.object({ oid, history: whole(chainedSchema) }) }).nullable(),
    repositoryLedger: z.object({ target: z.object({ oid }).and(recordedSchema.partial()) }).nullable(),
    taskBranch: z.object({ target: z.object({ oid }) }).nullable(),
    pullRequests: whole(pullRequestSchema),
    ledgers: whole(tipSchema).nullable(),
    labelled: list(labelledSchema),
  }),
});
export type LookAnswer = z.infer<typeof lookSchema>["repository"];

const onNode = <T extends z.ZodRawShape>(shape: T) => z.object({ node: z.object(shape) });
/** Answers to the further pages, by the name of the page. */
export const pageSchemas = {
  comments: onNode({ comments: whole(saidSchema) }).transform(({ node }) => node.comments),
  events: onNode({ events: whole(happenedSchema) }).transform(({ node }) => node.events),
  reviews: onNode({ reviews: whole(reviewSchema) }).transform(({ node }) => node.reviews),
  pullRequests: z
    .object({ repository: z.object({ pullRequests: whole(pullRequestSchema) }) })
    .transform(({ repository }) => repository.pullRequests),
  files: onNode({ files: whole(fileSchema) }).transform(({ node }) => node.files),
  checks: onNode({ commits: commitsSchema }).transform(
    ({ node }) =>
      node.commits.nodes[0]?.commit.statusCheckRollup?.contexts ?? {
        pageInfo: { hasNextPage: false, endCursor: null },
        nodes: [],
      },
  ),
  records: z
    .object({ repository: z.object({ object: z.object({ history: whole(chainedSchema) }) }) })
    .transform(({ repository }) => repository.object.history),
  ledgers: z
    .object({ repository: z.object({ ledgers: whole(tipSchema).nullable() }) })
    .transform(
      ({ repository }) => repository.ledgers ?? { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] },
    ),
  labelled: z
    .object({ repository: z.object({ labelled: list(labelledSchema) }) })
    .transform(({ repository }) => repository.labelled),
} as const;
