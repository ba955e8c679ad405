// One workflow run: its jobs, their steps, and what they printed.

import { page } from "./layout.ts";
import { html, type Markup } from "./markup.ts";
import { ago, outcomeMark, personName, plural, shortSha } from "./pieces.ts";
import type { JobShape, RunShape } from "./shapes.ts";
import type { Visit } from "./visit.ts";

const LOG_CHARS_MAX = 200_000;
const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) /;

/** A line may begin with what it is: a group of lines, an error, … */
const COMMAND = /^(?:##\[(group|endgroup|error|warning|notice|debug)\])?(.*)$/s;
const LINE_LOOK: Readonly<Record<string, string>> = { group: "title", error: "minus", warning: "busy" };

export async function runPage(visit: Visit, runId: string): Promise<string | null> {
  const { client, api, repository, frame, now } = visit;
  const run = await client.get<RunShape>(`${api}/actions/runs/${encodeURIComponent(runId)}`);
  if (run === null) return null;
  const answer = await client.get<{ jobs: readonly JobShape[] }>(`${api}/actions/runs/${run.id}/jobs`);
  const jobs = await Promise.all((answer?.jobs ?? []).map((job) => jobSection(visit, job)));
  return page(
    frame(run.display_title, "actions"),
    html`<h1>${outcomeMark(run.status, run.conclusion)} ${run.display_title} <span class="number">${run.name} #${run.run_number}</span></h1>
<p class="faint">${run.event} by ${personName(run.actor)} ${ago(run.created_at, now)} on <a class="mono" href="/${repository.full_name}/commits/${run.head_branch ?? run.head_sha}">${run.head_branch}</a> at <a class="mono" href="/${repository.full_name}/commit/${run.head_sha}">${shortSha(run.head_sha)}</a>${run.run_attempt > 1 && ` · attempt ${run.run_attempt}`} · ${run.conclusion ?? run.status}</p>
${jobs.length === 0 ? html`<p class="faint">No jobs yet.</p>` : jobs}`,
  );
}

async function jobSection({ client, api }: Visit, job: JobShape): Promise<Markup> {
  const log = await client.text(`${api}/actions/jobs/${job.id}/logs`);
  return html`<h2 id="job-${job.id}">${outcomeMark(job.status, job.conclusion)} ${job.name} <span class="count">${duration(job)}</span></h2>
<div class="rows">${(job.steps ?? []).map((step) => html`<div>${outcomeMark(step.status, step.conclusion)}<span class="grow">${step.name}</span></div>`)}</div>
${log === null ? html`<p class="faint small">No log yet.</p>` : html`<details${job.conclusion === "failure" && html` open`}><summary class="small faint" style="margin:.6rem 0;cursor:pointer">Log</summary><pre class="log">${logLines(log)}</pre></details>`}`;
}

function logLines(log: string): readonly (Markup | null)[] {
  const shown = log.slice(-LOG_CHARS_MAX).replace(/\n$/, "").split("\n");
  return shown.map((line) => {
    const at = TIMESTAMP.exec(line)?.[1];
    const [, command, rest = ""] = COMMAND.exec(line.replace(TIMESTAMP, "")) ?? [];
    if (command === "endgroup") return null;
    const time = at !== undefined && html`<span class="at" title="${at}">${at.slice(11, 19)}</span> `;
    return html`${time}<span class="${LINE_LOOK[command ?? ""] ?? ""}">${rest}</span>\n`;
  });
}

function duration(job: JobShape): string {
  if (job.started_at === null || job.completed_at === null) return job.status;
  return plural(Math.max(0, Math.round((Date.parse(job.completed_at) - Date.parse(job.started_at)) / 1000)), "second");
}
