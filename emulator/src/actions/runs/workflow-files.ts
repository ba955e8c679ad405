// Workflow files in git: which there are at a commit, and what one of them says.
import { entryAt } from "../../git/trees.ts";
import type { Hub } from "../../hub.ts";
import type { Repository } from "../../world/repositories.ts";
import { type ParsedWorkflow, parseWorkflow } from "../workflow/parse-workflow.ts";

const FOLDER = ".github/workflows";

/** Parsed files never change, their blobs have names by content; the bound is for memory only. */
const REMEMBERED_MAX = 500;

export interface WorkflowFile {
  readonly path: string;
  readonly parsed: ParsedWorkflow;
}

export interface WorkflowFiles {
  /** Every workflow file of a commit, by path. */
  readonly list: (repository: Repository, commit: string) => Promise<readonly WorkflowFile[]>;
  /** null = there is no such file. */
  readonly read: (repository: Repository, commit: string, path: string) => Promise<ParsedWorkflow | null>;
}

export function createWorkflowFiles(hub: Hub): WorkflowFiles {
  const remembered = new Map<string, ParsedWorkflow>();

  const parse = async (repository: Repository, blob: string): Promise<ParsedWorkflow | null> => {
    const known = remembered.get(blob);
    if (known !== undefined) return known;
    const content = await hub.git.of(repository).objects.readBlob(blob);
    if (content === null) return null;
    const parsed = parseWorkflow(content.toString("utf8"));
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
    remembered.set(blob, parsed);
    return parsed;
  };

  const entry = async (repository: Repository, commit: string, path: string) => {
    const { objects } = hub.git.of(repository);
    const tree = (await objects.readCommit(commit))?.tree;
    return tree === undefined ? null : entryAt(objects, tree, path);
  };

  return {
    list: async (repository, commit) => {
      const folder = await entry(repository, commit, FOLDER);
      if (folder?.mode !== "040000") return [];
      const files: WorkflowFile[] = [];
      for (const { name, mode, sha } of (await hub.git.of(repository).objects.readTree(folder.sha)) ?? []) {
        if (!/\.ya?ml$/.test(name) || mode === "040000") continue;
        const parsed = await parse(repository, sha);
        if (parsed !== null) files.push({ path: `${FOLDER}/${name}`, parsed });
      }
      return files;
    },
    read: async (repository, commit, path) => {
      const found = await entry(repository, commit, path);
      return found === null || found.mode === "040000" ? null : parse(repository, found.sha);
    },
  };
}
