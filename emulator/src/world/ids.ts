// Database ids and node ids. One sequence feeds every kind of entity, so that an id of one kind never happens to be
// a valid id of another: a mixed-up id shows as a 404 instead of as the wrong object.

/** The prefixes that GitHub puts in front of its global node ids, by GraphQL type name. */
export const NODE_PREFIX = {
  App: "A",
  Bot: "BOT",
  CheckRun: "CR",
  CheckSuite: "CS",
  Commit: "C",
  CommitStatus: "SC",
  Blob: "B",
  Tree: "T",
  Tag: "TA",
  Ref: "REF",
  Issue: "I",
  IssueComment: "IC",
  IssueEvent: "E",
  IssueType: "IT",
  Label: "LA",
  Milestone: "MI",
  Organization: "O",
  PullRequest: "PR",
  PullRequestReview: "PRR",
  PullRequestReviewComment: "PRRC",
  PullRequestReviewThread: "PRRT",
  Reaction: "REA",
  Repository: "R",
  RepositoryRuleset: "RRS",
  Team: "T_",
  User: "U",
  UserContentEdit: "UCE",
  Workflow: "W",
  WorkflowRun: "WFR",
  CheckRunJob: "CRJ",
  Artifact: "AR",
  Installation: "IN",
  Hook: "HK",
} as const;

export type NodeType = keyof typeof NODE_PREFIX;

/** What a node id names: a kind and its parts, for most kinds just the database id. */
export interface NodeName {
  readonly type: NodeType;
  readonly parts: readonly (number | string)[];
}

const TYPE_OF_PREFIX = new Map<string, NodeType>(
  Object.keys(NODE_PREFIX)
    .filter((key): key is NodeType => key in NODE_PREFIX)
    .map((type) => [NODE_PREFIX[type], type]),
);

/** Encodes a node id, e.g. `nodeId("Issue", 1042)`, or `nodeId("Commit", repository.id, sha)` for git objects. */
export function nodeId(type: NodeType, ...parts: readonly (number | string)[]): string {
  return `${NODE_PREFIX[type]}_kwDO${Buffer.from(parts.join(":")).toString("base64url")}`;
}

/** Decodes a node id made by `nodeId`; null for anything else. */
export function readNodeId(value: string): NodeName | null {
  const match = /^([A-Z_]+?)_kwDO([\w-]+)$/.exec(value);
  const type = TYPE_OF_PREFIX.get(match?.[1] ?? "");
  if (match === null || type === undefined) return null;
  const parts = Buffer.from(match[2] ?? "", "base64url")
    .toString("utf8")
    .split(":")
    .map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : part));
  return { type, parts };
}

export interface Sequence {
  /** The next id; never repeats in the life of a world. */
  readonly next: () => number;
  /** What `next` gave last, for snapshots. */
  readonly last: () => number;
}

export function createSequence(start: number): Sequence {
  let last = start;
  return {
    next: () => {
      last += 1;
      return last;
    },
    last: () => last,
  };
}
