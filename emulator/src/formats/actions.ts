// Workflows, runs, jobs and artifacts as REST and webhooks show them.
import type { Hub } from "../hub.ts";
import type { Artifact, RunAttempt, Workflow, WorkflowJob, WorkflowRun } from "../world/actions.ts";
import { isoOrNull, isoSeconds } from "../world/clock.ts";
import { nodeId } from "../world/ids.ts";
import type { JsonObject } from "../world/json.ts";
import { entity, repositoryOf } from "../world/world.ts";
import { accountByIdJson } from "./accounts.ts";
import { pullReferenceJson } from "./checks.ts";
import { repositoryApiUrl, repositoryJson, repositoryWebUrl } from "./repositories.ts";

export function workflowJson(hub: Hub, workflow: Workflow): JsonObject {
  const repository = repositoryOf(hub.world, workflow);
  const file = workflow.path.slice(workflow.path.lastIndexOf("/") + 1);
  return {
    id: workflow.id,
    node_id: workflow.nodeId,
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: isoSeconds(workflow.createdAt),
    updated_at: isoSeconds(workflow.updatedAt),
    url: `${repositoryApiUrl(hub, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${repositoryWebUrl(hub, repository)}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${repositoryWebUrl(hub, repository)}/workflows/${encodeURIComponent(file)}/badge.svg`,
  };
}

export function runApiUrl(hub: Hub, run: WorkflowRun): string {
  return `${repositoryApiUrl(hub, repositoryOf(hub.world, run))}/actions/runs/${run.id}`;
}

export function runWebUrl(hub: Hub, run: WorkflowRun): string {
  return `${repositoryWebUrl(hub, repositoryOf(hub.world, run))}/actions/runs/${run.id}`;
}

/** @param attempt an earlier attempt; the newest one when not given */
export function runJson(hub: Hub, run: WorkflowRun, attempt?: RunAttempt): JsonObject {
  const repository = repositoryOf(hub.world, run);
  const api = runApiUrl(hub, run);
  const number = attempt?.number ?? run.runAttempt;
  const suiteId = attempt?.checkSuiteId ?? run.checkSuiteId;
  const pulls = run.pullNumbers.flatMap((pullNumber) => repository.pulls.get(pullNumber) ?? []);
  return {
    id: run.id,
    name: run.name,
    node_id: run.nodeId,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.displayTitle,
    run_number: run.runNumber,
    event: run.event,
    status: attempt?.status ?? run.status,
    conclusion: attempt === undefined ? run.conclusion : attempt.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: suiteId,
    check_suite_node_id: nodeId("CheckSuite", suiteId),
    url: api,
    html_url: runWebUrl(hub, run),
    pull_requests: pulls.map((pull) => pullReferenceJson(hub, pull)),
    created_at: isoSeconds(run.createdAt),
    updated_at: isoSeconds(attempt?.updatedAt ?? run.updatedAt),
    actor: accountByIdJson(hub, run.actorId),
    run_attempt: number,
    referenced_workflows: run.referencedWorkflows.map(({ path, sha, ref }) => ({
      path,
      sha,
      ...(ref === null ? {} : { ref }),
    })),
    run_started_at: isoSeconds(attempt?.startedAt ?? run.runStartedAt),
    triggering_actor: accountByIdJson(hub, attempt?.triggeringActorId ?? run.triggeringActorId),
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    check_suite_url: `${repositoryApiUrl(hub, repository)}/check-suites/${suiteId}`,
    artifacts_url: `${api}/artifacts`,
    cancel_url: `${api}/cancel`,
    rerun_url: `${api}/rerun`,
    previous_attempt_url: number > 1 ? `${api}/attempts/${number - 1}` : null,
    workflow_url: `${repositoryApiUrl(hub, repository)}/actions/workflows/${run.workflowId}`,
    head_commit: headCommitJson(run),
    repository: repositoryJson(hub, repository),
    head_repository: repositoryJson(hub, repository),
  };
}

function headCommitJson(run: WorkflowRun): JsonObject {
  const { author, committer, message, tree, sha } = run.headCommit;
  return {
    id: sha,
    tree_id: tree,
    message: message.trimEnd(),
    timestamp: isoSeconds(committer.date),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}

export function jobJson(hub: Hub, job: WorkflowJob): JsonObject {
  const repository = repositoryOf(hub.world, job);
  const run = entity(hub.world.runs, job.runId, "workflow run");
  const api = repositoryApiUrl(hub, repository);
  return {
    id: job.id,
    run_id: job.runId,
    workflow_name: run.name,
    head_branch: run.headBranch,
    run_url: runApiUrl(hub, run),
    run_attempt: job.runAttempt,
    node_id: job.nodeId,
    head_sha: run.headSha,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${runWebUrl(hub, run)}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: isoSeconds(job.createdAt),
    started_at: isoSeconds(job.startedAt ?? job.createdAt),
    completed_at: isoOrNull(job.completedAt),
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion,
      number: step.number,
      started_at: isoOrNull(step.startedAt),
      completed_at: isoOrNull(step.completedAt),
    })),
    check_run_url: `${api}/check-runs/${job.checkRunId}`,
    labels: job.labels,
    runner_id: job.runnerId,
    runner_name: job.runnerName,
    runner_group_id: job.runnerId === null ? null : 0,
    runner_group_name: job.runnerId === null ? null : "GitHub Actions",
  };
}

export function artifactJson(hub: Hub, artifact: Artifact): JsonObject {
  const repository = repositoryOf(hub.world, artifact);
  const run = entity(hub.world.runs, artifact.runId, "workflow run");
  const url = `${repositoryApiUrl(hub, repository)}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: artifact.nodeId,
    name: artifact.name,
    size_in_bytes: artifact.sizeBytes,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expiresAt <= hub.world.clock.now(),
    digest: artifact.digest,
    created_at: isoSeconds(artifact.createdAt),
    updated_at: isoSeconds(artifact.createdAt),
    expires_at: isoSeconds(artifact.expiresAt),
    workflow_run: {
      id: run.id,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}
