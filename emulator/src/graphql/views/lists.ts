// Connections of issues and pull requests, with the filters and orders that GitHub offers for them.
import { pullOf } from "../../changes/pulls.ts";
import type { Issue } from "../../world/issues.ts";
import type { Pull } from "../../world/pulls.ts";
import { entity, findAccount, repositoryOf } from "../../world/world.ts";
import { optionalObject, optionalText, texts } from "../args.ts";
import { connectionOf, orderOf } from "../connection.ts";
import type { Gql } from "../gql.ts";
import type { Args, View } from "../view.ts";

type Test = (issue: Issue) => boolean;

function labelTest(g: Gql, names: readonly string[] | null): Test {
  if (names === null) return () => true;
  const wanted = names.map((name) => name.toLowerCase());
  // Any of the labels is enough, unlike in REST.
  return (issue) =>
    issue.labelIds.some((id) => wanted.includes(entity(g.hub.world.labels, id, "label").name.toLowerCase()));
}

function accountTest(g: Gql, login: string | null | undefined, ids: (issue: Issue) => readonly number[]): Test {
  if (login === undefined || login === "*") return login === "*" ? (issue) => ids(issue).length > 0 : () => true;
  if (login === null) return (issue) => ids(issue).length === 0;
  const account = findAccount(g.hub.world, login);
  return (issue) => account !== null && ids(issue).includes(account.id);
}

function filterTest(g: Gql, filter: Args | null): Test {
  if (filter === null) return () => true;
  const states = texts(filter, "states");
  const since = Date.parse(optionalText(filter, "since") ?? "");
  const tests: readonly Test[] = [
    labelTest(g, texts(filter, "labels")),
    accountTest(g, optionalText(filter, "assignee"), (issue) => issue.assigneeIds),
    accountTest(g, optionalText(filter, "createdBy"), (issue) => [issue.authorId]),
    (issue) => states === null || states.includes(issue.state.toUpperCase()),
    (issue) => !(issue.updatedAt < since),
  ];
  return (issue) => tests.every((test) => test(issue));
}

function sorted(args: Args, issues: readonly Issue[]): readonly Issue[] {
  const order = orderOf(args);
  if (order === null) return issues.toSorted((a, b) => a.id - b.id);
  const rankOf = (issue: Issue): number => {
    if (order.field === "COMMENTS") return issue.commentIds.length;
    return order.field === "UPDATED_AT" ? issue.updatedAt : issue.createdAt;
  };
  return issues.toSorted((a, b) => order.sign * (rankOf(a) - rankOf(b) || a.id - b.id));
}

export function issueConnection(g: Gql, args: Args, issues: readonly Issue[], field = "issues"): View {
  const states = texts(args, "states");
  const tests: readonly Test[] = [
    (issue) => !issue.isPull,
    (issue) => states === null || states.includes(issue.state.toUpperCase()),
    labelTest(g, texts(args, "labels")),
    filterTest(g, optionalObject(args, "filterBy")),
    (issue) => g.canRead(repositoryOf(g.hub.world, issue)),
  ];
  const found = issues.filter((issue) => tests.every((test) => test(issue)));
  return connectionOf(field, args, sorted(args, found), g.views.issue);
}

/** Issues in the order that people gave them. */
export function plainIssueConnection(g: Gql, field: string, args: Args, ids: readonly number[]): View {
  const issues = ids.map((id) => entity(g.hub.world.issues, id, "issue"));
  const visible = issues.filter((issue) => g.canRead(repositoryOf(g.hub.world, issue)));
  return connectionOf(field, args, visible, g.views.issueOrPull);
}

export function pullState(issue: Issue, pull: Pull): "OPEN" | "CLOSED" | "MERGED" {
  if (pull.merged) return "MERGED";
  return issue.state === "open" ? "OPEN" : "CLOSED";
}

export function pullConnection(g: Gql, args: Args, issues: readonly Issue[], field = "pullRequests"): View {
  const states = texts(args, "states");
  const head = optionalText(args, "headRefName") ?? null;
  const base = optionalText(args, "baseRefName") ?? null;
  const hasLabel = labelTest(g, texts(args, "labels"));
  const found = issues.filter((issue) => {
    const pull = pullOf(g.hub, issue);
    if (pull === null || !hasLabel(issue)) return false;
    if (states !== null && !states.includes(pullState(issue, pull))) return false;
    return (head === null || pull.head.ref === head) && (base === null || pull.base.ref === base);
  });
  return connectionOf(field, args, sorted(args, found), g.views.issueOrPull);
}
