// The workflow runs that work, or could work, for a task. Asked for only while a claim stands.

import { z } from "zod";
import type { RepositoryConfig } from "../../core/config.ts";
import type { ObservedRun } from "../../core/observation.ts";
import type { IssueRef, RepositoryRef } from "../../core/ports.ts";
import type { LedgerRecord } from "../../core/record.ts";
import type { EpochMs, Sha } from "../../core/task.ts";
import { type Context, nameOf, repositoryCalled } from "./context.ts";

/** Runs of the workflow since the claim that are looked through. Source: GitHub's largest page. */
const RUNS_MAX = 100;
/** A run may be listed as a little older than the claim that it came of: clocks of GitHub's differ. */
const SLACK_MS = 60_000;

const runSchema = z.object({
  id: z.int(),
  run_attempt: z.int().optional(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  display_title: z.string().optional(),
  created_at: z.string(),
  html_url: z.string(),
});
const runsSchema = z.object({ workflow_runs: z.array(runSchema) });
type RunAnswer = z.infer<typeof runSchema>;

/** Where the runner's workflow lives: in a central repository, or with the task. */
export function runnerRepository(config: RepositoryConfig, own: RepositoryRef): RepositoryRef {
  return config.runner.repository === null ? own : repositoryCalled(config.runner.repository);
}

/** `signalbox <owner>/<repo>#<issue> <token>`: the `run-name` of the thin workflow. */
export function tokenInTitle(title: string, ref: IssueRef): Sha | null {
  const found = /^signalbox (\S+)#(\d+) ([0-9a-f]{40})$/.exec(title);
  if (found === null || found[1]?.toLowerCase() !== nameOf(ref).toLowerCase()) return null;
  return Number(found[2]) === ref.issue ? (found[3] ?? null) : null;
}

function observedRun(run: RunAnswer, token: Sha | null): ObservedRun {
  const status = run.status === "completed" ? "completed" : run.status === "in_progress" ? "running" : "queued";
  return {
    run: { id: run.id, attempt: run.run_attempt ?? 1 },
    token,
    status,
    conclusion: run.conclusion,
    createdAt: Date.parse(run.created_at),
    url: run.html_url,
  };
}

async function oneRun(context: Context, runner: RepositoryRef, id: number, attempt: number | null) {
  const wire = await context.wireTo(runner);
  const path = attempt === null ? "" : "/attempts/{attempt_number}";
  const answer = await wire.rest({
    route: `GET /repos/{owner}/{repo}/actions/runs/{run_id}${path}`,
    parameters: {
      owner: runner.owner,
      repo: runner.name,
      run_id: id,
      ...(attempt === null ? {} : { attempt_number: attempt }),
    },
    repeat: "freely",
    kind: "read",
  });
  if (answer.ok) return runSchema.parse(answer.data);
  if (answer.status === 404) return null;
  throw new Error(`GitHub did not say how run ${id} stands: ${answer.message}`);
}

/** The bound run as it stands in its first attempt: a re-run inherits nothing. */
async function boundRun(context: Context, runner: RepositoryRef, bound: { readonly id: number; readonly token: Sha }) {
  const newest = await oneRun(context, runner, bound.id, null);
  if (newest === null) return [];
  const first = (newest.run_attempt ?? 1) === 1 ? newest : await oneRun(context, runner, bound.id, 1);
  return first === null ? [] : [observedRun({ ...first, run_attempt: 1 }, bound.token)];
}

/** @returns every run that a dispatch of this claim started, newest first */
export async function runsOfClaim(
  context: Context,
  ref: IssueRef,
  config: RepositoryConfig,
  claim: { readonly token: Sha; readonly at: EpochMs },
): Promise<readonly ObservedRun[]> {
  const runner = runnerRepository(config, ref);
  const wire = await context.wireTo(runner);
  const answer = await wire.rest({
    route: "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    parameters: {
      owner: runner.owner,
      repo: runner.name,
      workflow_id: config.runner.workflow,
      event: "workflow_dispatch",
      created: `>=${new Date(claim.at - SLACK_MS).toISOString().slice(0, 19)}Z`,
      per_page: RUNS_MAX,
    },
    repeat: "freely",
    kind: "read",
  });
  // No such workflow: nothing was dispatched, and the dispatch will say why not.
  if (answer.status === 404) return [];
  if (!answer.ok) throw new Error(`GitHub did not list the runs: ${answer.message}`);
  return runsSchema.parse(answer.data).workflow_runs.flatMap((run) => {
    const token = tokenInTitle(run.display_title ?? "", ref);
    return token === claim.token ? [observedRun(run, token)] : [];
  });
}

/** @param last the record that granted or bound the lease, with its commit: runs matter only while there is one */
export async function observedRuns(
  context: Context,
  ref: IssueRef,
  config: RepositoryConfig,
  last: { readonly sha: Sha; readonly record: LedgerRecord } | null,
): Promise<readonly ObservedRun[]> {
  if (last === null) return [];
  const { record } = last;
  if (record.move === "claim" || record.move === "inspect") {
    if (record.data.host !== "actions") return [];
    return await runsOfClaim(context, ref, config, { token: last.sha, at: record.at });
  }
  if (record.move !== "bind") return [];
  const runner = runnerRepository(config, ref);
  return await boundRun(context, runner, { id: record.data.run.id, token: record.data.token });
}
