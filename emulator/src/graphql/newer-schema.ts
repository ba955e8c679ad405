// What GitHub's GraphQL API has and the published schema package does not have yet. Field names and shapes are those of
// docs.github.com/graphql; drop an entry when the package brings it.

export const NEWER_SCHEMA = `
extend type Issue {
  "Issues that must be done before this one."
  blockedBy(after: String, before: String, first: Int, last: Int): IssueConnection!
  "Issues that wait for this one."
  blocking(after: String, before: String, first: Int, last: Int): IssueConnection!
  issueDependenciesSummary: IssueDependenciesSummary!
  issueType: IssueType
}

type IssueDependenciesSummary {
  blockedBy: Int!
  blocking: Int!
  totalBlockedBy: Int!
  totalBlocking: Int!
}

type IssueType implements Node {
  description: String
  id: ID!
  isEnabled: Boolean!
  name: String!
}

input AddBlockedByInput {
  blockingIssueId: ID!
  clientMutationId: String
  issueId: ID!
}

type AddBlockedByPayload {
  blockingIssue: Issue
  clientMutationId: String
  issue: Issue
}

input RemoveBlockedByInput {
  blockingIssueId: ID!
  clientMutationId: String
  issueId: ID!
}

type RemoveBlockedByPayload {
  blockingIssue: Issue
  clientMutationId: String
  issue: Issue
}

extend type Mutation {
  addBlockedBy(input: AddBlockedByInput!): AddBlockedByPayload
  removeBlockedBy(input: RemoveBlockedByInput!): RemoveBlockedByPayload
}
`;
