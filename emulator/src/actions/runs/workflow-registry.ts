// The workflows of a repository as entries of the world: one per file on the default branch, and one per file that ever ran.
import type { Hub } from "../../hub.ts";
import type { Workflow } from "../../world/actions.ts";
import { nodeId } from "../../world/ids.ts";
import type { Repository } from "../../world/repositories.ts";
import type { ParsedWorkflow } from "../workflow/parse-workflow.ts";
import type { Engine } from "./engine.ts";

/** The entry of a file, made when there is none; its name follows the file. */
export function registerWorkflow(hub: Hub, repository: Repository, path: string, parsed: ParsedWorkflow): Workflow {
  const name = ("workflow" in parsed ? parsed.workflow.name : null) ?? path;
  const known = [...hub.world.workflows.values()].find(
    (one) => one.repositoryId === repository.id && one.path === path,
  );
  if (known !== undefined) {
    if (known.state === "deleted") known.state = "active";
    known.name = name;
    return known;
  }
  const id = hub.world.ids.next();
  const now = hub.world.clock.now();
  const workflow: Workflow = {
    id,
    nodeId: nodeId("Workflow", id),
    repositoryId: repository.id,
    path,
    name,
    state: "active",
    createdAt: now,
    updatedAt: now,
    lastRunNumber: 0,
  };
  hub.world.workflows.set(id, workflow);
  return workflow;
}

/** The workflows of a repository, brought up to date with its default branch. */
export async function listWorkflows(engine: Engine, repository: Repository): Promise<readonly Workflow[]> {
  const { hub, files } = engine;
  const head = await hub.git.of(repository).resolve(`refs/heads/${repository.defaultBranch}`);
  const found = head === null ? [] : await files.list(repository, head);
  const paths = new Set(found.map(({ path }) => path));
  for (const { path, parsed } of found) registerWorkflow(hub, repository, path, parsed);
  const known = [...hub.world.workflows.values()].filter((one) => one.repositoryId === repository.id);
  const kept = known.filter((one) => paths.has(one.path) || one.lastRunNumber > 0);
  for (const one of kept) if (!paths.has(one.path) && one.state === "active") one.state = "deleted";
  return kept;
}

/** By id or by file name, as routes take it. */
export async function findWorkflow(engine: Engine, repository: Repository, idOrFile: string): Promise<Workflow | null> {
  const all = await listWorkflows(engine, repository);
  const byFile = all.find((one) => one.path === idOrFile || one.path === `.github/workflows/${idOrFile}`);
  return byFile ?? all.find((one) => String(one.id) === idOrFile) ?? null;
}
