// The query parameters of issue lists.
import { validationFailed } from "../http/errors.ts";
import type { Hub } from "../hub.ts";
import type { Issue } from "../world/issues.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount } from "../world/world.ts";

type Query = Readonly<Record<string, string | undefined>>;
type Test = (issue: Issue) => boolean;

export function filterIssues(hub: Hub, repository: Repository, query: Query): readonly Issue[] {
  const tests = [
    stateTest(query["state"] ?? "open"),
    labelsTest(repository, query["labels"]),
    assigneeTest(hub, query["assignee"]),
    accountTest(hub, query["creator"], (issue) => [issue.authorId]),
    mentionedTest(query["mentioned"]),
    milestoneTest(query["milestone"]),
    sinceTest(query["since"]),
  ].filter((test) => test !== null);
  const found = [...repository.issues.values()].filter((issue) => tests.every((test) => test(issue)));
  return sorted(found, query["sort"] ?? "created", query["direction"] ?? "desc");
}

function stateTest(state: string): Test | null {
  if (state === "all") return null;
  return (issue) => issue.state === state;
}

function labelsTest(repository: Repository, labels: string | undefined): Test | null {
  if (labels === undefined || labels === "") return null;
  const ids = labels.split(",").map((name) => repository.labels.get(name.trim().toLowerCase())?.id);
  return (issue) => ids.every((id) => id !== undefined && issue.labelIds.includes(id));
}

function assigneeTest(hub: Hub, assignee: string | undefined): Test | null {
  if (assignee === "*") return (issue) => issue.assigneeIds.length > 0;
  if (assignee === "none") return (issue) => issue.assigneeIds.length === 0;
  return accountTest(hub, assignee, (issue) => issue.assigneeIds);
}

function accountTest(hub: Hub, login: string | undefined, ids: (issue: Issue) => readonly number[]): Test | null {
  if (login === undefined) return null;
  const account = findAccount(hub.world, login);
  return (issue) => account !== null && ids(issue).includes(account.id);
}

function mentionedTest(login: string | undefined): Test | null {
  if (login === undefined) return null;
  return (issue) => issue.body.toLowerCase().includes(`@${login.toLowerCase()}`);
}

function milestoneTest(milestone: string | undefined): Test | null {
  if (milestone === undefined) return null;
  if (milestone === "*") return (issue) => issue.milestoneNumber !== null;
  if (milestone === "none") return (issue) => issue.milestoneNumber === null;
  return (issue) => issue.milestoneNumber === Number(milestone);
}

/** `since` is inclusive and by whole seconds, as GitHub's timestamps are. */
export function sinceTest(since: string | undefined): ((thing: { readonly updatedAt: number }) => boolean) | null {
  if (since === undefined || since === "") return null;
  const from = Date.parse(since);
  if (Number.isNaN(from)) throw validationFailed([{ resource: "Issue", code: "invalid", field: "since" }]);
  return (thing) => Math.floor(thing.updatedAt / 1000) >= Math.floor(from / 1000);
}

function sorted(issues: readonly Issue[], by: string, direction: string): readonly Issue[] {
  const value = (issue: Issue): number => {
    if (by === "updated") return issue.updatedAt;
    return by === "comments" ? issue.commentIds.length : issue.createdAt;
  };
  const sign = direction === "asc" ? 1 : -1;
  return issues.toSorted((a, b) => sign * (value(a) - value(b) || a.number - b.number));
}
