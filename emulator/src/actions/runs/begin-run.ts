// Makes a run for a workflow and launches it, or leaves it waiting for a person's approval.
import type { Commit } from "../../git/objects.ts";
import type { WorkflowRun } from "../../world/actions.ts";
import type { Actor } from "../../world/caller.ts";
import { isJsonObject, type JsonObject } from "../../world/json.ts";
import type { Repository } from "../../world/repositories.ts";
import { repositoryOf } from "../../world/world.ts";
import { ExpressionFailure, interpolate } from "../expressions/evaluate.ts";
import type { ParsedWorkflow } from "../workflow/parse-workflow.ts";
import type { Engine } from "./engine.ts";
import { launch } from "./execute-run.ts";
import { githubContext } from "./github-context.ts";
import { scopeWith } from "./job-ends.ts";
import { completeRun, recordRun } from "./run-records.ts";
import { registerWorkflow } from "./workflow-registry.ts";

/** Where and for what a run runs. */
export interface Beginning {
  readonly repository: Repository;
  readonly path: string;
  readonly parsed: ParsedWorkflow;
  readonly event: string;
  readonly payload: JsonObject;
  readonly inputs: JsonObject;
  readonly actor: Actor;
  /** Full ref, and `github.sha`. */
  readonly ref: string;
  readonly sha: string;
  readonly headBranch: string | null;
  readonly headCommit: Commit;
  readonly pullNumbers: readonly number[];
  readonly needsApproval: boolean;
}

export async function beginRun(engine: Engine, beginning: Beginning): Promise<WorkflowRun> {
  const { hub } = engine;
  const { repository, path, parsed, actor } = beginning;
  const workflow = registerWorkflow(hub, repository, path, parsed);
  const run = await recordRun(hub, {
    ...beginning,
    workflow,
    displayTitle: workflow.name,
    workflowSha: beginning.sha,
  });
  run.displayTitle = titleOf(engine, run, beginning);
  if (beginning.needsApproval) completeRun(hub, run, "action_required", actor);
  else launch(engine, run, actor);
  return run;
}

function titleOf(engine: Engine, run: WorkflowRun, beginning: Beginning): string {
  const { parsed } = beginning;
  const template = "workflow" in parsed ? parsed.workflow.runName : null;
  if (template === null) return defaultTitle(run, beginning);
  try {
    const vars = Object.fromEntries(repositoryOf(engine.hub.world, run).variables);
    const title = interpolate(
      template,
      scopeWith({ github: githubContext(engine.hub, run), inputs: run.inputs, vars }),
    );
    return title.trim() === "" ? defaultTitle(run, beginning) : title;
  } catch (error) {
    if (error instanceof ExpressionFailure) return defaultTitle(run, beginning);
    throw error;
  }
}

function defaultTitle(run: WorkflowRun, { event, payload, headCommit }: Beginning): string {
  if (event === "push") return headCommit.message.split("\n")[0] ?? "";
  for (const key of ["pull_request", "issue"]) {
    const subject = payload[key];
    const title = isJsonObject(subject) ? subject["title"] : undefined;
    if (typeof title === "string") return title;
  }
  const action = payload["action"];
  return event === "repository_dispatch" && typeof action === "string" ? action : run.name;
}
