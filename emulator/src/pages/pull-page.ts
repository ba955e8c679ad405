// A pull request as people see it: thread, checks, commits, files, and the merge.

import { fileDiff } from "./diff-view.ts";
import { commentForm, sidebarOf, thread } from "./issue-page.ts";
import { page } from "./layout.ts";
import { html, type Markup } from "./markup.ts";
import { firstLine, outcomeMark, personName, plural, shortSha } from "./pieces.ts";
import type { CheckRunShape, CommitShape, FileShape, IssueShape, PullShape } from "./shapes.ts";
import type { Visit } from "./visit.ts";

const PER_PAGE = 100;

export async function pullPage(visit: Visit, number: string): Promise<string | null> {
  const { client, api, repository, frame } = visit;
  const pull = await client.get<PullShape>(`${api}/pulls/${encodeURIComponent(number)}`);
  const issue = await client.get<IssueShape>(`${api}/issues/${encodeURIComponent(number)}`);
  if (pull === null || issue === null) return null;
  const commits =
    (await client.get<readonly CommitShape[]>(`${api}/pulls/${pull.number}/commits?per_page=${PER_PAGE}`)) ?? [];
  const files =
    (await client.get<readonly FileShape[]>(`${api}/pulls/${pull.number}/files?per_page=${PER_PAGE}`)) ?? [];
  const checks = await client.get<{ check_runs: readonly CheckRunShape[] }>(
    `${api}/commits/${pull.head.sha}/check-runs?per_page=${PER_PAGE}`,
  );
  const branch = (name: string): Markup =>
    html`<a class="mono" href="/${repository.full_name}/commits/${name}">${name}</a>`;
  return page(
    frame(`${pull.title} #${pull.number}`, "pulls"),
    html`<h1>${pull.title} <span class="number">#${pull.number}</span></h1>
<p class="faint">${stateOf(pull)} ${personName(pull.user)} wants to merge ${plural(commits.length, "commit")} into ${branch(pull.base.ref)} from ${branch(pull.head.ref)}</p>
<div class="columns"><div>${await thread(visit, { ...issue, pull_request: { merged_at: null } })}
${checksSection(visit, checks?.check_runs ?? [])}${mergeForm(visit, pull)}${reviewForm(visit, pull)}${commentForm(visit, issue)}</div>${await sidebarOf(visit, issue)}</div>
<h2 id="commits">Commits</h2><div class="rows">${commits.map((commit) => html`<div><a class="grow title" href="/${repository.full_name}/commit/${commit.sha}">${firstLine(commit.commit.message)}</a><span class="mono faint">${shortSha(commit.sha)}</span></div>`)}</div>
<h2 id="files">Files <span class="count">${pull.changed_files} changed, <span class="plus">+${pull.additions}</span> <span class="minus">−${pull.deletions}</span></span></h2>${files.map(fileDiff)}`,
  );
}

function stateOf(pull: PullShape): Markup {
  if (pull.merged) return html`<span class="state closed">merged</span>`;
  if (pull.state === "closed") return html`<span class="state dropped">closed</span>`;
  return pull.draft ? html`<span class="state draft">draft</span>` : html`<span class="state open">open</span>`;
}

function checksSection({ hub }: Visit, checks: readonly CheckRunShape[]): Markup | null {
  if (checks.length === 0) return null;
  const row = (check: CheckRunShape): Markup => {
    // Only this emulator's own pages are linked: an app may have given any address.
    const isOwn = check.details_url?.startsWith(`${hub.urls.web}/`) === true;
    const name = isOwn
      ? html`<a class="title" href="${check.details_url}">${check.name}</a>`
      : html`<span class="title">${check.name}</span>`;
    return html`<div>${outcomeMark(check.status, check.conclusion)}<span class="grow">${name} <span class="faint small">${check.output.title ?? check.conclusion ?? check.status}</span></span><span class="count">${check.app?.name}</span></div>`;
  };
  return html`<h2 id="checks">Checks</h2><div class="rows">${checks.map(row)}</div>`;
}

function mergeForm({ repository, canWrite }: Visit, pull: PullShape): Markup | null {
  if (pull.state !== "open" || !canWrite) return null;
  const why = pull.draft ? "This is a draft." : pull.mergeable === false ? "It conflicts with its base." : null;
  const action = `/${repository.full_name}/pull/${pull.number}`;
  if (pull.draft) return html`<p class="faint">${why}</p>`;
  return html`<form class="actions" method="post" action="${action}/merge"><input type="hidden" name="sha" value="${pull.head.sha}"><span class="left faint">${why ?? `Merge state: ${pull.mergeable_state}`}</span>
<select name="method" style="width:auto" aria-label="How"><option value="squash">Squash</option><option value="merge">Merge commit</option><option value="rebase">Rebase</option></select><button class="main"${why !== null && html` disabled`}>Merge</button></form>`;
}

function reviewForm({ repository, viewer, canWrite }: Visit, pull: PullShape): Markup | null {
  if (pull.state !== "open" || !canWrite || viewer.login === pull.user?.login) return null;
  return html`<form method="post" action="/${repository.full_name}/pull/${pull.number}/reviews"><p><textarea name="body" placeholder="Review as ${viewer.login}" aria-label="Review" style="min-height:3.5rem"></textarea></p>
<div class="actions"><button name="event" value="REQUEST_CHANGES">Request changes</button><button name="event" value="APPROVE">Approve</button></div></form>`;
}
