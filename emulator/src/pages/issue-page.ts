// An issue as people see it: the thread, and the forms to take part in it.

import { page } from "./layout.ts";
import { html, type Markup } from "./markup.ts";
import { ago, personName } from "./pieces.ts";
import type { IssueShape, LabelShape, Person, TimelineShape } from "./shapes.ts";
import { sidebar } from "./sidebar.ts";
import { openingWords, type ThreadContext, timelineEntry } from "./thread.ts";
import type { Visit } from "./visit.ts";

const PER_PAGE = 100;

export async function issuePage(visit: Visit, issue: IssueShape): Promise<string> {
  const { repository, frame, now } = visit;
  const state = issue.state === "open" ? "open" : issue.state_reason === "completed" ? "closed" : "dropped";
  const words = state === "dropped" ? (issue.state_reason ?? "closed").replace("_", " ") : state;
  return page(
    frame(`${issue.title} #${issue.number}`, "issues"),
    html`<h1>${issue.title} <span class="number">#${issue.number}</span></h1>
<p class="faint"><span class="state ${state}">${words}</span> opened by ${personName(issue.user)} ${ago(issue.created_at, now)} in ${repository.full_name}</p>
<div class="columns"><div>${await thread(visit, issue)}${commentForm(visit, issue)}</div>${await sidebarOf(visit, issue)}</div>`,
  );
}

export async function thread(visit: Visit, issue: IssueShape): Promise<Markup> {
  const { client, api, repository, now, canWrite, viewer } = visit;
  const timeline =
    (await client.get<readonly TimelineShape[]>(`${api}/issues/${issue.number}/timeline?per_page=${PER_PAGE}`)) ?? [];
  const context: ThreadContext = {
    repository: repository.full_name,
    number: issue.number,
    now,
    canWrite: canWrite && viewer.login !== null,
    minimizedReason: (id) => visit.hub.world.comments.get(id)?.minimized?.reason ?? null,
  };
  return html`${openingWords(context, issue)}${timeline.map((entry) => timelineEntry(context, entry))}`;
}

export async function sidebarOf(visit: Visit, issue: IssueShape): Promise<Markup> {
  const { client, api, repository, canWrite } = visit;
  const labels = (await client.get<readonly LabelShape[]>(`${api}/labels?per_page=${PER_PAGE}`)) ?? [];
  const people = (await client.get<readonly Person[]>(`${api}/assignees?per_page=${PER_PAGE}`)) ?? [];
  return sidebar({
    repository: repository.full_name,
    issue,
    labels,
    assignable: people.map((person) => person.login),
    canWrite,
  });
}

export function commentForm({ repository, viewer, canWrite }: Visit, issue: IssueShape): Markup {
  if (viewer.login === null) return html`<p class="faint">Look as somebody to take part.</p>`;
  const mayClose = canWrite || issue.user?.login === viewer.login;
  const isOpen = issue.state === "open";
  return html`<form method="post" action="/${repository.full_name}/issues/${issue.number}/comments"><p><textarea name="body" placeholder="Comment as ${viewer.login}" aria-label="Comment"></textarea></p>
<div class="actions">${mayClose && isOpen && closeButtons(issue)}${mayClose && !isOpen && html`<button name="state" value="open">Reopen</button>`}<button class="main">Comment</button></div></form>`;
}

/** A pull request is closed without a reason. */
function closeButtons(issue: IssueShape): Markup {
  if (issue.pull_request !== undefined) return html`<button name="state" value="closed">Close</button>`;
  return html`<button name="state" value="completed">Close</button><button name="state" value="not_planned">Close as not planned</button>`;
}
