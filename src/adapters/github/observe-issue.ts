// The issue itself, its events and its comments, as one look found them.

import type { Account, ObservedComment, ObservedEvent, ObservedIssue, Reaction } from "../../core/observation.ts";
import { accountOf, GHOST } from "./accounts.ts";
import { bodyDigest, textDigest } from "./digest.ts";
import type { Happened, IssueAnswer, Said } from "./look-schema.ts";

const REACTIONS: { readonly [content: string]: Reaction } = {
  EYES: "eyes",
  ROCKET: "rocket",
  THUMBS_UP: "+1",
  CONFUSED: "confused",
};

const EVENT_KINDS: { readonly [typename: string]: ObservedEvent["kind"] } = {
  LabeledEvent: "labeled",
  UnlabeledEvent: "unlabeled",
  ClosedEvent: "closed",
  ReopenedEvent: "reopened",
  AssignedEvent: "assigned",
  UnassignedEvent: "unassigned",
};

const STATE_REASONS: { readonly [reason: string]: ObservedIssue["stateReason"] } = {
  COMPLETED: "completed",
  NOT_PLANNED: "not_planned",
  REOPENED: "reopened",
  DUPLICATE: "duplicate",
};

/** @param on the issue or pull request that it stands on */
export function observedComment(said: Said, on: number): ObservedComment {
  const reactions = (said.reactionGroups ?? []).flatMap(({ content, viewerHasReacted }) => {
    const reaction = REACTIONS[content];
    return viewerHasReacted && reaction !== undefined ? [reaction] : [];
  });
  return {
    id: said.fullDatabaseId,
    nodeId: said.id,
    on,
    author: accountOf(said.author),
    body: said.body,
    bodyDigest: bodyDigest(said.body),
    createdAt: said.createdAt,
    updatedAt: said.updatedAt,
    // An editor whose account is gone is still somebody: the text is not the author's own any more.
    editor: said.lastEditedAt === null ? null : (accountOf(said.editor) ?? GHOST),
    revisions: [],
    isMinimized: said.isMinimized,
    reactions,
  };
}

export function observedEvent(happened: Happened): readonly ObservedEvent[] {
  const kind = EVENT_KINDS[happened.__typename];
  if (kind === undefined) return [];
  const subject = happened.label?.name ?? happened.assignee?.login ?? null;
  return [{ id: happened.id, kind, subject, actor: accountOf(happened.actor), at: happened.createdAt }];
}

/** The body's editor, or whoever renamed the issue after that. */
function lastEditor(issue: IssueAnswer): Account | null {
  const rename = issue.renames?.nodes[0];
  if (rename !== undefined && rename.createdAt >= (issue.lastEditedAt ?? 0)) return accountOf(rename.actor) ?? GHOST;
  return issue.lastEditedAt === null ? null : (accountOf(issue.editor) ?? GHOST);
}

export function observedIssue(issue: IssueAnswer, events: readonly ObservedEvent[]): ObservedIssue {
  const isOpen = (issue.issueState ?? issue.pullState) === "OPEN";
  const closing = isOpen ? undefined : events.findLast((event) => event.kind === "closed");
  return {
    number: issue.number,
    nodeId: issue.id,
    title: issue.title,
    body: issue.body,
    textDigest: textDigest(issue.title, issue.body),
    author: accountOf(issue.author),
    editor: lastEditor(issue),
    isOpen,
    stateReason: STATE_REASONS[issue.stateReason ?? ""] ?? null,
    closedBy: closing?.actor ?? null,
    closedAt: closing?.at ?? null,
    isPullRequest: issue.__typename === "PullRequest",
    isLocked: issue.locked,
    labels: (issue.labels?.nodes ?? []).map((label) => label.name),
    assignees: issue.assignees.nodes.flatMap((who) => accountOf(who) ?? []),
    createdAt: issue.createdAt,
  };
}
