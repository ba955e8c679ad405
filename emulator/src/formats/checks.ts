// Check suites, check runs and commit statuses as REST and webhooks show them.
import type { Sha } from "../git/objects.ts";
import type { Hub } from "../hub.ts";
import type { CheckAnnotation, CheckRun, CheckSuite, CommitStatus } from "../world/checks.ts";
import { isoOrNull, isoSeconds } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import type { Pull, PullSide } from "../world/pulls.ts";
import type { Repository } from "../world/repositories.ts";
import { entity, fullNameOf, repositoryOf } from "../world/world.ts";
import { accountByIdJson } from "./accounts.ts";
import { appJson } from "./apps.ts";
import { commitJson } from "./commits.ts";
import { repositoryApiUrl, repositoryJson, repositoryWebUrl } from "./repositories.ts";

/** The short form of a pull request inside checks and workflow runs. */
export function pullReferenceJson(hub: Hub, pull: Pull): JsonObject {
  const repository = repositoryOf(hub.world, pull);
  const side = (of: PullSide): JsonObject => {
    const home = of.repositoryId === null ? repository : entity(hub.world.repositories, of.repositoryId, "repository");
    return { ref: of.ref, sha: of.sha, repo: { id: home.id, url: repositoryApiUrl(hub, home), name: home.name } };
  };
  return {
    id: pull.id,
    number: pull.number,
    url: `${repositoryApiUrl(hub, repository)}/pulls/${pull.number}`,
    head: side(pull.head),
    base: side(pull.base),
  };
}

/** Open pull requests of this repository whose head is this commit. */
export function pullReferencesAt(hub: Hub, repository: Repository, sha: Sha): readonly JsonObject[] {
  return [...repository.pulls.values()]
    .filter((pull) => pull.head.sha === sha && repository.issues.get(pull.number)?.state === "open")
    .map((pull) => pullReferenceJson(hub, pull));
}

export function checkRunUrl(hub: Hub, run: CheckRun): string {
  return `${repositoryApiUrl(hub, repositoryOf(hub.world, run))}/check-runs/${run.id}`;
}

export function checkRunPage(hub: Hub, run: CheckRun): string {
  return run.detailsUrl ?? `${repositoryWebUrl(hub, repositoryOf(hub.world, run))}/runs/${run.id}`;
}

export function checkRunJson(hub: Hub, run: CheckRun): JsonObject {
  const repository = repositoryOf(hub.world, run);
  const url = checkRunUrl(hub, run);
  const page = `${repositoryWebUrl(hub, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: run.nodeId,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: page,
    details_url: checkRunPage(hub, run),
    status: run.status,
    conclusion: run.conclusion,
    started_at: isoOrNull(run.startedAt),
    completed_at: isoOrNull(run.completedAt),
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appJson(hub, entity(hub.world.apps, run.appId, "app")),
    pull_requests: pullReferencesAt(hub, repository, run.headSha),
  };
}

/** In webhooks the suite is spelled out and the buttons are listed. */
export function checkRunEventJson(hub: Hub, run: CheckRun): JsonObject {
  const suite = entity(hub.world.checkSuites, run.suiteId, "check suite");
  return { ...checkRunJson(hub, run), check_suite: checkSuiteCore(hub, suite) };
}

function checkSuiteCore(hub: Hub, suite: CheckSuite): JsonObject {
  const repository = repositoryOf(hub.world, suite);
  return {
    id: suite.id,
    node_id: suite.nodeId,
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url: `${repositoryApiUrl(hub, repository)}/check-suites/${suite.id}`,
    before: suite.before,
    after: suite.after,
    pull_requests: pullReferencesAt(hub, repository, suite.headSha),
    app: appJson(hub, entity(hub.world.apps, suite.appId, "app")),
    created_at: isoSeconds(suite.createdAt),
    updated_at: isoSeconds(suite.updatedAt),
  };
}

/** The form of webhooks: without the repository, which stands beside it. */
export function checkSuiteJson(hub: Hub, suite: CheckSuite): JsonObject {
  const repository = repositoryOf(hub.world, suite);
  return {
    ...checkSuiteCore(hub, suite),
    latest_check_runs_count: suite.runIds.length,
    check_runs_url: `${repositoryApiUrl(hub, repository)}/check-suites/${suite.id}/check-runs`,
    head_commit: headCommitJson(suite),
    rerequestable: true,
    runs_rerequestable: suite.workflowRunId === null,
  };
}

export function fullCheckSuiteJson(hub: Hub, suite: CheckSuite): JsonObject {
  return { ...checkSuiteJson(hub, suite), repository: repositoryJson(hub, repositoryOf(hub.world, suite)) };
}

function headCommitJson(suite: CheckSuite): JsonObject {
  const { author, committer, message, tree } = suite.headCommit;
  return {
    id: suite.headSha,
    tree_id: tree,
    message: message.trimEnd(),
    timestamp: isoSeconds(committer.date),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}

export function annotationJson(hub: Hub, run: CheckRun, annotation: CheckAnnotation): JsonObject {
  const repository = repositoryOf(hub.world, run);
  return {
    path: annotation.path,
    blob_href: `${repositoryWebUrl(hub, repository)}/blob/${run.headSha}/${annotation.path}`,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    start_column: annotation.startColumn,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
  };
}

export function statusJson(hub: Hub, repository: Repository, status: CommitStatus): JsonObject {
  return {
    url: `${repositoryApiUrl(hub, repository)}/statuses/${status.sha}`,
    avatar_url: `${hub.urls.web}/_avatars/u/${status.creatorId}`,
    id: status.id,
    node_id: status.nodeId,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: isoSeconds(status.createdAt),
    updated_at: isoSeconds(status.createdAt),
    creator: accountByIdJson(hub, status.creatorId),
  };
}

export async function statusEventJson(hub: Hub, repository: Repository, status: CommitStatus): Promise<JsonObject> {
  const git = hub.git.of(repository);
  const commit = await git.objects.readCommit(status.sha);
  const heads = git.refs.list("refs/heads/").filter((ref) => ref.sha === status.sha);
  return {
    id: status.id,
    sha: status.sha,
    name: fullNameOf(hub.world, repository),
    avatar_url: `${hub.urls.web}/_avatars/u/${status.creatorId}`,
    target_url: status.targetUrl,
    context: status.context,
    description: status.description,
    state: status.state,
    commit: commit === null ? {} : commitJson(hub, repository, commit),
    branches: heads.map((ref) => ({
      name: ref.name.slice("refs/heads/".length),
      commit: { sha: ref.sha, url: `${repositoryApiUrl(hub, repository)}/commits/${ref.sha}` },
      protected: repository.protections.has(ref.name.slice("refs/heads/".length)),
    })),
    created_at: isoSeconds(status.createdAt),
    updated_at: isoSeconds(status.createdAt),
  };
}
