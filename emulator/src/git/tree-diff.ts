// Which paths differ between two trees, without contents: cheap enough to ask for every commit of a push. Reads only.
import type { ObjectStore } from "./object-store.ts";
import { EMPTY_TREE_SHA, type Sha, type TreeEntry } from "./objects.ts";

export interface ChangedPaths {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

const isFolder = (entry: TreeEntry | undefined): boolean => entry?.mode === "040000";

export async function changedPaths(store: ObjectStore, before: Sha, after: Sha): Promise<ChangedPaths> {
  const added: string[] = [];
  const removed: string[] = [];
  const modified: string[] = [];

  async function compare(old: Sha, now: Sha, prefix: string): Promise<void> {
    if (old === now) return;
    const olds = new Map(((await store.readTree(old)) ?? []).map((entry) => [entry.name, entry]));
    const nows = new Map(((await store.readTree(now)) ?? []).map((entry) => [entry.name, entry]));
    for (const name of [...new Set([...olds.keys(), ...nows.keys()])].sort()) {
      const a = olds.get(name);
      const b = nows.get(name);
      if (a?.sha === b?.sha && a?.mode === b?.mode) continue;
      const path = prefix === "" ? name : `${prefix}/${name}`;
      if (isFolder(a) || isFolder(b)) {
        await compare(isFolder(a) && a ? a.sha : EMPTY_TREE_SHA, isFolder(b) && b ? b.sha : EMPTY_TREE_SHA, path);
      }
      const aFile = a !== undefined && !isFolder(a);
      const bFile = b !== undefined && !isFolder(b);
      if (aFile && bFile) modified.push(path);
      else if (aFile) removed.push(path);
      else if (bFile) added.push(path);
    }
  }

  await compare(before, after, "");
  return { added, removed, modified };
}
