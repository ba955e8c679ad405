// workflow_dispatch and repository_dispatch: runs that somebody asks for.
import { accountOfAddress } from "../../code/people.ts";
import { dispatchPayload, repositoryDispatchPayload } from "../../webhooks/actions-payloads.ts";
import { eventPayload } from "../../webhooks/envelope.ts";
import type { Workflow, WorkflowRun } from "../../world/actions.ts";
import type { Actor } from "../../world/caller.ts";
import type { DomainEvent } from "../../world/events.ts";
import type { JsonObject } from "../../world/json.ts";
import type { Repository } from "../../world/repositories.ts";
import { ownerOf } from "../../world/world.ts";
import { describeProblems } from "../workflow/parse-workflow.ts";
import { beginRun } from "./begin-run.ts";
import type { Engine } from "./engine.ts";
import { dispatchInputs } from "./input-values.ts";
import { defaultSite } from "./start-on-event.ts";
import { isTriggeredBy } from "./trigger-match.ts";

export interface DispatchRequest {
  readonly repository: Repository;
  readonly workflow: Workflow;
  /** Branch, tag or full ref. */
  readonly ref: string;
  readonly inputs: JsonObject;
  readonly actor: Actor;
}

export type Dispatched = { readonly run: WorkflowRun } | { readonly problem: string };

export async function dispatchWorkflow(engine: Engine, request: DispatchRequest): Promise<Dispatched> {
  const { hub } = engine;
  const { repository, workflow, actor } = request;
  if (workflow.state !== "active") return { problem: "Cannot trigger a 'workflow_dispatch' on a disabled workflow" };
  const git = hub.git.of(repository);
  const ref = fullRef(request.ref, (name) => git.refs.resolve(name) !== null);
  const sha = ref === null ? null : await git.resolve(ref);
  if (ref === null || sha === null) return { problem: `No ref found for: ${request.ref}` };
  const parsed = await engine.files.read(repository, sha, workflow.path);
  if (parsed === null)
    return { problem: "Workflow does not exist or does not have a workflow_dispatch trigger in this branch." };
  if ("problems" in parsed)
    return { problem: `failed to parse workflow: ${describeProblems(workflow.path, parsed.problems)}` };
  const definitions = parsed.workflow.triggers.dispatchInputs;
  if (definitions === null) return { problem: "Workflow does not have 'workflow_dispatch' trigger" };
  const inputs = dispatchInputs(definitions, request.inputs);
  if ("problem" in inputs) return inputs;
  const headCommit = await git.objects.readCommit(sha);
  if (headCommit === null) return { problem: `No ref found for: ${request.ref}` };
  // In the payload every input is text; the `inputs` context keeps booleans.
  const texts = Object.fromEntries(Object.entries(inputs.values).map(([name, value]) => [name, String(value)]));
  const event: DomainEvent = {
    name: "workflow_dispatch",
    action: null,
    actor,
    repository,
    payload: dispatchPayload({ inputs: definitions.size === 0 ? null : texts, ref, workflow: workflow.path }),
  };
  hub.events.emit(event);
  const run = await beginRun(engine, {
    repository,
    path: workflow.path,
    parsed,
    event: "workflow_dispatch",
    payload: eventPayload(hub, event, null),
    inputs: inputs.values,
    actor,
    ref,
    sha,
    headBranch: ref.replace(/^refs\/(heads|tags)\//, ""),
    headCommit,
    pullNumbers: [],
    needsApproval: false,
  });
  return { run };
}

function fullRef(ref: string, exists: (name: string) => boolean): string | null {
  const names = ref.startsWith("refs/") ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  return names.find(exists) ?? null;
}

/** Tells everybody, and starts the workflows of the default branch that listen to this type. */
export async function dispatchRepository(
  engine: Engine,
  repository: Repository,
  actor: Actor,
  eventType: string,
  clientPayload: JsonObject,
): Promise<void> {
  const { hub } = engine;
  const { action: _, ...payload } = repositoryDispatchPayload(eventType, clientPayload, repository.defaultBranch);
  const event: DomainEvent = { name: "repository_dispatch", action: eventType, actor, repository, payload };
  hub.events.emit(event);
  const site = await defaultSite(engine, repository, "repository_dispatch");
  const headCommit = site === null ? null : await hub.git.of(repository).objects.readCommit(site.headSha);
  if (site === null || headCommit === null || !hub.actions.enabled) return;
  const whole = eventPayload(hub, event, null);
  const changed = async (): Promise<readonly string[]> => [];
  const occurrence = {
    name: "repository_dispatch",
    action: eventType,
    payload: whole,
    ref: site.ref,
    baseBranch: null,
    changedPaths: changed,
  };
  for (const { path, parsed } of await engine.files.list(repository, site.sha)) {
    if (!("workflow" in parsed) || !(await isTriggeredBy(parsed.workflow.triggers, occurrence))) continue;
    await beginRun(engine, {
      ...site,
      repository,
      path,
      parsed,
      payload: whole,
      inputs: {},
      actor,
      headCommit,
      needsApproval: false,
    });
  }
}

/** Starts the workflows of the default branch that have a `schedule:`, as if the time of each had come. */
export async function startScheduled(engine: Engine, repository: Repository): Promise<readonly WorkflowRun[]> {
  const { hub } = engine;
  const site = await defaultSite(engine, repository, "schedule");
  const headCommit = site === null ? null : await hub.git.of(repository).objects.readCommit(site.headSha);
  if (site === null || headCommit === null) return [];
  const account = accountOfAddress(hub.world, headCommit.author.email) ?? ownerOf(hub.world, repository);
  const actor: Actor = { account, app: null, through: "user" };
  const runs: WorkflowRun[] = [];
  for (const { path, parsed } of await engine.files.list(repository, site.sha)) {
    if (!("workflow" in parsed)) continue;
    for (const schedule of parsed.workflow.triggers.crons) {
      const event: DomainEvent = { name: "schedule", action: null, actor, repository, payload: { schedule } };
      const payload = eventPayload(hub, event, null);
      const run = { ...site, repository, path, parsed, payload, inputs: {}, actor, headCommit, needsApproval: false };
      runs.push(await beginRun(engine, run));
    }
  }
  return runs;
}
