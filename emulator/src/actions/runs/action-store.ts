// Actions out of emulated repositories: resolves `owner/repo/path@ref` and lays its files on disk, once per commit.
import { chmodSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { listTree } from "../../git/trees.ts";
import type { Hub } from "../../hub.ts";
import type { Repository } from "../../world/repositories.ts";
import { fullNameOf } from "../../world/world.ts";
import type { ActionLookup } from "../jobs/job.ts";
import { readActionDirectory } from "../jobs/local-action.ts";
import type { AccessSettings } from "./access-settings.ts";
import { parseReference, resolveReference } from "./reference.ts";

export interface ActionStore {
  readonly find: (from: Repository, uses: string) => Promise<ActionLookup>;
}

/** @param seeded resolves when the stand-ins are in their repositories */
export function createActionStore(hub: Hub, access: AccessSettings, seeded: Promise<void>): ActionStore {
  const laidOut = new Map<string, Promise<string>>();
  return {
    find: async (from, uses) => {
      if (uses.startsWith("docker://")) return { problem: `Not emulated: docker actions (${uses})` };
      await seeded;
      const reference = parseReference(uses);
      if (reference === null) {
        return { problem: `Expected format {org}/{repo}[/path]@ref. Actual '${uses}'` };
      }
      const found = await resolveReference(hub, access, from, reference);
      if (found === null) {
        return {
          problem: `Unable to resolve action \`${uses}\`, unable to find version \`${reference.ref}\`, or the repository is not there or not accessible`,
        };
      }
      const key = `${found.repository.id}/${found.sha}`;
      const directory = laidOut.get(key) ?? layOut(hub, found.repository, found.sha, join(hub.dataDir, "actions", key));
      laidOut.set(key, directory);
      const name = fullNameOf(hub.world, found.repository);
      return readActionDirectory(join(await directory, reference.path), { repository: name, ref: reference.ref });
    },
  };
}

async function layOut(hub: Hub, repository: Repository, sha: string, directory: string): Promise<string> {
  if (existsSync(directory)) return directory;
  const { objects } = hub.git.of(repository);
  const tree = (await objects.readCommit(sha))?.tree;
  if (tree === undefined) throw new Error(`commit ${sha} is not in repository ${repository.id}`);
  const draft = `${directory}.draft`;
  mkdirSync(draft, { recursive: true });
  const { entries } = await listTree(objects, tree, { recursive: true });
  for (const { path, mode, sha: blob } of entries) {
    const file = join(draft, path);
    if (mode === "040000") mkdirSync(file, { recursive: true });
    if (mode === "040000" || mode === "160000") continue;
    const content = (await objects.readBlob(blob)) ?? Buffer.alloc(0);
    mkdirSync(dirname(file), { recursive: true });
    if (mode === "120000") symlinkSync(content.toString("utf8"), file);
    else writeFileSync(file, content);
    if (mode === "100755") chmodSync(file, 0o755);
  }
  renameSync(draft, directory);
  return directory;
}
