// The github context of a run, and of a job in it.
import type { Hub } from "../../hub.ts";
import type { WorkflowRun } from "../../world/actions.ts";
import { isJsonObject, type JsonObject } from "../../world/json.ts";
import { entity, fullNameOf, ownerOf, repositoryOf } from "../../world/world.ts";

/** Days that artifacts and logs are kept when nobody says otherwise. */
export const RETENTION_DAYS = 90;

export function githubContext(hub: Hub, run: WorkflowRun): JsonObject {
  const { world } = hub;
  const repository = repositoryOf(world, run);
  const owner = ownerOf(world, repository);
  const actor = entity(world.accounts, run.actorId, "account");
  const pull = run.payload["pull_request"];
  const name = fullNameOf(world, repository);
  return {
    actor: actor.login,
    actor_id: String(actor.id),
    api_url: hub.urls.api,
    base_ref: refOf(pull, "base"),
    event: run.payload,
    event_name: run.event,
    graphql_url: hub.urls.graphql,
    head_ref: refOf(pull, "head"),
    ref: run.ref,
    ref_name: run.ref.replace(/^refs\/(heads|tags|pull)\//, ""),
    ref_protected: repository.protections.has(run.ref.replace(/^refs\/heads\//, "")),
    ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
    repository: name,
    repositoryUrl: `${hub.urls.web.replace(/^https?/, "git")}/${name}.git`,
    repository_id: String(repository.id),
    repository_owner: owner.login,
    repository_owner_id: String(owner.id),
    retention_days: String(RETENTION_DAYS),
    run_attempt: String(run.runAttempt),
    run_id: String(run.id),
    run_number: String(run.runNumber),
    secret_source: "Actions",
    server_url: hub.urls.web,
    sha: run.sha,
    triggering_actor: entity(world.accounts, run.triggeringActorId, "account").login,
    workflow: run.name,
    workflow_ref: `${name}/${run.path}@${run.ref}`,
    workflow_sha: run.workflowSha,
  };
}

function refOf(pull: unknown, side: "base" | "head"): string {
  const of = isJsonObject(pull) ? pull[side] : undefined;
  const ref = isJsonObject(of) ? of["ref"] : undefined;
  return typeof ref === "string" ? ref : "";
}
