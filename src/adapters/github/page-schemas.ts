// The shape of GitHub's answers to further pages of a look's lists, by the name of the page.

import { z } from "zod";
import {
  chainedSchema,
  commitsSchema,
  fileSchema,
  happenedSchema,
  labelledSchema,
  list,
  pullRequestSchema,
  reviewSchema,
  saidSchema,
  tipSchema,
  whole,
} from "./look-schema.ts";

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
