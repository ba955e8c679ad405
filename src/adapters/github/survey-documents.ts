// The GraphQL documents of a look at a repository as a whole, and at one version of its config file.

import { RECENT_RECORDS } from "../../core/survey.ts";
import { ACTOR, EVENT, FIRST_LABELLED, NEWEST, NEXT, PAGE_ITEMS, RECORD } from "./documents.ts";

const SURVEY_LABELS = `labels(first: ${PAGE_ITEMS}, after: $afterLabels) { ${NEXT} nodes { id name color description } }`;
const SURVEY_MADE = `made: issues(first: ${PAGE_ITEMS}, after: $afterMade, filterBy: { createdBy: $writer }, orderBy: { field: CREATED_AT, direction: ASC }, states: [OPEN, CLOSED]) { ${NEXT} nodes { number title } }`;

/** A repository as a whole, without its boards. */
export const SURVEY = [
  `query Survey($owner: String!, $name: String!, $repositoryLedger: String!, $proposal: String!, $workflow: String!, $writer: String!, $afterLabels: String, $afterMade: String) {
  repository(owner: $owner, name: $name) {
    id databaseId name isPrivate isArchived url
    owner { login }
    defaultBranchRef { name target { oid } }
    config: object(expression: "HEAD:.github/signalbox.yml") { ... on Blob { text isTruncated } }
    workflow: object(expression: $workflow) { __typename }
    repositoryLedger: ref(qualifiedName: $repositoryLedger) { target { ... on Commit { history(first: ${RECENT_RECORDS}) { nodes { ...Recorded } } } } }
    proposals: pullRequests(headRefName: $proposal, first: 5, ${NEWEST}) { nodes { number state createdAt headRepository { nameWithOwner } author { ...Who } } }
    ${SURVEY_LABELS}
    ${SURVEY_MADE}
  }
}`,
  ACTOR,
  RECORD,
].join("\n");

/** Edits of a board that are looked through for what people did since ours. */
const BOARD_EDITS = 30;

/** @returns a query for boards; variables are `owner`, `name`, `board0`, `board1`, … */
export function boardsDocument(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return [
    `query Boards($owner: String!, $name: String!, ${indexes.map((index) => `$board${index}: Int!`).join(", ")}) {
  repository(owner: $owner, name: $name) { ${indexes.map((index) => `board${index}: issue(number: $board${index}) { ...Board }`).join(" ")} }
}`,
    `fragment Board on Issue {
  id number title body createdAt state
  author { ...Who }
  userContentEdits(first: ${BOARD_EDITS}) { nodes { id editedAt diff editor { ...Who } } }
  events: timelineItems(last: 20, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) { nodes { ...Happened } }
  comments(last: 50) { nodes { body author { ...Who } } }
}`,
    EVENT,
    ACTOR,
  ].join("\n");
}

/** What people could queue: the newest open issues. */
export const OPEN_ISSUES = [
  `query OpenIssues($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    issues(first: ${FIRST_LABELLED}, states: [OPEN], orderBy: { field: CREATED_AT, direction: DESC }) { nodes { number title body author { ...Who } labels(first: 30) { nodes { name } } } }
  }
}`,
  ACTOR,
].join("\n");

/** The config file as of one commit, and as the default branch has it. */
export const CONFIG_AT = `query ConfigAt($owner: String!, $name: String!, $at: String!) {
  repository(owner: $owner, name: $name) {
    at: object(expression: $at) { ... on Blob { text isTruncated } }
    now: object(expression: "HEAD:.github/signalbox.yml") { ... on Blob { text isTruncated } }
  }
}`;
