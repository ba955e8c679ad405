// Search for issues and pull requests: the qualifiers that bots use, over the current state (GitHub's index lags).

import { labelsOf } from "../changes/labels.ts";
import { issueJson } from "../formats/issues.ts";
import type { Api } from "../http/context.ts";
import { notEmulated, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { canRead } from "../world/caller.ts";
import type { Issue } from "../world/issues.ts";
import { findAccount, fullNameOf, ownerOf, repositoryOf } from "../world/world.ts";

type Test = (issue: Issue) => boolean;

export function registerSearch(api: Api, hub: Hub): void {
  api.get("/search/issues", (c) => {
    const query = c.req.query("q") ?? "";
    if (query.trim() === "") throw validationFailed([{ resource: "Search", field: "q", code: "missing" }]);
    const found = searchIssues(hub, query).filter((issue) =>
      canRead(hub.world, c.get("caller"), repositoryOf(hub.world, issue)),
    );
    const items = pageOf(c, hub, found).map((issue) => ({ ...issueJson(hub, issue), body: issue.body, score: 1 }));
    return c.json({ total_count: found.length, incomplete_results: false, search_type: "lexical", items });
  });
}

/** Newest first. Also behind GraphQL's `search(type: ISSUE)`. */
export function searchIssues(hub: Hub, query: string): readonly Issue[] {
  const tests = words(query).map((word) => testOf(hub, word));
  return [...hub.world.issues.values()].filter((issue) => tests.every((test) => test(issue))).toReversed();
}

function words(query: string): readonly string[] {
  return query.match(/-?[\w-]+:"[^"]*"|"[^"]*"|\S+/g) ?? [];
}

function testOf(hub: Hub, word: string): Test {
  const match = /^(-?)([\w-]+):(.+)$/.exec(word);
  if (match === null) {
    const text = word.replaceAll('"', "").toLowerCase();
    return (issue) => `${issue.title}\n${issue.body}`.toLowerCase().includes(text);
  }
  const [, minus, name = "", quoted = ""] = match;
  const test = qualifier(hub, name.toLowerCase(), quoted.replaceAll('"', "").toLowerCase());
  return minus === "-" ? (issue) => !test(issue) : test;
}

function qualifier(hub: Hub, name: string, value: string): Test {
  const account = findAccount(hub.world, value.replace(/^@/, ""));
  switch (name) {
    case "repo":
      return (issue) => fullNameOf(hub.world, repositoryOf(hub.world, issue)).toLowerCase() === value;
    case "org":
    case "user":
      return (issue) => ownerOf(hub.world, repositoryOf(hub.world, issue)).login.toLowerCase() === value;
    case "is":
    case "type":
    case "state":
      return isTest(hub, value);
    case "label":
      return (issue) => labelsOf(hub, issue).some((label) => value.split(",").includes(label.name.toLowerCase()));
    case "author":
      return (issue) => issue.authorId === account?.id;
    case "assignee":
      return (issue) => account !== null && issue.assigneeIds.includes(account.id);
    case "in":
    case "sort":
      return () => true;
    case "no":
      return (issue) => (value === "assignee" ? issue.assigneeIds.length === 0 : issue.labelIds.length === 0);
    default:
      throw notEmulated(`search qualifier ${name}:`);
  }
}

function isTest(hub: Hub, value: string): Test {
  switch (value) {
    case "issue":
      return (issue) => !issue.isPull;
    case "pr":
    case "pull-request":
      return (issue) => issue.isPull;
    case "merged":
      return (issue) => repositoryOf(hub.world, issue).pulls.get(issue.number)?.merged === true;
    default:
      return (issue) => issue.state === value;
  }
}
