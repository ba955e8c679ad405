// Starts and cancels workflow runs. A run that is started twice does no harm: the second one finds another bound.

import { z } from "zod";
import type { Effect, EffectResult, IssueRef, RepositoryRef } from "../../core/ports.ts";
import type { ConfigReader } from "./config-file.ts";
import { type Context, type Knowledge, nameOf } from "./context.ts";
import { runnerRepository, runsOfClaim } from "./observe-runs.ts";
import { knowledgeOf } from "./repositories.ts";
import { AmbiguousAnswer, type RestAnswer } from "./wire.ts";

/** Before the look after a lost answer. */
const SETTLE_MS = 3_000;

const dispatchedSchema = z.object({ workflow_run_id: z.int() });

type Dispatch = Extract<Effect, { kind: "dispatch" }>;

async function post(
  context: Context,
  runner: RepositoryRef,
  workflow: string,
  body: { readonly [key: string]: unknown },
): Promise<RestAnswer> {
  const wire = await context.wireTo(runner);
  return await wire.rest({
    route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    parameters: { owner: runner.owner, repo: runner.name, workflow_id: workflow, ...body },
    repeat: "never",
    kind: "write",
    priority: "urgent",
  });
}

/** @returns GitHub's answer; null when it was lost */
async function tryDispatch(
  context: Context,
  ref: IssueRef,
  { config }: Knowledge,
  runner: { readonly at: RepositoryRef; readonly branch: string },
  token: string,
): Promise<RestAnswer | null> {
  const inputs = { repository: nameOf(ref), issue: `${ref.issue}`, token };
  const body = { ref: runner.branch, inputs };
  try {
    const answer = await post(context, runner.at, config.runner.workflow, { ...body, return_run_details: true });
    const isOlderGithub = answer.status === 422 && answer.message.includes("return_run_details");
    return isOlderGithub ? await post(context, runner.at, config.runner.workflow, body) : answer;
  } catch (error) {
    if (error instanceof AmbiguousAnswer) return null;
    throw error;
  }
}

export async function dispatch(
  context: Context,
  configs: ConfigReader,
  ref: IssueRef,
  known: Knowledge,
  { token }: Dispatch,
): Promise<EffectResult> {
  const at = runnerRepository(known.config, ref);
  const isOwn = nameOf(at) === nameOf(ref);
  const branch = isOwn ? known.defaultBranch : (await knowledgeOf(context, configs, at)).defaultBranch;
  const since = context.clock.now();
  for (let tries = 1; ; tries += 1) {
    const answer = await tryDispatch(context, ref, known, { at, branch }, token);
    if (answer !== null) {
      if (!answer.ok) return { ok: false, refused: answer.message };
      const details = dispatchedSchema.safeParse(answer.data);
      return details.success ? { ok: true, id: details.data.workflow_run_id } : { ok: true };
    }
    await context.clock.wait(SETTLE_MS);
    const [run] = await runsOfClaim(context, ref, known.config, { token, at: since });
    if (run !== undefined) return { ok: true, id: run.run.id };
    if (tries === 2) throw new AmbiguousAnswer("dispatch", "no answer, and no run shows");
  }
}

/** Gone or over is as good as cancelled. */
export async function cancelRun(
  context: Context,
  ref: RepositoryRef,
  known: Knowledge,
  runId: number,
): Promise<EffectResult> {
  const runner = runnerRepository(known.config, ref);
  const wire = await context.wireTo(runner);
  const answer = await wire.rest({
    route: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel",
    parameters: { owner: runner.owner, repo: runner.name, run_id: runId },
    repeat: "freely",
    kind: "write",
    priority: "urgent",
  });
  if (answer.ok || answer.status === 404 || answer.status === 409) return { ok: true };
  return { ok: false, refused: answer.message };
}
