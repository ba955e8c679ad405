// The GraphQL documents about who waits for whom, and about what else is under way. Sent only for tasks that such a thing
// could keep.

const NEXT = "pageInfo { hasNextPage endCursor }";
const PLACE = "number repository { nameWithOwner }";

/** Sub-issues that the app may have made, with the key in their text and what they wait for. Source: GitHub's maximum is 100. */
export const CHILDREN = `query Children($id: ID!) {
  node(id: $id) { ... on Issue { subIssues(first: 100) { nodes { id number body viewerDidAuthor blockedBy(first: 30) { nodes { ${PLACE} } } } } } }
}`;

/** @returns a query for issues of whatever repository; variables are `owner0`, `name0`, `number0`, … */
export function threadsDocument(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const variables = indexes.map((at) => `$owner${at}: String!, $name${at}: String!, $number${at}: Int!`).join(", ");
  const thread = (at: number) =>
    `  t${at}: repository(owner: $owner${at}, name: $name${at}) { thread: issueOrPullRequest(number: $number${at}) { ...Waiting ...Merging } }`;
  return `query Threads(${variables}) {
${indexes.map(thread).join("\n")}
}
fragment Waiting on Issue {
  issueState: state
  stateReason
  body
  blockedBy(first: 50) { nodes { ${PLACE} state stateReason } }
  subIssues(first: 100) { nodes { ${PLACE} state } }
}
fragment Merging on PullRequest { pullState: state }`;
}

/** @returns a query for the texts of issues of one repository; variables are `owner`, `name`, `number0`, … */
export function textsDocument(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return `query Texts($owner: String!, $name: String!, ${indexes.map((at) => `$number${at}: Int!`).join(", ")}) {
  repository(owner: $owner, name: $name) { ${indexes.map((at) => `i${at}: issueOrPullRequest(number: $number${at}) { ... on Issue { body } }`).join(" ")} }
}`;
}

/** Open pull requests with what they change. */
export const OPEN_WORK = `query OpenWork($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: [OPEN], first: 50, after: $after) { ${NEXT} nodes { headRefName headRepository { nameWithOwner } files(first: 100) { ${NEXT} nodes { path } } } }
  }
}`;

/** An issue that is born below its parent. */
export const CREATE_CHILD =
  "mutation CreateChild($input: CreateIssueInput!) { createIssue(input: $input) { issue { id number } } }";
