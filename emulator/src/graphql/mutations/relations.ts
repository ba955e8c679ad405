// Mutations of parents and sub-issues, blockers and blocked.
import {
  addBlocker,
  addSubIssue,
  blockerRefusal,
  type RelationRefusal,
  removeBlocker,
  removeSubIssue,
  subIssueRefusal,
} from "../../changes/relations.ts";
import type { Issue } from "../../world/issues.ts";
import { findRepository, repositoryOf } from "../../world/world.ts";
import { optionalFlag, optionalText, text } from "../args.ts";
import type { Gql } from "../gql.ts";
import { issueById } from "../nodes.ts";
import { notFound, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";
import { type Mutations, needToWrite, writeIssues } from "./mutation.ts";

const WORDS: Readonly<Record<Exclude<RelationRefusal, null>, string>> = {
  self: "An issue cannot be related to itself",
  cycle: "The relation would go round in a circle",
  exists: "The relation exists already",
  "has-parent": "Sub issue may only have one parent",
  "too-many": "The issue has reached the maximum number of relations",
  "too-deep": "The parent has reached the maximum depth of sub-issues",
};

function assertPossible(refusal: RelationRefusal): void {
  if (refusal !== null) throw unprocessable(WORDS[refusal]);
}

function childIn(g: Gql, input: Args): Issue {
  const id = optionalText(input, "subIssueId") ?? null;
  if (id !== null) return issueById(g, id);
  const url = optionalText(input, "subIssueUrl") ?? "";
  const [, owner = "", name = "", , number = ""] = url.replace(g.hub.urls.web, "").split("/");
  const repository = findRepository(g.hub.world, owner, name);
  const issue = repository === null || !g.canRead(repository) ? undefined : repository.issues.get(Number(number));
  if (issue === undefined) throw notFound(`Could not resolve to an Issue with the URL '${url}'.`);
  return issue;
}

function changeSubIssue(g: Gql, input: Args, isAdd: boolean): View {
  const parent = issueById(g, text(input, "issueId"));
  const child = childIn(g, input);
  needToWrite(g, repositoryOf(g.hub.world, parent), writeIssues("triage"), isAdd ? "AddSubIssue" : "RemoveSubIssue");
  if (isAdd) {
    assertPossible(subIssueRefusal(g.hub, parent, child, optionalFlag(input, "replaceParent") ?? false));
    addSubIssue(g.hub, g.actor, parent, child);
  } else {
    if (child.parentId !== parent.id) throw unprocessable("The issue is not a sub-issue of this parent");
    removeSubIssue(g.hub, g.actor, parent, child);
  }
  return { issue: () => g.views.issue(parent), subIssue: () => g.views.issue(child) };
}

function changeBlocker(g: Gql, input: Args, isAdd: boolean): View {
  const blocked = issueById(g, text(input, "issueId"));
  const blocker = issueById(g, text(input, "blockingIssueId"));
  needToWrite(g, repositoryOf(g.hub.world, blocked), writeIssues("triage"), isAdd ? "AddBlockedBy" : "RemoveBlockedBy");
  if (isAdd) {
    assertPossible(blockerRefusal(g.hub, blocked, blocker));
    addBlocker(g.hub, g.actor, blocked, blocker);
  } else {
    if (!blocked.blockedByIds.includes(blocker.id)) throw unprocessable("The issue is not blocked by that issue");
    removeBlocker(g.hub, g.actor, blocked, blocker);
  }
  return { issue: () => g.views.issue(blocked), blockingIssue: () => g.views.issue(blocker) };
}

export const relationMutations: Mutations = {
  addSubIssue: (g, input) => changeSubIssue(g, input, true),
  removeSubIssue: (g, input) => changeSubIssue(g, input, false),
  addBlockedBy: (g, input) => changeBlocker(g, input, true),
  removeBlockedBy: (g, input) => changeBlocker(g, input, false),
};
