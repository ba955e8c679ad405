// A run before it starts: its workflow and every workflow that it calls, directly or not, with the permissions of every
// job. Everything that GitHub refuses before the first job is refused here.
import type { Hub } from "../../hub.ts";
import type { ReferencedWorkflow } from "../../world/actions.ts";
import type { Repository } from "../../world/repositories.ts";
import { fullNameOf } from "../../world/world.ts";
import type { CallJob, Permissions, Workflow } from "../workflow/model.ts";
import { describeProblems } from "../workflow/parse-workflow.ts";
import type { AccessSettings } from "./access-settings.ts";
import { parseReference, resolveReference } from "./reference.ts";
import { defaultPermissions, firstExcess } from "./token-permissions.ts";
import type { WorkflowFiles } from "./workflow-files.ts";

export interface WorkflowSource {
  readonly repository: Repository;
  readonly path: string;
  /** Full ref, or a SHA when it was named by one. */
  readonly ref: string;
  readonly sha: string;
}

export interface Plan {
  readonly workflow: Workflow;
  readonly source: WorkflowSource;
  /** By job id: what its GITHUB_TOKEN may do. */
  readonly permissions: ReadonlyMap<string, Permissions>;
  /** By job id: the workflows that jobs with `uses:` call. */
  readonly calls: ReadonlyMap<string, Plan>;
}

export type Planned =
  | { readonly plan: Plan; readonly referenced: readonly ReferencedWorkflow[] }
  | { readonly problem: string };

/** GitHub's limits: nested calls, and distinct called workflows in one run. */
const NESTED_MAX = 10;
const CALLED_MAX = 50;

export interface PlanPorts {
  readonly hub: Hub;
  readonly files: WorkflowFiles;
  readonly access: AccessSettings;
}

/** `owner/repo/path@ref`, as in github.workflow_ref. */
export function sourceName(hub: Hub, source: WorkflowSource): string {
  return `${fullNameOf(hub.world, source.repository)}/${source.path}@${source.ref}`;
}

class PlanProblem extends Error {}

export async function planRun(ports: PlanPorts, source: WorkflowSource): Promise<Planned> {
  const referenced = new Map<string, ReferencedWorkflow>();
  const root = source.repository;

  const load = async (from: WorkflowSource, cap: Permissions | null, chain: readonly string[]): Promise<Plan> => {
    const parsed = await ports.files.read(from.repository, from.sha, from.path);
    if (parsed === null)
      throw new PlanProblem(`${trail(chain, sourceName(ports.hub, from))} : workflow was not found.`);
    if ("problems" in parsed) throw new PlanProblem(describeProblems(from.path, parsed.problems));
    const { workflow } = parsed;
    if (cap !== null && workflow.triggers.call === null) {
      throw new PlanProblem(
        `${trail(chain, sourceName(ports.hub, from))} : workflow is not reusable as it is missing a \`on.workflow_call\` trigger`,
      );
    }
    const inherited = cap ?? defaultPermissions(root.defaultWorkflowPermissions);
    if (cap !== null && workflow.permissions !== null)
      checkCap(ports.hub, from, "The workflow", workflow.permissions, cap);
    const permissions = new Map<string, Permissions>();
    const calls = new Map<string, Plan>();
    for (const job of workflow.jobs.values()) {
      const own = job.permissions ?? workflow.permissions ?? inherited;
      if (cap !== null) checkCap(ports.hub, from, `The nested job '${job.id}'`, own, cap);
      permissions.set(job.id, own);
      if (job.kind === "steps") continue;
      if (chain.length >= NESTED_MAX) throw new PlanProblem(`Nested reusable workflow depth exceeded ${NESTED_MAX}.`);
      const target = await findCalled(ports, root, from, job, chain);
      referenced.set(sourceName(ports.hub, target), {
        path: sourceName(ports.hub, target),
        sha: target.sha,
        ref: target.ref.startsWith("refs/") ? target.ref : null,
      });
      if (referenced.size > CALLED_MAX) throw new PlanProblem(`A run may call at most ${CALLED_MAX} workflows.`);
      const called = await load(target, own, [...chain, sourceName(ports.hub, from)]);
      checkCall(job, called);
      calls.set(job.id, called);
    }
    return { workflow, source: from, permissions, calls };
  };

  try {
    return { plan: await load(source, null, []), referenced: [...referenced.values()] };
  } catch (error) {
    if (error instanceof PlanProblem) return { problem: error.message };
    throw error;
  }
}

async function findCalled(
  ports: PlanPorts,
  root: Repository,
  caller: WorkflowSource,
  job: CallJob,
  chain: readonly string[],
): Promise<WorkflowSource> {
  const name = trail([...chain, sourceName(ports.hub, caller)], job.uses);
  if (job.uses.startsWith("./")) {
    const path = job.uses.slice(2);
    if (!isWorkflowPath(path))
      throw new PlanProblem(`${name} : workflows must be defined at the top level of the .github/workflows/ directory`);
    return { ...caller, path };
  }
  const reference = parseReference(job.uses);
  if (reference === null) throw new PlanProblem(`${name} : invalid value workflow reference: no version specified`);
  if (!isWorkflowPath(reference.path)) {
    throw new PlanProblem(`${name} : workflows must be defined at the top level of the .github/workflows/ directory`);
  }
  const found = await resolveReference(ports.hub, ports.access, root, reference);
  if (found === null) throw new PlanProblem(`${name} : workflow was not found.`);
  return { repository: found.repository, path: reference.path, ref: found.ref, sha: found.sha };
}

function isWorkflowPath(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path);
}

function trail(chain: readonly string[], last: string): string {
  return `error parsing called workflow ${[...chain, last].map((name) => JSON.stringify(name)).join(" -> ")}`;
}

function checkCap(hub: Hub, source: WorkflowSource, who: string, wish: Permissions, cap: Permissions): void {
  const excess = firstExcess(wish, cap);
  if (excess === null) return;
  const { scope, wished, allowed } = excess;
  throw new PlanProblem(
    `Error calling workflow '${sourceName(hub, source)}'. ${who} is requesting '${scope}: ${wished}', but is only allowed '${scope}: ${allowed}'.`,
  );
}

/** Names and presence of what a call passes; types are known only when its expressions are. */
function checkCall(job: CallJob, called: Plan): void {
  const { call } = called.workflow.triggers;
  if (call === null) return;
  for (const name of Object.keys(job.with)) {
    if (!call.inputs.has(name))
      throw new PlanProblem(`Invalid input, ${name} is not defined in the referenced workflow.`);
  }
  for (const [name, { required }] of call.inputs) {
    if (required && !(name in job.with))
      throw new PlanProblem(`Input ${name} is required, but not provided while calling.`);
  }
  if (job.secrets === "inherit") return;
  for (const name of Object.keys(job.secrets)) {
    if (!call.secrets.has(name))
      throw new PlanProblem(`Invalid secret, ${name} is not defined in the referenced workflow.`);
  }
  for (const [name, { required }] of call.secrets) {
    if (required && !(name in job.secrets))
      throw new PlanProblem(`Secret ${name} is required, but not provided while calling.`);
  }
}
