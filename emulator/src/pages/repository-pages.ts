// Pages of a repository as a whole: its lists, its branches and the story of a ref.

import { fileDiff } from "./diff-view.ts";
import { page } from "./layout.ts";
import { html, type Markup } from "./markup.ts";
import { ago, firstLine, labelChip, outcomeMark, personName, plural, shortSha } from "./pieces.ts";
import type { CommitShape, IssueShape, RunShape } from "./shapes.ts";
import type { Visit } from "./visit.ts";

const PER_PAGE = 100;

export async function issuesPage(visit: Visit, kind: "issues" | "pulls", state: "open" | "closed"): Promise<string> {
  const { client, api, repository, frame, now } = visit;
  const all = (await client.get<readonly IssueShape[]>(`${api}/issues?state=${state}&per_page=${PER_PAGE}`)) ?? [];
  const shown = all.filter((issue) => (issue.pull_request !== undefined) === (kind === "pulls"));
  const path = `/${repository.full_name}/${kind}`;
  const title = kind === "issues" ? "Issues" : "Pull requests";
  return page(
    frame(title, kind),
    html`<p><a href="${path}"${state === "open" && html` aria-current="page"`}>Open</a> <span class="faint">·</span> <a href="${path}?state=closed"${state === "closed" && html` aria-current="page"`}>Closed</a> ${kind === "issues" && html` <span class="faint">·</span> <a href="/${repository.full_name}/issues/new">New issue</a>`}</p>
<div class="rows">${shown.length === 0 ? html`<div class="faint">Nothing here.</div>` : shown.map((issue) => issueRow(repository.full_name, issue, now))}</div>`,
  );
}

function issueRow(repository: string, issue: IssueShape, now: number): Markup {
  const path = `/${repository}/${issue.pull_request === undefined ? "issues" : "pull"}/${issue.number}`;
  return html`<div>${stateMark(issue)}<span class="grow"><a class="title" href="${path}">${issue.title}</a> ${issue.labels.map((label) => [labelChip(label), " "])}
<div class="small faint">#${issue.number} by ${personName(issue.user)} ${ago(issue.created_at, now)}${issue.assignees.length > 0 && html` · ${issue.assignees.map((person) => personName(person))}`}</div></span>
<span class="count">${issue.comments > 0 && plural(issue.comments, "comment")}</span></div>`;
}

function stateMark(issue: IssueShape): Markup {
  const isMerged = typeof issue.pull_request?.merged_at === "string";
  if (isMerged) return html`<span class="mark merged" title="merged">⏶</span>`;
  if (issue.state === "open")
    return html`<span class="mark ${issue.draft === true ? "none" : "success"}" title="${issue.draft === true ? "draft" : "open"}">◎</span>`;
  return html`<span class="mark ${issue.state_reason === "completed" ? "merged" : "none"}" title="closed">◉</span>`;
}

export function newIssuePage({ repository, frame }: Visit): string {
  return page(
    frame("New issue", "issues"),
    html`<h1>New issue</h1><form method="post" action="/${repository.full_name}/issues">
<p><input name="title" placeholder="Title" aria-label="Title" required></p><p><textarea name="body" placeholder="What should happen?" aria-label="Text" style="min-height:14rem"></textarea></p>
<div class="actions"><button class="main">Open issue</button></div></form>`,
  );
}

export async function branchesPage({ client, api, repository, frame }: Visit): Promise<string> {
  const refs =
    (await client.get<readonly { ref: string; object: { sha: string } }[]>(`${api}/git/matching-refs/heads/`)) ?? [];
  const rows = refs.map(({ ref, object }) => {
    const name = ref.replace("refs/heads/", "");
    return html`<div><a class="grow mono" href="/${repository.full_name}/commits/${name}">${name}</a>${name === repository.default_branch && html`<span class="kind">default</span>`}<a class="mono faint" href="/${repository.full_name}/commit/${object.sha}">${shortSha(object.sha)}</a></div>`;
  });
  return page(
    frame("Branches", "branches"),
    html`<div class="rows">${rows.length === 0 ? html`<div class="faint">No branches.</div>` : rows}</div>`,
  );
}

/** The log of any ref, newest first: for a ledger this is the story of its task. */
export async function commitsPage({ client, api, repository, frame, now }: Visit, ref: string): Promise<string | null> {
  const commits = await client.get<readonly CommitShape[]>(
    `${api}/commits?sha=${encodeURIComponent(ref)}&per_page=${PER_PAGE}`,
  );
  if (commits === null) return null;
  const rows = commits.map(
    (
      commit,
    ) => html`<div><span class="grow"><a class="title" href="/${repository.full_name}/commit/${commit.sha}">${firstLine(commit.commit.message)}</a>
<div class="small faint">${commit.author === null ? commit.commit.author?.name : personName(commit.author)} ${ago(commit.commit.author?.date, now)}</div></span>${verifiedMark(commit)}<span class="mono faint">${shortSha(commit.sha)}</span></div>`,
  );
  return page(
    frame(ref, "branches"),
    html`<h1 class="mono">${ref}</h1><p class="faint">${plural(commits.length, "commit")}${commits.length === PER_PAGE && " and more"}, newest first</p><div class="rows">${rows}</div>`,
  );
}

export async function commitPage({ client, api, repository, frame, now }: Visit, sha: string): Promise<string | null> {
  const commit = await client.get<CommitShape>(`${api}/commits/${encodeURIComponent(sha)}`);
  if (commit === null) return null;
  const [subject = "", ...rest] = commit.commit.message.split("\n");
  const text = rest.join("\n").trim();
  return page(
    frame(subject, "branches"),
    html`<h1>${subject}</h1>
<p class="faint">${commit.author === null ? commit.commit.author?.name : personName(commit.author)} ${ago(commit.commit.author?.date, now)} · <span class="mono">${commit.sha}</span> ${verifiedMark(commit)}</p>
${text !== "" && html`<pre>${text}</pre>`}
<p class="small">${commit.parents.map((parent) => html`parent <a class="mono" href="/${repository.full_name}/commit/${parent.sha}">${shortSha(parent.sha)}</a> `)}</p>
${(commit.files ?? []).map(fileDiff)}`,
  );
}

function verifiedMark(commit: CommitShape): Markup | null {
  return commit.commit.verification?.verified === true ? html`<span class="kind">verified</span>` : null;
}

export async function runsPage({ client, api, repository, frame, now }: Visit): Promise<string> {
  const answer = await client.get<{ workflow_runs: readonly RunShape[] }>(`${api}/actions/runs?per_page=${PER_PAGE}`);
  const rows = (answer?.workflow_runs ?? []).map(
    (
      run,
    ) => html`<div>${outcomeMark(run.status, run.conclusion)}<span class="grow"><a class="title" href="/${repository.full_name}/actions/runs/${run.id}">${run.display_title}</a>
<div class="small faint">${run.name} #${run.run_number} · ${run.event} by ${personName(run.actor)} ${ago(run.created_at, now)}</div></span><span class="mono faint">${run.head_branch}</span></div>`,
  );
  return page(
    frame("Actions", "actions"),
    html`<div class="rows">${rows.length === 0 ? html`<div class="faint">No runs yet.</div>` : rows}</div>`,
  );
}
