// Which reusable workflows may ask for work and which may publish it. A run proves by `job_workflow_ref` and
// `job_workflow_sha` what code it executes; what it may buy follows from the file's name. Pure.

import type { Sha } from "../core/task.ts";

/** `work`: bind and report. `publish`: a token that writes. */
export type Purchase = "work" | "publish";

export interface AllowedWorkflow {
  readonly buys: Purchase;
  /** `owner/repo/.github/workflows/work.yml`; the repository part may be `{repository}`. */
  readonly path: string;
  /** `refs/…` or `{default_branch}`, or the commit that the file must come from. */
  readonly at: { readonly ref: string } | { readonly sha: Sha };
}

/** The repository that the run belongs to. */
const REPOSITORY = "{repository}";
/** That repository's default branch. */
const DEFAULT_BRANCH = "{default_branch}";
const WORKFLOWS_MAX = 50;

const PATTERN = /^((?:[\w.-]+\/[\w.-]+|\{repository\})\/\.github\/workflows\/(work|publish)\.ya?ml)@(\S+)$/;

/** @returns the list, or what is wrong with the first entry that cannot be read */
export function parseAllowedWorkflows(
  text: string,
): { readonly workflows: readonly AllowedWorkflow[] } | { readonly problem: string } {
  const workflows: AllowedWorkflow[] = [];
  for (const entry of text.split(/[\s,]+/).filter((part) => part !== "")) {
    const workflow = parseEntry(entry);
    if (workflow === null) {
      return {
        problem: `has an entry that cannot be read (\`${entry.slice(0, 200)}\`): write owner/repo/.github/workflows/work.yml (or publish.yml) and @refs/tags/v1, @refs/heads/main or @ a commit of 40 digits`,
      };
    }
    workflows.push(workflow);
  }
  if (workflows.length > WORKFLOWS_MAX) return { problem: `has more than ${WORKFLOWS_MAX} entries` };
  for (const buys of ["work", "publish"] as const) {
    if (!workflows.some((workflow) => workflow.buys === buys))
      return { problem: `names no ${buys}.yml, so no task could ever be finished` };
  }
  return { workflows };
}

function parseEntry(entry: string): AllowedWorkflow | null {
  const match = PATTERN.exec(entry);
  const [, path, kind, at] = match ?? [];
  if (path === undefined || at === undefined) return null;
  const buys = kind === "publish" ? "publish" : "work";
  if (/^[0-9a-f]{40}$/.test(at)) return { buys, path, at: { sha: at } };
  if (at === DEFAULT_BRANCH || /^refs\/(heads|tags)\/[^\s@]+$/.test(at)) return { buys, path, at: { ref: at } };
  return null;
}

export interface JobWorkflow {
  /** `owner/repo/.github/workflows/work.yml@refs/heads/main`. */
  readonly ref: string;
  readonly sha: string;
  /** Repository that the run belongs to, and its default branch as GitHub names it now. */
  readonly repository: string;
  readonly defaultBranch: string;
}

/** @returns what the job may buy, or null when no entry of the list fits */
export function purchaseOf(job: JobWorkflow, allowed: readonly AllowedWorkflow[]): Purchase | null {
  const cut = job.ref.indexOf("@");
  if (cut === -1) return null;
  const path = job.ref.slice(0, cut).toLowerCase();
  const ref = job.ref.slice(cut + 1);
  const found = allowed.find((workflow) => {
    if (workflow.path.replace(REPOSITORY, () => job.repository).toLowerCase() !== path) return false;
    if ("sha" in workflow.at) return workflow.at.sha === job.sha;
    return ref === workflow.at.ref.replace(DEFAULT_BRANCH, () => `refs/heads/${job.defaultBranch}`);
  });
  return found?.buys ?? null;
}
