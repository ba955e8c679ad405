// The GraphQL documents that are sent to GitHub. One look at a task is one document and costs one point: GitHub counts
// the lists that it may have to fetch and divides by a hundred, so the first pages below are cut to stay under 150.

/** Items of a first page whose items hold a list of their own: each of them counts. */
export const FIRST_RECORDS = 40;
export const FIRST_LABELLED = 50;
/** Items of every other page. GitHub's own maximum. */
export const PAGE_ITEMS = 100;
/** Pull requests of a task branch on the first page, newest first, and on every other one: each holds lists of its own. */
export const FIRST_PULL_REQUESTS = 4;
export const PAGE_PULL_REQUESTS = 15;

const ACTOR = `fragment Who on Actor {
  __typename
  login
  ... on User { id databaseId }
  ... on Bot { id databaseId }
  ... on Mannequin { id databaseId }
  ... on Organization { id databaseId }
}`;

const COMMENT = `fragment Said on IssueComment {
  id
  fullDatabaseId
  author { ...Who }
  body
  createdAt
  updatedAt
  lastEditedAt
  editor { ...Who }
  isMinimized
  reactionGroups { content viewerHasReacted }
}`;

const EVENT = `fragment Happened on IssueTimelineItems {
  __typename
  ... on LabeledEvent { id createdAt actor { ...Who } label { name } }
  ... on UnlabeledEvent { id createdAt actor { ...Who } label { name } }
  ... on ClosedEvent { id createdAt actor { ...Who } }
  ... on ReopenedEvent { id createdAt actor { ...Who } }
  ... on AssignedEvent { id createdAt actor { ...Who } assignee { ... on User { login } ... on Bot { login } ... on Mannequin { login } ... on Organization { login } } }
  ... on UnassignedEvent { id createdAt actor { ...Who } assignee { ... on User { login } ... on Bot { login } ... on Mannequin { login } ... on Organization { login } } }
}`;

const EVENT_TYPES = "[LABELED_EVENT, UNLABELED_EVENT, CLOSED_EVENT, REOPENED_EVENT, ASSIGNED_EVENT, UNASSIGNED_EVENT]";

/** A record's commit; `parents` is asked for apart, because on a tip alone it would only cost. */
const RECORD = `fragment Recorded on Commit {
  oid
  message
  author { email user { databaseId } }
  committer { email }
  signature { isValid wasSignedByGitHub }
}`;

const NEWEST = "orderBy: { field: CREATED_AT, direction: DESC }";
const NEXT = "pageInfo { hasNextPage endCursor }";
const PARENTS = "parents(first: 2) { nodes { oid } }";
const TIPS = `${NEXT} nodes { name target { ... on Commit { ...Recorded } } }`;
const LABELLED = `${NEXT} nodes { number createdAt author { ...Who } labels(first: 30) { nodes { name } } }`;

const ISSUE = `fragment Asked on Issue {
  __typename
  id number title body createdAt lastEditedAt locked
  repository { databaseId }
  issueState: state
  stateReason
  author { ...Who }
  editor { ...Who }
  labels(first: 100) { nodes { id name } }
  assignees(first: 20) { nodes { ...Who } }
  comments(first: ${PAGE_ITEMS}) { ${NEXT} nodes { ...Said } }
  events: timelineItems(first: ${PAGE_ITEMS}, itemTypes: ${EVENT_TYPES}) { ${NEXT} nodes { ...Happened } }
  renames: timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) { nodes { ... on RenamedTitleEvent { createdAt actor { ...Who } } } }
  subIssues(first: 100) { nodes { number state stateReason repository { nameWithOwner } } }
}`;

/** A pull request's number given where an issue's is expected: enough to say no. */
const PULL_REQUEST_AS_ISSUE = `fragment NoIssue on PullRequest {
  __typename
  id number title body createdAt lastEditedAt locked
  repository { databaseId }
  pullState: state
  author { ...Who }
  editor { ...Who }
  labels(first: 100) { nodes { id name } }
  assignees(first: 20) { nodes { ...Who } }
  comments(first: ${PAGE_ITEMS}) { ${NEXT} nodes { ...Said } }
}`;

const PULL_REQUEST = `fragment Offered on PullRequest {
  id number state isDraft createdAt closedAt
  author { ...Who }
  headRefName headRefOid
  headRepository { nameWithOwner }
  baseRefName
  mergeCommit { oid }
  mergeable
  mergeStateStatus
  isInMergeQueue
  baseRef { target { ... on Commit { statusCheckRollup { state } } } }
  comments(first: ${PAGE_ITEMS}) { ${NEXT} nodes { ...Said } }
  reviews(first: ${PAGE_ITEMS}) { ${NEXT} nodes { fullDatabaseId state body submittedAt commit { oid } author { ...Who } } }
  files(first: ${PAGE_ITEMS}) { ${NEXT} nodes { path } }
  commits(last: 1) { nodes { commit { oid statusCheckRollup { contexts(first: ${PAGE_ITEMS}) { ${NEXT} nodes { ...Checked } } } } } }
  pushes: timelineItems(last: 50, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT]) { nodes { __typename ... on HeadRefForcePushedEvent { createdAt afterCommit { oid } } ... on RemovedFromMergeQueueEvent { createdAt reason } } }
}`;

const CHECK = `fragment Checked on StatusCheckRollupContext {
  __typename
  ... on CheckRun { databaseId name status conclusion completedAt checkSuite { app { slug } } }
  ... on StatusContext { context state createdAt creator { login } }
}`;

const ISSUE_PARTS = [ACTOR, COMMENT, EVENT];

/** Everything that one decision about one task needs. */
export const LOOK = [
  `query Look($owner: String!, $name: String!, $number: Int!, $ledger: String!, $repositoryLedger: String!, $taskRef: String!, $taskBranch: String!, $ledgers: String!, $labels: [String!]) {
  repository(owner: $owner, name: $name) {
    id databaseId name isPrivate
    owner { login }
    defaultBranchRef { name target { oid } }
    config: object(expression: "HEAD:.github/signalbox.yml") { ... on Blob { text isTruncated } }
    issue: issueOrPullRequest(number: $number) { ...Asked ...NoIssue }
    ledger: ref(qualifiedName: $ledger) { target { ... on Commit { oid history(first: ${FIRST_RECORDS}) { ${NEXT} nodes { ...Recorded ${PARENTS} } } } } }
    repositoryLedger: ref(qualifiedName: $repositoryLedger) { target { oid ... on Commit { ...Recorded } } }
    taskBranch: ref(qualifiedName: $taskRef) { target { oid } }
    pullRequests(headRefName: $taskBranch, first: ${FIRST_PULL_REQUESTS}, ${NEWEST}) { ${NEXT} nodes { ...Offered } }
    ledgers: refs(refPrefix: $ledgers, first: ${PAGE_ITEMS}) { ${TIPS} }
    labelled: issues(labels: $labels, states: [OPEN], first: ${FIRST_LABELLED}) { ${LABELLED} }
  }
}`,
  ...ISSUE_PARTS,
  ISSUE,
  PULL_REQUEST_AS_ISSUE,
  PULL_REQUEST,
  CHECK,
  RECORD,
].join("\n");

/** Further pages. Each takes `after`; the last two and the ledgers need the repository only. */
export const PAGES = {
  comments: [
    `query MoreComments($id: ID!, $after: String!) {
  node(id: $id) {
    ... on Issue { comments(first: ${PAGE_ITEMS}, after: $after) { ${NEXT} nodes { ...Said } } }
    ... on PullRequest { comments(first: ${PAGE_ITEMS}, after: $after) { ${NEXT} nodes { ...Said } } }
  }
}`,
    ACTOR,
    COMMENT,
  ].join("\n"),
  events: [
    `query MoreEvents($id: ID!, $after: String!) {
  node(id: $id) { ... on Issue { events: timelineItems(first: ${PAGE_ITEMS}, after: $after, itemTypes: ${EVENT_TYPES}) { ${NEXT} nodes { ...Happened } } } }
}`,
    ACTOR,
    EVENT,
  ].join("\n"),
  reviews: [
    `query MoreReviews($id: ID!, $after: String!) {
  node(id: $id) { ... on PullRequest { reviews(first: ${PAGE_ITEMS}, after: $after) { ${NEXT} nodes { fullDatabaseId state body submittedAt commit { oid } author { ...Who } } } } }
}`,
    ACTOR,
  ].join("\n"),
  pullRequests: [
    `query MorePullRequests($owner: String!, $name: String!, $taskBranch: String!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequests(headRefName: $taskBranch, first: ${PAGE_PULL_REQUESTS}, after: $after, ${NEWEST}) { ${NEXT} nodes { ...Offered } } }
}`,
    ACTOR,
    COMMENT,
    PULL_REQUEST,
    CHECK,
  ].join("\n"),
  files: `query MoreFiles($id: ID!, $after: String!) {
  node(id: $id) { ... on PullRequest { files(first: ${PAGE_ITEMS}, after: $after) { ${NEXT} nodes { path } } } }
}`,
  checks: [
    `query MoreChecks($id: ID!, $after: String!) {
  node(id: $id) { ... on PullRequest { commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: ${PAGE_ITEMS}, after: $after) { ${NEXT} nodes { ...Checked } } } } } } } }
}`,
    CHECK,
  ].join("\n"),
  records: [
    `query MoreRecords($owner: String!, $name: String!, $tip: GitObjectID!, $after: String!) {
  repository(owner: $owner, name: $name) { object(oid: $tip) { ... on Commit { history(first: ${PAGE_ITEMS}, after: $after) { ${NEXT} nodes { ...Recorded ${PARENTS} } } } } }
}`,
    RECORD,
  ].join("\n"),
  ledgers: [
    `query MoreLedgers($owner: String!, $name: String!, $ledgers: String!, $after: String) {
  repository(owner: $owner, name: $name) { ledgers: refs(refPrefix: $ledgers, first: ${PAGE_ITEMS}, after: $after) { ${TIPS} } }
}`,
    RECORD,
  ].join("\n"),
  labelled: [
    `query MoreLabelled($owner: String!, $name: String!, $labels: [String!], $states: [IssueState!], $after: String) {
  repository(owner: $owner, name: $name) { labelled: issues(labels: $labels, states: $states, first: ${PAGE_ITEMS}, after: $after) { ${LABELLED} } }
}`,
    ACTOR,
  ].join("\n"),
} as const;

/** Who a repository is, when no look has said it before. */
export const REPOSITORY = `query Repository($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    id databaseId
    defaultBranchRef { name }
    config: object(expression: "HEAD:.github/signalbox.yml") { ... on Blob { text isTruncated } }
  }
}`;

/** The config file of one repository, and what it said before: the newest version that holds is in force. */
export const CONFIG_FILE = `query ConfigFile($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { config: object(expression: "HEAD:.github/signalbox.yml") { ... on Blob { text isTruncated } } }
}`;
export const CONFIG_HISTORY = `query ConfigHistory($owner: String!, $name: String!, $versions: Int!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { target { ... on Commit { history(first: $versions, path: ".github/signalbox.yml") { nodes { file(path: ".github/signalbox.yml") { object { ... on Blob { text isTruncated } } } } } } } }
  }
}`;

/** The only atomic write. It stands alone: GraphQL goes on after a failed mutation. */
export const UPDATE_REFS =
  "mutation UpdateRefs($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }";

/** Commits of a ref that are looked through for one of ours, when it is not the tip itself. */
export const REF_HISTORY = 50;

/** @returns a query for where refs stand now; variables are `owner`, `name`, `ref0`, `ref1`, … */
export function refsDocument(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return `query Refs($owner: String!, $name: String!, ${indexes.map((index) => `$ref${index}: String!`).join(", ")}) {
  repository(owner: $owner, name: $name) {
    ${indexes.map((index) => `ref${index}: ref(qualifiedName: $ref${index}) { target { oid ... on Commit { history(first: ${REF_HISTORY}) { nodes { oid } } } } }`).join("\n    ")}
  }
}`;
}

/** @returns a query for the ids of labels; variables are `owner`, `name`, `label0`, `label1`, … */
export function labelsDocument(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return `query Labels($owner: String!, $name: String!, ${indexes.map((index) => `$label${index}: String!`).join(", ")}) {
  repository(owner: $owner, name: $name) { ${indexes.map((index) => `label${index}: label(name: $label${index}) { id name }`).join(" ")} }
}`;
}

/** The newest comments of an issue or pull request, to find one of ours after an answer that was lost. */
export const NEWEST_COMMENTS = `query NewestComments($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    thread: issueOrPullRequest(number: $number) {
      ... on Issue { comments(last: 50) { nodes { fullDatabaseId body viewerDidAuthor } } }
      ... on PullRequest { comments(last: 50) { nodes { fullDatabaseId body viewerDidAuthor } } }
    }
  }
}`;

/** The node id of an account, for those that no look has shown. */
export const ACCOUNT_NODE = "query Account($login: String!) { user(login: $login) { id databaseId } }";
