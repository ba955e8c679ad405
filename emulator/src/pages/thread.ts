// The thread below an issue or pull request: its text, comments, and one line for everything else that happened.

import { renderMarkdown } from "./markdown.ts";
import { html, type Markup } from "./markup.ts";
import { ago, firstLine, labelChip, personName, reactionRow, shortSha } from "./pieces.ts";
import type { IssueShape, Person, ReactionCounts, TimelineShape } from "./shapes.ts";

export interface ThreadContext {
  /** `owner/name` */
  readonly repository: string;
  readonly number: number;
  readonly now: number;
  readonly canWrite: boolean;
  /** Why a comment is folded away, by its id; REST does not tell. */
  readonly minimizedReason: (commentId: number) => string | null;
}

interface Words {
  readonly author: Person | null | undefined;
  readonly text: string;
  readonly at: string | undefined;
  readonly edited: boolean;
  readonly reactions: ReactionCounts | undefined;
  /** Where ticks go: `body`, or `comment/<id>`. */
  readonly tickTarget: string;
  readonly verb: string;
}

export function openingWords(context: ThreadContext, issue: IssueShape): Markup {
  return words(context, {
    author: issue.user,
    text: issue.body ?? "",
    at: issue.created_at,
    edited: false,
    reactions: issue.reactions,
    tickTarget: "body",
    verb: "opened this",
  });
}

function words(context: ThreadContext, said: Words): Markup {
  const repositoryPath = `/${context.repository}`;
  const body =
    said.text.trim() === ""
      ? html`<p class="faint">No description.</p>`
      : renderMarkdown(said.text, { repositoryPath, canTick: context.canWrite });
  return html`<article class="comment"><header>${personName(said.author)} ${said.verb} ${ago(said.at, context.now)}${said.edited && " · edited"}</header>
<form class="body" method="post" action="${repositoryPath}/issues/${context.number}/tick/${said.tickTarget}">${body}</form>${reactionRow(said.reactions)}</article>`;
}

export function timelineEntry(context: ThreadContext, entry: TimelineShape): Markup | null {
  if (entry.event === "commented") return comment(context, entry);
  if (entry.event === "reviewed") return review(context, entry);
  const told = tell(context, entry);
  if (told === null) return null;
  const who = entry.event === "committed" ? html`<b>${entry.author?.name ?? "somebody"}</b>` : personName(entry.actor);
  return html`<p class="event">${who} ${told} ${entry.created_at !== undefined && ago(entry.created_at, context.now)}</p>`;
}

function comment(context: ThreadContext, entry: TimelineShape): Markup {
  const id = entry.id ?? 0;
  const shown = words(context, {
    author: entry.user ?? entry.actor,
    text: entry.body ?? "",
    at: entry.created_at,
    edited: entry.updated_at !== entry.created_at,
    reactions: entry.reactions,
    tickTarget: `comment/${id}`,
    verb: "commented",
  });
  const folded = context.minimizedReason(id);
  if (folded === null) return shown;
  return html`<details class="minimized"><summary>${personName(entry.user)} commented: hidden as ${folded}</summary>${shown}</details>`;
}

const REVIEW_VERBS: Readonly<Record<string, string>> = {
  approved: "approved",
  changes_requested: "requested changes",
  dismissed: "reviewed (dismissed)",
};

function review(context: ThreadContext, entry: TimelineShape): Markup {
  const verb = REVIEW_VERBS[entry.state?.toLowerCase() ?? ""] ?? "reviewed";
  if ((entry.body ?? "") === "")
    return html`<p class="event">${personName(entry.user)} ${verb} ${ago(entry.submitted_at, context.now)}</p>`;
  return words(context, {
    author: entry.user,
    text: entry.body ?? "",
    at: entry.submitted_at,
    edited: false,
    reactions: undefined,
    tickTarget: "none",
    verb,
  });
}

/** What happened, in words; null for entries that would only be noise here (mentioned, subscribed). */
function tell(context: ThreadContext, entry: TimelineShape): Markup | null {
  const { repository } = context;
  switch (entry.event) {
    case "labeled":
      return html`added ${entry.label && labelChip(entry.label)}`;
    case "unlabeled":
      return html`removed ${entry.label && labelChip(entry.label)}`;
    case "assigned":
      return html`assigned ${personName(entry.assignee)}`;
    case "unassigned":
      return html`unassigned ${personName(entry.assignee)}`;
    case "milestoned":
      return html`added this to ${entry.milestone?.title}`;
    case "closed":
      return html`closed this${entry.state_reason && ` as ${entry.state_reason.replace("_", " ")}`}`;
    case "reopened":
      return html`reopened this`;
    case "renamed":
      return html`renamed this from “${entry.rename?.from}”`;
    case "cross-referenced":
      return entry.source?.issue
        ? html`mentioned this in <a href="/${repository}/issues/${entry.source.issue.number}">#${entry.source.issue.number} ${entry.source.issue.title}</a>`
        : null;
    case "committed":
      return html`committed <a class="mono" href="/${repository}/commit/${entry.sha}">${shortSha(entry.sha ?? "")}</a> ${firstLine(entry.message ?? "")}`;
    case "merged":
      return html`merged this${entry.commit_id && html` in <a class="mono" href="/${repository}/commit/${entry.commit_id}">${shortSha(entry.commit_id)}</a>`}`;
    case "review_requested":
      return html`asked ${personName(entry.requested_reviewer)} for a review`;
    case "head_ref_deleted":
      return html`deleted the branch`;
    case "head_ref_force_pushed":
      return html`force-pushed the branch`;
    case "ready_for_review":
      return html`marked this as ready for review`;
    case "convert_to_draft":
      return html`turned this into a draft`;
    case "locked":
    case "unlocked":
      return html`${entry.event} this`;
    case undefined:
    case "mentioned":
    case "subscribed":
      return null;
    default:
      return html`${entry.event.replaceAll("_", " ")}`;
  }
}
