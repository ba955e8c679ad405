// From what happened to the runs it starts: which workflows of which commit listen, and who may start them.
import { refreshMergeability } from "../../code/mergeability.ts";
import { mergeBase } from "../../git/history.ts";
import { EMPTY_TREE_SHA, ZERO_SHA } from "../../git/objects.ts";
import { changedPaths } from "../../git/tree-diff.ts";
import { eventPayload } from "../../webhooks/envelope.ts";
import { ACTIONS_APP_ID } from "../../world/create.ts";
import type { DomainEvent } from "../../world/events.ts";
import { isJsonObject, type JsonObject } from "../../world/json.ts";
import type { Repository } from "../../world/repositories.ts";
import { beginRun } from "./begin-run.ts";
import type { Engine } from "./engine.ts";
import { isTriggeredBy, type Occurrence } from "./trigger-match.ts";

/** Events that workflows can listen to and that this emulator has; dispatches come in by their own door. */
const EVENTS = new Set([
  "check_run",
  "check_suite",
  "create",
  "delete",
  "issue_comment",
  "issues",
  "label",
  "milestone",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "push",
  "status",
  "workflow_run",
]);

const PULL_EVENTS = new Set(["pull_request", "pull_request_review", "pull_request_review_comment"]);

/** What GITHUB_TOKEN may cause: a run that waits for approval. */
const APPROVABLE = ["opened", "synchronize", "reopened"];

/** GitHub lets `workflow_run` start workflows no more than three deep. */
const CHAIN_MAX = 3;

const SKIP = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks: ?true$/m;

/** Where the workflows of an event are read, and what a run of it runs on. */
interface Site {
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly baseBranch: string | null;
  readonly pullNumbers: readonly number[];
  readonly isSkippable: boolean;
}

/** Called for every event; payloads are rendered before it returns, runs begin later. */
export function startOnEvent(engine: Engine, event: DomainEvent): void {
  const { repository } = event;
  if (repository === null || !EVENTS.has(event.name) || event.onlyAppId !== undefined) return;
  if (engine.hub.closing.aborted) return;
  const needsApproval = event.actor.through === "job" && event.name !== "workflow_run";
  if (needsApproval && !(event.name === "pull_request" && APPROVABLE.includes(event.action ?? ""))) return;
  if (isOwnCheck(event) || isTooDeep(engine, event.payload)) return;
  const payload = eventPayload(engine.hub, event, null);
  // Runs of one repository begin in the order of their events.
  const begin = () => startAll(engine, repository, event, payload, needsApproval);
  const begun = engine.hub.work.track(engine.hub.exclusive(`actions:${repository.id}`, begin));
  begun.catch((error: unknown) =>
    engine.hub.warn(`runs on ${event.name}: ${error instanceof Error ? error.stack : String(error)}`),
  );
}

async function startAll(
  engine: Engine,
  repository: Repository,
  event: DomainEvent,
  payload: JsonObject,
  needsApproval: boolean,
): Promise<void> {
  for (const site of await sitesOf(engine, repository, event, payload)) {
    const { objects } = engine.hub.git.of(repository);
    const headCommit = await objects.readCommit(site.headSha);
    if (headCommit === null || (site.isSkippable && SKIP.test(headCommit.message))) continue;
    const occurrence: Occurrence = {
      name: site.event,
      action: event.action,
      payload,
      ref: site.ref,
      baseBranch: site.baseBranch,
      changedPaths: () => pathsOf(engine, repository, event.name, payload),
    };
    for (const { path, parsed } of await engine.files.list(repository, site.sha)) {
      const state = registerState(engine, repository, path);
      if (state !== "active") continue;
      // GitHub shows a file that it cannot read as a failed run of the push that brought it.
      const starts =
        "workflow" in parsed ? await isTriggeredBy(parsed.workflow.triggers, occurrence) : event.name === "push";
      if (!starts) continue;
      const { actor } = event;
      await beginRun(engine, {
        ...site,
        repository,
        path,
        parsed,
        payload,
        inputs: {},
        actor,
        headCommit,
        needsApproval,
      });
    }
  }
}

function registerState(engine: Engine, repository: Repository, path: string): string {
  const known = [...engine.hub.world.workflows.values()].find(
    (one) => one.repositoryId === repository.id && one.path === path,
  );
  return known === undefined || known.state === "deleted" ? "active" : known.state;
}

async function sitesOf(
  engine: Engine,
  repository: Repository,
  event: DomainEvent,
  payload: JsonObject,
): Promise<readonly Site[]> {
  if (event.name === "push") return pushSite(payload, repository);
  const pull = payload["pull_request"];
  const usual = await defaultSite(engine, repository, event.name);
  if (!PULL_EVENTS.has(event.name) || !isJsonObject(pull)) return usual === null ? [] : [usual];
  const number = Number(pull["number"]);
  const head = isJsonObject(pull["head"]) ? pull["head"] : {};
  const base = isJsonObject(pull["base"]) ? pull["base"] : {};
  const merged = pull["merged"] === true;
  const isOpen = pull["state"] === "open";
  const merge = isOpen ? await testMergeOf(engine, repository, number) : pull["merge_commit_sha"];
  const sites: Site[] = [];
  const shared = {
    headSha: String(head["sha"]),
    headBranch: String(head["ref"]),
    baseBranch: String(base["ref"]),
    pullNumbers: [number],
    isSkippable: true,
  };
  // A pull request that conflicts has no test merge, and nothing runs.
  if (typeof merge === "string" || !isOpen) {
    const sha = typeof merge === "string" ? merge : shared.headSha;
    const ref = merged ? `refs/heads/${shared.baseBranch}` : `refs/pull/${number}/merge`;
    sites.push({ event: event.name, ref, sha, ...shared });
  }
  if (event.name === "pull_request" && usual !== null) {
    sites.push({ ...usual, event: "pull_request_target", baseBranch: shared.baseBranch, pullNumbers: [number] });
  }
  return sites;
}

/** The payload was written before GitHub tried the merge, so the pull request itself is asked; null when it conflicts. */
async function testMergeOf(engine: Engine, repository: Repository, number: number): Promise<string | null> {
  const pull = repository.pulls.get(number);
  if (pull === undefined) return null;
  await refreshMergeability(engine.hub, pull);
  return pull.mergeable === true ? pull.mergeCommitSha : null;
}

function pushSite(payload: JsonObject, repository: Repository): readonly Site[] {
  const ref = String(payload["ref"]);
  const sha = String(payload["after"]);
  if (payload["deleted"] === true || sha === ZERO_SHA || !/^refs\/(heads|tags)\//.test(ref)) return [];
  const name = ref.replace(/^refs\/(heads|tags)\//, "");
  const pulls = [...repository.pulls.values()].filter(
    (pull) => pull.head.ref === name && repository.issues.get(pull.number)?.state === "open",
  );
  return [
    {
      event: "push",
      ref,
      sha,
      headSha: sha,
      headBranch: name,
      baseBranch: null,
      pullNumbers: pulls.map((pull) => pull.number),
      isSkippable: true,
    },
  ];
}

/** The last commit of the default branch: where all other events are at home. */
export async function defaultSite(engine: Engine, repository: Repository, event: string): Promise<Site | null> {
  const ref = `refs/heads/${repository.defaultBranch}`;
  const sha = await engine.hub.git.of(repository).resolve(ref);
  if (sha === null) return null;
  const headBranch = repository.defaultBranch;
  return { event, ref, sha, headSha: sha, headBranch, baseBranch: null, pullNumbers: [], isSkippable: false };
}

async function pathsOf(
  engine: Engine,
  repository: Repository,
  event: string,
  payload: JsonObject,
): Promise<readonly string[]> {
  const git = engine.hub.git.of(repository);
  const pull = payload["pull_request"];
  const side = (of: "head" | "base"): string => {
    const value = isJsonObject(pull) ? pull[of] : undefined;
    return isJsonObject(value) ? String(value["sha"]) : "";
  };
  const [from, to] =
    event === "push" ? [String(payload["before"]), String(payload["after"])] : [side("base"), side("head")];
  const commit = async (sha: string) => (await git.objects.readCommit(sha))?.tree ?? EMPTY_TREE_SHA;
  const fork = event === "push" || from === "" ? from : await mergeBase(git.objects, git.path, from, to);
  const start = fork === null || fork === ZERO_SHA ? await firstParent(engine, repository, payload) : fork;
  const { added, modified, removed } = await changedPaths(git.objects, await commit(start), await commit(to));
  return [...added, ...modified, ...removed];
}

/** A new branch is compared with what its first new commit stands on. */
async function firstParent(engine: Engine, repository: Repository, payload: JsonObject): Promise<string> {
  const commits = payload["commits"];
  const first: unknown = Array.isArray(commits) ? commits[0] : undefined;
  const id = isJsonObject(first) ? String(first["id"]) : String(payload["after"]);
  const commit = await engine.hub.git.of(repository).objects.readCommit(id);
  return (isJsonObject(first) ? commit?.parents[0] : commit?.sha) ?? "";
}

/** Checks that Actions made start nothing, or every run would start another. */
function isOwnCheck(event: DomainEvent): boolean {
  const check = event.payload["check_run"] ?? event.payload["check_suite"];
  const app = isJsonObject(check) ? check["app"] : undefined;
  return isJsonObject(app) && app["id"] === ACTIONS_APP_ID;
}

function isTooDeep(engine: Engine, payload: JsonObject): boolean {
  let depth = 0;
  let current: unknown = payload["workflow_run"];
  while (isJsonObject(current) && depth <= CHAIN_MAX) {
    depth += 1;
    const run = engine.hub.world.runs.get(Number(current["id"]));
    current = run?.event === "workflow_run" ? run.payload["workflow_run"] : null;
  }
  return depth > CHAIN_MAX;
}
